from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import Kind
from corpus.text import Language
from index.analysis import terms
from index.retrieval.need import Need
from index.retrieval.subject import FEW_WORDS, SETTING, Subject, subject_of
from index.storage.concepts import Mention
from index.storage.lexical import LexicalDocument, LexicalIndex


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    said = ["tegnspråk i barnehagen", *["mat i barnehagen"] * 8, *["idrett i hallen"] * 60]
    index = LexicalIndex.create(tmp_path)
    index.update(
        LexicalDocument(
            f"actor:{number}",
            Kind.ACTOR,
            {Language.NB: terms(text, Language.NB)},
            {},
            ["concept:barnehage" if "barnehage" in text else "concept:idrettshall"],
            [],
            [],
        )
        for number, text in enumerate(said)
    )
    return index


def subject(lexical: LexicalIndex, text: str, *mentions: Mention) -> Subject:
    return subject_of(Need(text=text, language=Language.NB), mentions, lexical)


def test_the_rarest_thing_asked_for_is_the_most_telling_and_the_setting_less(lexical: LexicalIndex) -> None:
    found = subject(lexical, "tegnspråk i barnehagen", Mention("concept:barnehage", "barnehagen", 1.0))
    assert found.telling["tegnspråk"] == 1.0
    assert found.telling["concept:barnehage"] < SETTING
    assert found.is_setting(found.telling["concept:barnehage"])
    assert not found.is_setting(found.telling["tegnspråk"])


def test_beside_another_subject_whom_or_where_it_is_for_tells_less_however_rare(tmp_path: Path) -> None:
    made = LexicalIndex.create(tmp_path)
    concepts = {"mat": 8, "barnehage": 2, "veg": 60}
    made.update(
        LexicalDocument(f"actor:{slug}-{number}", Kind.ACTOR, {}, {}, [f"concept:{slug}"], [], [])
        for slug, many in concepts.items()
        for number in range(many)
    )
    food, nursery = Mention("concept:mat", "mat", 1.0), Mention("concept:barnehage", "barnehagen", 1.0)
    told = subject(made, "mat i barnehagen", food, nursery).telling
    assert told["concept:barnehage"] < SETTING < told["concept:mat"]
    assert subject(made, "i barnehagen", nursery).telling["concept:barnehage"] == 1.0


def test_a_word_tells_no_more_than_the_concept_that_it_names(lexical: LexicalIndex) -> None:
    mention = Mention("concept:barnehage", "tegnspråk", 1.0)
    told = subject(lexical, "tegnspråk i hallen", mention).telling
    assert told["tegnspråk"] <= told["concept:barnehage"]


def test_a_word_that_no_record_has_makes_no_other_less_telling(lexical: LexicalIndex) -> None:
    found = subject(lexical, "zebraer i barnehagen", Mention("concept:barnehage", "barnehagen", 1.0))
    assert found.telling["concept:barnehage"] == 1.0
    assert "zebra" in " ".join(found.words.values())


def test_a_compound_that_no_record_has_tells_by_its_parts(lexical: LexicalIndex) -> None:
    assert subject(lexical, "tegnspråkbarnehage").telling["tegnspråk"] == 1.0


@pytest.fixture
def topics(tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex.create(tmp_path)
    made.update(
        LexicalDocument(f"actor:{slug}-{number}", Kind.ACTOR, {}, {}, [f"concept:{slug}"], [], [])
        for slug, many in {"horselstap": 3, "soknad": 3, "fallforebygging": 3, "annet": 60}.items()
        for number in range(many)
    )
    return made


def test_words_that_any_need_may_say_name_a_subject_together(topics: LexicalIndex) -> None:
    hearing = Mention("concept:horselstap", "hører dårlig", 1.0)
    assert set(subject(topics, "elever som hører dårlig", hearing).concepts) == {"concept:horselstap"}
    apply = Mention("concept:soknad", "sende søknad", 1.0)
    need = Need(text="hvor kan vi sende søknad", language=Language.NB)
    assert subject_of(need, (apply,), topics, how={"concept:soknad"}).concepts == {}


@pytest.mark.parametrize(
    ("text", "named"),
    [("færre fall på sykehjem", True), ("i så fall, hvem hjelper oss", False), ("iallfall noe i verste fall", False)],
)
def test_a_fall_is_a_subject_where_somebody_falls(topics: LexicalIndex, text: str, named: bool) -> None:
    found = subject(topics, text, Mention("concept:fallforebygging", "fall", 1.0))
    assert bool(found.concepts) is named


def test_in_a_long_need_the_rarest_word_may_be_said_by_the_way() -> None:
    words = {f"ord{number}": "ord" for number in range(FEW_WORDS + 1)}
    assert not Subject(words=words).is_setting(0.0)


def test_where_somebody_is_and_what_any_need_says_is_no_subject(lexical: LexicalIndex) -> None:
    assert set(subject(lexical, "vi i Bodø trenger hjelp med tegnspråk").words) == {"tegnspråk"}
