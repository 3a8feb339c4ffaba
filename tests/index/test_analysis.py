from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Stemmer import Stemmer

from corpus.text import Language
from index.analysis import normalise, stem, terms, words


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Sepsis-varsling i KOMMUNEN", ["sepsis", "varsling", "i", "kommunen"]),
        ("offentlig sektor-ph.d.", ["offentlig", "sektor", "phd"]),
        ("PhD, ph.d., Ph. D", ["phd", "phd", "phd"]),
        ("R&D funding", ["rd", "funding"]),
        ("🙂 !!! …", []),
        ("ærlig ØL på Ås", ["ærlig", "øl", "på", "ås"]),
    ],
)
def test_words_are_lower_case_and_without_marks(written: str, expected: list[str]) -> None:
    assert words(written) == expected


def test_composed_and_decomposed_letters_are_the_same_word() -> None:
    assert words("a\u030aring") == words("\u00e5ring")


def test_bokmal_and_nynorsk_inflections_meet_in_one_stem() -> None:
    assert terms("kommunene", Language.NB) == terms("kommunane", Language.NN)
    assert terms("elevene", Language.NB) == terms("elevane", Language.NN)


@pytest.mark.parametrize(
    "forms",
    [
        "megler megleren meglere meglerne",
        "kommune kommunen kommuner kommunene kommunar kommunane",
        "universitet universitetet universiteter universitetene",
        "flom flommen",
        "eldre eldres",
    ],
)
def test_the_forms_of_a_word_share_a_stem(forms: str) -> None:
    assert len({stem(form, Language.NB) for form in forms.split()}) == 1


@pytest.mark.parametrize(("word", "other"), [("fastlege", "fast"), ("demens", "dem"), ("problemeigar", "problem")])
def test_a_word_is_not_cut_down_to_another(word: str, other: str) -> None:
    assert stem(word, Language.NN) != stem(other, Language.NN)


def test_words_without_a_subject_are_left_out() -> None:
    assert terms("hvem kan hjelpe oss med det", Language.NB) == []
    assert terms("who can help us with that", Language.EN) == []


@given(st.text())
def test_any_text_is_analysed_without_error_and_normalising_again_changes_nothing(anything: str) -> None:
    once = normalise(anything)
    assert normalise(once) == once
    for language in Language:
        assert all(term for term in terms(anything, language))


def test_half_surrogates_do_not_break_it() -> None:
    assert words("sepsis \udce6\udcf8") == ["sepsis"]


@given(st.text("abcdefghijklmnopqrstuvwxyzæø'", min_size=1, max_size=12).map(lambda word: word.strip("'") or "a"))
def test_an_english_stem_is_the_stemmers_own_though_it_is_not_asked_of_every_word(word: str) -> None:
    assert stem(word, Language.EN) == Stemmer("english").stemWord(word)


def test_endings_of_english_words_are_stripped_as_the_stemmer_does() -> None:
    endings = (
        "", "s", "ed", "ing", "y", "ly", "ational", "ization", "fulness", "iviti", "ogist", "icate", "ness", "ance",
        "able", "ement", "ism", "ous", "ive", "ize", "ion", "eedly", "ss", "zz", "ic", "ab", "uk",
    )  # fmt: skip
    own = Stemmer("english")
    parts = ("plan", "lov", "hop", "skol", "car", "gener", "stud", "bl", "tr", "communic", "arsen", "news", "dy", "sk")
    made = [f"{part}{ending}" for part in parts for ending in endings]
    assert [stem(word, Language.EN) for word in made] == [own.stemWord(word) for word in made]
