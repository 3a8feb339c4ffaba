"""What a server does by itself while it runs: reminders go out, and what may no longer be kept goes away.

Invariant: one chore that fails keeps none of the others from being done, and is tried again the next time. Of the
processes that serve one home, or share a database on a server, one does the chores, and another soon after it is gone.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from filelock import FileLock, Timeout
from starlette.concurrency import run_in_threadpool

from assistant.coupling.finding import CoupleFinder
from assistant.history.heads import write_head
from assistant.platform.workdays import norwegian_day
from assistant.saved.digest import Digest, saved_needs_of
from assistant.service.privacy import purge_all
from corpus.clock import utc_now
from corpus.sharing import Lead

if TYPE_CHECKING:
    from assistant.cases.followup import Notifier
    from assistant.saved.digest import NewsTeller
    from assistant.service.container import Runtime

Chore = Callable[[], object]
EVERY_SECONDS = 900
TURN_SECONDS = 15
_LEADS = {"chores": 7_211_837, "telling": 7_211_838, "answers": 7_211_839}
"""By what is done, the number of the lead in it among the locks of a database on a server."""
_log = logging.getLogger(__name__)


def periodic_jobs(runtime: Runtime, notifiers: Sequence[Notifier], tellers: Sequence[NewsTeller] = ()) -> list[Chore]:
    """Return what is to be done every so often, whatever channels there are.

    Args:
        runtime: What stands behind it.
        notifiers: The channels that remind brokers.
        tellers: The channels that tell news of the needs that were saved in them.
    """

    def remind() -> None:
        runtime.followup.send(norwegian_day(), notifiers)

    saved = saved_needs_of(runtime)

    def tell_news() -> None:
        saved.forget_old()
        digest = Digest(runtime, saved)
        digest.look()
        digest.tell(tellers)

    finder = CoupleFinder(runtime)

    def couple() -> None:
        finder.look()

    def forget() -> None:
        settings, now = runtime.settings, utc_now()
        kept, case_kept = timedelta(days=settings.retention_days), timedelta(days=settings.case_words_days)
        purge_all(runtime, now - kept, now - case_kept)

    def remember_head() -> None:
        write_head(runtime.settings.home, runtime.service.log.head())

    return [remind, tell_news, couple, forget, remember_head]


class Lease(Protocol):
    """What whoever does the chores holds."""

    def take(self) -> bool:
        """Take it, or see that it is still held; tell whether it is."""

    def leave(self) -> None:
        """Let another have it."""


class FileLease:
    """A file that is held; the system frees it when a process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path, blocking=False, thread_local=False)

    def take(self) -> bool:
        """Take it, or see that it is still held; tell whether it is."""
        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire()
        except Timeout:
            return False
        return True

    def leave(self) -> None:
        """Let another have it."""
        self._lock.release()


def lease_for(runtime: Runtime, doing: str = "chores") -> Lease:
    """Return what the processes that share an installation take turns by, each for what it does by itself."""
    if runtime.database.is_on_server:
        return Lead(runtime.database, _LEADS[doing])
    return FileLease(runtime.settings.home / f"{doing}.lock")


async def run_periodically(
    chores: Sequence[Chore], turn: Lease, every_seconds: float = EVERY_SECONDS, turn_seconds: float = TURN_SECONDS
) -> None:
    """Do all of it, now and every so often, until cancelled; as long as another process does it, only wait for that.

    Args:
        chores: What is to be done.
        turn: What whoever does it holds.
        every_seconds: Between one time and the next.
        turn_seconds: Between one look and the next whether nobody does it any more.
    """
    last = -math.inf
    try:
        while True:
            # A turn may be lost too, with the server that it was had of.
            if await run_in_threadpool(turn.take) and time.monotonic() - last >= every_seconds:
                await _do(chores)
                last = time.monotonic()
            await asyncio.sleep(min(turn_seconds, every_seconds))
    finally:
        turn.leave()


async def _do(chores: Sequence[Chore]) -> None:
    for chore in chores:
        try:
            await run_in_threadpool(chore)
        except Exception as error:  # noqa: BLE001 (the others must still be done)
            # Not with what it was about: an error of the database holds the parameters of its statement.
            _log.error("a chore was not done (%s); it is tried again later", type(error).__name__)
