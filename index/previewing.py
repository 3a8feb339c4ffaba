"""What would be found if a record were as somebody is about to write it.

Invariant: it is found by the very code that answers questions, in a copy of the index that is gone afterwards; neither
the store nor the index that is served is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from corpus.files import Record, kind_of
from corpus.records import CurationState
from corpus.store import RecordStore
from index.encoders import Encoder
from index.retrieval.need import Need
from index.searcher import Searcher
from index.storage.builder import Change, follow
from index.storage.passage_rows import FACETS
from index.storage.passages import Facet, passages_of

DEPTH = 10
"""Places that are told; what comes later nobody reads."""
ALIKE = 0.85
"""The cosine of two records' whole texts from which they may be about the same thing.

Of the 2,796 pairs of shipped records of a kind, which are all about different things, 9 are above it."""


class RankChange(NamedTuple):
    """Where a record stands for a question."""

    question: str
    before: int | None
    """Its place among its kind as the records are now, from 1; None where it is not among the first."""
    after: int | None
    """Its place with the change."""


class _StoreOverlay:
    """A store in which one record is other than it is; what an update of the index asks of a store, and no more."""

    def __init__(self, store: RecordStore, record: Record) -> None:
        self._store = store
        self._record = record
        self.store_id = store.store_id

    def get_many(self, record_ids: Sequence[str]) -> dict[str, Record]:
        found = self._store.get_many(record_ids)
        return {**found, self._record.id: self._record} if self._record.id in record_ids else found

    def fingerprint(self) -> str:
        return self._store.fingerprint()


@contextmanager
def previewed(store: RecordStore, searcher: Searcher, record: Record) -> Iterator[Searcher]:
    """Give a searcher for which a record is published as it is given."""
    published = record.model_copy(update={"state": CurationState.PUBLISHED})
    with TemporaryDirectory(prefix="mellomrom-preview-") as folder:
        revision = searcher.manifest.revision
        change = Change(revision, [record.id])
        overlay = _StoreOverlay(store, published)
        generation = follow(overlay, searcher.means, Path(folder), searcher.generation, change)
        changed = Searcher(generation, searcher.means, searcher.ranking)
        try:
            yield changed
        finally:
            changed.close()


def rank_changes(searcher: Searcher, changed: Searcher, record_id: str, needs: Mapping[str, Need]) -> list[RankChange]:
    """Return where a record stands for each question before and after a change, given the needs they state."""
    kind = kind_of(record_id)

    def place(one: Searcher, need: Need) -> int | None:
        found = [match.record_id for match in one.search(need, DEPTH)[kind]]
        return found.index(record_id) + 1 if record_id in found else None

    return [RankChange(question, place(searcher, need), place(changed, need)) for question, need in needs.items()]


def near_duplicates(searcher: Searcher, encoder: Encoder, record: Record) -> dict[str, float]:
    """Return the other records of its kind whose whole text is much like a record's, with the cosine, best first."""
    wholes = [passage.text for passage in passages_of(record) if passage.facet is Facet.WHOLE]
    best: dict[str, float] = {}
    for vector in encoder.encode_passages(wholes):
        nearest = searcher.nearest(kind_of(record.id), vector)
        is_whole = nearest.facets == FACETS.index(Facet.WHOLE)
        for record_id, cosine in zip(np.array(nearest.record_ids)[is_whole], nearest.cosines[is_whole], strict=True):
            best[str(record_id)] = max(best.get(str(record_id), 0.0), float(cosine))
    found = {i: cosine for i, cosine in best.items() if cosine >= ALIKE and i != record.id}
    return dict(sorted(found.items(), key=lambda one: -one[1]))
