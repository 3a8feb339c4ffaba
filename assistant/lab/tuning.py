"""The ranking's numbers: ``python -m assistant.lab.tuning QUESTIONS.yaml [EARLIER.yaml …]``.

Invariant: only the development half is read, and beside it ``unanswerable.yaml`` with more questions that no record
answers; the result depends on nothing but these, the published records and the numbers it starts from. Weights are
held near those there are by a ridge, so that no few questions decide them. Silence is tuned also on
everyday questions of the records, each asked of an index that does not hold it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from assistant.dialogue.understanding import Question, understand
from assistant.platform.settings import load_settings
from assistant.runtime.bootstrap import open_store
from corpus.files import Record, YamlError, read_yaml
from corpus.records import ActorType, Kind
from corpus.store import RecordStore
from corpus.text import Language
from corpus.vocabulary import Concept
from index.encoders import Encoder, load_encoder
from index.evaluation import RELEVANT, EvaluationError, JudgedQuestion, Split, read_questions
from index.manager import IndexManager
from index.retrieval.fusion import Candidate
from index.scoring.gate import AnswerabilityClassifier, Feature
from index.scoring.ranking import Calibration, RankingParameters, default_parameters
from index.searcher import Searcher
from index.storage.passages import SEARCHED_KINDS
from index.storage.vectors import Means

DEPTH = 10
RIDGE_OF_PARTS = 0.01
"""How strongly the weights of parts, each brought to the same spread, are held where they are; ten times
less or more changed little on questions that were left out."""
LEAST_SPREAD = 1e-6
EARLIER_SHARE = 0.25
"""What a question that was judged against fewer records counts for beside one judged against those of today."""
KEPT = ("name",)
"""Parts whose weight is not tuned: that who is asked for by name comes first is no matter of taste."""
SORT = "sort"
FOLDS = 6
MOST_WRONGLY_SILENT = 0.02
"""About the share of answerable development questions that is met with silence, those a gate was not fitted on."""
RIDGE = 1.0
"""How strongly the weights of signs, each brought to the same spread, are held small."""
HELD_OUT_ONE_IN = 4
"""One in how many records has an everyday question held out: they count together whatever their number."""
UNANSWERABLE = "unanswerable.yaml"
TUNED_FIRST = (Kind.IDEA, Kind.INSTRUMENT, Kind.ACTOR)
"""Ideas come first, since actors follow them."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Found = Mapping[str, Mapping[Kind, Sequence[Candidate]]]
"""By question id and kind, every candidate."""
AsNumbers = Callable[[Sequence[Candidate]], Floats]


class Judged(NamedTuple):
    """The candidates of one question and kind, as numbers."""

    parts: Floats
    """One row for each candidate, one column for each part."""
    grades: Floats
    ideal: float
    """The best discounted gain that any order of all records could have."""
    share: float = 1.0
    """How much the question counts beside others."""


def tune(path: Path, *earlier: Path) -> RankingParameters:
    """Return the parameters tuned on the development half of some judged questions.

    Args:
        path: Questions that were judged against the records of today.
        earlier: Questions that were judged against fewer records; those that they grade nowhere count for nothing.
    """
    questions, *others = map(_development, (path, *earlier))
    unanswerable = read_unanswerable(path.with_name(UNANSWERABLE))
    settings = load_settings()
    ranking = _awake(default_parameters())
    with open_store(settings) as store, TemporaryDirectory() as folder:
        encoder = load_encoder(settings.encoder)
        generation = IndexManager(store, encoder, Path(folder), ranking).searcher().generation
        for kind in TUNED_FIRST:
            searcher = Searcher(generation, Means(encoder), ranking)
            columns = Columns(kind, ranking, searcher)
            judged = _judged(questions, gather(questions, searcher), kind, columns)
            for some in others:
                earlier_judged = _judged(some, _only_judged(some, gather(some, searcher)), kind, columns)
                judged += [one._replace(share=EARLIER_SHARE) for one in earlier_judged]
            if judged:
                ranking = _weighed(ranking, kind, judged, columns)
        curves = calibrate(questions, Searcher(generation, Means(encoder), ranking))
        ranking = ranking.model_copy(update={"calibration": curves})
        searcher = Searcher(generation, Means(encoder), ranking)
        asked = [question for some in (questions, *others) for question in some]
        signs = [
            _features([question.text for question in asked], searcher),
            _features(unanswerable, searcher),
            _features_held_out(store, encoder, Path(folder), ranking),
        ]
    told = [question.answerable for question in asked]
    answerable = np.array([*told, *[False] * len(signs[1]), *[True] * len(signs[2])])
    limiting = np.array([*told, *[False] * (len(signs[1]) + len(signs[2]))])
    return ranking.model_copy(update={"gate": _gate(np.concatenate(signs), answerable, limiting)})


def _awake(ranking: RankingParameters) -> RankingParameters:
    """Return parameters in which every part counts for something, since what counts for nothing is not worked out."""
    weights = {
        kind: {part: weight or LEAST_SPREAD for part, weight in of_kind.items()}
        for kind, of_kind in ranking.weights.items()
    }
    return ranking.model_copy(update={"weights": weights})


def _development(path: Path) -> list[JudgedQuestion]:
    return [question for question in read_questions(path) if question.split is Split.DEVELOPMENT]


def _features_held_out(store: RecordStore, encoder: Encoder, folder: Path, ranking: RankingParameters) -> Floats:
    """Return the signs of one everyday question of some records, in every language, where no record holds it."""
    records: list[Record] = []
    held_out: list[str] = []
    for number, record in enumerate(record for kind in Kind for record in store.records(kind)):
        asked = () if isinstance(record, Concept) else record.asked_as
        if len(asked) > 1 and number % HELD_OUT_ONE_IN == 0:
            left_out = asked[number // HELD_OUT_ONE_IN % len(asked)]
            held_out += [localised.text for localised in left_out.items()]
            kept = tuple(question for question in asked if question is not left_out)
            records.append(record.model_copy(update={"asked_as": kept}))
        else:
            records.append(record)
    with RecordStore.open(f"sqlite:///{folder / 'held_out.sqlite3'}") as others:
        others.save_many(records, by="tuning")
        return _features(held_out, IndexManager(others, encoder, folder / "held_out", ranking).searcher())


def read_unanswerable(path: Path) -> list[str]:
    """Return more questions that no record answers.

    Raises:
        EvaluationError: the file cannot be read as lists of texts by language.
    """
    try:
        by_language = TypeAdapter(dict[Language, list[str]]).validate_python(
            read_yaml(path.read_text(encoding="utf-8"))
        )
    except (OSError, YamlError, ValidationError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path}: not lists of questions by language: {error}") from error
    return [text for texts in by_language.values() for text in texts]


def gather(questions: Sequence[JudgedQuestion], searcher: Searcher) -> Found:
    """Return every candidate for every question."""
    return {question.id: searcher.candidates(understand(Question(text=question.text)).need) for question in questions}


def _judged(questions: Sequence[JudgedQuestion], found: Found, kind: Kind, columns: AsNumbers) -> list[Judged]:
    judged = []
    for question in questions:
        grades = question.grades(kind)
        candidates = found[question.id][kind]
        if grades and candidates:
            ideal = _gain(sorted(grades.values(), reverse=True))
            ids = [candidate.record_id for candidate in candidates]
            judged.append(Judged(columns(candidates), np.array([grades.get(i, 0) for i in ids], float), ideal))
    return judged


def _only_judged(questions: Sequence[JudgedQuestion], found: Found) -> Found:
    """Return the candidates without the records that none of the questions grades: they came after the judging."""
    known = {record_id for question in questions for record_id in question.relevant}
    return {
        question_id: {kind: [one for one in some if one.record_id in known] for kind, some in by_kind.items()}
        for question_id, by_kind in found.items()
    }


def _gain(grades: Sequence[float]) -> float:
    return sum(grade / math.log2(rank + 2) for rank, grade in enumerate(grades[:DEPTH]))


def _quality(judged: Sequence[Judged], weights: Floats) -> float:
    values = []
    for parts, grades, ideal, _ in judged:
        order = np.argsort(-(parts @ weights), kind="stable")[:DEPTH]
        values.append(_gain(list(grades[order])) / ideal)
    return float(np.mean(values))


def _weights(judged: Sequence[Judged], start: Mapping[str, float], sorts: int = 0) -> Floats:
    """Return the weights under which what was judged best is most likely to stand first, held near those there are.

    The likelihood is that of a list (ListNet): candidates share a question's attention by their totals, and should by
    their grades. Parts never count against a record, and `KEPT` ones stay as they are.

    Args:
        judged: Candidates as rows, with one column for each part and after them one for each sort of body.
        start: The weights there are, by part.
        sorts: How many sorts of body there are.
    """
    from scipy.optimize import minimize

    names = list(start)
    before = np.array([*start.values(), *[0.0] * sorts], dtype=np.float64)
    spread = np.concatenate([one.parts for one in judged]).std(axis=0)
    spread[spread < LEAST_SPREAD] = 1.0
    wanted = [(one.parts / spread, _attention(one.grades), one.share) for one in judged if one.grades.any()]
    shares = sum(share for _, _, share in wanted)

    def loss(weights: Floats) -> tuple[float, Floats]:
        moved = weights - before * spread
        total, slope = RIDGE_OF_PARTS * float(moved @ moved), 2 * RIDGE_OF_PARTS * moved
        for rows, attention, share in wanted:
            totals = rows @ weights
            given = np.exp(totals - totals.max())
            given /= given.sum()
            total -= float(attention @ np.log(given + 1e-12)) * share / shares
            slope = slope - rows.T @ (attention - given) * share / shares
        return total, slope

    first = before * spread
    bounds: list[tuple[float | None, float | None]] = [
        (first[column],) * 2 if name in KEPT else (0.0, None) for column, name in enumerate(names)
    ]
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=[*bounds, *[(None, None)] * sorts])
    return np.asarray(found.x / spread, dtype=np.float64)


def _attention(grades: Floats) -> Floats:
    worth = 2.0**grades - 1
    return np.asarray(worth / worth.sum(), dtype=np.float64)


class Columns:
    """How candidates of one kind become rows of numbers: their parts and, of actors, what sort of body each is."""

    def __init__(self, kind: Kind, ranking: RankingParameters, searcher: Searcher) -> None:
        # What sorts are worth is what is to be found, so they stand apart and not by their worth today.
        self.parts = {part: weight for part, weight in ranking.weights[kind].items() if part != SORT}
        self.sorts = tuple(ActorType) if SORT in ranking.weights[kind] else ()
        self._searcher = searcher

    def __call__(self, candidates: Sequence[Candidate]) -> Floats:
        """Return one row for each candidate."""
        rows = [[candidate.parts.get(part, 0.0) for part in self.parts] for candidate in candidates]
        parts = np.array(rows, dtype=np.float64).reshape(len(candidates), len(self.parts))
        if not self.sorts:
            return parts
        sort_of = self._searcher.sorts([candidate.record_id for candidate in candidates])
        columns = [[float(sort_of.get(candidate.record_id) is sort) for sort in self.sorts] for candidate in candidates]
        return np.hstack([parts, np.array(columns, dtype=np.float64).reshape(len(candidates), len(self.sorts))])


def _weighed(ranking: RankingParameters, kind: Kind, judged: Sequence[Judged], columns: Columns) -> RankingParameters:
    """Return parameters with the weights of one kind found anew; the worth of sorts runs from 0 to 1."""
    found = _weights(judged, columns.parts, len(columns.sorts))
    weights = dict(zip(columns.parts, (round(float(one), 2) for one in found), strict=False))
    changed: dict[str, object] = {}
    if columns.sorts:
        worth = found[len(columns.parts) :]
        width = max(float(np.ptp(worth)), LEAST_SPREAD)
        weights[SORT] = round(width, 2)
        shares = ((worth - worth.min()) / width).tolist()
        changed["sorts"] = {sort: round(share, 2) for sort, share in zip(columns.sorts, shares, strict=True)}
    ordered = {part: weights[part] for part in ranking.weights[kind]}
    return ranking.model_copy(update={**changed, "weights": {**ranking.weights, kind: ordered}})


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


def _features(texts: Sequence[str], searcher: Searcher) -> Floats:
    """Return the signs of questions, one row for each."""
    signs = [searcher.features(understand(Question(text=text)).need) for text in texts]
    return np.array([[one[sign] for sign in Feature] for one in signs], dtype=np.float64).reshape(-1, len(Feature))


def _gate(signs: Floats, answerable: Bools, limiting: Bools) -> AnswerabilityClassifier:
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
    return AnswerabilityClassifier(weights=rounded, least=round(least - offset, 2))


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
    sys.stdout.write(tune(*map(Path, sys.argv[1:])).model_dump_json(indent=2) + "\n")
