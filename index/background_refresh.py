"""A value that is made anew in the background while the one before it serves.

Invariant: whoever asks waits for a value that is fresh only as long as they have patience, and then gets the one there
is; only where there is none yet do they wait for it however long it takes. One thread at a time makes it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from corpus.errors import MellomromError

Value = TypeVar("Value")
log = logging.getLogger(__name__)
_AGAIN_AFTER = 2.0
"""Seconds after one that failed before it is tried again."""


class _Run:
    """One making of a value in the background."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.ended = threading.Event()
        self.failed_at: float | None = None


class BackgroundRefreshed(Generic[Value]):
    """Holds the newest value of what `make` makes."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._value: Value | None = None
        self._run: _Run | None = None
        self._thread: threading.Thread | None = None

    def get(self, is_fresh: Callable[[Value], bool], patience: float) -> Value:
        """Return a value that is fresh, or, where making one takes longer than the patience, the one before it.

        Args:
            is_fresh: Tells whether a value is.
            patience: Seconds to wait, counted from when the making began.

        Raises:
            Exception: whatever made the very first one fail.
        """
        value = self._value
        if value is None:
            return self._first()
        asked = time.monotonic()
        while not is_fresh(value):
            run = self._under_way()
            until = min(asked, run.started) + patience
            if not run.ended.wait(max(until - time.monotonic(), 0.0)) or run.failed_at is not None:
                return value
            value = self._value or value
            if time.monotonic() > asked + patience:
                return value
        return value

    def put(self, make: Callable[[], Value]) -> Value:
        """Make a value in a way of the caller's and hold it, waiting for one that is being made."""
        with self._making:
            self._value = made = make()
        return made

    def close(self, patience: float = 10.0) -> Value | None:
        """Wait a while for what is being made, and let go of the value; returns it."""
        thread = self._thread
        if thread is not None:
            thread.join(patience)
        with self._lock:
            value, self._value = self._value, None
        return value

    def _first(self) -> Value:
        with self._making:
            # Another thread may have made it while we waited.
            if self._value is None:
                self._value = self._make()
            return self._value

    def _under_way(self) -> _Run:
        with self._lock:
            run = self._run
            recently = run is not None and run.failed_at is not None and time.monotonic() < run.failed_at + _AGAIN_AFTER
            if run is None or (run.ended.is_set() and not recently):
                run = self._run = _Run()
                self._thread = threading.Thread(target=self._refresh, args=(run,), name="refresh", daemon=True)
                self._thread.start()
            return run

    def _refresh(self, run: _Run) -> None:
        try:
            with self._making:
                self._value = self._make()
        except MellomromError as error:
            run.failed_at = time.monotonic()
            log.warning("not brought up to date; what there was serves on (%s)", error)
        except Exception as error:  # noqa: BLE001 (what there was serves on, and it is tried again)
            run.failed_at = time.monotonic()
            # The message of an error that is not ours may hold what somebody wrote.
            log.warning("not brought up to date; what there was serves on (%s)", type(error).__name__)
        finally:
            run.ended.set()
