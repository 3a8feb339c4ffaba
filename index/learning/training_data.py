"""The lists that the bundled encoder is taught from, and which of their rows it is never taught.

Invariant: a row that is held out is known from its file alone, so that everybody who trains holds out the same
ones: the last `HELD_OUT_SENTENCES` rows of a file of sentences, and of a list of terms the tenth that a hash of
the row's key picks. The readers say which, and `taught` never gives them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np

from corpus.errors import RecordFileError
from corpus.files import iter_models, read_folder
from corpus.text import LangText, Language
from corpus.vocabulary import Concept
from index.analysis import normalise
from index.encoders import Vectors, unit_rows
from index.errors import TrainingError

HELD_OUT_SENTENCES = 400
HELD_OUT_SHARE = 10
"""One in how many terms is held out."""

SENTENCE_WEIGHT = 3.0
"""How much a sentence counts beside a term: it shows words in company, as questions and passages do."""

RECORD_WEIGHT = 1.5
"""How much a text of a record counts beside a term; with more, what records happen to say pushes English aside."""

WORD_WEIGHT = 0.3
"""How much an English word without a translation counts; enough to place it, too little to move others."""

_ALTERNATIVES = " | "
_MORE_COLUMNS: dict[Language, tuple[str, ...]] = {
    language: (f"alt_{language}", f"hidden_{language}", f"{language}_alt") for language in Language
}
_SYNONYM_COLUMNS: dict[Language, str] = {language: f"{language}_synonyms" for language in Language}
"""Columns of further names of the same thing; synonyms are parted by commas, all others like the main columns."""


class TrainingRow(NamedTuple):
    """One meaning, with the texts that say it in each language, the usual one first."""

    texts: dict[Language, tuple[str, ...]]
    held_out: bool
    weight: float = 1.0


class Lesson(NamedTuple):
    """What to learn: each text is to get the vector of what it means, as far as it counts."""

    texts: list[str]
    targets: Vectors
    weights: Vectors


def read_terms(path: Path) -> list[TrainingRow]:
    """Return the rows of a list of terms, of which a tenth is held out.

    Raises:
        TrainingError: the file is missing, not UTF-8, or lacks a column.
    """
    table = _read_table(path)
    keys = [next(iter(cells.values())) for cells in table]
    if len(set(keys)) < len(keys):
        keys = [f"{key}\t{cells[Language.NB]}" for key, cells in zip(keys, table, strict=True)]
    return [
        TrainingRow(_texts(cells), held_out=crc32(key.encode()) % HELD_OUT_SHARE == 0)
        for key, cells in zip(keys, table, strict=True)
    ]


def read_sentences(path: Path) -> list[TrainingRow]:
    """Return the rows of a file of sentences, of which the last ones are held out.

    Raises:
        TrainingError: the file is missing, not UTF-8, lacks a column, or has too few rows to hold any back.
    """
    table = _read_table(path)
    taught = len(table) - HELD_OUT_SENTENCES
    if taught <= 0:
        raise TrainingError(
            f"{path}: got {len(table)} sentences, expected more than the {HELD_OUT_SENTENCES} that are held out; "
            "give short lists with --pairs."
        )
    return [TrainingRow(_texts(cells), number >= taught, SENTENCE_WEIGHT) for number, cells in enumerate(table)]


def read_pairs(path: Path) -> list[TrainingRow]:
    """Return the rows of a file of our own pairs, of which none is held out.

    Raises:
        TrainingError: the file is missing, not UTF-8, or lacks a column.
    """
    return [TrainingRow(_texts(cells), held_out=False, weight=SENTENCE_WEIGHT) for cells in _read_table(path)]


def read_records(folder: Path) -> list[TrainingRow]:
    """Return the texts of the records below a folder, each once, of which none is held out; concepts have only labels.

    Raises:
        TrainingError: there are no records, or one of them is faulty.
    """
    try:
        located, problems = read_folder(folder)
    except RecordFileError as error:
        raise TrainingError(str(error)) from error
    if problems:
        raise TrainingError(f"{folder}: {problems[0]}; `mellomrom corpus check` lists all that is wrong.")
    records = (one.record for one in located if not isinstance(one.record, Concept))
    texts = (value for record in records for _, value in iter_models(record) if isinstance(value, LangText))
    return [
        TrainingRow(
            {one: tuple(filter(None, [text.get(one)])) for one in Language}, held_out=False, weight=RECORD_WEIGHT
        )
        for text in dict.fromkeys(texts)
    ]


def taught(rows: Iterable[TrainingRow]) -> list[TrainingRow]:
    """Return the rows to learn from: those that are not held out and have an English text.

    A term in two lists may be held out in one alone; the other still teaches it, and `untaught` keeps it out of
    the figures.
    """
    return [row for row in rows if not row.held_out and row.texts[Language.EN]]


def untaught(rows: Iterable[TrainingRow]) -> list[TrainingRow]:
    """Return the rows to measure on: those held out whose pairs of texts no other row teaches."""
    rows = list(rows)
    known = {pair for row in taught(rows) for pair in _pairs(row)}
    return [row for row in rows if row.held_out and row.texts[Language.EN] and not known & _pairs(row)]


def english(rows: Iterable[TrainingRow]) -> list[str]:
    """Return all English texts of rows, each once, for the teacher to encode."""
    return list(dict.fromkeys(text for row in rows for text in row.texts[Language.EN]))


def unseen(words: Iterable[str], rows: Iterable[TrainingRow]) -> list[str]:
    """Return the English words that no row says, held out or not: what is held out is not taught by the way."""
    known = {normalise(text) for text in english(rows)}
    return [word for word in words if normalise(word) not in known]


def lesson(rows: Iterable[TrainingRow], words: Sequence[str], teacher: Mapping[str, Vectors]) -> Lesson:
    """Return what to learn: English texts get their own vectors, Norwegian ones those of the English.

    Args:
        rows: the rows to learn from.
        words: English words to learn without a translation.
        teacher: the teacher's vector of each English text and word.
    """
    texts, targets, weights = list[str](), list[Vectors](), list[float]()
    for row in rows:
        own = [teacher[text] for text in row.texts[Language.EN]]
        meaning = unit_rows(np.mean(own, axis=0)[np.newaxis])[0]
        norwegian = [text for language in (Language.NB, Language.NN) for text in dict.fromkeys(row.texts[language])]
        texts += [*norwegian, *row.texts[Language.EN]]
        targets += [meaning] * len(norwegian) + own
        weights += [row.weight] * (len(norwegian) + len(own))
    texts += words
    targets += [teacher[word] for word in words]
    weights += [WORD_WEIGHT] * len(words)
    return Lesson(texts, np.asarray(targets, np.float32), np.asarray(weights, np.float32))


def _pairs(row: TrainingRow) -> set[tuple[str, str]]:
    norwegian = (*row.texts[Language.NB], *row.texts[Language.NN])
    return {(normalise(text), normalise(other)) for text in norwegian for other in row.texts[Language.EN]}


def _texts(cells: dict[str, str]) -> dict[Language, tuple[str, ...]]:
    return {language: _alternatives(cells, language) for language in Language}


def _alternatives(cells: dict[str, str], language: Language) -> tuple[str, ...]:
    found = [cells.get(column, "").split(_ALTERNATIVES) for column in (language, *_MORE_COLUMNS[language])]
    found.append(cells.get(_SYNONYM_COLUMNS[language], "").split(", "))
    return tuple(dict.fromkeys(text.strip() for texts in found for text in texts if text.strip()))


def _read_table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            # Quotation marks are part of the texts, not of the format.
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            table = [{column or "": cell or "" for column, cell in cells.items()} for cells in reader]
            columns: Sequence[str] = reader.fieldnames or ()
    except OSError as error:
        raise TrainingError(f"{path}: cannot be read ({error.strerror}); give the path of a TSV file.") from error
    except UnicodeDecodeError as error:
        raise TrainingError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8.") from error
    if missing := [language for language in Language if language not in columns]:
        raise TrainingError(
            f"{path}: got the columns {', '.join(columns) or 'none'}; expected nb, nn and en, parted by tabs, "
            f"and found no {', '.join(missing)}."
        )
    return table
