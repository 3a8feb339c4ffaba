"""What a channel tells somebody alone, by itself: news of saved needs and steps of cases, told from threads.

Invariant: nothing is told before the channel runs, and whoever tells from a thread learns whether it arrived.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from assistant.channels.worker import TryLaterError

if TYPE_CHECKING:
    from assistant.platform.messages import Messages

Address = TypeVar("Address")
"""Where a channel reaches somebody."""


class DirectMessages(ABC, Generic[Address]):
    """Reaches people of one channel where nobody else reads it."""

    def __init__(self, seconds: float) -> None:
        """Reach people by a channel that gets so many seconds to take a message."""
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """Remember the loop that the channel runs in."""
        self._loop = asyncio.get_running_loop()

    def wait_for(self, telling: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Tell something in the channel's loop, and wait until it is told; called from a thread.

        Raises:
            TryLaterError: the channel does not run.
            Exception: it could not be told.
        """
        if self._loop is None:
            raise TryLaterError("the channel does not run")
        asyncio.run_coroutine_threadsafe(telling(), self._loop).result(self._seconds)

    @abstractmethod
    def address_in(self, reply_to: str | None) -> Address | None:
        """Return where somebody is reached; None where that is another channel's."""

    @abstractmethod
    async def catalog(self, address: Address) -> Messages:
        """Return the catalog of the language that somebody reads what is no answer in."""

    @abstractmethod
    async def say(self, address: Address, text: str) -> None:
        """Tell somebody a text.

        Raises:
            TryLaterError: the channel does not take it now.
            UnreachableError: they cannot be reached any more.
        """
