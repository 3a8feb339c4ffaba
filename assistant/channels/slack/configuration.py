"""Which settings Slack needs.

Invariant: without any Slack setting nothing is missing of what nobody asked for; each that is missing is named with
where it is found.
"""

from __future__ import annotations

from assistant.platform.settings import Settings


def missing_settings(settings: Settings) -> list[str]:
    """Return what is missing for Slack to work, each with its name and where it is found."""
    missing = []
    several = bool(settings.slack_client_id or settings.slack_client_secret)
    if not several and settings.slack_bot_token is None:
        missing.append("MELLOMROM_SLACK_BOT_TOKEN: xoxb-…, in the app's settings under OAuth & Permissions")
    if settings.slack_signing_secret is None and settings.slack_app_token is None:
        missing.append(
            "MELLOMROM_SLACK_SIGNING_SECRET: under Basic Information; or MELLOMROM_SLACK_APP_TOKEN: xapp-… with the "
            "scope connections:write, to call out to Slack instead (Socket Mode)"
        )
    if several:
        wanted = {
            "CLIENT_ID": (settings.slack_client_id, "under Basic Information"),
            "CLIENT_SECRET": (settings.slack_client_secret, "under Basic Information"),
            "TOKEN_KEY": (settings.slack_token_key, "made by `mellomrom slack key`"),
            "SIGNING_SECRET": (settings.slack_signing_secret, "under Basic Information"),
        }
        missing += [f"MELLOMROM_SLACK_{name}: {where}" for name, (value, where) in wanted.items() if value is None]
    return list(dict.fromkeys(missing))


def is_wanted(settings: Settings) -> bool:
    """Tell whether any setting asks for Slack."""
    asked = (
        settings.slack_bot_token,
        settings.slack_signing_secret,
        settings.slack_app_token,
        settings.slack_client_id,
        settings.slack_client_secret,
    )
    return any(value is not None for value in asked)
