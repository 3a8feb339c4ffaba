"""What the base covers: how many records of each kind there are, and what they are mostly about.

Invariant: only what is published counts; the records are read once for each change of the store.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from corpus.files import kind_of
from corpus.los import broadest
from corpus.records import CurationState, Kind
from corpus.store import RecordStore

AREAS_NAMED = 6


class Covered(NamedTuple):
    """What the base covers."""

    partners: int
    schemes: int
    ideas: int
    areas: tuple[str, ...]
    """The slugs of the broadest themes of Los that most records are about, the commonest first."""


class Coverage:
    """Counts what the base covers, once for each change of the store."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._counted: tuple[int, Covered] | None = None

    def covered(self) -> Covered:
        """Return what the base covers now."""
        revision = self._store.revision()
        if self._counted is None or self._counted[0] != revision:
            self._counted = revision, self._count()
        return self._counted[1]

    def _count(self) -> Covered:
        published = [one.plain for one in self._store.listed() if one.state is CurationState.PUBLISHED]
        kinds = Counter(kind_of(one["id"]) for one in published)
        areas = Counter(area for one in published for area in {broadest(slug) for slug in one.get("los", ())})
        ranked = sorted(areas, key=lambda area: (-areas[area], area))
        return Covered(kinds[Kind.ACTOR], kinds[Kind.INSTRUMENT], kinds[Kind.IDEA], tuple(ranked[:AREAS_NAMED]))
