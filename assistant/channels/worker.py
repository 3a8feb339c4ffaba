"""The worker of a channel: jobs from the inbox, done one after another, some at a time.

Invariant: a job ends as done, as told to the user with a reference, or stays in the inbox for another process or the
next start, and jobs of a process that was killed are taken over; nothing that goes wrong with one job touches another.
What may go better later is tried again after a while, a few times.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable

from assistant.channels.inbox import LEASE, MAX_TRIES, Inbox, InboxEvent
from corpus.errors import BusyStoreError, MellomromError

AT_ONCE = 8
"""Jobs under way at a time; searches take turns among them."""
FIRST_WAIT = 2.0
"""Seconds before a job is tried again; twice as many before the next time."""
DRAIN = 10.0
"""Seconds that jobs under way get to end when the process stops."""
_log = logging.getLogger(__name__)


class TryLaterError(Exception):
    """A channel did not take a call now, and may later."""


class UnreachableError(MellomromError):
    """A channel can no longer be reached where a job belongs, so that nobody can be told of it either."""


class Worker:
    """Does the jobs of one channel."""

    def __init__(
        self,
        inbox: Inbox,
        do: Callable[[InboxEvent], Awaitable[None]],
        tell_failed: Callable[[InboxEvent, str], Awaitable[None]],
        name: str,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self._inbox = inbox
        self._name = name
        self._do = do
        self._tell_failed = tell_failed
        self._first_wait = first_wait
        self._jobs: asyncio.Queue[InboxEvent] = asyncio.Queue()
        self._tries: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin, with what an earlier run, or another process that is no more, left undone first."""
        await self._take_over()
        await asyncio.to_thread(self._inbox.forget)
        for _ in range(AT_ONCE):
            self._keep(self._work())
        self._keep(self._watch())

    async def stop(self) -> None:
        """End: what is under way gets a while, what waits stays in the inbox."""
        try:
            async with asyncio.timeout(DRAIN):
                await self._jobs.join()
        except TimeoutError:
            _log.warning("%s: %d jobs wait for the next start", self._name, self._jobs.qsize())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._inbox.give_back)

    def put(self, job: InboxEvent) -> None:
        """Do a job that was taken in."""
        self._jobs.put_nowait(job)

    async def _watch(self) -> None:
        """Keep what is under way here from being taken over, and take over what is under way nowhere."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            try:
                if await asyncio.to_thread(self._inbox.is_waiting):
                    await asyncio.to_thread(self._inbox.renew)
                    await self._take_over()
            except Exception:  # noqa: BLE001 (it is tried again soon)
                _log.exception("%s: the inbox could not be looked after", self._name)

    async def _take_over(self) -> None:
        for job in await asyncio.to_thread(self._inbox.claim):
            self._jobs.put_nowait(job)

    async def _work(self) -> None:
        while True:
            job = await self._jobs.get()
            try:
                await self._one(job)
            finally:
                self._jobs.task_done()

    async def _one(self, job: InboxEvent) -> None:
        try:
            await self._do(job)
            await self._inbox.done(job.key)
        except (TryLaterError, BusyStoreError) as error:
            await self._later(job, error)
        except UnreachableError as error:
            _log.warning("%s: a job is left undone (%s)", self._name, error)
            await self._give_up(job, "unreachable")
        except Exception:  # noqa: BLE001 (whatever went wrong, the user is told and the next job is done)
            reference = secrets.token_hex(4)
            _log.exception("%s: a job failed; the user was given reference %s", self._name, reference)
            await self._fail(job, reference)
        else:
            self._tries.pop(job.key, None)

    async def _later(self, job: InboxEvent, error: Exception) -> None:
        tries = self._tries[job.key] = self._tries.get(job.key, 0) + 1
        if tries >= MAX_TRIES:
            reference = secrets.token_hex(4)
            _log.error("%s: a job was tried %d times (%s); reference %s", self._name, tries, error, reference)
            await self._fail(job, reference)
            return
        wait = self._first_wait * 2 ** (tries - 1)
        _log.warning("%s: a job is tried again in %.0f s (%s)", self._name, wait, error)
        self._keep(self._wait(job, wait))

    async def _wait(self, job: InboxEvent, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._jobs.put_nowait(job)

    async def _fail(self, job: InboxEvent, reference: str) -> None:
        try:
            await self._tell_failed(job, reference)
        except Exception:  # noqa: BLE001 (as above)
            _log.exception("%s: nobody could be told of reference %s", self._name, reference)
        await self._give_up(job, reference)

    async def _give_up(self, job: InboxEvent, failure: str) -> None:
        self._tries.pop(job.key, None)
        try:
            await self._inbox.done(job.key, failure)
        except Exception:  # noqa: BLE001 (as above)
            _log.exception("%s: job %s stays in the inbox", self._name, job.key)

    def _keep(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
