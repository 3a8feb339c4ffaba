"""Tuning reads one half of the questions, finds what orders them, and keeps silence and confidence within bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from assistant.lab.tuning import (
    MOST_WRONGLY_SILENT,
    UNANSWERABLE,
    Judged,
    _calibrate,
    _features,
    _gate,
    _judged,
    _only_judged,
    _quality,
    _weights,
    calibrate,
    gather,
    read_unanswerable,
    tune,
)
from corpus.files import dump_records
from corpus.records import Kind
from corpus.store import RecordStore
from index.evaluation import EvaluationError, JudgedQuestion
from index.manager import IndexManager
from index.retrieval.fusion import Candidate
from index.scoring.gate import AnswerabilityClassifier, Feature
from index.scoring.ranking import RankingParameters, default_parameters
from tests.assistant.services import CLINIC, GRANT, HOSPITAL, MONEY, PLAN, RECORDS, SCHOOL
from tests.encoders import WordEncoder
from tests.index.test_searcher import EAGER
from tests.records import actor

DOCTOR = actor(
    "doctor",
    "Legen",
    "Ser etter sepsis",
    asked_as=[
        {"nb": "Hvem ser sepsis i tide?", "en": "Who sees sepsis in time?"},
        {"nb": "Hvem finner blodforgiftning?", "en": "Who finds blood poisoning?"},
    ],
)
SEPSIS_ANSWERS = {HOSPITAL.id: 3, CLINIC.id: 2, MONEY.id: 3, GRANT.id: 1, PLAN.id: 3}


def asked(question_id: str, text: str, relevant: Mapping[str, int] | None = None, split: str = "dev") -> JudgedQuestion:
    plain = {"id": question_id, "text": text, "language": "nb", "split": split, "relevant": relevant or {}}
    return JudgedQuestion.model_validate(plain)


DEVELOPMENT = [
    asked("d1", "hvem kan oppdage sepsis tidlig?", SEPSIS_ANSWERS),
    asked("d2", "hvem leser med barn på skolen?", {SCHOOL.id: 3, GRANT.id: 3}),
    asked("d3", "hvordan blir været på søndag?"),
]


Tuned = Callable[..., RankingParameters]


@pytest.fixture
def tuned(small_corpus: Path, tmp_path: Path) -> Tuned:
    """Tune on questions, with the small records in place of those that are shipped."""
    (small_corpus / "asked.yaml").write_text(dump_records([DOCTOR]), encoding="utf-8")

    def tuned_on(*questions: JudgedQuestion, unanswerable: Sequence[str] = ("når går bussen?",)) -> RankingParameters:
        path = tmp_path / "questions.yaml"
        plain = [question.model_dump(mode="json") for question in questions]
        path.write_text(yaml.safe_dump(plain, allow_unicode=True), encoding="utf-8")
        others = yaml.safe_dump({"nb": list(unanswerable)}, allow_unicode=True)
        (tmp_path / UNANSWERABLE).write_text(others, encoding="utf-8")
        return tune(path)

    return tuned_on


def test_what_the_test_half_asks_and_answers_changes_nothing(tuned: Tuned) -> None:
    other_half = [
        asked("t1", "hvem måler sepsis i blod?", {SCHOOL.id: 3, GRANT.id: 3, PLAN.id: 1}, "test"),
        asked("t2", "hva heter skolelaget?", split="test"),
    ]
    alone = tuned(*DEVELOPMENT)
    assert tuned(*other_half, *DEVELOPMENT) == alone
    # The same questions do change it where they are of the other half.
    moved = [question.model_copy(update={"split": DEVELOPMENT[0].split}) for question in other_half]
    assert tuned(*moved, *DEVELOPMENT) != alone


def test_tuning_finds_weights_confidence_and_silence_and_leaves_the_rest(tuned: Tuned) -> None:
    before, after = default_parameters(), tuned(*DEVELOPMENT)
    changed = {name for name, value in after.model_dump().items() if value != before.model_dump()[name]}
    assert changed <= {"weights", "sorts", "calibration", "gate"}
    assert changed >= {"calibration", "gate"}
    assert {kind: list(parts) for kind, parts in after.weights.items()} == {
        kind: list(parts) for kind, parts in before.weights.items()
    }


def test_more_questions_without_an_answer_may_be_none_and_change_when_to_be_silent_alone(tuned: Tuned) -> None:
    none, some = tuned(*DEVELOPMENT, unanswerable=()), tuned(*DEVELOPMENT, unanswerable=["hvem leser sepsis?"])
    assert none.gate != some.gate
    assert none.model_copy(update={"gate": some.gate}) == some


def made_up(rows: Sequence[Sequence[float]], grades: Sequence[float]) -> Judged:
    discounts = [1 / np.log2(rank + 2) for rank in range(len(grades))]
    ideal = float(np.dot(sorted(grades, reverse=True), discounts))
    return Judged(np.array(rows, dtype=float), np.array(grades, dtype=float), ideal)


WRONG_AND_RIGHT = [
    made_up([[1.0, 0.1], [0.8, 0.3], [0.1, 0.9]], [0, 1, 3]),
    made_up([[0.9, 0.2], [0.3, 0.8]], [0, 2]),
    made_up([[0.6, 0.0], [0.5, 0.6], [0.7, 0.5]], [0, 3, 2]),
    made_up([[0.9, 0.3], [0.2, 0.7]], [0, 3]),
]
"""Of two parts the first misleads, and the second is right for every question."""


def test_the_weights_found_put_first_what_was_judged_best() -> None:
    start = {"misleads": 1.0, "right": 0.0}
    assert _quality(WRONG_AND_RIGHT, np.array([1.0, 0.0])) < 0.8
    found = _weights(WRONG_AND_RIGHT, start)
    assert found[1] > found[0] == 0.0
    assert _quality(WRONG_AND_RIGHT, found) == pytest.approx(1.0)
    assert _weights(WRONG_AND_RIGHT, start).tolist() == found.tolist()


def test_that_who_is_named_comes_first_is_not_tuned_away() -> None:
    assert _weights(WRONG_AND_RIGHT, {"name": 0.83, "right": 0.0})[0] == pytest.approx(0.83)


def test_a_sort_of_body_may_count_against_it_though_no_part_may() -> None:
    parts, sorts = WRONG_AND_RIGHT, [[0, 0, 1], [0, 1], [0, 1, 1], [0, 1]]
    both = [
        one._replace(parts=np.column_stack([one.parts, 1 - np.array(some)]))
        for one, some in zip(parts, sorts, strict=True)
    ]
    misleading, right, other_sort = _weights(both, {"misleads": 1.0, "right": 1.0}, sorts=1)
    assert misleading == 0
    assert right > 0 > other_sort


def test_records_that_came_after_the_judging_are_neither_right_nor_wrong() -> None:
    questions = [asked("d1", "?", {"actor:0": 3}), asked("d2", "?", {"actor:2": 1})]
    left = _only_judged(questions, found_for(d1=[3.0, 2.0, 1.0]))
    assert [one.record_id for one in left["d1"][Kind.ACTOR]] == ["actor:0", "actor:2"]


def test_quality_is_the_mean_of_what_the_order_gains_of_the_best_it_could() -> None:
    judged = [made_up([[0.2], [0.9]], [3, 0]), made_up([[0.9], [0.2]], [1, 0])]
    assert _quality(judged, np.array([1.0])) == pytest.approx((1 / np.log2(3) + 1) / 2)


def test_a_question_that_is_not_judged_for_a_kind_does_not_weigh_its_parts() -> None:
    found = {one.id: {Kind.ACTOR: [candidate(HOSPITAL.id, 1.0)]} for one in DEVELOPMENT}
    questions = [asked("d1", "?", {HOSPITAL.id: 3}), asked("d2", "?", {PLAN.id: 3})]
    judged = _judged(questions, found, Kind.ACTOR, lambda some: np.array([[one.total] for one in some]))
    assert [(one.parts.tolist(), one.grades.tolist(), one.ideal) for one in judged] == [([[1.0]], [3.0], 3.0)]


def candidate(record_id: str, total: float) -> Candidate:
    return Candidate(record_id, Kind.ACTOR, {"words": 0.5}, total)


def found_for(**totals: Sequence[float]) -> dict[str, dict[Kind, list[Candidate]]]:
    """Return candidates by question, named actor:0 and so on in the order of their totals."""
    return {
        question_id: {Kind.ACTOR: [candidate(f"actor:{number}", total) for number, total in enumerate(some)]}
        for question_id, some in totals.items()
    }


def test_confidence_rises_with_the_total_and_is_near_the_share_that_was_relevant() -> None:
    totals = [4.0] * 5 + [2.0] * 5
    # Four of five with the higher total are relevant, one of five with the lower.
    relevant = {f"actor:{number}": 2 for number in (0, 1, 2, 3, 5)}
    curve = _calibrate([asked("q", "?", relevant)], found_for(q=totals), Kind.ACTOR)
    assert (curve.slope, curve.midpoint) == pytest.approx((np.log(4), 3.0), abs=0.001)
    ranking = EAGER.model_copy(update={"calibration": {Kind.ACTOR: curve}})
    scores = [ranking.score(Kind.ACTOR, total) for total in (-9.0, 2.0, 3.0, 4.0, 99.0)]
    assert scores[1:4] == pytest.approx([0.2, 0.5, 0.8], abs=0.001)
    assert scores == sorted(scores)


@pytest.mark.parametrize("gap", [0.01, 1.0, 50.0])
def test_confidence_stays_finite_and_rising_where_the_two_sorts_are_parted_completely(gap: float) -> None:
    relevant = {f"actor:{number}": 3 for number in range(3)}
    curve = _calibrate([asked("q", "?", relevant)], found_for(q=[2 + gap] * 3 + [2.0] * 3), Kind.ACTOR)
    assert 0 < curve.slope < np.inf
    assert 2 < curve.midpoint < 2 + gap
    ranking = EAGER.model_copy(update={"calibration": {Kind.ACTOR: curve}})
    assert ranking.score(Kind.ACTOR, 2.0) < 0.01
    assert ranking.score(Kind.ACTOR, 2 + gap) > 0.99


def test_confidence_rests_on_judged_kinds_and_on_questions_without_an_answer() -> None:
    questions = [asked("q", "?", {"actor:0": 3}), asked("none", "?"), asked("ideas", "?", {PLAN.id: 3})]
    found = found_for(q=[3.0, 2.5], none=[2.8, 1.0], ideas=[9.0, 8.0])
    curve = _calibrate(questions, found, Kind.ACTOR)
    assert curve == _calibrate(questions[:2], found, Kind.ACTOR)
    assert curve != _calibrate(questions[:1], found, Kind.ACTOR)


@pytest.mark.parametrize("relevant", [{}, {"actor:1": 3}], ids=["none", "the lower one"])
def test_questions_that_tell_no_rising_curve_are_refused(relevant: dict[str, int]) -> None:
    questions = [asked("q", "?", relevant)] if relevant else []
    with pytest.raises(EvaluationError, match=r"kind actor.*expected more questions of the dev half"):
        _calibrate(questions, found_for(q=[3.0, 2.0]), Kind.ACTOR)


def test_a_searcher_is_calibrated_for_every_kind_on_what_it_finds(sqlite_url: str, tmp_path: Path) -> None:
    with RecordStore.open(sqlite_url) as store:
        store.save_many(RECORDS, by="test")
        searcher = IndexManager(store, WordEncoder(), tmp_path / "index", EAGER).searcher()
    found = gather(DEVELOPMENT, searcher)
    assert found.keys() == {"d1", "d2", "d3"}
    assert found["d1"][Kind.IDEA][0].record_id == PLAN.id
    curves = calibrate(DEVELOPMENT, searcher)
    assert curves == {kind: _calibrate(DEVELOPMENT, found, kind) for kind in (Kind.ACTOR, Kind.INSTRUMENT, Kind.IDEA)}


def test_signs_are_one_row_for_each_question(sqlite_url: str, tmp_path: Path) -> None:
    with RecordStore.open(sqlite_url) as store:
        store.save_many(RECORDS, by="test")
        searcher = IndexManager(store, WordEncoder(), tmp_path / "index", EAGER).searcher()
    named, nothing = _features(["Pengeposten", "hva er det"], searcher)
    assert named[list(Feature).index(Feature.NAMED)] > nothing[list(Feature).index(Feature.NAMED)] == 0.0
    assert _features([], searcher).shape == (0, len(Feature))


SIGNS = len(Feature)


def silent_share(gate: AnswerabilityClassifier, signs: NDArray[np.float64]) -> float:
    opened = [gate.accepts(dict(zip(Feature, row, strict=True))) for row in signs.tolist()]
    return opened.count(False) / len(opened)


def test_the_stated_share_of_answerable_questions_is_met_with_silence_and_of_unseen_ones_too() -> None:
    draws, size = np.random.default_rng(1), 200
    answerable, others = draws.normal(1.0, 1.0, (size, SIGNS)), draws.normal(-1.0, 1.0, (size, SIGNS))
    held_out = draws.normal(0.8, 1.0, (3 * size, SIGNS))
    is_answerable = np.repeat([True, False, True], [size, size, 3 * size])
    limiting = np.repeat([True, False, False], [size, size, 3 * size])
    gate = _gate(np.concatenate([answerable, others, held_out]), is_answerable, limiting)
    assert silent_share(gate, others) > 0.95
    # The least sum comes from weights fitted on other questions, so that the share is met but for chance.
    for some in (answerable, draws.normal(1.0, 1.0, (4_000, SIGNS))):
        assert silent_share(gate, some) == pytest.approx(MOST_WRONGLY_SILENT, abs=0.015)


def test_held_out_questions_shape_the_gate_and_do_not_loosen_its_limit() -> None:
    draws, size = np.random.default_rng(2), 200
    signs = np.concatenate([draws.normal(1.0, 1.0, (size, SIGNS)), draws.normal(-1.0, 1.0, (size, SIGNS))])
    is_answerable = np.repeat([True, False], size)
    hopeless = np.concatenate([signs, draws.normal(-1.0, 0.1, (size // 10, SIGNS))])
    gate = _gate(hopeless, np.append(is_answerable, [True] * (size // 10)), np.append(is_answerable, [False] * 20))
    assert gate.weights != _gate(signs, is_answerable, is_answerable).weights
    # Did they limit it, twenty of 220 that look hopeless would leave no other question silent.
    assert 0 < silent_share(gate, signs[:size]) <= MOST_WRONGLY_SILENT + 0.01


def test_a_sign_that_would_count_against_what_it_is_a_sign_of_counts_for_nothing() -> None:
    draws, size = np.random.default_rng(3), 200
    signs = np.concatenate([draws.normal(1.0, 1.0, (size, SIGNS)), draws.normal(-1.0, 1.0, (size, SIGNS))])
    signs[:, 1] *= -1
    is_answerable = np.repeat([True, False], size)
    weights = list(_gate(signs, is_answerable, is_answerable).weights.values())
    assert weights[1] == 0
    assert min(weights[0], *weights[2:]) > 0


def test_the_gate_stays_finite_where_the_two_sorts_are_parted_completely() -> None:
    signs = np.repeat([[3.0] * SIGNS, [-3.0] * SIGNS], 20, axis=0)
    is_answerable = np.repeat([True, False], 20)
    gate = _gate(signs, is_answerable, is_answerable)
    assert all(0 < weight < np.inf for weight in gate.weights.values())
    assert (silent_share(gate, signs[:20]), silent_share(gate, signs[20:])) == (0.0, 1.0)


def test_questions_without_an_answer_are_read_in_every_language(tmp_path: Path) -> None:
    path = tmp_path / UNANSWERABLE
    path.write_text("nb: [hvordan blir været]\nen: [what is the time, thanks]\n", encoding="utf-8")
    assert read_unanswerable(path) == ["hvordan blir været", "what is the time", "thanks"]


@pytest.mark.parametrize(
    ("written", "said"),
    [(b"nb: [", "as YAML"), (b"", "valid dictionary"), (b"- a", "valid dictionary"), (b"de: [a]", "'nb', 'nn'"),
     (b"nb: a", "valid list"), (b"nb: [{a: b}]", "valid string"), (b"\xff\xfe\xfa", "utf-8")],
    ids=["broken", "empty", "a list", "other language", "no list", "no text", "not utf-8"],
)  # fmt: skip
def test_a_file_of_other_shape_is_refused_with_what_is_wrong(tmp_path: Path, written: bytes, said: str) -> None:
    path = tmp_path / UNANSWERABLE
    path.write_bytes(written)
    with pytest.raises(EvaluationError, match="not lists of questions by language") as refused:
        read_unanswerable(path)
    assert str(path) in str(refused.value)
    assert said in str(refused.value)


def test_a_file_of_more_questions_that_is_missing_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=rf"{UNANSWERABLE}.*No such file"):
        read_unanswerable(tmp_path / UNANSWERABLE)
