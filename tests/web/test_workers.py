"""What processes that serve one home share: the counts of callers, the chores and the metrics."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from filelock import FileLock
from starlette.exceptions import HTTPException

from assistant.channels.web.limits import Limits
from assistant.platform.settings import Settings
from assistant.runtime.scheduler import FileLease, run_periodically


def test_a_caller_is_counted_once_whichever_process_they_reach(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, web_ask_rate="4/hour")
    processes = [Limits(settings, tmp_path / "counts.sqlite3") for _ in range(2)]
    for number in range(4):
        processes[number % 2].check("ask", "kari")
    for limits in processes:
        with pytest.raises(HTTPException) as refused:
            limits.check("ask", "kari")
        assert refused.value.headers is not None
        assert 0 < int(refused.value.headers["Retry-After"]) <= 7200
        limits.check("ask", "ola")


def test_chores_are_done_by_one_process_and_by_another_once_it_is_gone(tmp_path: Path) -> None:
    lock = tmp_path / "chores.lock"
    done: list[str] = []

    async def serve() -> None:
        first = asyncio.create_task(run_periodically([lambda: done.append("first")], FileLease(lock), 0.01, 0.01))
        await asyncio.sleep(0.2)
        second = asyncio.create_task(run_periodically([lambda: done.append("second")], FileLease(lock), 0.01, 0.01))
        await asyncio.sleep(0.2)
        assert set(done) == {"first"}
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        done.clear()
        await asyncio.sleep(0.3)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert set(done) == {"second"}

    asyncio.run(serve())
    with FileLock(lock, blocking=False):
        pass
