"""The judged questions keep the promises that their guideline makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.lab.tuning import UNANSWERABLE, read_unanswerable
from corpus.files import Record, read_folder, shipped_folder
from corpus.records import Actor, FundingInstrument, ProjectIdea
from index.analysis import words
from index.evaluation import JudgedQuestion, Split, read_questions

QUESTIONS = Path(__file__).parent / "questions.yaml"
THEMES = (
    "theme-competence",
    "theme-business",
    "theme-acute-illness",
    "theme-procurement",
    "theme-public-health",
    "theme-bioeconomy",
    "theme-response-centre",
    "theme-school",
)
ALIKE = 75.0
"""The likeness (0-100, rapidfuzz) of words, in order or sorted, from which two questions are one and the same."""
TARGETS = ("target-actor", "target-instrument", "target-idea")


@pytest.fixture(scope="module")
def questions() -> list[JudgedQuestion]:
    return read_questions(QUESTIONS)


@pytest.fixture(scope="module")
def records() -> dict[str, Record]:
    located, problems = read_folder(shipped_folder())
    assert not problems
    return {one.record.id: one.record for one in located}


def half(questions: list[JudgedQuestion], split: Split) -> list[JudgedQuestion]:
    return [question for question in questions if question.split is split]


def test_every_question_has_its_own_id(questions: list[JudgedQuestion]) -> None:
    assert len({question.id for question in questions}) == len(questions)


def test_no_question_is_asked_twice(questions: list[JudgedQuestion]) -> None:
    assert len({question.text.casefold() for question in questions}) == len(questions)


def test_every_judged_record_is_shipped(questions: list[JudgedQuestion], records: dict[str, Record]) -> None:
    judged = {record_id for question in questions for record_id in question.relevant}
    assert judged <= records.keys()


def test_no_dissolved_actor_is_an_answer(questions: list[JudgedQuestion], records: dict[str, Record]) -> None:
    dissolved = {
        record_id for record_id, record in records.items() if isinstance(record, Actor) and record.dissolved_on
    }
    assert dissolved
    assert not [question.id for question in questions if dissolved & question.relevant.keys()]


def test_grades_go_from_one_to_three(questions: list[JudgedQuestion]) -> None:
    assert {grade for question in questions for grade in question.relevant.values()} == {1, 2, 3}


def test_every_answerable_question_has_a_record_one_would_hope_for(questions: list[JudgedQuestion]) -> None:
    assert not [question.id for question in questions if question.answerable and max(question.relevant.values()) < 3]


def test_a_question_names_its_target_or_that_it_has_no_answer(questions: list[JudgedQuestion]) -> None:
    for question in questions:
        assert question.answerable != ("no-answer" in question.tags), question.id
        targets = [tag for tag in question.tags if tag in TARGETS]
        assert len(targets) == int(question.answerable), question.id
        for target in targets:
            kind = target.removeprefix("target-")
            assert any(record_id.startswith(f"{kind}:") for record_id in question.relevant), question.id


def test_there_are_enough_questions_with_and_without_an_answer(questions: list[JudgedQuestion]) -> None:
    assert len(questions) >= 180
    assert sum(not question.answerable for question in questions) >= 30


def test_the_three_languages_are_balanced(questions: list[JudgedQuestion]) -> None:
    counts = Counter(question.language.value for question in questions)
    assert set(counts) == {"nb", "nn", "en"}
    assert all(0.25 <= count / len(questions) <= 0.42 for count in counts.values()), counts


def test_the_halves_are_equally_large(questions: list[JudgedQuestion]) -> None:
    development, test = (half(questions, split) for split in Split)
    assert abs(len(development) - len(test)) <= 4


@pytest.mark.parametrize("tag", [*THEMES, *TARGETS, "no-answer"])
@pytest.mark.parametrize("split", list(Split))
def test_each_theme_and_target_is_in_both_halves(questions: list[JudgedQuestion], tag: str, split: Split) -> None:
    assert any(tag in question.tags for question in half(questions, split))


def test_paraphrases_of_a_need_share_half_and_judgement_and_differ_in_language(
    questions: list[JudgedQuestion],
) -> None:
    triples: dict[str, list[JudgedQuestion]] = {}
    for question in questions:
        for tag in question.tags:
            if tag.startswith("triple-"):
                triples.setdefault(tag, []).append(question)
    assert triples
    for tag, members in triples.items():
        assert sorted(member.language.value for member in members) == ["en", "nb", "nn"], tag
        assert len({member.split for member in members}) == 1, tag
        assert all(member.relevant == members[0].relevant for member in members), tag


def everyday_questions(records: dict[str, Record]) -> Iterator[tuple[str, str]]:
    for record in records.values():
        if isinstance(record, Actor | FundingInstrument | ProjectIdea):
            for question in record.asked_as:
                for localised in question.items():
                    yield record.id, localised.text


def test_no_everyday_question_of_a_record_is_a_judged_question_or_nearly(
    questions: list[JudgedQuestion], records: dict[str, Record]
) -> None:
    asked = [text for _, text in everyday_questions(records)]
    assert len(asked) > 2_000
    assert not alike(asked, questions)


def test_no_question_that_silence_is_tuned_on_is_a_judged_question_or_nearly(questions: list[JudgedQuestion]) -> None:
    tuned_on = read_unanswerable(QUESTIONS.with_name(UNANSWERABLE))
    assert len(tuned_on) > 60
    assert not alike(tuned_on, questions)


def alike(texts: list[str], questions: list[JudgedQuestion]) -> set[str]:
    from rapidfuzz import fuzz, process

    ours = [" ".join(words(text)) for text in texts]
    judged = [" ".join(words(question.text)) for question in questions]
    likeness = [
        process.cdist(ours, judged, scorer=scorer).max(axis=1) for scorer in (fuzz.ratio, fuzz.token_sort_ratio)
    ]
    return {text for text, *some in zip(texts, *likeness, strict=True) if max(some) >= ALIKE}
