"""Hits of several retrievers become candidates: one weighted sum for each record.

Invariant: the sum is linear in the parts, so that each part's share in a score can be told and switched off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from corpus.records import Kind
from corpus.text import Frozen
from index.retrievers import Hit


class Candidate(Frozen):
    """A record that some retriever found."""

    record_id: str
    kind: Kind
    parts: dict[str, float]
    """Scores from 0 to 1 by part; a part that found nothing is left out."""
    total: float
    """The weighted sum of the parts."""


def fuse(hits: Iterable[Hit], kind: Kind, weights: Mapping[str, float]) -> list[Candidate]:
    """Return one candidate for each record hit, best first; ties are broken by id."""
    parts: dict[str, dict[str, float]] = defaultdict(dict)
    for hit in hits:
        known = parts[hit.record_id].get(hit.part, 0.0)
        parts[hit.record_id][hit.part] = max(known, hit.score)
    candidates = [
        Candidate(
            record_id=record_id,
            kind=kind,
            parts=by_part,
            total=sum(weights.get(part, 0.0) * score for part, score in by_part.items()),
        )
        for record_id, by_part in parts.items()
    ]
    return sorted(candidates, key=lambda candidate: (-candidate.total, candidate.record_id))
