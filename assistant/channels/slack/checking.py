"""What `mellomrom slack check` finds out: whether settings are missing, and whether Slack knows the tokens.

Invariant: a check changes nothing and shows no token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from assistant.channels.slack.configuration import missing_settings
from assistant.channels.slack.installations import Installations, cipher
from assistant.channels.slack.manifest import scopes
from assistant.platform.settings import SettingsError
from corpus.text import Frozen

if TYPE_CHECKING:
    from slack_sdk.web import SlackResponse

    from assistant.platform.settings import Settings
    from corpus.database import Database

TIMEOUT = 10


class CheckResult(Frozen):
    """One thing that was looked at."""

    good: bool
    text: str


def check(settings: Settings, open_database: Callable[[], Database]) -> Iterator[CheckResult]:
    """Yield what is found, one thing after another, since Slack may be slow to answer."""
    missing = missing_settings(settings)
    yield from (CheckResult(good=False, text=f"missing: {one}") for one in missing)
    if not missing:
        yield CheckResult(good=True, text="settings: all that are needed are there")
    if settings.slack_broker_channel is None:
        yield CheckResult(good=True, text="MELLOMROM_SLACK_BROKER_CHANNEL is not set: brokers are not told in Slack")
    else:
        yield _channel(settings.slack_broker_channel)
    if settings.slack_bot_token is not None and settings.slack_client_id is None:
        token = settings.slack_bot_token.get_secret_value()
        yield _bot(settings, token, "bot token")
    if settings.slack_app_token is not None:
        yield _app(settings, settings.slack_app_token.get_secret_value())
    if settings.slack_client_id is not None and settings.slack_token_key is not None:
        yield from _installed(settings, open_database)


def _client(settings: Settings, token: str) -> WebClient:
    url = settings.slack_api_url
    return WebClient(token=token, base_url=url if url.endswith("/") else f"{url}/", timeout=TIMEOUT)


def _bot(settings: Settings, token: str, what: str) -> CheckResult:
    response = _call_slack(lambda: _client(settings, token).auth_test(), what)
    if isinstance(response, CheckResult):
        return response
    granted = {one.strip() for one in str(_header(response, "x-oauth-scopes")).split(",") if one.strip()}
    lacking = sorted(set(scopes()) - granted) if granted else []
    if lacking:
        return CheckResult(
            good=False,
            text=f"{what}: lacks the scopes {', '.join(lacking)}; create the app anew from "
            "`mellomrom slack manifest`, or add them under OAuth & Permissions, and install it again",
        )
    return CheckResult(good=True, text=f"{what}: {response['user']} in {response['team']} ({response['team_id']})")


def _app(settings: Settings, token: str) -> CheckResult:
    response = _call_slack(lambda: _client(settings, token).apps_connections_open(app_token=token), "app token")
    return (
        response
        if isinstance(response, CheckResult)
        else CheckResult(good=True, text="app token: Socket Mode can connect")
    )


def _channel(channel: str) -> CheckResult:
    what = f"brokers' channel {channel}"
    if not channel.startswith(("C", "G")):
        return CheckResult(
            good=False, text=f"{what}: expected an id such as C0123ABCD, found under the channel's details"
        )
    return CheckResult(good=True, text=f"{what}: invite the app there with /invite @mellomrom, or it cannot write")


def _installed(settings: Settings, open_database: Callable[[], Database]) -> Iterator[CheckResult]:
    try:
        keys = cipher(settings.slack_token_key.get_secret_value() if settings.slack_token_key else "")
        installations = Installations(open_database(), keys)
        names = installations.names()
    except SettingsError as error:
        yield CheckResult(good=False, text=str(error))
        return
    if not names:
        yield CheckResult(good=True, text="no workspace has installed the app yet: open /slack/install")
    for workspace, name in names.items():
        try:
            installed = installations.find(workspace)
        except SettingsError as error:
            yield CheckResult(good=False, text=f"{name} ({workspace}): {error}")
            continue
        if installed and installed.bot_token:
            yield _bot(settings, installed.bot_token, f"{name} ({workspace})")


def _call_slack(call: Callable[[], SlackResponse], what: str) -> SlackResponse | CheckResult:
    try:
        return call()
    except SlackApiError as error:
        return CheckResult(good=False, text=f"{what}: Slack says {error.response.get('error')!r}")
    except (OSError, ValueError) as error:
        return CheckResult(good=False, text=f"{what}: Slack cannot be reached ({error})")


def _header(response: SlackResponse, name: str) -> str:
    return next((str(value) for key, value in (response.headers or {}).items() if key.lower() == name), "")
