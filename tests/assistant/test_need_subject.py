"""What a need is about is told apart from whom and where it is for."""

from __future__ import annotations

import pytest

from assistant.matching.need_subject import NeedSubject
from corpus.files import Record
from corpus.text import Language
from corpus.vocabulary import Concept
from index.retrieval.need import Need
from index.retrieval.subject import SETTINGS
from index.storage.concepts import Mention
from tests.corpus.test_files import SHIPPED
from tests.records import concept

CONCEPTS: dict[str, Record] = {
    one.id: one
    for one in (
        concept("sykehjem", "sykehjem", "nursing home"),
        concept("eldreomsorg", "eldreomsorg", "elderly care"),
        concept("lokalmat", "lokalmat", "local food", broader=("concept:matproduksjon",)),
        concept("kommune", "kommune", "municipality"),
        concept("finansiering", "finansiering", "funding", domain="funding"),
    )
}


def subject(text: str, *named: tuple[str, str]) -> NeedSubject:
    mentions = [Mention(f"concept:{slug}", label, 1.0) for slug, label in named]
    return NeedSubject.of(Need(text=text, language=Language.NB), mentions, CONCEPTS)


def test_a_place_beside_a_matter_is_no_subject() -> None:
    one = subject("lokal mat på sykehjem", ("lokalmat", "lokal mat"), ("sykehjem", "sykehjem"))
    assert one.has_setting
    assert one.is_about(["concept:lokalmat"])
    assert one.is_about(["concept:matproduksjon"])
    assert not one.is_about(["concept:sykehjem"])
    assert one.is_setting(["sykehjem"], Language.NB)
    assert not one.is_setting(["sykehjem", "lokal mat"], Language.NB)
    assert not one.is_setting([], Language.NB)


def test_a_word_that_the_vocabulary_does_not_know_is_a_matter_too() -> None:
    one = subject("tryggere eldre i trafikken", ("eldreomsorg", "eldre"))
    assert one.has_setting
    assert not one.is_named
    assert one.is_setting(["eldre"], Language.NB)
    assert one.is_setting(["eldreomsorg"], Language.NB)


@pytest.mark.parametrize("text", ["sykehjem", "penger til sykehjem", "vi trenger penger til sykehjem i Bodø"])
def test_a_need_that_names_nothing_besides_is_about_its_place(text: str) -> None:
    one = subject(text, ("sykehjem", "sykehjem"), ("finansiering", "penger"))
    assert not one.has_setting
    assert not one.is_setting(["sykehjem"], Language.NB)


@pytest.mark.parametrize(
    ("text", "abroad"),
    [
        ("ungdomsutveksling til Europa", True),
        ("sammen med en svensk kommune", True),
        ("EU-penger til havna", True),
        ("eurytmi i skolen", False),
        ("innvandrere og jobb", False),
    ],
)
def test_other_countries_are_heard_where_they_are_spoken_of(text: str, abroad: bool) -> None:
    assert subject(text).is_abroad is abroad


def test_that_a_municipality_asks_tells_neither_matter_nor_place() -> None:
    one = subject("kan en kommune restaurere myr", ("kommune", "kommune"))
    assert not one.has_setting
    assert not one.is_named


def test_every_group_and_place_is_a_concept_of_the_vocabulary() -> None:
    known = {one.record.id for one in SHIPPED if isinstance(one.record, Concept)}
    assert known >= SETTINGS
