"""Machines that share a database: an index is built once for all of them, and vectors may live in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from corpus.database import Database
from corpus.records import Kind
from corpus.store import RecordStore
from corpus.text import Language
from index.errors import IndexFileError
from index.manager import IndexManager
from index.previewing import previewed
from index.retrieval.need import Need
from index.storage.dense import DenseIndex, Ids, Vectors
from index.storage.pgvectors import EXACT_LIMIT, InPostgres, lists_for, probes_for
from index.storage.shelf import Shelf
from index.storage.vectors import IN_FILES, Means, VectorHouse
from tests.encoders import WordEncoder
from tests.index.test_searcher import FARM, HOSPITAL, RECORDS
from tests.records import actor, concept, statement

NEW = actor("new", "Nybrottet", expertise=(statement("Lodder havbunnen med ekko"),))
MANY = [actor(f"body-{number}", f"Kontoret nummer {number}") for number in range(40)]


class Machine:
    """A machine with a home and connections of its own."""

    def __init__(self, home: Path, url: str, in_database: bool = False) -> None:
        self.store = RecordStore.open(url)
        self.encoder, self.home = WordEncoder(), home
        vectors: VectorHouse = InPostgres(self.store.database) if in_database else IN_FILES
        means = Means(self.encoder, vectors)
        self.keeper = IndexManager.shared(self.store, means, home, Shelf(self.store.database))

    def found(self, asked: str, kind: Kind = Kind.ACTOR) -> list[tuple[str, float]]:
        """Return what is found, best first, with its total."""
        need = Need(text=asked, language=Language.NB)
        found = self.keeper.searcher(newest=True).candidates(need)[kind]
        return [(one.record_id, round(one.total, 4)) for one in found]

    def close(self) -> None:
        self.keeper.close()
        self.store.close()


Machines = Callable[..., Machine]


@pytest.fixture
def url(new_postgresql_url: Callable[[], str]) -> str:
    made = new_postgresql_url()
    with RecordStore.open(made) as store:
        store.save_many([*RECORDS, *MANY], by="test")
    return made


@pytest.fixture
def machine(url: str, tmp_path: Path) -> Iterator[Machines]:
    made: list[Machine] = []

    def make(*, in_database: bool = False) -> Machine:
        made.append(Machine(tmp_path / f"home-{len(made)}", url, in_database))
        return made[-1]

    yield make
    for one in made:
        one.close()


def vector_tables(database: Database) -> set[str]:
    with database.reading() as session:
        named = text("SELECT tablename FROM pg_tables WHERE tablename LIKE 'mellomrom_vectors_%'")
        return set(session.scalars(named))


@pytest.mark.parametrize("in_database", [False, True], ids=["in files", "in the database"])
def test_what_one_machine_has_built_the_other_fetches_and_finds_the_same(machine: Machines, in_database: bool) -> None:
    first, second = machine(in_database=in_database), machine(in_database=in_database)
    expected = first.found("tidlig sepsis")
    assert expected[0][0] == HOSPITAL.id
    assert second.found("tidlig sepsis") == expected
    assert first.encoder.encoded > 0
    assert second.encoder.encoded == 0


def test_of_machines_that_start_together_one_builds(machine: Machines) -> None:
    machines = [machine() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda one: one.found("tidlig sepsis"), machines))
    assert found[0] == found[1] == found[2]
    assert sum(one.encoder.encoded > 0 for one in machines) == 1


@pytest.mark.parametrize("in_database", [False, True], ids=["in files", "in the database"])
def test_an_edit_is_followed_on_each_machine_without_building_anew(machine: Machines, in_database: bool) -> None:
    first, second = machine(in_database=in_database), machine(in_database=in_database)
    first.found("sepsis")
    second.found("sepsis")
    whole = first.encoder.encoded
    first.store.save(NEW, by="test")
    assert second.found("lodder havbunnen")[0][0] == NEW.id
    assert second.found("lodder havbunnen") == first.found("lodder havbunnen")
    assert 0 < second.encoder.encoded < whole / 4
    first.store.remove([NEW.id], by="test", note="gone")
    assert NEW.id not in dict(second.found("lodder havbunnen"))


def test_a_changed_vocabulary_is_worked_in_by_one_machine_for_all(machine: Machines) -> None:
    first, second = machine(), machine()
    first.found("sepsis")
    second.found("sepsis")
    first.store.save(concept("ekko", "ekkolodd", "echo sounder"), by="test")
    before = first.encoder.encoded
    assert first.found("ekkolodd") == second.found("ekkolodd")
    assert first.encoder.encoded > before
    assert second.encoder.encoded == 0


def test_what_is_shared_follows_once_enough_has_changed_and_what_it_replaces_is_gone(machine: Machines) -> None:
    first = machine()
    first.found("sepsis")
    first.store.save(NEW, by="test")
    first.found("sepsis")
    first.keeper.share()
    newcomer = machine()
    assert newcomer.found("lodder havbunnen") == first.found("lodder havbunnen")
    assert newcomer.encoder.encoded == 0
    with first.store.database.reading() as session:
        [(manifest,)] = session.execute(text("SELECT manifest FROM index_generation")).all()
        digests = set(session.scalars(text("SELECT DISTINCT digest FROM index_file")))
    assert digests == {mark.digest for mark in newcomer.keeper.searcher().manifest.files.values()}
    assert all(digest in manifest for digest in digests)


@pytest.mark.parametrize(
    "harm",
    ["UPDATE index_file SET data = 'x'", "DELETE FROM index_file", "UPDATE index_generation SET manifest = 'x'"],
    ids=["changed", "gone", "no manifest"],
)
def test_what_is_damaged_on_the_way_is_not_served_but_built(machine: Machines, harm: str) -> None:
    first, second, third = machine(), machine(), machine()
    expected = first.found("tidlig sepsis")
    first.store.database.at_once(text(harm), {})
    assert second.found("tidlig sepsis") == expected
    assert second.encoder.encoded > 0
    assert third.found("tidlig sepsis") == expected
    assert third.encoder.encoded == 0


def test_another_encoder_takes_nothing_of_what_was_shared(machine: Machines, tmp_path: Path) -> None:
    first, second = machine(), machine()
    first.found("sepsis")
    other = WordEncoder("2")
    keeper = IndexManager.shared(second.store, Means(other), tmp_path / "other", Shelf(second.store.database))
    assert keeper.searcher().manifest.encoder_fingerprint == other.fingerprint
    assert second.found("sepsis") == first.found("sepsis")
    assert second.encoder.encoded == 0


def test_vectors_in_the_database_find_what_those_in_files_find(machine: Machines) -> None:
    files, database = machine(), machine(in_database=True)
    for asked in ("tidlig sepsis hos pasienter", "poteter", "skolebuss for barn"):
        for kind in (Kind.ACTOR, Kind.IDEA, Kind.INSTRUMENT):
            got, expected = dict(database.found(asked, kind)), dict(files.found(asked, kind))
            assert got.keys() == expected.keys()
            assert all(abs(got[one] - expected[one]) < 0.005 for one in got)


def test_a_preview_changes_nothing_in_the_database(machine: Machines) -> None:
    one = machine(in_database=True)
    searcher = one.keeper.searcher()
    tables = vector_tables(one.store.database)
    changed = FARM.model_copy(update={"expertise": (statement("Lodder havbunnen med ekko"),)})
    with previewed(one.store, searcher, changed) as preview:
        found = preview.candidates(Need(text="lodder havbunnen", language=Language.NB))[Kind.ACTOR]
        assert found[0].record_id == FARM.id
    assert vector_tables(one.store.database) == tables
    assert FARM.id not in [record_id for record_id, _ in one.found("lodder havbunnen")][:1]


def test_vectors_that_are_gone_from_the_database_are_made_anew(machine: Machines) -> None:
    first, second = machine(in_database=True), machine(in_database=True)
    expected = first.found("tidlig sepsis")
    for table in vector_tables(first.store.database):
        first.store.database.at_once(text(f"DROP TABLE {table}"), {})
    assert second.found("tidlig sepsis") == expected
    assert second.encoder.encoded > 0


def test_vectors_that_a_restore_has_left_empty_are_made_anew(machine: Machines) -> None:
    first, second = machine(in_database=True), machine(in_database=True)
    expected = first.found("tidlig sepsis")
    left = vector_tables(first.store.database)
    for table in (*left, "index_vectors", "index_file", "index_generation"):
        first.store.database.at_once(text(f"DELETE FROM {table}"), {})
    assert second.found("tidlig sepsis") == expected
    again = IndexManager.shared(first.store, first.keeper.searcher().means, first.home, Shelf(first.store.database))
    assert again.searcher().generation.manifest.dense == second.keeper.searcher().manifest.dense
    assert not vector_tables(first.store.database) & left


def test_tables_that_nobody_has_searched_for_a_week_are_dropped(machine: Machines) -> None:
    one = machine(in_database=True)
    one.found("sepsis")
    old = vector_tables(one.store.database)
    long_ago = datetime.now(UTC) - timedelta(days=8)
    one.store.database.at_once(text("UPDATE index_vectors SET used_at = :at"), {"at": long_ago})
    one.keeper.rebuild()
    assert one.found("tidlig sepsis")[0][0] == HOSPITAL.id
    new = vector_tables(one.store.database)
    assert new
    assert not new & old


def spread(count: int, dim: int = 16) -> tuple[Ids, Vectors]:
    """Return vectors around some centres, as those of texts are."""
    chance = np.random.default_rng(7)
    centres = chance.normal(size=(60, dim))
    vectors = centres[chance.integers(0, 60, count)] + 0.4 * chance.normal(size=(count, dim))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.arange(10, count + 10, dtype=np.int64), vectors.astype(np.float32)


@pytest.mark.parametrize("count", [2_000, EXACT_LIMIT + 500], ids=["few, all looked at", "many, by lists"])
def test_the_nearest_in_the_database_are_the_nearest(url: str, tmp_path: Path, count: int) -> None:
    ids, vectors = spread(count)
    with RecordStore.open(url) as store:
        house = InPostgres(store.database)
        built = house.build(ids, vectors)
        exact = DenseIndex.build(ids, vectors)
        shares = []
        for wanted in vectors[:20]:
            expected, got = exact.search(wanted, 50), built.search(wanted, 50)
            shares.append(len(np.intersect1d(expected.ids, got.ids)) / 50)
            assert got.cosines[0] == pytest.approx(1.0, abs=0.01)
        assert np.mean(shares) >= 0.97
        among = ids[100:140]
        assert set(built.search(vectors[0], 10, among).ids) == set(exact.search(vectors[0], 10, among).ids)

        built.remove([int(ids[0])])
        built.add(np.array([5], np.int64), vectors[:1])
        built.save(tmp_path / "actor.faiss")
        again = house.load(tmp_path / "actor.faiss", built.factory)
        assert again.count == count
        assert again.search(vectors[0], 3).ids[0] == 5
        assert ids[0] not in again.search(vectors[0], 100).ids
        with pytest.raises(IndexFileError):
            house.load(tmp_path / "actor.faiss", "pgvector:000000000000:3")
        with pytest.raises(IndexFileError):
            house.load(tmp_path / "actor.faiss", "IDMap2,SQfp16")


def test_larger_bases_have_more_lists_and_a_question_looks_into_a_share_of_them() -> None:
    assert lists_for(30_000) == probes_for(30_000) == 30
    assert (lists_for(500_000), probes_for(500_000)) == (500, 50)
    assert lists_for(4_000_000) == 2_000
