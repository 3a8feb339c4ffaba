"""Hits of several retrievers become candidates: one weighted sum for each record.

Invariant: the sum is linear in the parts, or in their ranks, so that each part's share in a score can be told and
switched off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from corpus.records import Kind
from index.retrieval.retrievers import Hit

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


def fuse(hits: Iterable[Hit], kind: Kind, weights: Mapping[str, float], fusion: Fusion = Fusion.SUM) -> list[Candidate]:
    """Return one candidate for each record hit, best first; ties are broken by id."""
    parts: dict[str, dict[str, float]] = {}
    for record_id, part, score in hits:
        by_part = parts.get(record_id)
        if by_part is None:
            by_part = parts[record_id] = {}
        if score >= by_part.get(part, 0.0):
            by_part[part] = score
    worth = parts if fusion is Fusion.SUM else _by_rank(parts)
    weight_of = defaultdict(float, weights)
    totals = {
        record_id: sum([weight_of[part] * score for part, score in by_part.items()])
        for record_id, by_part in worth.items()
    }
    ranked = sorted([(-total, record_id) for record_id, total in totals.items()])
    return [Candidate(record_id, kind, parts[record_id], -total) for total, record_id in ranked]


def _by_rank(parts: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return parts with ranks in place of scores; those of equal score share the better rank."""
    scores: dict[str, list[float]] = defaultdict(list)
    for by_part in parts.values():
        for part, score in by_part.items():
            scores[part].append(score)
    ranked = {part: sorted(some, reverse=True) for part, some in scores.items()}
    return {
        record_id: {
            part: (RANK_OFFSET + 1) / (RANK_OFFSET + 1 + ranked[part].index(score)) for part, score in by_part.items()
        }
        for record_id, by_part in parts.items()
    }
