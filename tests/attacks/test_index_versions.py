"""An index that was made by something else, or that a library cannot read, is noticed, made anew, and never served."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus.store import RecordStore
from corpus.text import Language
from index import analysis, build_versions
from index.errors import IndexFileError
from index.manager import IndexManager
from index.storage.dense import Vectors
from index.storage.persistence import CURRENT, LEXICAL, MANIFEST, PASSAGES, FileMark, read_current
from tests.encoders import WordEncoder
from tests.index.test_searcher import EAGER, HOSPITAL, RECORDS, found
from tests.records import actor


@pytest.fixture
def store(sqlite_url: str) -> Iterator[RecordStore]:
    with RecordStore.open(sqlite_url) as opened:
        opened.save_many(RECORDS, by="test")
        yield opened


def keeper_of(store: RecordStore, home: Path) -> IndexManager:
    return IndexManager(store, WordEncoder(), home, EAGER)


def rewrite(home: Path, name: str, content: bytes) -> None:
    """Change a file of the index and its mark, so that only who reads it can tell."""
    from index.storage.persistence import mark_file

    generation = read_current(home)
    path = generation.folder / name
    path.write_bytes(content)
    manifest = json.loads((generation.folder / MANIFEST).read_text(encoding="utf-8"))
    mark: FileMark = mark_file(path)
    manifest["files"][name] = mark.model_dump()
    (generation.folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize("name", [f"{LEXICAL}/meta.json", PASSAGES, "actor.faiss"])
def test_what_a_library_cannot_read_is_made_anew_and_told_by_verify(
    store: RecordStore, tmp_path: Path, name: str
) -> None:
    home = tmp_path / "index"
    keeper_of(store, home).searcher()
    before = (home / CURRENT).read_text(encoding="utf-8")
    rewrite(home, name, b'{"written": "by another release"}')
    with pytest.raises(IndexFileError):
        keeper_of(store, home).verify()
    assert found(keeper_of(store, home), "sepsis")[0] == HOSPITAL.id
    assert (home / CURRENT).read_text(encoding="utf-8") != before
    keeper_of(store, home).verify()


@pytest.mark.parametrize(
    "what", ["a stop word", "an inflection", "the shortest stem", "tantivy", "faiss-cpu", "PyStemmer"]
)
def test_an_index_made_by_another_analyser_or_library_is_made_anew(
    store: RecordStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    home = tmp_path / "index"
    keeper_of(store, home).searcher()
    before = read_current(home)
    match what:
        case "a stop word":
            monkeypatch.setitem(analysis.STOPWORDS, Language.NB, analysis.STOPWORDS[Language.NB] - {"hjelp"})
        case "an inflection":
            monkeypatch.setattr(analysis, "INFLECTIONS", analysis.INFLECTIONS[1:])
        case "the shortest stem":
            monkeypatch.setattr(analysis, "SHORTEST_STEM", 3)
        case library:
            real = build_versions.version_of
            monkeypatch.setattr(build_versions, "version_of", lambda one: "99.0" if one == library else real(one))
    with pytest.raises(IndexFileError, match="made by another"):
        keeper_of(store, home).verify()
    keeper_of(store, home).searcher()
    assert read_current(home).folder != before.folder
    keeper_of(store, home).verify()


class Slow(WordEncoder):
    """An encoder that takes as long as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()
        self.goes_on.set()

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        assert self.goes_on.wait(60)
        return super().encode_passages(texts)


def test_questions_are_answered_by_what_there_was_while_an_edit_is_followed(
    store: RecordStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.manager.PATIENCE", 0.2)
    encoder = Slow()
    keeper = IndexManager(store, encoder, tmp_path / "index", EAGER)
    keeper.searcher()
    encoder.goes_on.clear()
    store.save(actor("new", "Den nye", "Nyhet om sepsis"), by="test")
    begun = time.monotonic()
    old = keeper.searcher()
    assert time.monotonic() - begun < 5
    assert old.manifest.revision < store.revision()
    encoder.goes_on.set()
    until = time.monotonic() + 30
    while keeper.searcher().manifest.revision < store.revision() and time.monotonic() < until:
        time.sleep(0.02)
    assert "actor:new" in found(keeper, "sepsis")
    # Whoever still searches in the old one is not disturbed.
    assert old.uses("concept:sepsis") >= 0
    keeper.close()


def test_an_edit_that_cannot_be_followed_costs_nobody_an_answer(
    store: RecordStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = keeper_of(store, tmp_path / "index")
    keeper.searcher()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("index.manager.update_index", full)
        store.save(actor("new", "Den nye", "Nyhet om sepsis"), by="test")
        assert found(keeper, "sepsis")[0] == HOSPITAL.id
    monkeypatch.setattr("index.background_refresh._AGAIN_AFTER", 0.0)
    assert "actor:new" in found(keeper, "sepsis")


def test_every_index_file_is_let_go_of(store: RecordStore, tmp_path: Path) -> None:
    """Python from 3.13 on warns of a connection that nobody closed."""
    import gc

    def still_open() -> list[sqlite3.Connection]:
        gc.collect()
        found = [one for one in gc.get_objects() if issubclass(type(one), sqlite3.Connection)]
        return [one for one in found if _reads_passages(one)]

    keeper = keeper_of(store, tmp_path / "index")
    for number in range(3):
        store.save(actor(f"new-{number}", "Den nye", "Nyhet om sepsis"), by="test")
        keeper.searcher()
    assert len(still_open()) == 1
    keeper.close()
    assert still_open() == []


def _reads_passages(connection: sqlite3.Connection) -> bool:
    try:
        return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'passage'").fetchall())
    except sqlite3.Error:
        return False
