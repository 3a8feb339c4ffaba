"""How good the answers are: judged questions, measures, and intervals that say how sure the measures are.

Invariant: measures are computed by ir-measures from judgements and a run, never by us; each mean comes with a
bootstrap interval over questions. A run holds what users would have been shown, nothing that silence hid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field, TypeAdapter, ValidationError

from corpus.files import YamlError, kind_of, read_yaml
from corpus.records import ActorId, IdeaId, InstrumentId, Kind
from corpus.text import Frozen, Language
from index.errors import SearchError
from index.storage.passages import SEARCHED_KINDS

RELEVANT = 1
"""The least grade that counts as relevant: 1 touches the need, 2 fits it, 3 is what one would hope for."""
LEAST_SURE = "possible"
"""The step of confidence below which nothing is shown."""
FITTING = 2
CAPPED_RECALL = "capped recall@3"
"""The share of the first three that fit, or of those that fit where they are fewer than three (BEIR, 2021).

Where more than three records fit, recall@3 cannot reach 1, and two sets of questions cannot be compared by it."""
NEEDS_FITTING = frozenset({"recall@3", CAPPED_RECALL, "recall@10", "MRR", "right in first 3"})
"""Measures of questions that some record fits."""
RESAMPLES = 2_000
INTERVAL = (2.5, 97.5)


class Split(StrEnum):
    """Half of the questions: tuning looks at one only, and the other is only reported on."""

    DEVELOPMENT = "dev"
    TEST = "test"


Grade = Annotated[int, Field(ge=RELEVANT, le=3)]


class JudgedQuestion(Frozen):
    """A question with the grades of the records that answer it; without any, silence is right."""

    id: str
    text: str
    language: Language
    split: Split
    tags: tuple[str, ...] = ()
    relevant: dict[ActorId | InstrumentId | IdeaId, Grade] = Field(default_factory=dict)

    @property
    def answerable(self) -> bool:
        """Whether any record answers it."""
        return bool(self.relevant)

    @property
    def is_paraphrase(self) -> bool:
        """Whether the same need is asked in each language, so that languages can be compared by it."""
        return any(tag.startswith("triple-") for tag in self.tags)

    def grades(self, kind: Kind) -> dict[str, int]:
        """Return the grades of the records of one kind."""
        return {record_id: grade for record_id, grade in self.relevant.items() if kind_of(record_id) is kind}


class RankedRecord(NamedTuple):
    """A record that was shown for a question."""

    record_id: str
    score: float
    confidence: str


Run = Mapping[str, Mapping[Kind, Sequence[RankedRecord]]]
"""By question id and kind, what was shown, best first."""


class Figure(NamedTuple):
    """A mean with its 95 % bootstrap interval."""

    measure: str
    group: str
    value: float
    low: float
    high: float
    size: int
    """Questions (or, for calibration, suggestions) it rests on."""


class EvaluationError(SearchError):
    """The judged questions cannot be read."""


def read_questions(path: Path) -> list[JudgedQuestion]:
    """Read judged questions from a YAML file.

    Raises:
        EvaluationError: the file cannot be read, or a question is malformed or given twice.
    """
    try:
        questions = TypeAdapter(list[JudgedQuestion]).validate_python(read_yaml(path.read_text(encoding="utf-8")))
    except (OSError, YamlError, ValidationError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path}: not a readable list of judged questions: {error}") from error
    ids = [question.id for question in questions]
    if repeated := sorted({i for i in ids if ids.count(i) > 1}):
        raise EvaluationError(f"{path}: these ids are given twice: {', '.join(repeated)}")
    return questions


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a mean."""
    sample = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(seed).integers(0, len(sample), size=(RESAMPLES, len(sample)))
    low, high = np.percentile(sample[draws].mean(axis=1), INTERVAL)
    return float(low), float(high)


def figure(measure: str, group: str, values: Sequence[float]) -> Figure:
    """Return the mean of some values as a figure."""
    low, high = interval(values)
    return Figure(measure, group, float(np.mean(values)), low, high, len(values))


def per_question(questions: Iterable[JudgedQuestion], run: Run, kind: Kind) -> dict[str, dict[str, float]]:
    """Return, by measure and question id, each value for the questions that records of a kind answer.

    Raises:
        EvaluationError: ir-measures is not installed.
    """
    try:
        from ir_measures import RR, P, R, ScoredDoc, Success, iter_calc, nDCG
        from ir_measures import Qrel as Judgement
    except ImportError as error:
        raise EvaluationError(
            f"measures need ir-measures, which cannot be imported ({error}); "
            'run: pip install "mellomrom[dev]" and try again.'
        ) from error

    measures = {
        "nDCG@10": nDCG @ 10,
        "recall@3": R(rel=FITTING) @ 3,
        CAPPED_RECALL: P(rel=FITTING) @ 3,
        "recall@10": R(rel=FITTING) @ 10,
        "MRR": RR(rel=FITTING) @ 10,
        "P@1": P(rel=RELEVANT) @ 1,
        "right in first 3": Success(rel=FITTING) @ 3,
    }
    judged = [question for question in questions if question.grades(kind)]
    judgements = [
        Judgement(question.id, record_id, grade)
        for question in judged
        for record_id, grade in question.grades(kind).items()
    ]
    shown = [
        # Ranks decide, so that ties in rounded scores cannot change the order that users see.
        ScoredDoc(question.id, one.record_id, -float(rank))
        for question in judged
        for rank, one in enumerate(run.get(question.id, {}).get(kind, ()))
    ]
    fitting = {question.id for question in judged if max(question.grades(kind).values()) >= FITTING}
    names = {str(measure): name for name, measure in measures.items()}
    found: dict[str, dict[str, float]] = {name: {} for name in measures}
    for value in iter_calc(list(measures.values()), judgements, shown):
        found[names[str(value.measure)]][value.query_id] = value.value
    for name, values in found.items():
        for question in judged:
            if name in NEEDS_FITTING and question.id not in fitting:
                values.pop(question.id, None)
            else:
                values.setdefault(question.id, 0.0)
    for question_id, recall in found["recall@3"].items():
        # Of n that fit, k among the first three: k / 3 where n is more than 3, k / n else; the larger of the two.
        found[CAPPED_RECALL][question_id] = max(recall, found[CAPPED_RECALL][question_id])
    return found


def quality(questions: Sequence[JudgedQuestion], run: Run) -> list[Figure]:
    """Return every measure of ranking, by kind, over all languages, for each, and for each on the same needs."""
    figures = []
    groups = {"all": {question.id for question in questions}}
    for language in Language:
        own = [question for question in questions if question.language is language]
        groups[language.value] = {question.id for question in own}
        groups[f"{language} same needs"] = {question.id for question in own if question.is_paraphrase}
    for kind in SEARCHED_KINDS:
        values = per_question(questions, run, kind)
        for group, members in groups.items():
            for measure, by_question in values.items():
                some = [value for question_id, value in by_question.items() if question_id in members]
                if some:
                    figures.append(figure(measure, f"{kind} {group}", some))
    return figures


def silence(questions: Iterable[JudgedQuestion], run: Run) -> list[Figure]:
    """Return how many questions without an answer were met with silence, and how many others wrongly were.

    What is told as no more than possible is near to silence, and counted beside it.
    """
    shown = {question.id: [one for some in run.get(question.id, {}).values() for one in some] for question in questions}
    unanswerable = [shown[question.id] for question in questions if not question.answerable]
    answerable = [float(not shown[question.id]) for question in questions if question.answerable]
    figures = []
    if unanswerable:
        figures.append(figure("silence caught", "no answer", [float(not some) for some in unanswerable]))
        unsure = [float(all(one.confidence == LEAST_SURE for one in some)) for some in unanswerable]
        figures.append(figure("silent or unsure", "no answer", unsure))
    if answerable:
        figures.append(figure("wrongly silent", "answerable", answerable))
    return figures


def calibration(questions: Iterable[JudgedQuestion], run: Run) -> list[Figure]:
    """Return, for each step of confidence, the share of what was shown with it that is relevant.

    Only kinds that the question was judged for count, and every kind where the question has no answer at all.
    """
    right: dict[str, list[float]] = defaultdict(list)
    for question in questions:
        for kind in SEARCHED_KINDS:
            grades = question.grades(kind)
            if grades or not question.answerable:
                for one in run.get(question.id, {}).get(kind, ()):
                    right[one.confidence].append(float(grades.get(one.record_id, 0) >= RELEVANT))
    return [figure("share relevant", step, right[step]) for step in ("strong", "good", "possible") if right[step]]
