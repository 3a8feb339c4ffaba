"""Which municipality somebody means, by name or number.

Invariant: a name or a number is only taken where it is that of one municipality, today or before.
"""

from __future__ import annotations

from assistant.dialogue.places import place_named
from corpus.places import Municipality as Listed
from corpus.text import Frozen


class Municipality(Frozen):
    """A municipality, by number and, where we know it, name."""

    number: str
    name: str | None = None

    def shown(self) -> str:
        """Return it as people know it."""
        return f"{self.name} ({self.number})" if self.name else self.number


def find_municipality(text: str) -> Municipality | None:
    """Return the municipality that a text names, or None where it names none, or several."""
    place = place_named(text)
    return Municipality(number=place.number, name=place.name) if isinstance(place, Listed) else None
