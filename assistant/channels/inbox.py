"""The inbox of a channel: what it told us, kept before it is told that we have it, until it is dealt with.

Invariant: a key is taken in once, however often and however many times at once it is told; what was taken in is
either done or taken over: each job is leased to one process at a time, and of one that ends, or falls silent, others
take the jobs over. What was said is forgotten when it is done; the key is kept for a day, longer than channels
repeat themselves.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import anyio.to_thread
from sqlalchemy import Integer, String, Text, Update, delete, exists, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from corpus.clock import utc_now
from corpus.database import Database
from corpus.tables import UtcDateTime
from corpus.text import Frozen

MAX_KEY = 255
KEPT = timedelta(days=1)
LEASE = timedelta(seconds=10)
"""How long a process that falls silent keeps its jobs from others; those at work tell of it several times as often."""
WAITED = timedelta(days=7)
"""How long a job that nobody does is kept: with it goes what somebody wrote."""
MAX_TRIES = 5
_AT_ONCE = 200
"""Jobs written in one transaction at most."""


class InboxEvent(Frozen):
    """One thing that a channel told us."""

    key: str
    """The same however often it is told."""
    job: str
    """What is to be done about it, as text."""


class InboxColumns:
    """What the row of one event, click or command holds; each channel has a table of its own."""

    key: Mapped[str] = mapped_column(String(MAX_KEY), primary_key=True)
    job: Mapped[str | None] = mapped_column(Text)
    """What is to be done, as JSON; gone when it is done."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    owner: Mapped[str | None] = mapped_column(String(32))
    """The process that has it under way."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When another process may take it over, unless its owner tells before then that it is still at work."""
    failure: Mapped[str | None] = mapped_column(String(32))
    """The reference that the user was given, where it could not be done."""


class Inbox:
    """The rows of a channel's jobs, one for each key."""

    def __init__(self, database: Database, rows: type[InboxColumns], now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._rows = rows
        self._now = now
        self.owner = secrets.token_hex(8)
        """This process, as the rows name it."""
        self._waiting: list[tuple[InboxEvent, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, event: InboxEvent) -> bool:
        """Keep a thing; tell whether it is new. Things that come while others are written are written together."""
        taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, taken))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return await taken

    async def done(self, key: str, failure: str | None = None) -> None:
        """Forget what a job said, now that it is done or will never be."""
        await anyio.to_thread.run_sync(self.finish, key, failure)

    def take_all(self, things: Sequence[InboxEvent]) -> list[bool]:
        """Keep things; tell of each whether it is new."""
        with self._database.writing() as session:
            keys = [event.key for event in things]
            seen = set(session.scalars(select(self._rows.key).where(self._rows.key.in_(keys))))
            now = self._now()
            lease = {"received_at": now, "tries": 0, "owner": self.owner, "leased_until": now + LEASE}
            fresh, rows = [], []
            for event in things:
                fresh.append(event.key not in seen)
                if fresh[-1]:
                    seen.add(event.key)
                    rows.append({"key": event.key, "job": event.job, **lease})
            if rows:
                session.execute(insert(self._rows), rows)
        return fresh

    def finish(self, key: str, failure: str | None = None) -> None:
        """Mark a job as done, with the reference the user got where it failed."""
        with self._database.writing() as session:
            done = {"job": None, "done_at": self._now(), "failure": failure}
            session.execute(update(self._rows).where(self._rows.key == key).values(done))

    def claim(self) -> list[InboxEvent]:
        """Take over the jobs that nobody has under way, oldest first, each counted as one more try; return them."""
        now = self._now()
        is_free = self._rows.leased_until.is_(None) | (self._rows.leased_until < now)
        query = select(self._rows).where(self._rows.done_at.is_(None), is_free).order_by(self._rows.received_at)
        with self._database.writing() as session:
            claimed = []
            for row in session.scalars(query):
                row.tries += 1
                if row.job is not None and row.tries <= MAX_TRIES:
                    row.owner, row.leased_until = self.owner, now + LEASE
                    claimed.append(InboxEvent(key=row.key, job=row.job))
                else:
                    row.job, row.done_at, row.failure = None, now, "tries"
        return claimed

    def renew(self) -> bool:
        """Tell that what this process has under way still is; tell whether it has anything."""
        with self._database.writing() as session:
            leased = self._own().values(leased_until=self._now() + LEASE).returning(self._rows.key)
            return bool(session.scalars(leased).all())

    def give_back(self) -> None:
        """Leave what this process has not done to whoever is there, or to the next start."""
        with self._database.writing() as session:
            session.execute(self._own().values(owner=None, leased_until=None))

    def is_waiting(self) -> bool:
        """Tell whether there is a job that is not done; read only, so that asking often keeps nobody waiting."""
        return bool(self._database.value(select(exists().where(self._rows.done_at.is_(None)))))

    def _own(self) -> Update:
        return update(self._rows).where(self._rows.owner == self.owner, self._rows.done_at.is_(None))

    def forget(self) -> int:
        """Remove the keys of what was done more than a day ago, and what waited in vain for a week; return how many."""
        now = self._now()
        with self._database.writing() as session:
            is_old = (self._rows.done_at < now - KEPT) | (self._rows.received_at < now - WAITED)
            return len(session.scalars(delete(self._rows).where(is_old).returning(self._rows.key)).all())

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            try:
                fresh = await anyio.to_thread.run_sync(self.take_all, [event for event, _ in batch])
            except Exception as error:  # noqa: BLE001 (each who waits is told, and answers its channel with it)
                for _, taken in batch:
                    if not taken.cancelled():
                        taken.set_exception(error)
                continue
            for (_, taken), new in zip(batch, fresh, strict=True):
                if not taken.cancelled():
                    taken.set_result(new)
