"""What `mellomrom teams check` finds out: which settings are missing, and whether Microsoft can be reached as the bot.

Invariant: a check changes nothing and shows no secret and no token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.channels.teams.configuration import is_wanted, missing_settings
from assistant.channels.worker import TryLaterError, UnreachableError
from corpus.text import Frozen

if TYPE_CHECKING:
    from assistant.platform.settings import Settings


class CheckResult(Frozen):
    """One thing that was looked at."""

    good: bool
    text: str


def check(settings: Settings) -> Iterator[CheckResult]:
    """Yield what is found, one thing after another, since Microsoft may be slow to answer."""
    missing = missing_settings(settings)
    yield from (CheckResult(good=False, text=f"missing: {one}") for one in missing)
    if settings.teams_playground and not missing:
        yield CheckResult(good=True, text="for the Agents Playground on this machine: nothing is asked of Microsoft")
        return
    if not missing:
        yield CheckResult(good=True, text=f"settings: all that are needed are there; {_tenants(settings)}")
    yield _address(settings)
    yield _brokers(settings)
    if is_wanted(settings) and not missing:
        yield asyncio.run(_token(settings))
        yield asyncio.run(_keys(settings))


def _tenants(settings: Settings) -> str:
    count = len(settings.teams_tenant_ids)
    return f"people of {count} tenant{'s' if count > 1 else ''} may ask"


def _address(settings: Settings) -> CheckResult:
    from assistant.channels.teams.routes import MESSAGES_PATH

    url = settings.web_base_url
    if url is None or urlsplit(url).scheme != "https":
        return CheckResult(
            good=False,
            text="missing: MELLOMROM_WEB_BASE_URL: the address by https that Teams reaches this installation at",
        )
    return CheckResult(good=True, text=f"the bot's messaging endpoint, to be set in Azure: {url}{MESSAGES_PATH}")


def _brokers(settings: Settings) -> CheckResult:
    channel = settings.teams_broker_channel
    if channel is None:
        return CheckResult(good=True, text="MELLOMROM_TEAMS_BROKER_CHANNEL is not set: brokers are not told in Teams")
    return CheckResult(
        good=True, text=f"the brokers' channel: {channel}; add the app to its team, or it cannot write there"
    )


async def _token(settings: Settings) -> CheckResult:
    from assistant.channels.teams.connector import BotToken

    try:
        await BotToken(settings).get()
    except UnreachableError as error:
        return CheckResult(good=False, text=f"the bot's secret: {error}")
    except TryLaterError as error:
        return CheckResult(good=False, text=f"the bot's secret: {settings.teams_login_url} cannot be reached ({error})")
    return CheckResult(good=True, text="the bot's secret: Entra ID takes it")


async def _keys(settings: Settings) -> CheckResult:
    from assistant.channels.teams.call_verifier import SigningKeys

    keys = SigningKeys(settings.teams_openid_url)
    await keys.warm()
    if keys.are_known:
        return CheckResult(good=True, text="the keys that Teams signs with: fetched")
    return CheckResult(good=False, text=f"the keys that Teams signs with: {settings.teams_openid_url} tells none")
