"""The inbox: what Slack told us, kept before Slack is told that we have it, until it is dealt with.

Invariant: a key is taken in once, however often and however many times at once Slack tells it; what was taken in is
either done or taken over: each job is leased to one process at a time, and of one that ends, or falls silent, others
take the jobs over. What was said is forgotten when it is done; the key is kept for a day, longer than Slack repeats
itself.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import anyio.to_thread
from sqlalchemy import Update, delete, exists, select, update

from assistant.channels.slack.tables import InboxRow
from assistant.platform.workdays import utc_now
from corpus.database import Database
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
    """One thing that Slack told us."""

    key: str
    """The same however often it is told."""
    job: str
    """What is to be done about it, as text."""


class Inbox:
    """The rows of jobs, one for each key."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now
        self.owner = secrets.token_hex(8)
        """This process, as the rows name it."""
        self._waiting: list[tuple[InboxEvent, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, told: InboxEvent) -> bool:
        """Keep a thing; tell whether it is new. Things that come while others are written are written together."""
        taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((told, taken))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return await taken

    async def done(self, key: str, failure: str | None = None) -> None:
        """Forget what a job said, now that it is done or will never be."""
        await anyio.to_thread.run_sync(self.finish, key, failure)

    def take_all(self, things: Sequence[InboxEvent]) -> list[bool]:
        """Keep things; tell of each whether it is new."""
        with self._database.writing() as session:
            keys = [told.key for told in things]
            seen = set(session.scalars(select(InboxRow.key).where(InboxRow.key.in_(keys))))
            fresh = []
            for told in things:
                fresh.append(told.key not in seen)
                if fresh[-1]:
                    seen.add(told.key)
                    now = self._now()
                    lease = {"owner": self.owner, "leased_until": now + LEASE}
                    session.add(InboxRow(key=told.key, job=told.job, received_at=now, tries=0, **lease))
        return fresh

    def finish(self, key: str, failure: str | None = None) -> None:
        """Mark a job as done, with the reference the user got where it failed."""
        with self._database.writing() as session:
            done = {"job": None, "done_at": self._now(), "failure": failure}
            session.execute(update(InboxRow).where(InboxRow.key == key).values(done))

    def claim(self) -> list[InboxEvent]:
        """Take over the jobs that nobody has under way, oldest first, each counted as one more try; return them."""
        now = self._now()
        is_free = InboxRow.leased_until.is_(None) | (InboxRow.leased_until < now)
        query = select(InboxRow).where(InboxRow.done_at.is_(None), is_free).order_by(InboxRow.received_at)
        with self._database.writing() as session:
            found = []
            for row in session.scalars(query):
                row.tries += 1
                if row.job is not None and row.tries <= MAX_TRIES:
                    row.owner, row.leased_until = self.owner, now + LEASE
                    found.append(InboxEvent(key=row.key, job=row.job))
                else:
                    row.job, row.done_at, row.failure = None, now, "tries"
        return found

    def renew(self) -> bool:
        """Tell that what this process has under way still is; tell whether it has anything."""
        with self._database.writing() as session:
            leased = self._own().values(leased_until=self._now() + LEASE).returning(InboxRow.key)
            return bool(session.scalars(leased).all())

    def give_back(self) -> None:
        """Leave what this process has not done to whoever is there, or to the next start."""
        with self._database.writing() as session:
            session.execute(self._own().values(owner=None, leased_until=None))

    def is_waiting(self) -> bool:
        """Tell whether there is a job that is not done; read only, so that asking often keeps nobody waiting."""
        return bool(self._database.value(select(exists().where(InboxRow.done_at.is_(None)))))

    def _own(self) -> Update:
        return update(InboxRow).where(InboxRow.owner == self.owner, InboxRow.done_at.is_(None))

    def forget(self) -> int:
        """Remove the keys of what was done more than a day ago, and what waited in vain for a week; return how many."""
        now = self._now()
        with self._database.writing() as session:
            is_old = (InboxRow.done_at < now - KEPT) | (InboxRow.received_at < now - WAITED)
            return len(session.scalars(delete(InboxRow).where(is_old).returning(InboxRow.key)).all())

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            try:
                fresh = await anyio.to_thread.run_sync(self.take_all, [told for told, _ in batch])
            except Exception as error:  # noqa: BLE001 (each who waits is told, and answers Slack with it)
                for _, taken in batch:
                    if not taken.cancelled():
                        taken.set_exception(error)
                continue
            for (_, taken), new in zip(batch, fresh, strict=True):
                if not taken.cancelled():
                    taken.set_result(new)
