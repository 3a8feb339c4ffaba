"""Vectors in files and in the database: `python -m tests.load.vectors [--passages 100000] [--quality]`.

A real PostgreSQL of its own with pgvector holds as many vectors as wanted: those of the shipped passages, each a little
turned as often as it takes. Reported are, for FAISS as the product uses it and for pgvector, the seconds to build, the
milliseconds of a search by one asker, what of the processor it takes here and in the database, and how many of the 10
and the 500 nearest are found. With `--quality` the questions of the development half are answered by either instead.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from assistant.lab.evaluating import evaluate_product
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_database
from corpus.files import kind_of, read_folder, shipped_folder
from index.encoders import load_encoder
from index.evaluation import Split, read_questions
from index.retrieval.retrievers import PASSAGES_PER_KIND
from index.storage.dense import EXHAUSTIVE, DenseIndex, Ids, Vectors
from index.storage.passages import SEARCHED_KINDS, passages_of
from index.storage.pgvectors import InPostgres, lists_for, probes_for
from index.storage.vectors import VectorStore
from tests.load.shared_store import PostgreSQL, cpu_seconds, say
from tests.slack.processes import ROOT

QUERIES = 60
TURNED = 0.35
"""Of a vector of length 1: how far the others of its text lie from it."""
EVALUATION = ROOT / "tests" / "evaluation"
JUDGED = ("questions.yaml", "questions_national.yaml")


def made_up(count: int) -> tuple[Ids, Vectors, Vectors]:
    """Return numbers (count,) and vectors (count, dim) of so many passages, and vectors of questions (QUERIES, dim)."""
    encoder, chance = load_encoder(), np.random.default_rng(1)
    located, _ = read_folder(shipped_folder())
    records = [one.record for one in located if kind_of(one.record.id) in SEARCHED_KINDS]
    texts = [passage.text for record in records for passage in passages_of(record)]
    known = encoder.encode_passages(texts)
    known = known[np.linalg.norm(known, axis=1) > 0]

    def turned(vectors: Vectors) -> Vectors:
        away = chance.normal(size=vectors.shape).astype(np.float32) * (TURNED / vectors.shape[1] ** 0.5)
        moved = vectors + away
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)

    vectors = np.concatenate(
        [turned(known[: count - begun]) for begun in range(0, count, len(known))], dtype=np.float32
    )
    questions = turned(known[chance.choice(len(known), QUERIES, replace=False)])
    return np.arange(1, count + 1, dtype=np.int64), vectors, questions


def measured(store: VectorStore, questions: Vectors, exact: list[Ids], database: int) -> dict[str, object]:
    """Return how long searches of a store take, and which share of the nearest they find."""
    for one in questions[:5]:
        store.search(one, PASSAGES_PER_KIND)
    took, found = [], []
    here, there = time.process_time(), cpu_seconds(database)
    for one in questions:
        begun = time.perf_counter()
        found.append(store.search(one, PASSAGES_PER_KIND).ids)
        took.append(1000 * (time.perf_counter() - begun))
    spent = {"here": time.process_time() - here, "database": cpu_seconds(database) - there}
    shares = {
        depth: statistics.mean(
            len(np.intersect1d(got[:depth], best[:depth])) / depth for got, best in zip(found, exact, strict=True)
        )
        for depth in (10, PASSAGES_PER_KIND)
    }
    return {
        "ms p50": round(statistics.median(took), 2),
        "ms p95": round(sorted(took)[int(0.95 * len(took))], 2),
        "CPU ms": {part: round(1000 * seconds / len(questions), 2) for part, seconds in spent.items()},
        **{f"recall@{depth}": round(share, 3) for depth, share in shares.items()},
    }


def compare(count: int, server: PostgreSQL, home: Path) -> dict[str, object]:
    """Return the figures of both for so many passages."""
    ids, vectors, questions = made_up(count)
    say(f"{count} vectors of {vectors.shape[1]} numbers")
    exact = [ids[np.argsort(-(vectors @ one), kind="stable")[:PASSAGES_PER_KIND]] for one in questions]
    database = open_database(Settings(home=home, database_url=server.url))
    house = InPostgres(database)
    builders: dict[str, Callable[[Ids, Vectors], VectorStore]] = {"FAISS": DenseIndex.build, "pgvector": house.build}
    told: dict[str, object] = {"passages": count}
    for name, build in builders.items():
        begun = time.perf_counter()
        store = build(ids, vectors)
        seconds = round(time.perf_counter() - begun, 1)
        told[name] = {"build s": seconds, **measured(store, questions, exact, server.pid)}
        say(f"{name} was measured")
        if isinstance(store, DenseIndex):
            told["FAISS as"] = "exhaustive, 16 bits" if store.factory == EXHAUSTIVE else store.factory
    told["pgvector as"] = f"ivfflat, {lists_for(count)} lists, {probes_for(count)} looked into"
    told["memory here MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    database.close()
    return told


def qualities(server: PostgreSQL, home: Path) -> dict[str, object]:
    """Return the ranking figures of the development half with vectors in files and in the database."""
    every = [one for name in JUDGED for one in read_questions(EVALUATION / name)]
    questions = [one for one in every if one.split is Split.DEVELOPMENT]
    told: dict[str, object] = {"questions": len(questions)}
    for vectors in ("files", "postgresql"):
        settings = Settings(home=home / vectors, database_url=server.url, vectors=vectors)
        figures = evaluate_product(questions, settings)
        told[vectors] = {f"{one.measure} {one.group}": round(one.value, 4) for one in figures if "nDCG" in one.measure}
        say(f"answered with vectors in {vectors}")
    return told


@contextmanager
def postgresql() -> Iterator[tuple[PostgreSQL, Path]]:
    """Give a server of its own and a folder."""
    with tempfile.TemporaryDirectory(prefix="mellomrom-vectors-") as folder:
        server = PostgreSQL(Path(folder) / "postgresql")
        try:
            yield server, Path(folder)
        finally:
            server.stop()


def main() -> int:
    """Measure; return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--quality", action="store_true")
    given = parser.parse_args()
    with postgresql() as (server, folder):
        told = qualities(server, folder) if given.quality else compare(given.passages, server, folder / "home")
    print(json.dumps(told, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
