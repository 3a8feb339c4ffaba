"""Which municipality somebody means, by name or number.

Invariant: a name is only taken where it is that of one municipality we know; a number where its county exists, since
there are more municipalities than we have records of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.dialogue.facts import is_municipality_number
from corpus.text import Frozen
from index.analysis import normalise
from index.storage.passage_table import PlacedRecord

_SUFFIX = re.compile(r"\s+(?:kommune|municipality)$")


class Municipality(Frozen):
    """A municipality, by number and, where we know it, name."""

    number: str
    name: str | None = None

    def shown(self) -> str:
        """Return it as people know it."""
        return f"{self.name} ({self.number})" if self.name else self.number


def find_municipality(text: str, areas: Iterable[PlacedRecord]) -> Municipality | None:
    """Return the municipality that a text names, or None."""
    names = {area.kommunenummer: area.name for area in areas if area.kommunenummer}
    wanted = _SUFFIX.sub("", normalise(" ".join(text.split())))
    if is_municipality_number(wanted):
        return Municipality(number=wanted, name=names.get(wanted))
    found = [number for number, name in names.items() if _SUFFIX.sub("", normalise(name)) == wanted]
    return Municipality(number=found[0], name=names[found[0]]) if len(found) == 1 else None
