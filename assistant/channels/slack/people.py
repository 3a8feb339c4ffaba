"""Who uses the app: the language they read and the municipality they are in, as the service remembers them.

Invariant: these are quick look-ups in threads of their own; nothing of a person is kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio.to_thread

from assistant.channels.municipalities import Municipality, find_municipality
from assistant.channels.slack.jobs import asker_at
from corpus.text import Language

if TYPE_CHECKING:
    from assistant.channels.slack.places import SlackPlace
    from assistant.service.container import Runtime


class UserPreferences:
    """Looks up and keeps what people chose."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def language(self, place: SlackPlace) -> Language:
        """Return the language that somebody reads what is no answer in."""
        return await anyio.to_thread.run_sync(self.language_of, place)

    def language_of(self, place: SlackPlace) -> Language:
        """Return the same, from a thread."""
        profile = self._runtime.service.profile(asker_at(place))
        return profile.language or self._runtime.settings.language or Language.NB

    async def set_language(self, place: SlackPlace, language: Language) -> None:
        """Keep the language that somebody chose."""
        await anyio.to_thread.run_sync(lambda: self._choose(place, {"language": language}))

    async def municipality(self, place: SlackPlace) -> Municipality | None:
        """Return the municipality that somebody is in, if they said so."""
        return await anyio.to_thread.run_sync(self.municipality_of, place)

    def municipality_of(self, place: SlackPlace) -> Municipality | None:
        """Return the same, from a thread."""
        number = self._runtime.service.profile(asker_at(place)).kommunenummer
        return self.find(number) if number else None

    async def set_municipality(self, place: SlackPlace, number: str | None) -> None:
        """Keep the municipality that somebody chose."""
        await anyio.to_thread.run_sync(lambda: self._choose(place, {"kommunenummer": number}))

    def _choose(self, place: SlackPlace, chosen: dict[str, Any]) -> None:
        asker, service = asker_at(place), self._runtime.service
        profile = service.profile(asker).model_copy(update=chosen)
        service.set_profile(asker, language=profile.language, kommunenummer=profile.kommunenummer)

    def find(self, text: str) -> Municipality | None:
        """Return the municipality that a text names, or None."""
        return find_municipality(text)
