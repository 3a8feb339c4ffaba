"""The Teams channel, put together as the settings say.

Invariant: without any Teams setting there is no channel, and nothing of Microsoft's is imported; with too few, the
installation is told which are missing before it serves anybody.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from assistant.channels.inbox import Inbox
from assistant.channels.teams.configuration import is_wanted, missing_settings
from assistant.channels.teams.tables import InboxRow
from assistant.history.keyring import open_keys
from assistant.platform.settings import Settings, SettingsError

if TYPE_CHECKING:
    from fastapi import APIRouter

    from assistant.service.container import Runtime


class TeamsChannel:
    """Teams, from what it tells us to what it is told."""

    def __init__(self, settings: Settings, runtime: Runtime) -> None:
        from assistant.channels.teams.brokers import Brokers
        from assistant.channels.teams.call_verifier import CallVerifier, SigningKeys
        from assistant.channels.teams.card_tokens import CardTokens
        from assistant.channels.teams.connector import Connector
        from assistant.channels.teams.direct_messages import TeamsMessages
        from assistant.channels.teams.job_handler import JobHandler
        from assistant.channels.teams.people import UserPreferences
        from assistant.channels.teams.routes import Reception, make_router
        from assistant.channels.teams.saved import SavedNews
        from assistant.channels.teams.withheld import Sealed, Withheld
        from assistant.channels.worker import Worker

        self._playground = settings.teams_playground
        self._connector = Connector(settings)
        keys = open_keys(settings, runtime.database)
        seals = CardTokens(keys)
        sealed = Sealed(seals, Withheld(keys))
        people = UserPreferences(runtime)
        self._direct = TeamsMessages(self._connector, people)
        self.notifier = Brokers(runtime, self._connector, seals, people, self._direct)
        self.news = SavedNews(runtime, self._connector, seals, people, self._direct)
        handler = JobHandler(runtime, self._connector, sealed, self.notifier, self.news)
        inbox = self.inbox = Inbox(runtime.database, InboxRow)
        self._worker = Worker(inbox, handler.do, handler.tell_failed, name="teams")
        self._keys = SigningKeys(settings.teams_openid_url)
        reception = Reception(CallVerifier(settings, self._keys), inbox, self._worker, handler, sealed)
        self.router: APIRouter = make_router(reception)
        self._warming: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to work, with what an earlier run left undone first."""
        self._direct.begin()
        if not self._playground:
            self._warming = asyncio.create_task(self._keys.warm())
        await self._worker.start()

    async def stop(self) -> None:
        """End: what is under way is finished, what is left waits for the next start."""
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        await self._worker.stop()
        await self._connector.close()


def create_teams(settings: Settings, runtime: Runtime) -> TeamsChannel | None:
    """Return the Teams channel, or None where no setting asks for it.

    Raises:
        SettingsError: settings are missing; the text names each and where it is found.
    """
    if not is_wanted(settings):
        return None
    if missing := missing_settings(settings):
        raise SettingsError("Teams lacks settings:\n  " + "\n  ".join(missing) + "\nSee assistant/docs/teams.md.")
    return TeamsChannel(settings, runtime)
