"""Saved needs in Slack: a button under an answer, words in a thread, and news in a direct message.

Invariant: what is saved, and what is new of it, is told to whoever saved it alone, wherever they saved it; what a
button decides stands in place of the message that it stood in.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import anyio.to_thread

from assistant.channels import saved_news, saving
from assistant.channels.slack.jobs import SavedJob, asker_at
from assistant.channels.slack.places import SlackPlace
from assistant.platform.messages import messages
from assistant.render.saved import SavedShown, SavedVerb
from assistant.render.slack import render_text
from assistant.render.slack_saved import render_news, render_saved
from assistant.saved.digest import saved_needs_of
from assistant.saved.needs import UnknownSavedNeedError

if TYPE_CHECKING:
    from assistant.channels.direct_messages import DirectMessages
    from assistant.channels.slack.delivery import Delivery
    from assistant.channels.slack.people import UserPreferences
    from assistant.render.block_kit import Message
    from assistant.saved.needs import SavedNeed
    from assistant.service.container import Runtime


class SavedNews(saved_news.SavedNews[SlackPlace]):
    """Saves needs for people in Slack, and tells them what is new."""

    def __init__(
        self, runtime: Runtime, delivery: Delivery, people: UserPreferences, direct: DirectMessages[SlackPlace]
    ) -> None:
        super().__init__(runtime, direct)
        self._delivery = delivery
        self._people = people

    async def save(self, place: SlackPlace, log_id: str | None) -> bool:
        """Save the need of an answer, and tell whoever wants it, and them alone, what they will hear; tell whether."""
        message, is_saved = await self._saved(place, log_id)
        await self._delivery.tell(place, message)
        return is_saved

    async def save_in_words(self, place: SlackPlace, conversation: str) -> None:
        """Save the need of a thread whose asker wrote that they want it saved."""
        log_id = await anyio.to_thread.run_sync(saving.last_answer, self._runtime, asker_at(place), conversation)
        if place.private or (place.channel or "D").startswith("D"):
            await self._delivery.answer(place, (await self._saved(place, log_id))[0])
        elif await self.save(place, log_id):
            # Others see that it was heard, and nothing of what is kept.
            text = messages(await self._people.language(place)).text
            await self._delivery.answer(place, render_text(text("saved.channel.elsewhere")))

    async def decide(self, job: SavedJob) -> None:
        """Do what a button of a saved need says, and show what came of it in place of its message."""
        need, key = await self._decided(asker_at(job.place), job.need_id, job.verb, job.record_id)
        if need is None:
            message = render_text(messages(await self._people.language(job.place)).text(key))
        else:
            show = render_news if job.verb is SavedVerb.MUTE else render_saved
            message = show(messages(need.language), saving.shown(need))
        if job.place.response_url:
            await self._delivery.replace(job.place, message)
        else:
            await self._delivery.tell(job.place, message)

    def stop(self, place: SlackPlace, need_id: str) -> None:
        """Stop a need from App Home; from a thread."""
        with suppress(UnknownSavedNeedError):
            saving.decide(self._runtime, asker_at(place), need_id, SavedVerb.STOP, None)

    def at_home(self, place: SlackPlace) -> list[SavedShown]:
        """Return what somebody has saved, the newest first; from a thread."""
        return [saving.shown(need) for need in saved_needs_of(self._runtime).of(asker_at(place))]

    async def _send_news(self, need: SavedNeed, address: SlackPlace) -> None:
        await self._delivery.direct(address, render_news(messages(need.language), saving.shown(need)))

    async def _saved(self, place: SlackPlace, log_id: str | None) -> tuple[Message, bool]:
        """Return what is told to whoever wants a need saved, and whether it is."""
        need, key = await self._kept(asker_at(place), log_id, place.address())
        if need is None:
            return render_text(messages(await self._people.language(place)).text(key)), False
        return render_saved(messages(need.language), saving.shown(need)), True
