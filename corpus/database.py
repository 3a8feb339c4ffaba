"""The database behind the store: opened, brought up to date, and used in transactions.

Invariant: writers take turns from the start of their transaction (`BEGIN IMMEDIATE`), so that nobody writes over
what they have not read; readers see one moment. Whatever goes wrong leaves as a `StoreError` with a remedy, and
the transaction it happened in leaves nothing. What was written stays written through a loss of power, and of what was
deleted nothing is left in the files once `leave_no_trace` has run. A file that is empty was never made here.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Select, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from corpus.errors import BusyStoreError, NewerStoreError, StoreError, UnreachableStoreError, UnreadableValueError
from corpus.migrations import CORPUS, MigrationSet

BUSY_SECONDS = 5.0
"""How long a writer waits for its turn."""
PREPARING_SECONDS = 300.0
"""How long a process that starts waits on a server for another that brings the tables up to date."""
_REACHED_WITHIN = 5
"""Seconds within which a server has to answer."""
_META = "meta"
"""The table of facts about a store."""
_WRITER, _ALONE = "mellomrom_writer", "mellomrom_alone"
REMEDY = (
    "Put a backup in its place (`mellomrom restore FILE`), or set MELLOMROM_HOME to another folder; keep the damaged "
    "file until you have what was in it."
)
"""What to do about a file that cannot be used."""

Value = TypeVar("Value")


class Database:
    """One database, by its SQLAlchemy address, with the tables of one or more owners in it."""

    def __init__(self, url: str, sets: Sequence[MigrationSet] = (CORPUS,)) -> None:
        self._engine = _engine(url)
        self._sets = sets
        self.url = self._engine.url.render_as_string(hide_password=True)
        self.is_newer = False
        """Whether a newer release has brought the tables further, and left them so that this one goes on."""
        try:
            self._prepare()
        except BaseException:
            self._engine.dispose()
            raise
        # What nobody closed is closed when nobody holds it any more; a connection left to itself is warned of.
        self._end = weakref.finalize(self, _let_go, self._engine, _closed_when_given_back(self._engine))
        self._end.atexit = False

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one moment and changes nothing."""
        with self._translating_errors(), Session(self._engine) as session:
            yield session

    def value(self, statement: Select[Value]) -> Value | None:
        """Return the one value that a statement selects, without a session; one statement needs no transaction."""
        with self._translating_errors(), self._engine.connect() as connection:
            return connection.execution_options(**{_ALONE: True}).scalar(statement)

    def at_once(self, statement: Executable, values: dict[str, object]) -> tuple[Any, ...] | None:
        """Do one statement on a server by itself, without a turn among the writers; return its first row, if any."""
        with self._translating_errors(), self._engine.connect() as connection:
            result = connection.execution_options(isolation_level="AUTOCOMMIT").execute(statement, values)
            row = result.first() if result.returns_rows else None
            return tuple(row) if row is not None else None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are written together when it ends, or not at all."""
        writer = self._engine.execution_options(**{_WRITER: True})
        with self._translating_errors(), Session(writer) as session, session.begin():
            self._acquire_write_lock(session.connection())
            yield session

    def close(self) -> None:
        """Let go of the database; what is still in use, such as by a chore of a server that stops, when that ends."""
        self._end()
        self._engine.dispose()

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None for one in memory or on a server."""
        name = self._engine.url.database
        is_file = self._engine.dialect.name == "sqlite" and name and name != ":memory:" and not name.startswith("file:")
        return Path(name) if is_file and name else None

    @property
    def is_on_server(self) -> bool:
        """Whether it is on a server, so that other machines may use it."""
        return self._engine.dialect.name == "postgresql"

    def own_connection(self) -> Connection:
        """Return a connection to a server that belongs to whoever asks for it, outside transactions and the pool.

        Raises:
            UnreachableStoreError: the server does not answer.
        """
        with self._translating_errors():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
            return connection

    def leave_no_trace(self) -> bool:
        """Empty SQLite's log of writes, which holds pages as they were before a deletion; tell whether it is empty.

        Deleted content is overwritten in the pages themselves (`secure_delete`). A reader that does not end in time
        keeps the log; the next call tries again. On PostgreSQL, vacuuming does this by itself.
        """
        if self.file is None:
            return True
        until = time.monotonic() + BUSY_SECONDS
        while True:
            with self._translating_errors(), closing(self._engine.raw_connection()) as connection:
                try:
                    busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                except sqlite3.OperationalError as error:
                    raise OperationalError("checkpoint", None, error) from error
            if not busy:
                return True
            if time.monotonic() > until:
                return False
            time.sleep(0.05)

    def damage(self) -> str | None:
        """Return what is wrong with the file, or None where it is whole.

        Every page is read: some 0.1 s for 50 MB that the system has in memory.
        """
        try:
            with self.reading() as session:
                if self.file is None:
                    session.execute(text("SELECT 1"))
                    return None
                told = str(session.scalar(text("PRAGMA quick_check(1)")))
        except StoreError as error:
            return str(error)
        return None if told == "ok" else f"{self.url}: the database is damaged ({told}). {REMEDY}"

    def _acquire_write_lock(self, connection: Connection, seconds: float = BUSY_SECONDS) -> None:
        # SQLite's BEGIN IMMEDIATE has taken it already. Without turns, PostgreSQL would let a revision with a lower
        # number appear after one with a higher number, and whoever follows revisions would miss it.
        if self._engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = '{seconds:.0f}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(7211836)"))

    def _prepare(self) -> None:
        with self._translating_errors():
            with self._engine.connect() as connection:
                if not self._behind(connection):
                    return
            with self._engine.execution_options(**{_WRITER: True}).begin() as connection:
                self._acquire_write_lock(connection, PREPARING_SECONDS)
                # Another process may have done the work while we waited for our turn.
                behind = self._behind(connection)
                self._refuse_newer(behind)
                self._refuse_foreign(connection)
                for one in behind:
                    one.upgrade(connection)
                    self._remember_served(connection, one)

    def _behind(self, connection: Connection) -> dict[MigrationSet, str | None]:
        """Return the sets that are not at their newest migration, with the version found."""
        found = {one: _version(connection, one) for one in self._sets}
        behind = {one: version for one, version in found.items() if version != one.head}
        served = {
            one for one, version in behind.items() if version is not None and self._serves(connection, one, version)
        }
        self.is_newer = bool(served)
        return {one: version for one, version in behind.items() if one not in served}

    def _serves(self, connection: Connection, one: MigrationSet, found: str) -> bool:
        """Tell whether a newer release has left its tables so that this one goes on with them."""
        if one.knows(found) or not inspect(connection).has_table(_META):
            return False
        told = text(f"SELECT value FROM {_META} WHERE key = :key")
        newest, _, oldest = (connection.execute(told, {"key": _served_key(one)}).scalar() or "").partition(":")
        # Migrations come one after the other: whoever knows the oldest that is served has come at least as far.
        return newest == found and one.knows(oldest)

    def _remember_served(self, connection: Connection, one: MigrationSet) -> None:
        if inspect(connection).has_table(_META):
            connection.execute(text(f"DELETE FROM {_META} WHERE key = :key"), {"key": _served_key(one)})
            told = {"key": _served_key(one), "value": f"{one.head}:{one.serves}"}
            connection.execute(text(f"INSERT INTO {_META} (key, value) VALUES (:key, :value)"), told)

    def _refuse_newer(self, behind: dict[MigrationSet, str | None]) -> None:
        for one, found in behind.items():
            if found is not None and not one.knows(found):
                raise NewerStoreError(
                    f"{self.url}: the database is of version {found!r}, this release knows up to {one.head!r}. "
                    "Install the release that made it, or set MELLOMROM_HOME to another folder."
                )

    def _refuse_foreign(self, connection: Connection) -> None:
        if _version(connection, CORPUS) is not None:
            return
        tables = sorted(set(inspect(connection).get_table_names()) - {CORPUS.version_table})
        if tables:
            raise StoreError(
                f"{self.url}: the database belongs to something else (it holds {', '.join(tables[:5])}). "
                "Set MELLOMROM_DATABASE_URL to an empty one, or unset it."
            )

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise self._explained(error) from error
        except UnicodeDecodeError:
            # What could not be read may be somebody's words, so that nothing of it is told.
            raise StoreError(f"{self.url}: the database is damaged (text that is none). {REMEDY}") from None
        except UnreadableValueError as error:
            raise StoreError(f"{self.url}: the database is damaged ({error}). {REMEDY}") from error
        except DBAPIError as error:
            raise StoreError(
                f"{self.url}: the database could not be used ({error.orig}). Nothing was changed. If the file is "
                f"damaged or no database: {REMEDY}"
            ) from error

    def _explained(self, error: OperationalError) -> StoreError:
        said = str(error.orig)
        if error.connection_invalidated or (self.is_on_server and _is_about_the_way(said)):
            return UnreachableStoreError(
                f"{self.url}: the server of the database does not answer ({said.splitlines()[0][:200]}). Try again in "
                "a moment; if it goes on, see that the server runs and can be reached."
            )
        if "decode" in said or "malformed" in said:
            return StoreError(f"{self.url}: the database is damaged. {REMEDY}")
        if "locked" in said or "busy" in said or "lock timeout" in said:
            return BusyStoreError(
                f"{self.url}: another process has held the database for {BUSY_SECONDS:.0f} seconds. "
                "Nothing was changed; try again in a moment."
            )
        if "full" in said or "No space" in said:
            return StoreError(f"{self.url}: the disk is full. Nothing was changed; make room and try again.")
        if "readonly" in said or "read-only" in said or "unable to open" in said:
            return StoreError(
                f"{self.url}: the database cannot be written ({said}). Nothing was changed; make the folder "
                "writable, or set MELLOMROM_HOME to another one."
            )
        if "disk I/O" in said:
            return StoreError(
                f"{self.url}: the disk could not be read or written ({said}). Nothing was changed. "
                "Make room, see that the folder can be written, and try again."
            )
        return StoreError(
            f"{self.url}: the database could not be used ({said}). Nothing was changed. "
            "See that it can be reached, or set MELLOMROM_DATABASE_URL or MELLOMROM_HOME to another one."
        )


def _is_about_the_way(said: str) -> bool:
    """Tell whether a server's error is about reaching it, and not about what it was asked."""
    signs = ("connection", "starting up", "shutting down", "could not translate host name", "timeout expired")
    return any(sign in said for sign in signs) and "lock timeout" not in said


def _closed_when_given_back(engine: Engine) -> threading.Event:
    """Return what has to be set for connections to be closed when they are given back; the pool would keep them."""
    ended = threading.Event()

    def given_back(connection: Any, _: object) -> None:  # noqa: ANN401 (of any database)
        if ended.is_set() and connection is not None:
            connection.close()

    event.listen(engine, "checkin", given_back)
    return ended


def _let_go(engine: Engine, ended: threading.Event) -> None:
    ended.set()
    engine.dispose()


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        options: dict[str, Any] = {}
        if address.get_backend_name() == "sqlite":
            options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
            _make_file(address.database)
        else:
            # A server may have been started anew, or cut idle connections off, since a connection was made.
            options = {"pool_pre_ping": True, "connect_args": {"connect_timeout": _REACHED_WITHIN}}
        engine = create_engine(address, hide_parameters=True, **options)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StoreError(
            f"The database address cannot be used ({error}). Expected sqlite:///FILE or postgresql://USER@HOST/NAME "
            "(the latter needs: pip install 'mellomrom[postgres]'). Mend MELLOMROM_DATABASE_URL."
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def _make_file(name: str | None) -> None:
    if not name or name == ":memory:" or name.startswith("file:"):
        return
    path = Path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_empty_database(path)
        is_empty = path.stat().st_size == 0
    except OSError as error:
        raise StoreError(
            f"{path}: the database cannot be made there ({error.strerror}). "
            "Make the folder writable, or set MELLOMROM_HOME to another one."
        ) from error
    if path.is_dir():
        raise StoreError(f"{path}: expected a database file, got a folder. Move it, or set MELLOMROM_HOME.")
    if is_empty:
        raise StoreError(
            f"{path}: the database file is empty, as a copy that was broken off leaves it. {REMEDY} If it never held "
            "anything, delete it."
        )


def _make_empty_database(path: Path) -> None:
    """Make a file with a database without tables; of two processes that do so at once, the first one's stays.

    It gets its name only once SQLite has written it, so that no file of ours is ever empty.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    # Questions and records are nobody else's business on a shared machine.
    draft.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(draft)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA user_version=1")
        os.link(draft, path)
    except sqlite3.Error as error:
        raise OSError(0, str(error)) from error
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def _on_connect(connection: Any, _: object) -> None:  # noqa: ANN401 (the driver's own connection)
    # The driver would open a transaction at the first write only, after reads that may be stale by then.
    connection.isolation_level = None
    # With a log of writes, NORMAL may lose the newest of them with the power; FULL waits for the disk each time.
    connection.execute("PRAGMA synchronous=FULL")
    # Not every SQLite is built to overwrite what is deleted.
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA foreign_keys=ON")
    _use_wal(connection)


def _use_wal(connection: Any) -> None:  # noqa: ANN401 (the driver's own connection)
    """Switch to the write-ahead log; two processes that make a store at once have to take turns at it by hand.

    SQLite does not wait for a lock in this one statement, however long its timeout is.
    """
    waited_until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > waited_until:
                raise
            time.sleep(0.02)
        else:
            return


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(_ALONE, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITER, False) else "BEGIN")


def _served_key(one: MigrationSet) -> str:
    return f"serves:{one.version_table}"


def _version(connection: Connection, migrations: MigrationSet) -> str | None:
    if not inspect(connection).has_table(migrations.version_table):
        return None
    return connection.execute(text(f"SELECT version_num FROM {migrations.version_table}")).scalar()
