"""Saved needs in Teams: a button under an answer, words in a chat, and news in a chat of the bot with whoever saved.

Invariant: what is saved, and what is new of it, is told in the chat with whoever saved it alone, wherever they saved
it; what a button decides stands in place of the card that it stood in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio.to_thread

from assistant.channels import saved_news, saving
from assistant.channels.teams.connector import Message
from assistant.channels.teams.places import Address, TeamsPlace
from assistant.platform.messages import messages
from assistant.render.saved import SavedVerb
from assistant.render.teams import render_text
from assistant.render.teams_actions import AboutSaved
from assistant.render.teams_saved import render_news, render_saved

if TYPE_CHECKING:
    from assistant.channels.teams.card_tokens import CardTokens
    from assistant.channels.teams.connector import Connector
    from assistant.channels.teams.direct_messages import TeamsMessages
    from assistant.channels.teams.jobs import SavedJob
    from assistant.channels.teams.people import UserPreferences
    from assistant.render.adaptive import Card
    from assistant.saved.needs import SavedNeed
    from assistant.service.container import Runtime


class SavedNews(saved_news.SavedNews[Address]):
    """Saves needs for people in Teams, and tells them what is new."""

    def __init__(
        self,
        runtime: Runtime,
        connector: Connector,
        seals: CardTokens,
        people: UserPreferences,
        direct: TeamsMessages,
    ) -> None:
        super().__init__(runtime, direct)
        self._connector = connector
        self._seals = seals
        self._people = people

    async def save(self, place: TeamsPlace, log_id: str | None) -> str:
        """Save the need of an answer and send its card; return what is said where it was asked for.

        Raises:
            TryLaterError: Teams does not take the card now.
            UnreachableError: the bot may not write to them.
        """
        notice, need = await self._saved(place, log_id)
        if need is None:
            return notice
        conversation = place.conversation if place.personal else await self._connector.conversation_with(place)
        catalog, token = messages(need.language), self._token(need, place.tenant, conversation)
        card = render_saved(catalog, saving.shown(need), token)
        await self._connector.send(place.service, conversation, Message(notice, card))
        return catalog.text("teams.below" if place.personal else "saved.channel.elsewhere")

    async def save_in_words(self, place: TeamsPlace, conversation: str) -> str:
        """Save the need of a thread whose asker wrote that they want it; return what else is to be said there.

        Raises:
            TryLaterError: Teams does not take the card now.
            UnreachableError: the bot may not write to them.
        """
        log_id = await anyio.to_thread.run_sync(saving.last_answer, self._runtime, place.asker(), conversation)
        notice = await self.save(place, log_id)
        # Alone with somebody, the card says it all.
        return "" if place.personal and log_id is not None else notice

    async def decide(self, job: SavedJob) -> tuple[str, Card]:
        """Do what a button of a saved need says; return what came of it, in words and as a card in place of its own."""
        place = job.place
        need, key = await self._decided(place.asker(), job.about.need_id, job.verb, job.record_id)
        if need is None:
            notice = (await self._people.catalog(place.asker())).text(key)
            return notice, render_text(notice)
        catalog, shown = messages(need.language), saving.shown(need)
        token = self._token(need, place.tenant, place.conversation)
        if job.verb is SavedVerb.MUTE:
            notice = catalog.text("saved.mute.done")
            return notice, render_news(catalog, shown, token, notice)
        return catalog.text(f"saved.channel.done.{shown.every}"), render_saved(catalog, shown, token)

    async def _send_news(self, need: SavedNeed, address: Address) -> None:
        conversation = await self._connector.conversation_with(address)
        token = self._token(need, address.tenant, conversation)
        card = render_news(messages(need.language), saving.shown(need), token)
        await self._connector.send(address.service, conversation, Message(str(card["fallbackText"]), card))

    async def _saved(self, place: TeamsPlace, log_id: str | None) -> tuple[str, SavedNeed | None]:
        need, key = await self._kept(place.asker(), log_id, place.address())
        if need is None:
            return (await self._people.catalog(place.asker())).text(key), None
        return messages(need.language).text(f"saved.channel.done.{need.every}"), need

    def _token(self, need: SavedNeed, tenant: str, conversation: str) -> str:
        return self._seals.sealed(AboutSaved(need_id=need.id), tenant, conversation)
