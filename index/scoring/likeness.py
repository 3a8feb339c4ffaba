"""How near the passages of a record are to a need: what of it is told.

Invariant: a record's passages are compared with each other alone; where it ranks is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.files import kind_of
from corpus.records import Kind
from index.retrieval.retrievers import Query
from index.storage.dense import Nearest
from index.storage.passage_rows import FACETS
from index.storage.passage_table import PassageTable
from index.storage.passages import Facet
from index.storage.vectors import VectorStore

Numbers = NDArray[np.int64]
Cosines = NDArray[np.float64]

LEAST_ALIKE = 0.3
"""The cosine from which an everyday question is taken to be the need in other words."""


class PassageLikeness:
    """Compares the passages of records with one need, each record by its own everyday question that is nearest.

    Somebody wrote an everyday question for what the record says on just that: between the need and the question lies
    the passage to tell, which the need alone may share no word with.
    """

    def __init__(
        self,
        query: Query,
        vectors: Mapping[Kind, VectorStore],
        table: PassageTable,
        nearest: Mapping[Kind, Sequence[Nearest]],
    ) -> None:
        """Compare with a query, given by kind the passages that were looked at for it."""
        self._query = query
        self._vectors = vectors
        self._table = table
        self._cosines = {kind: _by_number(some) for kind, some in nearest.items()}

    def of(self, record_id: str, numbers: Sequence[int]) -> Mapping[int, float]:
        """Return by number the cosines of some passages of a record."""
        kind = kind_of(record_id)
        nearest, likeness = self._everyday(record_id, kind)
        vectors = self._vectors[kind].vectors([nearest, *numbers]) if likeness >= LEAST_ALIKE else None
        if vectors is None:
            return dict(zip(numbers, self._known(kind, np.array(numbers, dtype=np.int64)).tolist(), strict=True))
        meant = self._query.vector + likeness * vectors[0]
        return dict(zip(numbers, (vectors[1:] @ (meant / np.linalg.norm(meant))).tolist(), strict=True))

    def _known(self, kind: Kind, numbers: Numbers) -> Cosines:
        """Return the cosines (n,) of passages by number (n,): of one that was not looked at, the least there is.

        What is not among the nearest is at most as near as the last of them.
        """
        known = self._cosines[kind]
        cosines = np.full(len(numbers), np.nan)
        within = numbers < len(known)
        cosines[within] = known[numbers[within]]
        return np.where(np.isnan(cosines), np.nanmin(known, initial=np.inf) if len(known) else 0.0, cosines)

    def _everyday(self, record_id: str, kind: Kind) -> tuple[int, float]:
        """Return the number and the cosine of the record's nearest everyday question; a cosine of 0 if it has none."""
        numbers = self._table.numbers([record_id])
        asked = numbers[self._table.heads(numbers).facets == FACETS.index(Facet.ASKED)]
        if not len(asked):
            return 0, 0.0
        cosines = self._known(kind, asked)
        nearest = int(cosines.argmax())
        return int(asked[nearest]), float(cosines[nearest])


def _by_number(nearest: Sequence[Nearest]) -> Cosines:
    """Return the cosines of the passages that were looked at, each at its number; NaN at those that were not."""
    last = max((int(one.ids.max(initial=-1)) for one in nearest), default=-1)
    known = np.full(last + 1, np.nan)
    for one in nearest:
        known[one.ids] = one.cosines
    return known
