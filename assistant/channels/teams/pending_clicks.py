"""Clicks whose client waits to be told what came of them.

Invariant: a click has one outcome, however often Teams tells it; whoever waits gets it once it is there, or is told
that it takes longer.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from assistant.render.adaptive import Card


class ClickResult(NamedTuple):
    """What came of a click: the card as it is now, or a sentence."""

    text: str
    card: Card | None = None


class PendingClicks:
    """The clicks that somebody waits for, in this process."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[ClickResult]] = {}

    def expect(self, key: str) -> tuple[asyncio.Future[ClickResult], bool]:
        """Return what will hold the outcome of a click, and whether nobody waited for it yet."""
        if (known := self._waiting.get(key)) is not None:
            return known, False
        future = self._waiting[key] = asyncio.get_running_loop().create_future()
        return future, True

    def settle(self, key: str, outcome: ClickResult) -> bool:
        """Give the outcome to whoever waits for it; tell whether somebody did."""
        future = self._waiting.get(key)
        if future is None or future.done():
            return False
        future.set_result(outcome)
        return True

    def give_up(self, key: str, outcome: ClickResult) -> None:
        """Let nobody wait for a click any more; those who do are told this."""
        self.settle(key, outcome)
        self._waiting.pop(key, None)
