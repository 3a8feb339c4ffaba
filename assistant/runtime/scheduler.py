"""What a server does by itself while it runs: reminders go out, and what may no longer be kept goes away.

Invariant: one chore that fails keeps none of the others from being done, and is tried again the next time. Of the
processes that serve one home, one does the chores, and another soon after it is gone; on several machines, each does
them, since nothing here comes of being done twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from starlette.concurrency import run_in_threadpool

from assistant.history.heads import write_head
from assistant.platform.workdays import norwegian_day, utc_now
from assistant.saved.digest import Digest
from assistant.saved.needs import SavedNeeds
from assistant.service.privacy import purge_all

if TYPE_CHECKING:
    from assistant.cases.followup import Notifier
    from assistant.service.container import Runtime

Chore = Callable[[], object]
EVERY_SECONDS = 900
TURN_SECONDS = 15
_log = logging.getLogger(__name__)


def chores_of(runtime: Runtime, notifiers: Sequence[Notifier]) -> list[Chore]:
    """Return what is to be done every so often, whatever channels there are."""

    def remind() -> None:
        runtime.followup.send(norwegian_day(), notifiers)

    saved = SavedNeeds(runtime.database, runtime.service, runtime.keys)

    def tell_news() -> None:
        saved.forget_old()
        Digest(runtime, saved).look()

    def forget() -> None:
        settings, now = runtime.settings, utc_now()
        kept, case_kept = timedelta(days=settings.retention_days), timedelta(days=settings.case_words_days)
        purge_all(runtime, now - kept, now - case_kept)

    def remember_head() -> None:
        write_head(runtime.settings.home, runtime.service.log.head())

    return [remind, tell_news, forget, remember_head]


async def keep_up(
    chores: Sequence[Chore], lock: Path, every_seconds: float = EVERY_SECONDS, turn_seconds: float = TURN_SECONDS
) -> None:
    """Do all of it, now and every so often, until cancelled; as long as another process does it, only wait for that.

    Args:
        chores: What is to be done.
        lock: The file that whoever does it holds; the system frees it when a process ends, however it ends.
        every_seconds: Between one time and the next.
        turn_seconds: Between one look and the next whether nobody does it any more.
    """
    held = FileLock(lock, blocking=False)
    while True:
        try:
            held.acquire()
            break
        except Timeout:
            await asyncio.sleep(turn_seconds)
    try:
        await _do(chores, every_seconds)
    finally:
        held.release()


async def _do(chores: Sequence[Chore], every_seconds: float) -> None:
    while True:
        for chore in chores:
            try:
                await run_in_threadpool(chore)
            except Exception as error:  # noqa: BLE001 (the others must still be done)
                # Not with what it was about: an error of the database holds the parameters of its statement.
                _log.error("a chore was not done (%s); it is tried again later", type(error).__name__)
        await asyncio.sleep(every_seconds)
