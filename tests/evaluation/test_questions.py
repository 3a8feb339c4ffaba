"""The judged questions keep the promises that their guideline makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.lab.tuning import UNANSWERABLE, read_unanswerable
from corpus.files import Record, read_folder, shipped_folder
from corpus.los import LOS_THEMES, broadest
from corpus.places import load_places
from corpus.records import Actor, FundingInstrument, ProjectIdea, Standing
from index.analysis import words
from index.evaluation import JudgedQuestion, Split, read_questions

QUESTIONS = Path(__file__).parent / "questions.yaml"
NATIONAL = QUESTIONS.with_name("questions_national.yaml")
NEEDS = QUESTIONS.with_name("needs_national.yaml")
GENERAL = "general"
"""The theme of a need that is of no one theme, such as how a small municipality starts with research."""
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
def national() -> list[JudgedQuestion]:
    return read_questions(NATIONAL)


@pytest.fixture(scope="module", params=[QUESTIONS, NATIONAL], ids=lambda path: path.stem)
def either(request: pytest.FixtureRequest) -> list[JudgedQuestion]:
    return read_questions(request.param)


@pytest.fixture(scope="module")
def needs() -> list[dict[str, Any]]:
    return list(yaml.safe_load(NEEDS.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def records() -> dict[str, Record]:
    located, problems = read_folder(shipped_folder())
    assert not problems
    return {one.record.id: one.record for one in located}


def half(questions: list[JudgedQuestion], split: Split) -> list[JudgedQuestion]:
    return [question for question in questions if question.split is split]


def test_every_question_has_its_own_id(either: list[JudgedQuestion]) -> None:
    assert len({question.id for question in either}) == len(either)


def test_no_question_is_asked_twice(either: list[JudgedQuestion]) -> None:
    assert len({question.text.casefold() for question in either}) == len(either)


def test_every_judged_record_is_shipped(either: list[JudgedQuestion], records: dict[str, Record]) -> None:
    judged = {record_id for question in either for record_id in question.relevant}
    assert judged <= records.keys()


def test_no_dissolved_actor_is_an_answer(either: list[JudgedQuestion], records: dict[str, Record]) -> None:
    dissolved = {
        record_id for record_id, record in records.items() if isinstance(record, Actor) and record.dissolved_on
    }
    assert dissolved
    assert not [question.id for question in either if dissolved & question.relevant.keys()]


def test_grades_go_from_one_to_three(either: list[JudgedQuestion]) -> None:
    assert {grade for question in either for grade in question.relevant.values()} == {1, 2, 3}


def test_every_answerable_question_has_a_record_one_would_hope_for(questions: list[JudgedQuestion]) -> None:
    assert not [question.id for question in questions if question.answerable and max(question.relevant.values()) < 3]


def test_a_question_names_its_target_or_that_it_has_no_answer(either: list[JudgedQuestion]) -> None:
    for question in either:
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


def test_the_halves_are_equally_large(either: list[JudgedQuestion]) -> None:
    development, test = (half(either, split) for split in Split)
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
    either: list[JudgedQuestion], records: dict[str, Record]
) -> None:
    asked = [text for _, text in everyday_questions(records)]
    assert len(asked) > 2_000
    assert not alike(asked, either)


def test_no_question_that_silence_is_tuned_on_is_a_judged_question_or_nearly(either: list[JudgedQuestion]) -> None:
    tuned_on = read_unanswerable(QUESTIONS.with_name(UNANSWERABLE))
    assert len(tuned_on) > 60
    assert not alike(tuned_on, either)


def alike(texts: list[str], questions: list[JudgedQuestion]) -> set[str]:
    from rapidfuzz import fuzz, process

    ours = [" ".join(words(text)) for text in texts]
    judged = [" ".join(words(question.text)) for question in questions]
    likeness = [
        process.cdist(ours, judged, scorer=scorer).max(axis=1) for scorer in (fuzz.ratio, fuzz.token_sort_ratio)
    ]
    return {text for text, *some in zip(texts, *likeness, strict=True) if max(some) >= ALIKE}


def test_a_national_question_is_a_need_that_was_written_down(
    national: list[JudgedQuestion], needs: list[dict[str, Any]]
) -> None:
    assert [(one.id, one.text, one.language.value, one.split.value) for one in national] == [
        (need["id"], need["text"], need["language"], need["split"]) for need in needs
    ]
    for one, need in zip(national, needs, strict=True):
        assert one.answerable == need.get("answerable", True), one.id
        assert "national" in one.tags, one.id
        if one.answerable:
            assert f"theme-{need['theme']}" in one.tags, one.id
            assert ("funding" in one.tags) == ("schemes" in need["wanted"]), one.id
            assert ("placed" in one.tags) == ("place" in need), one.id


def test_every_need_that_deserves_an_answer_has_a_theme_a_source_and_what_is_wanted(
    needs: list[dict[str, Any]],
) -> None:
    assert sum(not need.get("answerable", True) for need in needs) >= 30
    for need in asked_for(needs):
        assert need["theme"] == (broadest(need["los"]) if "los" in need else GENERAL), need["id"]
        assert need["source"].startswith("http"), need["id"]
        assert set(need["wanted"]) <= {"partners", "schemes", "ideas"}, need["id"]
        assert need["wanted"], need["id"]


def test_the_needs_are_of_the_whole_country_and_of_every_theme(needs: list[dict[str, Any]]) -> None:
    asked = asked_for(needs)
    placed = [need for need in asked if "place" in need]
    assert 0.4 <= len(placed) / len(asked) <= 0.6
    assert {need.get("county", need["place"]) for need in placed} >= {one.name for one in load_places().counties}
    assert {need["theme"] for need in asked} == {
        GENERAL,
        *(slug for slug, theme in LOS_THEMES.items() if theme.broader is None),
    }
    languages = Counter(need["language"] for need in needs)
    assert all(abs(languages[one] / len(needs) - share) <= 0.05 for one, share in (("nb", 0.5), ("nn", 0.25)))


def test_the_halves_of_the_needs_are_alike(needs: list[dict[str, Any]]) -> None:
    halves = [[need for need in needs if need["split"] == split.value] for split in Split]
    for key in ("language", "theme"):
        development, test = (Counter(need.get(key) for need in one) for one in halves)
        assert development.keys() == test.keys()
        assert all(abs(development[each] - test[each]) <= 4 for each in development), (development, test)


def test_every_answerable_national_question_has_a_record_that_fits(national: list[JudgedQuestion]) -> None:
    assert not [one.id for one in national if one.answerable and max(one.relevant.values()) < 2]


def test_a_scheme_of_another_county_does_not_fit_a_need(
    national: list[JudgedQuestion], needs: list[dict[str, Any]], records: dict[str, Record]
) -> None:
    numbers = {one.name: one.number for one in load_places().counties}
    for one, need in zip(national, needs, strict=True):
        county = numbers.get(need.get("county") or need.get("place") or "")
        for record_id, grade in one.relevant.items():
            record = records[record_id]
            if grade > 1 and isinstance(record, FundingInstrument) and record.scope.fylkesnummer:
                assert county in record.scope.fylkesnummer, (one.id, record_id)


def test_an_ended_scheme_answers_a_national_question_only_where_it_is_asked_for(
    national: list[JudgedQuestion], records: dict[str, Record]
) -> None:
    ended = {
        record.id
        for record in records.values()
        if isinstance(record, FundingInstrument) and (record.ended_on or record.standing is Standing.ENDED)
    }
    assert {one.id for one in national if ended & one.relevant.keys()} <= {"n3-054"}


def test_no_national_question_is_one_of_the_others_or_nearly(
    questions: list[JudgedQuestion], national: list[JudgedQuestion]
) -> None:
    assert not alike([one.text for one in national], questions)


def asked_for(needs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [need for need in needs if need.get("answerable", True)]
