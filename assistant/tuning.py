"""The ranking's numbers, found on the development questions by ``python -m assistant.tuning QUESTIONS.yaml``.

Invariant: only the development half is read, and the result depends on nothing but it, the published records and
the numbers it starts from. A weight moves only where the mean nDCG@10 gains more than chance is likely to give.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.opening import open_store
from assistant.settings import load_settings
from assistant.understanding import Question, understand
from corpus.records import Kind
from index.encoders import load_encoder
from index.evaluation import RELEVANT, JudgedQuestion, Split, read_questions
from index.fusion import Candidate
from index.passages import SEARCHED_KINDS
from index.ranking import Calibration, RankingParameters, default_parameters
from index.searcher import IndexKeeper, Searcher

GRID = (0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0)
"""The weights that are tried."""
LEAST_GAIN = 0.004
"""The gain in mean nDCG@10 for which a weight is moved; smaller ones are as likely chance."""
ROUNDS = 4
DEPTH = 10
WRONG_SILENCE_COST = 1.0
"""How many questions rightly met with silence one wrongly met so outweighs: here as many as one."""
TUNED_FIRST = (Kind.IDEA, Kind.INSTRUMENT, Kind.ACTOR)
"""Ideas come first, since actors follow them."""

Floats = NDArray[np.float64]
Found = Mapping[str, Mapping[Kind, Sequence[Candidate]]]
"""By question id and kind, every candidate."""


class Judged(NamedTuple):
    """The candidates of one question and kind, as numbers."""

    parts: Floats
    """One row for each candidate, one column for each part."""
    grades: Floats
    ideal: float
    """The best discounted gain that any order of all records could have."""


def tune(path: Path) -> RankingParameters:
    """Return the parameters tuned on the development half of some judged questions."""
    questions = [question for question in read_questions(path) if question.split is Split.DEVELOPMENT]
    settings = load_settings()
    ranking = default_parameters()
    with open_store(settings) as store, TemporaryDirectory() as folder:
        encoder = load_encoder(settings.encoder)
        generation = IndexKeeper(store, encoder, Path(folder), ranking).searcher().generation
        for kind in TUNED_FIRST:
            found = gather(questions, Searcher(generation, encoder, ranking))
            weights = {
                **ranking.weights,
                kind: _ascend(_judged(questions, found, kind, ranking), ranking.weights[kind]),
            }
            ranking = ranking.model_copy(update={"weights": weights})
        found = gather(questions, Searcher(generation, encoder, ranking))
    curves = {kind: _calibrate(questions, found, kind) for kind in SEARCHED_KINDS}
    ranking = ranking.model_copy(update={"calibration": curves})
    return ranking.model_copy(update={"gate": _gate(questions, found, ranking)})


def gather(questions: Sequence[JudgedQuestion], searcher: Searcher) -> Found:
    """Return every candidate for every question."""
    areas = searcher.areas()
    return {
        question.id: searcher.candidates(understand(Question(text=question.text), areas).need) for question in questions
    }


def _judged(questions: Sequence[JudgedQuestion], found: Found, kind: Kind, ranking: RankingParameters) -> list[Judged]:
    names = list(ranking.weights[kind])
    judged = []
    for question in questions:
        grades = question.grades(kind)
        candidates = found[question.id][kind]
        if grades and candidates:
            parts = np.array([[one.parts.get(name, 0.0) for name in names] for one in candidates])
            ideal = _gain(sorted(grades.values(), reverse=True))
            judged.append(Judged(parts, np.array([grades.get(one.record_id, 0) for one in candidates], float), ideal))
    return judged


def _gain(grades: Sequence[float]) -> float:
    return sum(grade / math.log2(rank + 2) for rank, grade in enumerate(grades[:DEPTH]))


def _quality(judged: Sequence[Judged], weights: Floats) -> float:
    values = []
    for parts, grades, ideal in judged:
        order = np.argsort(-(parts @ weights), kind="stable")[:DEPTH]
        values.append(_gain(list(grades[order])) / ideal)
    return float(np.mean(values))


def _ascend(judged: Sequence[Judged], start: Mapping[str, float]) -> dict[str, float]:
    """Return weights moved one at a time, each to the value of the grid that helps most, until none helps."""
    names, weights = list(start), np.array(list(start.values()))
    best = _quality(judged, weights)
    for _ in range(ROUNDS):
        before = best
        for column in range(len(names)):
            for value in GRID:
                tried = weights.copy()
                tried[column] = value
                quality = _quality(judged, tried)
                if quality > best + LEAST_GAIN:
                    best, weights = quality, tried
        if best == before:
            break
    return dict(zip(names, (float(weight) for weight in weights), strict=True))


def _calibrate(questions: Sequence[JudgedQuestion], found: Found, kind: Kind) -> Calibration:
    """Return the logistic curve from totals to the share that is relevant, by Newton's method."""
    totals, relevant = [], []
    for question in questions:
        grades = question.grades(kind)
        if grades or not question.answerable:
            for one in found[question.id][kind][:DEPTH]:
                totals.append(one.total)
                relevant.append(float(grades.get(one.record_id, 0) >= RELEVANT))
    rows = np.column_stack([totals, np.ones(len(totals))])
    right = np.array(relevant)
    curve = np.zeros(2)
    for _ in range(50):
        predicted = 1 / (1 + np.exp(-(rows @ curve)))
        # A little ridge keeps the step finite where the two sorts hardly overlap.
        slope = rows.T @ (rows * (predicted * (1 - predicted))[:, None]) + 1e-6 * np.eye(2)
        curve += np.linalg.solve(slope, rows.T @ (right - predicted))
    return Calibration(slope=round(float(curve[0]), 3), midpoint=round(float(-curve[1] / curve[0]), 3))


def _gate(questions: Sequence[JudgedQuestion], found: Found, ranking: RankingParameters) -> float:
    """Return the score at which silence is right most often, wrong silence weighing more."""
    best = {}
    for question in questions:
        scores = [ranking.score(kind, some[0].total) for kind, some in found[question.id].items() if some]
        best[question.id] = max(scores, default=0.0)

    def worth(gate: float) -> float:
        caught = sum(best[question.id] < gate for question in questions if not question.answerable)
        wrong = sum(best[question.id] < gate for question in questions if question.answerable)
        return caught - WRONG_SILENCE_COST * wrong

    gates = sorted(round(score, 3) for score in best.values())
    return max(gates, key=lambda gate: (worth(gate), -gate))


if __name__ == "__main__":
    sys.stdout.write(tune(Path(sys.argv[1])).model_dump_json(indent=2) + "\n")
