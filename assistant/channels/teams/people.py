"""Who uses the bot: the language they read and the municipality they are in, as the service remembers them.

Invariant: these are quick look-ups in threads of their own; nothing of a person is kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio.to_thread

from assistant.channels.municipalities import Municipality, find_municipality
from assistant.platform.messages import Messages, messages
from corpus.text import Language

if TYPE_CHECKING:
    from assistant.platform.people import Asker
    from assistant.service.container import Runtime


class UserPreferences:
    """Looks up and keeps what people chose."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def catalog(self, asker: Asker) -> Messages:
        """Return the catalog of the language that somebody reads what is no answer in."""
        return await anyio.to_thread.run_sync(self.catalog_of, asker)

    def catalog_of(self, asker: Asker) -> Messages:
        """Return the same, from a thread."""
        profile = self._runtime.service.profile(asker)
        return messages(profile.language or self._runtime.settings.language or Language.NB)

    def municipality_of(self, asker: Asker) -> Municipality | None:
        """Return the municipality that somebody is in, if they said so; from a thread."""
        number = self._runtime.service.profile(asker).kommunenummer
        return find_municipality(number) if number else None

    def choose(self, asker: Asker, language: Language, name: str) -> bool:
        """Keep what somebody chose; tell whether the municipality is one, else only the language is; from a thread."""
        municipality = find_municipality(name) if name else None
        service = self._runtime.service
        number = municipality.number if municipality else None if not name else service.profile(asker).kommunenummer
        service.set_profile(asker, language=language, kommunenummer=number)
        return municipality is not None or not name
