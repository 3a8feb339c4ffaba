"""The ranking's numbers, found on the development questions by ``python -m assistant.lab.tuning QUESTIONS.yaml``.

Invariant: only the development half is read, and beside it ``unanswerable.yaml`` with more questions that no record
answers; the result depends on nothing but these, the published records and the numbers it starts from. Weights are
the mean of those found on many parts of the questions, so that no few questions decide them. Silence is tuned also on
everyday questions of the records, each asked of an index that does not hold it.
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
from pydantic import TypeAdapter, ValidationError

from assistant.dialogue.understanding import Question, understand
from assistant.platform.settings import load_settings
from assistant.runtime.bootstrap import open_store
from corpus.files import Record
from corpus.records import Kind
from corpus.store import RecordStore
from corpus.text import Language
from corpus.vocabulary import Concept
from index.encoders import Encoder, load_encoder
from index.evaluation import RELEVANT, EvaluationError, JudgedQuestion, Split, read_questions
from index.retrieval.fusion import Candidate
from index.scoring.gate import Feature, Gate
from index.scoring.ranking import Calibration, RankingParameters, default_parameters
from index.searcher import IndexManager, Searcher
from index.storage.passages import SEARCHED_KINDS

GRID = (0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0)
"""The weights that are tried."""
LEAST_GAIN = 0.002
"""The gain in mean nDCG@10 for which a weight is moved; smaller ones are as likely chance."""
ROUNDS = 4
DEPTH = 10
DRAWS = 10
"""Parts of the questions on which weights are found."""
DRAWN = 0.7
"""The share of the questions in each."""
FOLDS = 6
MOST_WRONGLY_SILENT = 0.03
"""About the share of answerable development questions that is met with silence, those a gate was not fitted on."""
RIDGE = 1.0
"""How strongly the weights of signs, each brought to the same spread, are held small."""
UNANSWERABLE = "unanswerable.yaml"
TUNED_FIRST = (Kind.IDEA, Kind.INSTRUMENT, Kind.ACTOR)
"""Ideas come first, since actors follow them."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
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
    unanswerable = read_unanswerable(path.with_name(UNANSWERABLE))
    settings = load_settings()
    ranking = default_parameters()
    with open_store(settings) as store, TemporaryDirectory() as folder:
        encoder = load_encoder(settings.encoder)
        generation = IndexManager(store, encoder, Path(folder), ranking).searcher().generation
        for kind in TUNED_FIRST:
            found = gather(questions, Searcher(generation, encoder, ranking))
            weights = {
                **ranking.weights,
                kind: _weights(_judged(questions, found, kind, ranking), ranking.weights[kind]),
            }
            ranking = ranking.model_copy(update={"weights": weights})
        curves = calibrate(questions, Searcher(generation, encoder, ranking))
        ranking = ranking.model_copy(update={"calibration": curves})
        searcher = Searcher(generation, encoder, ranking)
        signs = [
            _signs([question.text for question in questions], searcher),
            _signs(unanswerable, searcher),
            _signs_held_out(store, encoder, Path(folder), ranking),
        ]
    judged = [question.answerable for question in questions]
    answerable = np.array([*judged, *[False] * len(signs[1]), *[True] * len(signs[2])])
    limiting = np.array([*judged, *[False] * (len(signs[1]) + len(signs[2]))])
    return ranking.model_copy(update={"gate": _gate(np.concatenate(signs), answerable, limiting)})


def _signs_held_out(store: RecordStore, encoder: Encoder, folder: Path, ranking: RankingParameters) -> Floats:
    """Return the signs of one everyday question of each record, in every language, where no record holds it."""
    records: list[Record] = []
    held_out: list[str] = []
    for number, record in enumerate(record for kind in Kind for record in store.records(kind)):
        asked = () if isinstance(record, Concept) else record.asked_as
        if len(asked) > 1:
            left_out = asked[number % len(asked)]
            held_out += [localised.text for localised in left_out.items()]
            kept = tuple(question for question in asked if question is not left_out)
            records.append(record.model_copy(update={"asked_as": kept}))
        else:
            records.append(record)
    with RecordStore.open(f"sqlite:///{folder / 'held_out.sqlite3'}") as others:
        others.save_many(records, by="tuning")
        return _signs(held_out, IndexManager(others, encoder, folder / "held_out", ranking).searcher())


def read_unanswerable(path: Path) -> list[str]:
    """Return more questions that no record answers.

    Raises:
        EvaluationError: the file cannot be read as lists of texts by language.
    """
    import yaml

    try:
        by_language = TypeAdapter(dict[Language, list[str]]).validate_python(
            yaml.safe_load(path.read_text(encoding="utf-8"))
        )
    except (OSError, yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path}: not lists of questions by language: {error}") from error
    return [text for texts in by_language.values() for text in texts]


def gather(questions: Sequence[JudgedQuestion], searcher: Searcher) -> Found:
    """Return every candidate for every question."""
    return {question.id: searcher.candidates(understand(Question(text=question.text)).need) for question in questions}


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


def _weights(judged: Sequence[Judged], start: Mapping[str, float]) -> dict[str, float]:
    """Return the mean of the weights that are best for parts of the questions, drawn by chance."""
    draws = np.random.default_rng(0)
    size = round(DRAWN * len(judged))
    found = [_ascend([judged[i] for i in draws.permutation(len(judged))[:size]], start) for _ in range(DRAWS)]
    return {name: round(sum(one[name] for one in found) / DRAWS, 2) for name in start}


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


def calibrate(questions: Sequence[JudgedQuestion], searcher: Searcher) -> dict[Kind, Calibration]:
    """Return by kind the curve from a searcher's totals to the share that is relevant.

    Raises:
        EvaluationError: the questions are too few to tell a curve that rises with the totals.
    """
    found = gather(questions, searcher)
    return {kind: _calibrate(questions, found, kind) for kind in SEARCHED_KINDS}


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
        # Beyond these bounds the curve is 0 or 1 to the last digit, and exp would overflow.
        predicted = 1 / (1 + np.exp(-np.clip(rows @ curve, -500, 500)))
        # A little ridge keeps the step finite where the two sorts hardly overlap.
        slope = rows.T @ (rows * (predicted * (1 - predicted))[:, None]) + 1e-6 * np.eye(2)
        curve += np.linalg.solve(slope, rows.T @ (right - predicted))
    if round(float(curve[0]), 3) <= 0:
        raise EvaluationError(
            f"got {len(right)} judged suggestions of the kind {kind}, {int(right.sum())} of them relevant, whose "
            "totals do not tell which; expected more questions of the dev half to calibrate confidence on"
        )
    return Calibration(slope=round(float(curve[0]), 3), midpoint=round(float(-curve[1] / curve[0]), 3))


def _signs(texts: Sequence[str], searcher: Searcher) -> Floats:
    """Return the signs of questions, one row for each."""
    signs = [searcher.signs(understand(Question(text=text)).need) for text in texts]
    return np.array([[one[sign] for sign in Feature] for one in signs], dtype=np.float64).reshape(-1, len(Feature))


def _gate(signs: Floats, answerable: Bools, limiting: Bools) -> Gate:
    """Return the gate: weights by logistic regression, the least sum from questions that it was not fitted on.

    Args:
        signs: One row for each question.
        answerable: Whether it has an answer.
        limiting: Whether it is among those of which few may be met with silence.
    """
    folds = np.random.default_rng(0).permutation(len(signs)) % FOLDS
    unseen = np.empty(len(signs))
    # Held-out questions are many, and count together for as much as the answerable judged ones.
    held_out = answerable & ~limiting
    share = np.where(held_out, limiting.sum() / max(int(held_out.sum()), 1), 1.0)
    whole, offset = _fit(signs, answerable, share)
    for fold in range(FOLDS):
        others = folds != fold
        weights, shift = _fit(signs[others], answerable[others], share[others])
        unseen[folds == fold] = signs[folds == fold] @ weights + shift
    least = float(np.quantile(unseen[limiting], MOST_WRONGLY_SILENT))
    rounded = {sign: round(float(weight), 2) for sign, weight in zip(Feature, whole, strict=True)}
    return Gate(weights=rounded, least=round(least - offset, 2))


def _fit(signs: Floats, answerable: Bools, share: Floats) -> tuple[Floats, float]:
    """Return weights, none below 0, and offset of a logistic regression, each question counting for a share.

    A sign that would count against what it is a sign of is left out, and the others are fitted anew.
    """
    used = np.ones(signs.shape[1], dtype=bool)
    weights, offset = _regression(signs, answerable, share)
    while (weights < 0).any():
        used[np.flatnonzero(used)[weights.argmin()]] = False
        weights, offset = _regression(signs[:, used], answerable, share)
    every = np.zeros(signs.shape[1])
    every[used] = weights
    return every, offset


def _regression(signs: Floats, answerable: Bools, share: Floats) -> tuple[Floats, float]:
    """Return weights and offset of a logistic regression with ridge."""
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    rows = np.column_stack([(signs - mean) / spread, np.ones(len(signs))])
    curve, ridge = np.zeros(rows.shape[1]), RIDGE * np.eye(rows.shape[1])
    ridge[-1, -1] = 1e-6
    for _ in range(50):
        # Beyond these bounds the curve is 0 or 1 to the last digit, and exp would overflow.
        predicted = 1 / (1 + np.exp(-np.clip(rows @ curve, -500, 500)))
        slope = rows.T @ (rows * (share * predicted * (1 - predicted))[:, None]) + ridge
        curve += np.linalg.solve(slope, rows.T @ (share * (answerable - predicted)) - ridge @ curve)
    weights = curve[:-1] / spread
    return weights, float(curve[-1] - weights @ mean)


if __name__ == "__main__":
    sys.stdout.write(tune(Path(sys.argv[1])).model_dump_json(indent=2) + "\n")
