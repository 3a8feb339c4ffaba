from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from assistant.platform.language import detect_language, marked_language
from corpus.files import read_folder
from corpus.text import Language
from corpus.vocabulary import Concept
from tests.corpus.test_files import SHIPPED


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hvem kan hjelpe oss med å skaffe flere læreplasser?", Language.NB),
        ("Kven kan hjelpe oss med å skaffe fleire læreplassar?", Language.NN),
        ("Who can help us find more apprenticeships?", Language.EN),
        ("Vi trenger noen som kan måle luftkvalitet", Language.NB),
        ("Vi treng nokon som kan måle luftkvalitet", Language.NN),
        ("elevane i kommunane", Language.NN),
        ("funding for air quality sensors", Language.EN),
        ("Korleis får vi til samskaping?", Language.NN),
        ("ensomme eldre som bor hjemme", Language.NB),
        ("einsame eldre som bur heime", Language.NN),
        ("barnevern: for mange konsulentar", Language.NN),
        ("grunnlag for nye arbeidsplassar", Language.NN),
        ("seminar om kommentarer i februar", Language.NB),
        ("ansvar for vikarer", Language.NB),
        ("covid-19", Language.NB),
        ("frisbeegolf", Language.NB),
        ("hate speech", Language.EN),
        ("similar projects", Language.EN),
        ("Kan kommunen framleis søkje Interreg?", Language.NN),
        ("Kan kommunen fortsatt delta i Interreg?", Language.NB),
        ("traineeprogram for nyutdannede i distriktet", Language.NB),
        ("design thinking kurs for ledere", Language.NB),
        ("FACT-team penger", Language.NB),
        ("mental helse etter leirskred evakuerte", Language.NB),
        ("coaching for managers", Language.EN),
        ("robots in home care", Language.EN),
        ("elderly loneliness", Language.EN),
        ("digital twin port", Language.EN),
    ],
)
def test_the_language_of_a_question_is_told(text: str, language: Language) -> None:
    assert detect_language(text) is language


@pytest.mark.parametrize("text", ["", "12345", "🙂", "kommune", "radon", "nudging"])
def test_what_could_be_either_is_bokmal(text: str) -> None:
    assert detect_language(text) is Language.NB


LINES = [
    (Language(language), line)
    for language, line in (
        row.split("\t")
        for row in (Path(__file__).parent / "language_lines.tsv").read_text(encoding="utf-8").splitlines()[1:]
    )
]
"""One-line needs as busy people type them, some with one telling word, a few with none."""
TOLD_RIGHT = 0.97
"""The share of them whose language is told; the others hold no word that only one form has."""


def test_there_are_lines_enough_in_each_language() -> None:
    counts = Counter(language for language, _ in LINES)
    assert min(counts.values()) >= 60
    assert len(counts) == len(Language)


def test_the_language_of_one_line_is_told_of_nearly_all_that_busy_people_type() -> None:
    wrong = [(language, line) for language, line in LINES if detect_language(line) is not language]
    assert len(wrong) <= (1 - TOLD_RIGHT) * len(LINES), wrong


def test_no_line_of_bokmal_is_answered_in_nynorsk() -> None:
    bokmal = [line for language, line in LINES if language is Language.NB]
    assert [line for line in bokmal if detect_language(line) is Language.NN] == []


@pytest.mark.parametrize(
    "word", "tilsette kva ikkje frå vere nokon kommunar skulen sjukeheim tenester løysingar born innbyggjarar".split()
)
def test_one_word_that_only_nynorsk_has_decides(word: str) -> None:
    assert detect_language(f"turnus {word} digital plan") is Language.NN
    assert marked_language(word) is Language.NN


@pytest.mark.parametrize(
    "line",
    [
        "fornybar energi", "sårbare unge", "urbane områder", "bestefar bor alene", "holdbar mat", "skoleklar",
        "et ektepar på sykehjem", "Kan Høgskulen på Vestlandet bidra?", "samarbeid med Vestlandsforsking",
    ],
)  # fmt: skip
def test_a_word_or_a_name_that_only_looks_like_nynorsk_tells_nothing(line: str) -> None:
    assert detect_language(line) is Language.NB


@pytest.mark.parametrize("line", ["mobbing", "turnus", "digital tvilling", "KI", "demens"])
def test_a_line_that_could_be_either_tells_no_language_of_its_own(line: str) -> None:
    assert marked_language(line) is None


def test_nearly_all_that_records_are_asked_is_read_in_its_own_language() -> None:
    asked = {
        language: [
            text.text
            for located in read_folder(Path("corpus/data"))[0]
            if not isinstance(located.record, Concept)
            for question in located.record.asked_as
            for text in question.items()
            if text.language is language
        ]
        for language in (Language.NB, Language.EN)
    }
    for language, texts in asked.items():
        assert len(texts) > 3_000
        assert sum(detect_language(text) is language for text in texts) >= 0.995 * len(texts)


def test_a_word_or_two_are_told_apart_by_how_they_are_written() -> None:
    labels: dict[bool, set[str]] = {True: set(), False: set()}
    for located in SHIPPED:
        if isinstance(located.record, Concept):
            for label in located.record.labels():
                labels[label.language is Language.EN].add(label.text.casefold())
    english, norwegian = labels[True] - labels[False], labels[False] - labels[True]
    assert min(len(english), len(norwegian)) > 5_000
    assert sum(detect_language(label) is Language.EN for label in norwegian) / len(norwegian) < 0.01
    assert sum(detect_language(label) is not Language.EN for label in english) / len(english) < 0.08
