"""What any need could say is never a reason, and a whole field is one only where nothing narrower is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.text import Language
from index.analysis import STOPWORDS, stem
from index.encoders import load_encoder
from index.manager import IndexManager
from index.retrieval.need import Need
from index.scoring.reasons import ReasonKind
from index.searcher import Searcher
from index.storage.passages import SEARCHED_KINDS
from index.subject_words import (
    begins_alike,
    distinct_words,
    is_broad,
    is_broad_label,
    is_general,
    place_words,
    shared_piece,
)

EVERYDAY = {
    Language(code): words.split()
    for code, words in (
        line.split(": ", 1)
        for line in Path(__file__).with_name("everyday_words.txt").read_text(encoding="utf-8").splitlines()
    )
}
AT_ONCE = 8
"""Everyday words in one need."""
DEPTH = 10


@pytest.fixture(scope="module")
def shipped(shipped_home: Path) -> Iterator[Searcher]:
    """A searcher on the shipped base."""
    from assistant.platform.settings import Settings
    from assistant.runtime.bootstrap import open_store

    settings = Settings(home=shipped_home)
    with open_store(settings) as store:
        keeper = IndexManager(store, load_encoder(settings.encoder), settings.index_folder)
        yield keeper.searcher()
        keeper.close()


@pytest.mark.parametrize("language", Language)
def test_an_everyday_word_is_never_a_reason_over_the_shipped_base(shipped: Searcher, language: Language) -> None:
    everyday = sorted(set(EVERYDAY[language]))
    stems = {stem(word, language) for word in everyday}
    about = "sepsis sykehjem" if language is not Language.EN else "sepsis nursing homes"
    told: set[str] = set()
    for start in range(0, len(everyday), AT_ONCE):
        text = f"{about} {' '.join(everyday[start : start + AT_ONCE])}"
        found = shipped.search(Need(text=text, language=language), DEPTH)
        reasons = [reason for kind in SEARCHED_KINDS for match in found[kind] for reason in match.reasons]
        told |= {label for reason in reasons if reason.kind is ReasonKind.SHARED for label in reason.labels}
    assert told
    assert [label for label in told if stem(label.casefold(), language) in stems] == []


def test_the_everyday_words_are_enough_to_tell() -> None:
    assert len({word for words in EVERYDAY.values() for word in words}) >= 150
    for language, words in EVERYDAY.items():
        assert [word for word in words if word not in STOPWORDS[language] and not is_general(word, language)] == []


@pytest.mark.parametrize(
    ("language", "fields", "subjects"),
    [
        (Language.NB, "skole jobb metoder kompetanse partnere kommunale", "sykle fastlege kvikkleire rovdyr"),
        (Language.NN, "skule jobb metodar kompetanse partnarar innbyggjar", "sykle fastlege kvikkleire rovdyr"),
        (Language.EN, "school method competence partners municipal", "cycling dementia landslide move"),
    ],
)
def test_a_whole_field_is_told_from_a_subject(language: Language, fields: str, subjects: str) -> None:
    for word in fields.split():
        assert is_broad(word, language)
        assert not is_general(word, language)
    assert not any(is_broad(word, language) for word in subjects.split())


def test_one_word_in_two_inflections_is_told_once() -> None:
    assert distinct_words(["lekkasjer", "lekkasjene", "ledningsnett"], Language.NB) == ["lekkasjer", "ledningsnett"]
    assert distinct_words(["warning", "early warning"], Language.EN) == ["early warning"]
    assert distinct_words(["innbyggjar", "overvatn"], Language.NN) == ["innbyggjar", "overvatn"]


def test_where_somebody_is_is_no_subject() -> None:
    assert "haugesund" in place_words("flere skal sykle i en mellomstor by Haugesund")
    assert place_words("flere skal sykle") == frozenset()


@pytest.mark.parametrize(
    ("asked", "said", "piece"),
    [
        ("vannlekkasjer", "lekkasjen", "lekkasjer"), ("barnefattigdom", "fattigdom", "fattigdom"),
        ("kollektivtransport", "kollektivtilbudet", "kollektivtilbudet"), ("energisparing", "energi", "energi"),
        ("lærermangel", "lærere", "lærere"), ("språkutvikling", "språk", "språk"),
        ("sykehjem", "sykehus", None), ("skolebygg", "skoler", None), ("kulturminner", "kulturtilbud", None),
        ("samarbeidspartnere", "samarbeidsavtale", None), ("forskningssamarbeid", "forskning", None),
    ],
)  # fmt: skip
def test_the_part_of_a_compound_that_is_shared_is_told_and_no_broader_one(
    asked: str, said: str, piece: str | None
) -> None:
    assert shared_piece(asked, said, Language.NB) == piece


@pytest.mark.parametrize(
    ("word", "is_subject"), [("prøvde", False), ("kjøpte", False), ("legar", True), ("lærer", True)]
)
def test_a_common_verb_is_no_subject_in_any_form_and_a_trade_is_one(word: str, *, is_subject: bool) -> None:
    assert is_general(word, Language.NB) is not is_subject


def test_words_that_are_broad_one_by_one_may_name_a_subject_together() -> None:
    assert not is_broad_label("smart cities", Language.EN)
    assert is_broad_label("research and development", Language.EN)
    assert is_broad_label("forsket på", Language.NB)


def test_two_labels_that_begin_alike_are_one_thing() -> None:
    assert begins_alike("heltid", "heltidskultur")
    assert not begins_alike("eldreomsorg", "frivillige")
