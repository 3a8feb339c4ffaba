"""Scores of several retrievers become candidates: one weighted sum for each record.

Invariant: the sum is linear in the parts, or in their ranks, so that each part's share in a score can be told and
switched off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from corpus.records import Kind
from index.retrieval.retrievers import PartScores

RANK_OFFSET = 60
"""Added to ranks, as reciprocal rank fusion has it, so that the first place is not everything."""


class Fusion(StrEnum):
    """How the parts of a candidate become its total."""

    SUM = "sum"
    """The weighted sum of the scores."""
    RECIPROCAL_RANK = "reciprocal_rank"
    """The weighted sum of 1 / (60 + rank), brought to 1 for the first place; to compare with."""


class Candidate(NamedTuple):
    """A record that some retriever found."""

    record_id: str
    kind: Kind
    parts: dict[str, float]
    """Scores from 0 to 1 by part; a part that found nothing is left out."""
    total: float
    """The weighted sum of the parts."""


def fuse(scores: PartScores, kind: Kind, weights: Mapping[str, float], fusion: Fusion = Fusion.SUM) -> list[Candidate]:
    """Return one candidate for each record that was found, best first; ties are broken by id."""
    worth = scores if fusion is Fusion.SUM else _by_rank(scores)
    parts: dict[str, dict[str, float]] = defaultdict(dict)
    totals: dict[str, float] = defaultdict(float)
    for part, by_record in scores.items():
        weight, worth_of = weights.get(part, 0.0), worth[part]
        for record_id, score in by_record.items():
            parts[record_id][part] = score
            totals[record_id] += weight * worth_of[record_id]
    ranked = sorted([(-total, record_id) for record_id, total in totals.items()])
    return [Candidate(record_id, kind, parts[record_id], -total) for total, record_id in ranked]


def _by_rank(found: PartScores) -> PartScores:
    """Return parts with ranks in place of scores; those of equal score share the better rank."""
    ranked = {part: sorted(scores.values(), reverse=True) for part, scores in found.items()}
    return {
        part: {
            record_id: (RANK_OFFSET + 1) / (RANK_OFFSET + 1 + ranked[part].index(score))
            for record_id, score in scores.items()
        }
        for part, scores in found.items()
    }
