"""The dialog that a command on somebody's message opens, to ask for what the message is about.

Invariant: what the message says is shown to whoever used the command, for them to change, and is kept nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.platform.redaction import redact
from assistant.render.adaptive import CONTENT_TYPE
from assistant.render.teams_cards import render_dialog

if TYPE_CHECKING:
    from assistant.channels.teams.jobs import AskJob
    from assistant.channels.teams.people import UserPreferences
    from assistant.channels.teams.places import TeamsPlace


class Dialogs:
    """Makes what Teams shows in the dialog."""

    def __init__(self, people: UserPreferences) -> None:
        self._people = people

    async def opened(
        self, place: TeamsPlace, words: str, notice: str = "", *, can_confirm: bool = False
    ) -> dict[str, Any]:
        """Return the dialog with what somebody may want to begin with, and a box to say that it is meant as it is."""
        catalog = await self._people.catalog(place.asker())
        content = render_dialog(catalog, words, notice, can_confirm=can_confirm)
        shown = {"contentType": CONTENT_TYPE, "content": content}
        value = {"title": catalog.text("teams.command.find"), "height": "medium", "width": "medium", "card": shown}
        return {"task": {"type": "continue", "value": value}}

    async def sent(self, place: TeamsPlace, words: str, job: AskJob | None) -> dict[str, Any]:
        """Return what is said to whoever asked in it: that it was taken in, or the dialog again with what lacks."""
        text = (await self._people.catalog(place.asker())).text
        if job is None:
            return await self.opened(place, words, text("slack.ask.no_words"))
        if redact(job.text).personal and not job.confirmed:
            return await self.opened(place, words, text("personal.what"), can_confirm=True)
        return {"task": {"type": "message", "value": text("teams.find.sent")}}
