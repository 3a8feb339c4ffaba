"""The bundled encoder is attuned to the records: an everyday question comes to lie near the record that answers it.

``python -m index.learning.attuning MODEL --records FOLDER --out FOLDER``, after `index.learning.training`.

Invariant: only what the records say is learnt from, which question is of which record and which themes they are
of; no judged question is among it. Words that no record uses keep their vectors. The same records, table and parameters
give the same table.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.errors import MellomromError
from corpus.files import read_folder
from corpus.vocabulary import Concept
from index.analysis import words
from index.encoders import (
    DESCRIPTION_FILE,
    WEIGHTS_FILE,
    ModelDescription,
    NgramEncoder,
    Vectors,
    word_features,
    word_weight,
)
from index.errors import TrainingError
from index.learning.distillation import FeatureTable, Parameters
from index.learning.training import save_model
from index.storage.passages import Facet, passages_of

Tensor = Any
"""torch is loaded where it is used."""


class Attuning(NamedTuple):
    """The choices of the recipe; those that did best on the development half."""

    steps: int = 400
    batch: int = 256
    """Records in each step; every one is told from all others."""
    rate: float = 3e-4
    temperature: float = 0.07
    theme_share: float = 0.3
    """How much of a question's attention goes, beside that to its own record, to records of the same themes."""
    words_left_out: tuple[float, float] = (0.2, 0.1)
    """The share of words left out of questions and of answers, so that no single word decides."""
    other_questions: float = 0.35
    """How often a question is paired with another question of the same record, rather than with what it says."""
    wholes: float = 0.35
    """How often with all that it says in one language."""
    seed: int = 0


class RecordLesson(NamedTuple):
    """What there is to learn of one record."""

    themes: frozenset[str]
    asked: tuple[tuple[str, ...], ...]
    """Its everyday questions, each in every language it has."""
    said: tuple[str, ...]
    """What it says, passage by passage."""
    wholes: tuple[str, ...]
    """All that it says, in each language."""


def read_lessons(folder: Path) -> list[RecordLesson]:
    """Return what there is to learn of the records below a folder, those with everyday questions alone.

    Raises:
        TrainingError: a record is faulty.
    """
    located, problems = read_folder(folder)
    if problems:
        raise TrainingError(f"{folder}: {problems[0]}; `mellomrom corpus check` lists all that is wrong.")
    lessons = []
    for record in sorted((one.record for one in located), key=lambda record: record.id):
        if isinstance(record, Concept) or not record.asked_as:
            continue
        passages = [passage for passage in passages_of(record) if passage.facet is not Facet.ASKED]
        lessons.append(
            RecordLesson(
                frozenset(record.los),
                tuple(tuple(text.text for text in question.items()) for question in record.asked_as),
                tuple(passage.text for passage in passages),
                tuple(passage.text for passage in passages if passage.facet is Facet.WHOLE),
            )
        )
    return lessons


def attune(
    table: FeatureTable, parameters: Parameters, lessons: Sequence[RecordLesson], choices: Attuning | None = None
) -> FeatureTable:
    """Return a table in which questions lie nearer to the records that they are of than to all others."""
    import torch
    from torch.nn import functional

    choices = choices or Attuning()
    drawn = random.Random(choices.seed)  # noqa: S311 (draws of a recipe, no secret)
    bags = _bags(table, parameters, drawn)
    vectors = torch.nn.Parameter(torch.from_numpy(table.vectors.astype(np.float32)))
    optimiser = torch.optim.Adam([vectors], lr=choices.rate)

    def encoded(texts: Sequence[str], left_out: float) -> Tensor:
        rows, starts, weights = (torch.from_numpy(some) for some in bags(texts, left_out))
        sums = functional.embedding_bag(rows, vectors, starts, mode="sum", per_sample_weights=weights)
        return functional.normalize(sums, dim=1)

    waiting: list[RecordLesson] = []
    for _ in range(choices.steps if lessons else 0):
        if len(waiting) < choices.batch:
            waiting = drawn.sample(list(lessons), len(lessons))
        some, waiting = waiting[: choices.batch], waiting[choices.batch :]
        questions, answers = zip(*(_pair(lesson, choices, drawn) for lesson in some), strict=True)
        likeness = encoded(questions, choices.words_left_out[0]) @ encoded(answers, choices.words_left_out[1]).T
        likeness = likeness / choices.temperature
        wanted = torch.from_numpy(_attention([lesson.themes for lesson in some], choices.theme_share))
        there, back = (functional.log_softmax(one, dim=1) for one in (likeness, likeness.T))
        loss = -(wanted * (there + back)).sum(1).mean()
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    return FeatureTable(table.keys, vectors.detach().numpy())


def attune_model(model: Path, records: Path, out: Path, choices: Attuning | None = None) -> None:
    """Attune the model of a folder to the records of another, and write it into a third.

    Raises:
        TrainingError: a record is faulty.
        EncoderError: the model is missing or damaged.
    """
    NgramEncoder.load(model)
    description = ModelDescription.model_validate_json((model / DESCRIPTION_FILE).read_bytes())
    weights = np.load(model / WEIGHTS_FILE)
    table = FeatureTable(weights["key"], weights["scale"][:, np.newaxis] * weights["codes"].astype(np.float32))
    parameters = Parameters(description.dim, description.buckets, description.ngrams, description.hash_seed)
    save_model(attune(table, parameters, read_lessons(records), choices), parameters, out)


def main(argv: Sequence[str] | None = None) -> int:
    """Run as a command: attune a model, or print the error in one line."""
    parser = argparse.ArgumentParser(prog="python -m index.learning.attuning", description="Attune a model to records.")
    parser.add_argument("model", type=Path, help="the folder of a model that index.learning.training wrote")
    parser.add_argument("--records", type=Path, required=True, help="a folder of records")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write the model into")
    arguments = parser.parse_args(argv)
    try:
        attune_model(arguments.model, arguments.records, arguments.out)
    except MellomromError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _pair(lesson: RecordLesson, choices: Attuning, drawn: random.Random) -> tuple[str, str]:
    """Return a question of a record, and another question of it or something that it says."""
    question = drawn.randrange(len(lesson.asked))
    others = [text for number, texts in enumerate(lesson.asked) if number != question for text in texts]
    chance = drawn.random()
    if others and chance < choices.other_questions:
        answers: Sequence[str] = others
    else:
        answers = lesson.wholes if chance < choices.other_questions + choices.wholes else lesson.said
    return drawn.choice(lesson.asked[question]), drawn.choice(answers)


def _attention(themes: Sequence[frozenset[str]], share: float) -> Vectors:
    """Return for each question how much of its attention each answer is to have: its own most, then of like themes."""
    alike = np.array(
        [[len(theme & other) / max(1, len(theme | other)) for other in themes] for theme in themes], np.float32
    )
    np.fill_diagonal(alike, 0.0)
    alike *= share / np.maximum(alike.sum(axis=1, keepdims=True), 1.0)
    wanted = alike + np.eye(len(themes), dtype=np.float32)
    return np.asarray(wanted / wanted.sum(axis=1, keepdims=True), dtype=np.float32)


def _bags(
    table: FeatureTable, parameters: Parameters, drawn: random.Random
) -> Callable[[Sequence[str], float], tuple[Any, ...]]:
    """Return what parts texts into rows of the table: rows, where each text starts among them, and their weights."""

    @cache
    def rows_of(word: str) -> NDArray[np.int64]:
        hashes = np.array(word_features(word, parameters.ngrams, parameters.hash_seed), dtype=np.uint32)
        found = np.minimum(np.searchsorted(table.keys, hashes), len(table.keys) - 1)
        known: NDArray[np.int64] = found[table.keys[found] == hashes].astype(np.int64)
        return known

    def bags(texts: Sequence[str], left_out: float) -> tuple[Any, ...]:
        rows, weights, starts, count = [np.empty(0, np.int64)], [np.empty(0, np.float32)], [], 0
        for text in texts:
            starts.append(count)
            for word, times in Counter(words(text)).items():
                if drawn.random() >= left_out:
                    found = rows_of(word)
                    rows.append(found)
                    weights.append(np.full(len(found), word_weight(times), np.float32))
                    count += len(found)
        return np.concatenate(rows), np.array(starts, np.int64), np.concatenate(weights)

    return bags


if __name__ == "__main__":
    sys.exit(main())
