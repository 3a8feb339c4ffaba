"""The database behind the store: opened, brought up to date, and used in transactions.

Invariant: writers take turns from the start of their transaction (`BEGIN IMMEDIATE`), so that nobody writes over
what they have not read; readers see one moment. Whatever goes wrong leaves as a `StoreError` with a remedy, and
the transaction it happened in leaves nothing.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Select, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from corpus.errors import BusyStoreError, NewerStoreError, StoreError
from corpus.migrations import CORPUS, MigrationSet

BUSY_SECONDS = 5.0
"""How long a writer waits for its turn."""
_WRITER, _ALONE = "mellomrom_writer", "mellomrom_alone"

Value = TypeVar("Value")


class Database:
    """One database, by its SQLAlchemy address, with the tables of one or more owners in it."""

    def __init__(self, url: str, sets: Sequence[MigrationSet] = (CORPUS,)) -> None:
        self._engine = _engine(url)
        self._sets = sets
        self.url = self._engine.url.render_as_string(hide_password=True)
        try:
            self._prepare()
        except BaseException:
            self._engine.dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one moment and changes nothing."""
        with self._told_plainly(), Session(self._engine) as session:
            yield session

    def value(self, statement: Select[Value]) -> Value | None:
        """Return the one value that a statement selects, without a session; one statement needs no transaction."""
        with self._told_plainly(), self._engine.connect() as connection:
            return connection.execution_options(**{_ALONE: True}).scalar(statement)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are written together when it ends, or not at all."""
        writer = self._engine.execution_options(**{_WRITER: True})
        with self._told_plainly(), Session(writer) as session, session.begin():
            self._take_turn(session.connection())
            yield session

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _take_turn(self, connection: Connection) -> None:
        # SQLite's BEGIN IMMEDIATE has taken it already. Without turns, PostgreSQL would let a revision with a lower
        # number appear after one with a higher number, and whoever follows revisions would miss it.
        if self._engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS:.0f}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(7211836)"))

    def _prepare(self) -> None:
        with self._told_plainly():
            with self._engine.connect() as connection:
                if not self._behind(connection):
                    return
            with self._engine.execution_options(**{_WRITER: True}).begin() as connection:
                self._take_turn(connection)
                # Another process may have done the work while we waited for our turn.
                behind = self._behind(connection)
                self._refuse_newer(behind)
                self._refuse_foreign(connection)
                for one in behind:
                    one.upgrade(connection)

    def _behind(self, connection: Connection) -> dict[MigrationSet, str | None]:
        """Return the sets that are not at their newest migration, with the version found."""
        found = {one: _version(connection, one) for one in self._sets}
        return {one: version for one, version in found.items() if version != one.head}

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
    def _told_plainly(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise self._explained(error) from error
        except DBAPIError as error:
            raise StoreError(
                f"{self.url}: the database could not be used ({error.orig}). Nothing was changed. If the file is "
                "damaged or no database, put a backup in its place, or set MELLOMROM_HOME to another folder."
            ) from error

    def _explained(self, error: OperationalError) -> StoreError:
        said = str(error.orig)
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


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        options: dict[str, Any] = {}
        if address.get_backend_name() == "sqlite":
            options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
            _make_file(address.database)
        engine = create_engine(address, **options)
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
        # Questions and records are nobody else's business on a shared machine.
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path}: the database cannot be made there ({error.strerror}). "
            "Make the folder writable, or set MELLOMROM_HOME to another one."
        ) from error
    if path.is_dir():
        raise StoreError(f"{path}: expected a database file, got a folder. Move it, or set MELLOMROM_HOME.")


def _on_connect(connection: Any, _: object) -> None:  # noqa: ANN401 (the driver's own connection)
    # The driver would open a transaction at the first write only, after reads that may be stale by then.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=NORMAL")
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


def _version(connection: Connection, migrations: MigrationSet) -> str | None:
    if not inspect(connection).has_table(migrations.version_table):
        return None
    return connection.execute(text(f"SELECT version_num FROM {migrations.version_table}")).scalar()
