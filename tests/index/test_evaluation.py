"""Measures are what their names say, worked out by hand on runs small enough for that."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Kind
from corpus.text import Language
from index.evaluation import (
    CAPPED_RECALL,
    NEEDS_FITTING,
    EvaluationError,
    Figure,
    JudgedQuestion,
    RankedRecord,
    Run,
    Split,
    calibration,
    interval,
    per_question,
    quality,
    read_questions,
    silence,
)

GRADED = {"actor:a": 3, "actor:b": 2, "actor:c": 1}
RECALLS = ("recall@3", CAPPED_RECALL, "recall@10")


def asked(question_id: str = "q", relevant: dict[str, int] | None = None, **fields: object) -> JudgedQuestion:
    base = {"id": question_id, "text": f"spørsmål {question_id}", "language": "nb", "split": "dev"}
    return JudgedQuestion.model_validate({**base, "relevant": relevant or {}, **fields})


def shown(*names: str, kind: Kind = Kind.ACTOR, confidence: str = "good") -> dict[Kind, Sequence[RankedRecord]]:
    return {kind: [RankedRecord(f"{kind}:{name}", 1.0 - place / 10, confidence) for place, name in enumerate(names)]}


def measured(relevant: dict[str, int], *names: str) -> dict[str, float]:
    values = per_question([asked("q", relevant)], {"q": shown(*names)}, Kind.ACTOR)
    return {measure: by_question["q"] for measure, by_question in values.items() if by_question}


def test_every_measure_is_what_it_says_of_a_run_with_all_grades_in_it() -> None:
    gain = 1 / math.log2(3) + 3 / math.log2(4)
    ideal = 3 + 2 / math.log2(3) + 1 / math.log2(4)
    assert measured(GRADED, "x", "c", "a", "y") == {
        "nDCG@10": pytest.approx(gain / ideal),
        "recall@3": 0.5,
        CAPPED_RECALL: 0.5,
        "recall@10": 0.5,
        "MRR": pytest.approx(1 / 3),
        "P@1": 0.0,
        "right in first 3": 1.0,
    }


def test_the_best_order_of_all_that_is_relevant_gets_everything() -> None:
    assert set(measured(GRADED, "a", "b", "c").values()) == {1.0}


def test_what_only_touches_the_need_counts_for_the_first_place_and_the_order_alone() -> None:
    values = measured(GRADED, "c", "x", "y", "b")
    assert values["P@1"] == 1.0
    assert values["nDCG@10"] > 0
    assert [values[name] for name in ("recall@3", "MRR", "right in first 3")] == [0.0, 0.25, 0.0]
    assert values["recall@10"] == 0.5


def test_what_comes_after_the_tenth_place_counts_for_nothing() -> None:
    beyond = [*(f"x{place}" for place in range(10)), "a", "b"]
    assert set(measured(GRADED, *beyond).values()) == {0.0}


@pytest.mark.parametrize(
    ("fitting", "names", "recall", "capped"),
    [
        (5, ("r0", "r1", "r2"), 3 / 5, 1.0),
        (5, ("r0", "x", "r1"), 2 / 5, 2 / 3),
        (3, ("r0", "x", "y"), 1 / 3, 1 / 3),
        (2, ("r0", "r1", "x"), 1.0, 1.0),
        (1, ("x", "y", "r0"), 1.0, 1.0),
        (5, ("x", "y", "z", "r0"), 0.0, 0.0),
    ],
)
def test_capped_recall_asks_for_no_more_than_three_places_hold(
    fitting: int, names: tuple[str, ...], recall: float, capped: float
) -> None:
    values = measured({f"actor:r{number}": 2 for number in range(fitting)}, *names)
    assert values["recall@3"] == pytest.approx(recall)
    assert values[CAPPED_RECALL] == pytest.approx(capped)


@pytest.mark.parametrize("scores", [(0.1, 0.9), (0.5, 0.5), (0.9, 0.1)])
def test_the_order_that_is_shown_decides_whatever_the_scores_say(scores: tuple[float, float]) -> None:
    run = {
        "q": {
            Kind.ACTOR: [RankedRecord(f"actor:{name}", score, "good") for name, score in zip("za", scores, strict=True)]
        }
    }
    values = per_question([asked("q", {"actor:z": 3})], run, Kind.ACTOR)
    assert (values["P@1"], values["MRR"]) == ({"q": 1.0}, {"q": 1.0})


def test_a_kind_without_grades_is_not_counted_for_that_question() -> None:
    questions = [asked("q", {"actor:a": 3}), asked("ideas", {"idea:i": 3}), asked("none")]
    run = {"q": shown("a"), "ideas": shown("x"), "none": shown("x")}
    assert all(values == {"q": 1.0} for values in per_question(questions, run, Kind.ACTOR).values())
    groups = {one.group for one in quality(questions, run)}
    assert groups == {"actor all", "actor nb", "idea all", "idea nb"}


def test_a_question_that_no_record_fits_is_left_out_of_what_asks_for_a_fitting_one() -> None:
    questions = [asked("fits", {"actor:a": 2}), asked("touches", {"actor:c": 1})]
    values = per_question(questions, {"fits": shown("a"), "touches": shown("c")}, Kind.ACTOR)
    assert {*RECALLS, "MRR", "right in first 3"} == NEEDS_FITTING
    for measure, by_question in values.items():
        assert by_question.keys() == ({"fits"} if measure in NEEDS_FITTING else {"fits", "touches"})


@pytest.mark.parametrize("run", [{}, {"q": {}}, {"q": {Kind.ACTOR: []}}])
def test_an_answer_that_shows_nothing_counts_as_nought(run: Run) -> None:
    values = per_question([asked("q", GRADED)], run, Kind.ACTOR)
    assert len(values) == 7
    assert all(by_question == {"q": 0.0} for by_question in values.values())


def test_a_silent_answer_pulls_the_mean_down() -> None:
    questions = [asked("told", {"actor:a": 3}), asked("silent", {"actor:a": 3})]
    figures = {one.measure: one for one in quality(questions, {"told": shown("a")}) if one.group == "actor all"}
    assert {(one.value, one.size) for one in figures.values()} == {(0.5, 2)}


def test_figures_are_told_for_all_languages_and_for_each_that_was_asked_in() -> None:
    questions = [
        asked("nb", {"actor:a": 3}),
        asked("nb2", {"actor:a": 3}),
        asked("en", {"actor:a": 3}, language=Language.EN),
    ]
    run = {"nb": shown("a"), "nb2": shown("x"), "en": shown("x", "a")}
    reciprocal = {one.group: (one.value, one.size) for one in quality(questions, run) if one.measure == "MRR"}
    assert reciprocal == {"actor all": (0.5, 3), "actor nb": (0.5, 2), "actor en": (0.5, 1)}
    firsts = {one.group: one.value for one in quality(questions, run) if one.measure == "P@1"}
    assert firsts == {"actor all": pytest.approx(1 / 3), "actor nb": 0.5, "actor en": 0.0}


def test_languages_are_compared_by_the_needs_that_are_asked_in_each() -> None:
    questions = [
        asked("nb", {"actor:a": 3}, tags=("triple-1",)),
        asked("en", {"actor:a": 3}, tags=("triple-1",), language=Language.EN),
        asked("other", {"actor:a": 3}),
    ]
    run = {"nb": shown("a"), "en": shown("x", "a"), "other": shown("x")}
    reciprocal = {one.group: (one.value, one.size) for one in quality(questions, run) if one.measure == "MRR"}
    assert reciprocal["actor nb same needs"] == (1.0, 1)
    assert reciprocal["actor en same needs"] == (0.5, 1)
    assert reciprocal["actor nb"] == (0.5, 2)


def test_silence_is_right_where_nothing_answers_and_wrong_where_something_does() -> None:
    questions = [asked("n1"), asked("n2"), *(asked(f"a{number}", {"actor:a": 3}) for number in range(4))]
    run: Run = {"n2": shown("x"), "a0": shown("a"), "a1": shown(), "a2": shown("x"), "a3": shown("a")}
    caught, unsure, wrongly = silence(questions, run)
    assert caught[:3] == ("silence caught", "no answer", 0.5)
    assert unsure[:3] == ("silent or unsure", "no answer", 0.5)
    assert wrongly[:3] == ("wrongly silent", "answerable", 0.25)
    assert (caught.size, wrongly.size) == (2, 4)


def test_what_is_shown_as_no_more_than_possible_is_not_told_as_an_answer() -> None:
    caught, unsure = silence([asked("n")], {"n": shown("x", confidence="possible")})
    assert (caught.value, unsure.value) == (0.0, 1.0)


def test_one_suggestion_of_any_kind_is_no_silence() -> None:
    one = shown("i", kind=Kind.IDEA)
    one[Kind.ACTOR] = ()
    (wrongly,) = silence([asked("q", {"actor:a": 3})], {"q": one})
    assert wrongly.value == 0.0


def test_a_sort_of_question_that_was_not_asked_has_no_figure_of_silence() -> None:
    assert [one.measure for one in silence([asked("n")], {})] == [
        "silence caught",
        "silent or unsure",
    ]
    assert silence([], {}) == []


def test_confidence_is_the_share_that_is_relevant_among_what_was_shown_with_it() -> None:
    run = {
        "q": {
            Kind.ACTOR: [
                RankedRecord("actor:a", 0.9, "strong"),
                RankedRecord("actor:c", 0.8, "strong"),
                RankedRecord("actor:x", 0.5, "good"),
                RankedRecord("actor:b", 0.4, "good"),
                RankedRecord("actor:y", 0.4, "good"),
                RankedRecord("actor:z", 0.4, "good"),
            ]
        }
    }
    figures = calibration([asked("q", GRADED)], run)
    assert [(one.measure, one.group, one.value, one.size) for one in figures] == [
        ("share relevant", "strong", 1.0, 2),
        ("share relevant", "good", 0.25, 4),
    ]


def test_confidence_is_judged_on_judged_kinds_and_on_every_kind_of_a_question_without_an_answer() -> None:
    both = {**shown("a"), **shown("i", "j", kind=Kind.IDEA)}
    (judged,) = calibration([asked("q", {"actor:a": 3})], {"q": both})
    assert (judged.value, judged.size) == (1.0, 1)
    (unanswerable,) = calibration([asked("q")], {"q": both})
    assert (unanswerable.value, unanswerable.size) == (0.0, 3)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_interval_encloses_the_mean_and_is_the_same_each_time(values: list[float]) -> None:
    low, high = interval(values)
    assert (low, high) == interval(values)
    assert min(values) - 1e-12 <= low <= high <= max(values) + 1e-12


def test_an_interval_encloses_the_mean_and_narrows_with_more_questions() -> None:
    few, many = [0.0, 1.0] * 10, [0.0, 1.0] * 500
    for values in (few, many):
        low, high = interval(values)
        assert low < 0.5 < high
    assert (interval(many)[1] - interval(many)[0]) < (interval(few)[1] - interval(few)[0]) / 3
    # Of a thousand even chances, the mean lies within 1.96 * sqrt(0.25 / 1000) in 95 of 100 draws.
    assert interval(many) == pytest.approx((0.469, 0.531), abs=0.003)
    assert interval([0.7]) == (0.7, 0.7)


WHOLE = "- {id: q1, text: Hvem kan sepsis, language: nb, split: test, tags: [a], relevant: {actor:a: 3, idea:i: 1}}\n"


def test_questions_are_read_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text(WHOLE + "- {id: q2, text: Vær, language: en, split: dev}\n", encoding="utf-8")
    first, second = read_questions(path)
    assert (first.text, first.language, first.split, first.tags) == ("Hvem kan sepsis", "nb", Split.TEST, ("a",))
    assert (first.grades(Kind.ACTOR), first.grades(Kind.INSTRUMENT)) == ({"actor:a": 3}, {})
    assert (first.answerable, second.answerable) == (True, False)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"- {id: [", "not a readable list of judged questions"),
        (b"", "valid list"),
        (b"questions: 3", "valid list"),
        (b"- {id: q1, text: Hvem, language: nb}", "split"),
        (WHOLE.replace("split: test", "split: both").encode(), "'dev' or 'test'"),
        (WHOLE.replace("language: nb", "language: de").encode(), "'nb', 'nn' or 'en'"),
        (WHOLE.replace("actor:a: 3", "actor:a: fits").encode(), "relevant.actor:a"),
        (WHOLE.replace("actor:a: 3", "actor:a: 0").encode(), "greater than or equal to 1"),
        (WHOLE.replace("actor:a: 3", "actor:a: 4").encode(), "less than or equal to 3"),
        (WHOLE.replace("actor:a: 3", "somebody: 3").encode(), "relevant.somebody"),
        (WHOLE.replace("tags:", "tag:").encode(), "Extra inputs are not permitted"),
        (b"\xff\xfe\xfa", "utf-8"),
        ((WHOLE * 2).encode(), "these ids are given twice: q1"),
    ],
    ids=[
        "broken",
        "empty",
        "no list",
        "no half",
        "other half",
        "other language",
        "no grade",
        "grade of nothing",
        "grade too high",
        "no record",
        "other field",
        "no text",
        "twice",
    ],
)
def test_a_file_that_holds_no_judged_questions_is_refused_with_what_is_wrong(
    tmp_path: Path, written: bytes, said: str
) -> None:
    path = tmp_path / "questions.yaml"
    path.write_bytes(written)
    with pytest.raises(EvaluationError) as refused:
        read_questions(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert said in str(refused.value)


def test_a_file_that_is_missing_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"nowhere\.yaml.*No such file"):
        read_questions(tmp_path / "nowhere.yaml")


def test_no_question_gives_no_figure() -> None:
    assert (quality([], {}), calibration([], {})) == ([], [])
    assert Figure._fields == ("measure", "group", "value", "low", "high", "size")


def test_without_the_package_of_measures_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(EvaluationError, match=r'ir-measures.*pip install "mellomrom\[dev\]"'):
        measured(GRADED, "a")
