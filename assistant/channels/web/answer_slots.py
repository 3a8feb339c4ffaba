"""How many questions are answered at a time, whichever page or program asks.

Invariant: whoever waits for their turn holds no thread, so that pages, the desk and the probes are answered however
many questions wait; when too many do, the next is told to come back.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.exceptions import HTTPException

ANSWERED_AT_ONCE = 2
"""Questions answered at a time: more would only keep each other, and the database, waiting."""
WAITING = 60
"""Questions that may wait; at some 20 ms each the last of them has its answer within two seconds."""
_RETRY_SECONDS = 5

Result = TypeVar("Result")


class Answering:
    """Takes questions in turn."""

    def __init__(self, at_once: int = ANSWERED_AT_ONCE, waiting: int = WAITING) -> None:
        self._threads = CapacityLimiter(at_once)
        self._waiting = waiting

    async def run(self, answer: Callable[[], Result]) -> Result:
        """Return what a call returns, made in a thread when it is its turn.

        Raises:
            HTTPException: too many wait already (503, with Retry-After).
        """
        if self._threads.statistics().tasks_waiting >= self._waiting:
            raise HTTPException(503, headers={"Retry-After": str(_RETRY_SECONDS)})
        return await anyio.to_thread.run_sync(answer, limiter=self._threads)


def answered_in_turn(route: Callable[..., Result]) -> Callable[..., Coroutine[Any, Any, Result]]:
    """Have a route, which takes `web`, answered when it is its turn."""
    signature = inspect.signature(route, eval_str=True)

    async def in_turn(**given: Any) -> Result:  # noqa: ANN401 (the parameters of any route)
        answering: Answering = given["web"].answering
        return await answering.run(partial(route, **given))

    in_turn.__name__, in_turn.__doc__ = route.__name__, route.__doc__
    in_turn.__signature__ = signature  # type: ignore[attr-defined]
    return in_turn
