"""Judged pairs of needs, and how well likeness tells which of them are alike.

Invariant: what is measured is what brokers are shown: a pair counts as found where it would stand in their list. Of the
test half only figures are told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from assistant.coupling.likeness import ALIKE, likeness, portrait_of
from corpus.files import YamlError, read_yaml
from corpus.terms import Kommunenummer
from corpus.text import Frozen, Language
from index.evaluation import INTERVAL, RESAMPLES, EvaluationError, Figure, Split
from index.searcher import Searcher


class PairedNeed(Frozen):
    """One side of a pair."""

    text: str
    language: Language
    municipality: Kommunenummer


class JudgedPair(Frozen):
    """Two needs, and whether a broker would tell the two municipalities of each other."""

    id: str
    split: Split
    alike: bool
    first: PairedNeed
    second: PairedNeed
    why: str


def read_pairs(path: Path, split: str) -> list[JudgedPair]:
    """Return the judged pairs of one half of a file.

    Raises:
        EvaluationError: the file cannot be read, or does not hold judged pairs.
    """
    try:
        every = TypeAdapter(list[JudgedPair]).validate_python(read_yaml(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, YamlError, ValidationError) as error:
        raise EvaluationError(f"{path}: got no judged pairs of needs ({error}); see tests/evaluation") from error
    return [pair for pair in every if pair.split == split]


def likenesses(pairs: Sequence[JudgedPair], searcher: Searcher) -> list[float]:
    """Return how alike the needs of each pair are."""
    texts = {need.text for pair in pairs for need in (pair.first, pair.second)}
    portraits = {text: portrait_of(searcher, text) for text in sorted(texts)}
    return [likeness(portraits[pair.first.text], portraits[pair.second.text]) for pair in pairs]


def pair_figures(pairs: Sequence[JudgedPair], found: Sequence[float]) -> list[Figure]:
    """Return precision and recall of what is shown, and how often the likelier of two is the alike one."""
    alike, scores = np.array([pair.alike for pair in pairs]), np.array(found)
    shown = scores >= ALIKE
    across = np.array([pair.first.language is not pair.second.language for pair in pairs])
    everything = np.ones(len(pairs), dtype=bool)
    return [
        _figure("precision", "all", _mean(alike), shown),
        _figure("recall", "all", _mean(shown), alike),
        _figure("recall", "across languages", _mean(shown), alike & across),
        _figure("recall", "in one language", _mean(shown), alike & ~across),
        _figure("ranked right", "all", _ranked_right(alike, scores), everything),
    ]


Marks = np.ndarray[tuple[int], np.dtype[np.bool_]]
Scores = np.ndarray[tuple[int], np.dtype[np.float64]]
_Measure = Callable[[np.ndarray[tuple[int], np.dtype[np.int64]]], float]


def _mean(of: Marks) -> _Measure:
    return lambda rows: float(of[rows].mean()) if len(rows) else float("nan")


def _ranked_right(alike: Marks, scores: Scores) -> _Measure:
    def measured(rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
        some, others = scores[rows][alike[rows]], scores[rows][~alike[rows]]
        over = np.subtract.outer(some, others)
        return float(((over > 0) + 0.5 * (over == 0)).mean()) if over.size else float("nan")

    return measured


def _figure(measure: str, group: str, measured: _Measure, among: Marks) -> Figure:
    """Return a figure with its interval over pairs drawn anew."""
    rows = np.flatnonzero(among)
    drawn = np.random.default_rng(0)
    again = [measured(drawn.choice(rows, len(rows))) for _ in range(RESAMPLES)] if len(rows) else [float("nan")]
    low, high = np.nanpercentile(again, INTERVAL) if not np.isnan(again).all() else (float("nan"),) * 2
    return Figure(measure, group, measured(rows), float(low), float(high), len(rows))
