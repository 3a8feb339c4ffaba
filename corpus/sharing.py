"""A database on a server as what machines share: who writes records tells the others, and one of them leads.

Invariant: whoever listens is told of every change that was written, at most a moment after, or once the connection is
there again; a lead is had by one process at a time, and is free once its connection is gone, however that came about.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from corpus.database import Database
from corpus.errors import BusyStoreError, StoreError

RECORDS_CHANGED = "mellomrom_records"
"""The channel on which a server tells that records have changed."""
_LOOK_SECONDS = 1.0
"""Seconds between two looks whether to go on listening, and before a lost connection is made again."""


def announce_records(session: Session) -> None:
    """Have those that listen told, once this transaction is written, that records have changed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {RECORDS_CHANGED}"))


def listen(database: Database, told: Callable[[], object], stop: threading.Event) -> None:
    """Call `told` whenever records have changed in a database on a server, until stopped.

    It is called when listening begins too, and after a connection was lost, since something may have been missed.
    """
    while not stop.is_set():
        # Whatever is wrong with the connection, another one is made soon.
        with suppress(StoreError, SQLAlchemyError, OSError), closing(database.own_connection()) as connection:
            _listen(connection, told, stop)
        stop.wait(_LOOK_SECONDS)


def _listen(connection: Connection, told: Callable[[], object], stop: threading.Event) -> None:
    from psycopg import Error

    connection.execute(text(f"LISTEN {RECORDS_CHANGED}"))
    driven: Any = connection.connection.dbapi_connection
    told()
    with suppress(Error):
        while not stop.is_set():
            if any(True for _ in driven.notifies(timeout=_LOOK_SECONDS, stop_after=1)):
                told()


@contextmanager
def alone(database: Database, number: int, seconds: int) -> Iterator[None]:
    """Be the only process at something among those that share a database on a server; wait so many seconds for it.

    Raises:
        BusyStoreError: another has been at it for longer.
        UnreachableStoreError: the server does not answer.
    """
    with closing(database.own_connection()) as connection:
        try:
            connection.execute(text(f"SET lock_timeout = '{seconds}s'"))
            connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": number})
        except SQLAlchemyError as error:
            raise BusyStoreError(
                f"{database.url}: another machine has been at the same for {seconds} seconds, or the server is away. "
                "Try again in a moment; if it goes on, end whichever machine does not get on."
            ) from error
        # The lock goes with the connection, however this ends.
        yield


class Lead:
    """The lead in something among the processes that share a database on a server."""

    def __init__(self, database: Database, number: int) -> None:
        self._database = database
        self._number = number
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take the lead, or see that it is still had; tell whether it is."""
        try:
            if self._connection is None:
                self._connection = self._database.own_connection()
            # Whoever has it takes it once more, and lets go of all of it with the connection.
            taken = self._connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": self._number})
        except (StoreError, SQLAlchemyError):
            taken = False
        if not taken:
            self.leave()
        return bool(taken)

    def leave(self) -> None:
        """Let another have it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.close()
