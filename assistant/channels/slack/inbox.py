"""The inbox: what Slack told us, kept before Slack is told that we have it, until it is dealt with.

Invariant: a key is taken in once, however often and however many times at once Slack tells it; what was taken in is
either done or found again after a restart. What was said is forgotten when it is done; the key is kept for a day,
longer than Slack repeats itself. One process at a time works from an inbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import anyio.to_thread
from sqlalchemy import delete, select, update

from assistant.channels.slack.tables import InboxRow
from assistant.platform.workdays import utc_now
from corpus.database import Database
from corpus.text import Frozen

MAX_KEY = 255
KEPT = timedelta(days=1)
WAITED = timedelta(days=7)
"""How long a job that nobody does is kept: with it goes what somebody wrote."""
MAX_TRIES = 5
_AT_ONCE = 200
"""Jobs written in one transaction at most."""


class Told(Frozen):
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
        self._waiting: list[tuple[Told, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, told: Told) -> bool:
        """Keep a thing; tell whether it is new. Things that come while others are written are written together."""
        taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((told, taken))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return await taken

    async def done(self, key: str, failure: str | None = None) -> None:
        """Forget what a job said, now that it is done or will never be."""
        await anyio.to_thread.run_sync(self.finish, key, failure)

    def take_all(self, things: Sequence[Told]) -> list[bool]:
        """Keep things; tell of each whether it is new."""
        with self._database.writing() as session:
            keys = [told.key for told in things]
            seen = set(session.scalars(select(InboxRow.key).where(InboxRow.key.in_(keys))))
            fresh = []
            for told in things:
                fresh.append(told.key not in seen)
                if fresh[-1]:
                    seen.add(told.key)
                    session.add(InboxRow(key=told.key, job=told.job, received_at=self._now(), tries=0))
        return fresh

    def finish(self, key: str, failure: str | None = None) -> None:
        """Mark a job as done, with the reference the user got where it failed."""
        with self._database.writing() as session:
            done = {"job": None, "done_at": self._now(), "failure": failure}
            session.execute(update(InboxRow).where(InboxRow.key == key).values(done))

    def unfinished(self) -> list[Told]:
        """Return the jobs that were taken in and not done, oldest first, each counted as one more try."""
        with self._database.writing() as session:
            rows = session.scalars(select(InboxRow).where(InboxRow.done_at.is_(None)).order_by(InboxRow.received_at))
            found = []
            for row in rows:
                row.tries += 1
                if row.job is not None and row.tries <= MAX_TRIES:
                    found.append(Told(key=row.key, job=row.job))
                else:
                    row.job, row.done_at, row.failure = None, self._now(), "tries"
        return found

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
