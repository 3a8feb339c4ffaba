"""Saved needs in Slack: a button under an answer, words in a thread, and news in a direct message.

Invariant: what is saved, and what is new of it, is told to whoever saved it alone, wherever they saved it; what a
button decides stands in place of the message that it stood in.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio.to_thread

from assistant.channels import saving
from assistant.channels.slack.jobs import SavedJob, asker_at
from assistant.channels.slack.places import place_at
from assistant.platform.messages import messages
from assistant.render.saved import SavedShown, SavedVerb
from assistant.render.slack import render_text
from assistant.render.slack_saved import render_news, render_saved
from assistant.saved.digest import saved_needs_of
from assistant.saved.needs import UnknownSavedNeedError

if TYPE_CHECKING:
    from assistant.channels.slack.delivery import Delivery
    from assistant.channels.slack.people import UserPreferences
    from assistant.channels.slack.places import SlackPlace
    from assistant.render.block_kit import Message
    from assistant.saved.needs import SavedNeed
    from assistant.service.container import Runtime

TELLING_SECONDS = 30.0
"""Seconds that Slack gets to take news."""


class SavedNews:
    """Saves needs for people in Slack, and tells them what is new."""

    def __init__(self, runtime: Runtime, delivery: Delivery, people: UserPreferences) -> None:
        self._runtime = runtime
        self._delivery = delivery
        self._people = people
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remember the loop that the channel runs in."""
        self._loop = loop

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
        asker, told = asker_at(job.place), "saved.stopped.what"
        need: SavedNeed | None = None
        try:
            need = await anyio.to_thread.run_sync(
                saving.decide, self._runtime, asker, job.need_id, job.verb, job.record_id
            )
        except UnknownSavedNeedError:
            told = "saved.channel.gone"
        if need is None:
            message = render_text(messages(await self._people.language(job.place)).text(told))
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

    def reaches(self, reply_to: str) -> bool:
        """Tell whether a need was saved in Slack."""
        return place_at(reply_to) is not None

    def tell(self, need: SavedNeed) -> None:
        """Tell whoever saved a need what is new; called from a thread while the channel runs.

        Raises:
            Exception: Slack could not be told.
        """
        place = place_at(need.reply_to)
        if self._loop is None or place is None:
            raise RuntimeError("the channel does not run")
        told = self._delivery.direct(place, render_news(messages(need.language), saving.shown(need)))
        asyncio.run_coroutine_threadsafe(told, self._loop).result(TELLING_SECONDS)

    async def _saved(self, place: SlackPlace, log_id: str | None) -> tuple[Message, bool]:
        """Return what is told to whoever wants a need saved, and whether it is."""
        kept: SavedNeed | str = "slack.stale"
        if log_id is not None:
            kept = await anyio.to_thread.run_sync(saving.save, self._runtime, asker_at(place), log_id, place.address())
        if isinstance(kept, str):
            return render_text(messages(await self._people.language(place)).text(kept)), False
        return render_saved(messages(kept.language), saving.shown(kept)), True
