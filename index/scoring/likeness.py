"""How near the passages of a record are to a need: what of it is told.

Invariant: a record's passages are compared with each other alone; where it ranks is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from corpus.files import kind_of
from corpus.records import Kind
from index.retrieval.retrievers import Query
from index.storage.dense import Vectors
from index.storage.passage_rows import FACETS
from index.storage.passage_table import PassageTable
from index.storage.passages import Facet
from index.storage.vectors import VectorStore

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
        cosines: Mapping[Kind, Mapping[int, float]],
    ) -> None:
        """Compare with a query, given the cosines by kind and number of the passages that were looked at for it."""
        self._query = query
        self._vectors = vectors
        self._table = table
        self._cosines = cosines
        # What is not among the nearest is at most as near as the last of them.
        self._farthest = {kind: min(some.values(), default=0.0) for kind, some in cosines.items()}

    def of(self, record_id: str, numbers: Sequence[int]) -> Mapping[int, float]:
        """Return by number the cosines of some passages of a record."""
        kind = kind_of(record_id)
        known, farthest = self._cosines[kind], self._farthest[kind]
        meant = self._meant(record_id, kind)
        if meant is None:
            return {number: known.get(number, farthest) for number in numbers}
        found = self._vectors[kind].search(meant, len(numbers), np.array(numbers, dtype=np.int64))
        return dict(zip(found.ids.tolist(), found.cosines.tolist(), strict=True))

    def _meant(self, record_id: str, kind: Kind) -> Vectors | None:
        """Return what lies between the need and the record's nearest everyday question (dim,); None if none is near."""
        known = self._cosines[kind]
        numbers = self._table.numbers([record_id])
        asked = numbers[self._table.heads(numbers).facets == FACETS.index(Facet.ASKED)].tolist()
        nearest = max(asked, key=lambda number: known.get(number, 0.0), default=None)
        likeness = 0.0 if nearest is None else known.get(nearest, 0.0)
        if nearest is None or likeness < LEAST_ALIKE:
            return None
        question = self._vectors[kind].vectors([nearest])
        if question is None:
            return None
        total = self._query.vector + likeness * question[0]
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)
