"""A store is at the newest migration or is not opened; what cannot be opened says why and what to do."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from corpus.database import Database
from corpus.errors import BusyStoreError, NewerStoreError, StoreError
from corpus.migrations import CORPUS, MigrationSet
from corpus.store import RecordStore
from tests.records import actor


def test_a_store_at_head_opens_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    RecordStore.open(url).close()
    code = f"import sys; from corpus.store import RecordStore; RecordStore.open({url!r})"
    code += "; assert 'alembic' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_a_migration_that_fails_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import alembic.op

    with monkeypatch.context() as patched:
        patched.setattr(alembic.op, "bulk_insert", lambda *_: alembic.op.execute("INSERT INTO nowhere VALUES (1)"))
        with pytest.raises(StoreError):
            RecordStore.open(url)
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    RecordStore.open(url).close()


def test_a_store_of_a_newer_release_is_refused_with_both_versions(url: str) -> None:
    RecordStore.open(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(NewerStoreError, match=rf"9999.*{CORPUS.head}.*Install"):
        RecordStore.open(url)


def test_the_folders_are_made_and_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "å b" / "c%d" / "x.sqlite3"
    with RecordStore.open(f"sqlite:///{path}") as store:
        store.save(actor("a", "A"), by="test")
        modes = {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert modes == {0o600}


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE things (x)")
    connection.close()


def _damaged(path: Path) -> None:
    RecordStore.open(f"sqlite:///{path}").close()
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 20_000)


UNUSABLE: dict[str, Callable[[Path], object]] = {
    "a text file": lambda path: path.write_text("not a database " * 100, encoding="utf-8"),
    "a damaged file": _damaged,
    "a folder": lambda path: path.mkdir(),
    "a full device": lambda path: path.symlink_to("/dev/full"),
    "an endless loop of links": lambda path: path.symlink_to(path),
    "a broken link": lambda path: path.symlink_to("/nowhere/at/all"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_is_no_store_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.sqlite3"
    UNUSABLE[kind](path)
    with pytest.raises(StoreError, match=r"x\.sqlite3"):
        RecordStore.open(f"sqlite:///{path}")


def test_a_file_where_a_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="MELLOMROM_HOME"):
        RecordStore.open(f"sqlite:///{tmp_path / 'file' / 'x.sqlite3'}")


def test_a_folder_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(StoreError, match="MELLOMROM_HOME"):
        RecordStore.open("sqlite:////proc/mellomrom/x.sqlite3")


@pytest.mark.parametrize("address", ["", "nonsense", "cassandra://x", "mysql://user@host/x"])
def test_an_address_that_cannot_be_used_is_refused(address: str) -> None:
    with pytest.raises(StoreError, match="MELLOMROM_DATABASE_URL"):
        RecordStore.open(address)


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        RecordStore.open("postgresql+psycopg://kari:hemmelig@127.0.0.1:1/x")
    assert "127.0.0.1" in str(caught.value)
    assert "hemmelig" not in str(caught.value)


@pytest.mark.slow
def test_a_writer_that_waits_too_long_is_told_so(sqlite_url: str, tmp_path: Path) -> None:
    with RecordStore.open(sqlite_url) as store:
        holder = sqlite3.connect(tmp_path / "only.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        assert store.ids() == []
        with pytest.raises(BusyStoreError, match="another process"):
            store.save(actor("a", "A"), by="test")
        holder.close()
        store.save(actor("a", "A"), by="test")


FILL = """
import resource
from corpus.errors import StoreError
from corpus.store import RecordStore
from tests.records import actor
with RecordStore.open({url!r}) as store:
    store.save(actor("a", "A"), by="test")
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
    try:
        store.save_many((actor(f"n-{{n}}", "N" * 500) for n in range(5000)), "test")
    except StoreError as error:
        assert "Nothing was changed" in str(error), error
    else:
        raise SystemExit("more was written than there was room for")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert store.ids() == ["actor:a"]
    store.save(actor("b", "B"), by="test")
"""


def test_when_the_room_runs_out_nothing_is_half_written(sqlite_url: str) -> None:
    """The limit on file sizes bites for root too, and in the middle of a write."""
    assert resource.RLIMIT_FSIZE
    environment = os.environ | {"PYTHONWARNINGS": "error"}
    code = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + FILL.format(url=sqlite_url)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2], env=environment)
    with RecordStore.open(sqlite_url) as store:
        assert store.ids() == ["actor:a", "actor:b"]


@contextmanager
def every_connection_bound_by(pragma: str) -> Iterator[None]:
    from sqlalchemy import Engine, event

    def bound(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(Engine, "connect", bound)
    try:
        yield
    finally:
        event.remove(Engine, "connect", bound)


def test_a_full_disk_is_told_as_such(sqlite_url: str) -> None:
    RecordStore.open(sqlite_url).close()
    with every_connection_bound_by("max_page_count = 40"), RecordStore.open(sqlite_url) as store:
        with pytest.raises(StoreError, match="disk is full"):
            store.save_many((actor(f"n-{number}", "N") for number in range(2000)), "test")
        assert (store.ids(), store.revision()) == ([], 0)


def test_a_store_that_may_only_be_read_says_so_when_written(sqlite_url: str) -> None:
    RecordStore.open(sqlite_url).close()
    with every_connection_bound_by("query_only = ON"), RecordStore.open(sqlite_url) as store:
        with pytest.raises(StoreError, match="cannot be written"):
            store.save(actor("a", "A"), by="test")
        assert store.ids() == []


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    _foreign(path)
    with pytest.raises(StoreError, match="things"):
        RecordStore.open(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("things",)]
    connection.close()


@pytest.mark.parametrize("kind", ["a text file", "a damaged file"])
def test_a_file_that_cannot_be_read_comes_with_a_remedy(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.sqlite3"
    UNUSABLE[kind](path)
    with pytest.raises(StoreError, match=r"[Mm]ove|MELLOMROM_HOME|backup"):
        RecordStore.open(f"sqlite:///{path}")


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MigrationSet:
    """The tables of a release that lacks the newest migration."""
    versions = tmp_path / "of_an_older_release" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "__init__.py").touch()
    shipped = sorted(path for path in (Path(str(files("corpus"))) / "migrations" / "versions").glob("0*.py"))
    for path in shipped[:-1]:
        shutil.copy(path, versions)
    monkeypatch.delitem(sys.modules, versions.parent.name, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    return replace(CORPUS, package="of_an_older_release", head=shipped[-2].name[:4])


def told(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_server_of_the_release_before_may_start_while_the_others_are_upgraded(url: str, older: MigrationSet) -> None:
    first = Database(url, (older,))
    assert not first.is_newer
    with RecordStore.open(url) as upgraded:
        upgraded.save(actor("a", "A"), by="the newer one")
    RecordStore(first).save(actor("b", "B"), by="the older one, which runs on")
    first.close()
    again = Database(url, (older,))
    assert again.is_newer
    store = RecordStore(again)
    assert store.ids() == ["actor:a", "actor:b"]
    store.save(actor("c", "C"), by="the older one, started anew")
    again.close()
    with RecordStore.open(url) as upgraded:
        assert not upgraded.database.is_newer
        assert len(upgraded.ids()) == 3


def test_a_release_that_the_tables_no_longer_serve_is_refused(url: str, older: MigrationSet) -> None:
    RecordStore.open(url).close()
    told(url, f"UPDATE meta SET value = '{CORPUS.head}:{CORPUS.head}' WHERE key = 'serves:alembic_version'")
    with pytest.raises(NewerStoreError, match="Install"):
        Database(url, (older,))
