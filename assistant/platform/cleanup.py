"""What a command opens is closed when the command ends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar


class Closeable(Protocol):
    """What has to be let go of."""

    def close(self) -> None:
        """Let go of it."""


Opened = TypeVar("Opened", bound=Closeable)
_opened: ContextVar[ExitStack | None] = ContextVar("opened", default=None)


@contextmanager
def closing_what_is_opened() -> Iterator[None]:
    """Close whatever `closed_after` is given meanwhile, the last first."""
    with ExitStack() as stack:
        token = _opened.set(stack)
        try:
            yield
        finally:
            _opened.reset(token)


def closed_after(opened: Opened) -> Opened:
    """Return what a command has opened, to be closed when the command ends."""
    if (stack := _opened.get()) is not None:
        stack.callback(opened.close)
    return opened
