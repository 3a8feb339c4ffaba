"""Which settings Teams needs.

Invariant: without any Teams setting nothing is missing of what nobody asked for; each that is missing, or cannot be
right, is named with where it is found. Calls without proof are only ever taken where no other machine can call.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from urllib.parse import urlsplit

from assistant.platform.settings import Settings

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PLAYGROUND_APP = "00000000-0000-0000-0000-000000000000"
"""The bot's id where nobody gave it one, for the Agents Playground."""


def is_wanted(settings: Settings) -> bool:
    """Tell whether any setting asks for Teams."""
    return bool(settings.teams_app_id or settings.teams_app_secret or settings.teams_playground)


def missing_settings(settings: Settings) -> list[str]:
    """Return what is missing for Teams to work, or is set in vain, each with its name and where it is found."""
    missing = [] if find_spec("microsoft_teams") else ['the extra: pip install "mellomrom[teams]"']
    if settings.teams_playground:
        return missing + _open_to_others(settings)
    if settings.teams_app_id is None:
        missing.append("MELLOMROM_TEAMS_APP_ID: the application (client) id, under the app registration in Entra ID")
    elif not is_id(settings.teams_app_id):
        missing.append(f"MELLOMROM_TEAMS_APP_ID={settings.teams_app_id[:60]!r}: expected 8-4-4-4-12 hexadecimal digits")
    if settings.teams_app_secret is None:
        missing.append("MELLOMROM_TEAMS_APP_SECRET: the value of a client secret, under Certificates & secrets")
    tenants = settings.teams_tenant_ids
    if not tenants:
        missing.append("MELLOMROM_TEAMS_TENANTS: the ids of the tenants whose people may ask, on Entra ID's first page")
    missing += [
        f"MELLOMROM_TEAMS_TENANTS={tenant[:60]!r}: expected 8-4-4-4-12 hexadecimal digits"
        for tenant in tenants
        if not is_id(tenant)
    ]
    if settings.teams_broker_channel and broker_tenant(settings) is None:
        missing.append("MELLOMROM_TEAMS_BROKER_TENANT: which of the tenants has MELLOMROM_TEAMS_BROKER_CHANNEL")
    return missing


def is_id(text: str) -> bool:
    """Tell whether a text is an id as Entra ID gives them."""
    return _ID.fullmatch(text) is not None


def broker_tenant(settings: Settings) -> str | None:
    """Return the tenant with the brokers' channel; None where it is not told which of several it is."""
    if settings.teams_broker_tenant:
        return settings.teams_broker_tenant.lower()
    tenants = settings.teams_tenant_ids
    return tenants[0] if len(tenants) == 1 else None


def _open_to_others(settings: Settings) -> list[str]:
    """Return what would let another machine in without any proof."""
    openings = []
    host = urlsplit(settings.web_base_url).hostname if settings.web_base_url else None
    if host is not None and host not in LOOPBACK:
        openings.append("MELLOMROM_TEAMS_PLAYGROUND takes calls without any proof; unset it, or MELLOMROM_WEB_BASE_URL")
    if settings.teams_app_id or settings.teams_app_secret:
        openings.append(
            "MELLOMROM_TEAMS_PLAYGROUND is for no real bot; unset it, or MELLOMROM_TEAMS_APP_ID and _SECRET"
        )
    return openings
