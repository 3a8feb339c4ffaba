"""Saved needs in Teams: a button under an answer, words in a chat, and news in a chat of the bot with whoever saved.

Invariant: what is saved, and what is new of it, is told in the chat with whoever saved it alone, wherever they saved
it; what a button decides stands in place of the card that it stood in.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import anyio.to_thread

from assistant.channels import saving
from assistant.channels.teams.connector import Message
from assistant.channels.teams.places import TeamsPlace, address_in
from assistant.platform.messages import messages
from assistant.render.saved import SavedVerb
from assistant.render.teams import render_text
from assistant.render.teams_actions import AboutSaved
from assistant.render.teams_saved import render_news, render_saved
from assistant.saved.needs import UnknownSavedNeedError

if TYPE_CHECKING:
    from assistant.channels.teams.card_tokens import CardTokens
    from assistant.channels.teams.connector import Connector
    from assistant.channels.teams.jobs import SavedJob
    from assistant.channels.teams.people import UserPreferences
    from assistant.channels.teams.places import Address
    from assistant.render.adaptive import Card
    from assistant.saved.needs import SavedNeed
    from assistant.service.container import Runtime

TELLING_SECONDS = 60.0
"""Seconds that Teams gets to take news."""


class SavedNews:
    """Saves needs for people in Teams, and tells them what is new."""

    def __init__(self, runtime: Runtime, connector: Connector, seals: CardTokens, people: UserPreferences) -> None:
        self._runtime = runtime
        self._connector = connector
        self._seals = seals
        self._people = people
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remember the loop that the channel runs in."""
        self._loop = loop

    async def save(self, place: TeamsPlace, log_id: str | None) -> str:
        """Save the need of an answer and send its card; return what is said where it was asked for.

        Raises:
            TryLaterError: Teams does not take the card now.
            UnreachableError: the bot may not write to them.
        """
        told, need = await self._saved(place, log_id)
        if need is None:
            return told
        conversation = place.conversation if place.personal else await self._connector.conversation_with(place)
        catalog, token = messages(need.language), self._token(need, place.tenant, conversation)
        card = render_saved(catalog, saving.shown(need), token)
        await self._connector.send(place.service, conversation, Message(told, card))
        return catalog.text("teams.below" if place.personal else "saved.channel.elsewhere")

    async def save_in_words(self, place: TeamsPlace, conversation: str) -> str:
        """Save the need of a thread whose asker wrote that they want it; return what else is to be said there.

        Raises:
            TryLaterError: Teams does not take the card now.
            UnreachableError: the bot may not write to them.
        """
        log_id = await anyio.to_thread.run_sync(saving.last_answer, self._runtime, place.asker(), conversation)
        told = await self.save(place, log_id)
        # Alone with somebody, the card says it all.
        return "" if place.personal and log_id is not None else told

    async def decide(self, job: SavedJob) -> tuple[str, Card]:
        """Do what a button of a saved need says; return what came of it, in words and as a card in place of its own."""
        place, need_id = job.place, job.about.need_id
        key = "saved.stopped.what"
        need: SavedNeed | None = None
        try:
            need = await anyio.to_thread.run_sync(
                saving.decide, self._runtime, place.asker(), need_id, job.verb, job.record_id
            )
        except UnknownSavedNeedError:
            key = "saved.channel.gone"
        if need is None:
            told = (await self._people.catalog(place.asker())).text(key)
            return told, render_text(told)
        catalog, shown = messages(need.language), saving.shown(need)
        token = self._token(need, place.tenant, place.conversation)
        if job.verb is SavedVerb.MUTE:
            told = catalog.text("saved.mute.done")
            return told, render_news(catalog, shown, token, told)
        return catalog.text(f"saved.channel.done.{shown.every}"), render_saved(catalog, shown, token)

    def reaches(self, reply_to: str) -> bool:
        """Tell whether a need was saved in Teams."""
        return address_in(reply_to) is not None

    def tell(self, need: SavedNeed) -> None:
        """Tell whoever saved a need what is new; called from a thread while the channel runs.

        Raises:
            Exception: Teams could not be told.
        """
        address = address_in(need.reply_to)
        if self._loop is None or address is None:
            raise RuntimeError("the channel does not run")
        asyncio.run_coroutine_threadsafe(self._tell(need, address), self._loop).result(TELLING_SECONDS)

    async def _tell(self, need: SavedNeed, address: Address) -> None:
        conversation = await self._connector.conversation_with(address)
        token = self._token(need, address.tenant, conversation)
        card = render_news(messages(need.language), saving.shown(need), token)
        await self._connector.send(address.service, conversation, Message(str(card["fallbackText"]), card))

    async def _saved(self, place: TeamsPlace, log_id: str | None) -> tuple[str, SavedNeed | None]:
        catalog = await self._people.catalog(place.asker())
        if log_id is None:
            return catalog.text("slack.stale"), None
        kept = await anyio.to_thread.run_sync(saving.save, self._runtime, place.asker(), log_id, place.address())
        if isinstance(kept, str):
            return catalog.text(kept), None
        return messages(kept.language).text(f"saved.channel.done.{kept.every}"), kept

    def _token(self, need: SavedNeed, tenant: str, conversation: str) -> str:
        return self._seals.sealed(AboutSaved(need_id=need.id), tenant, conversation)
