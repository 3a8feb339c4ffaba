"""What a server does by itself while it runs: reminders go out, and what may no longer be kept goes away.

Invariant: one chore that fails keeps none of the others from being done, and is tried again the next time. Nothing
here is wanted twice: several servers on one database may all do it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from assistant.platform.workdays import norwegian_day, utc_now
from assistant.service.privacy import purge

if TYPE_CHECKING:
    from assistant.cases.followup import Notifier
    from assistant.service.container import Runtime

Chore = Callable[[], object]
EVERY_SECONDS = 900
_log = logging.getLogger(__name__)


def chores_of(runtime: Runtime, notifiers: Sequence[Notifier]) -> list[Chore]:
    """Return what is to be done every so often, whatever channels there are."""

    def remind() -> None:
        runtime.followup.send(norwegian_day(), notifiers)

    def forget() -> None:
        kept = timedelta(days=runtime.settings.retention_days)
        purge(runtime.database, runtime.service.log, utc_now() - kept)

    return [remind, forget]


async def keep_up(chores: Sequence[Chore], every_seconds: float = EVERY_SECONDS) -> None:
    """Do all of it, now and every so often, until cancelled."""
    while True:
        for chore in chores:
            try:
                await run_in_threadpool(chore)
            except Exception:  # noqa: BLE001 (the others must still be done)
                _log.exception("a chore was not done; it is tried again later")
        await asyncio.sleep(every_seconds)
