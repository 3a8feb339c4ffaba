"""Counts of what callers do, within one process or shared by the processes of one machine.

Invariant: a count is one whoever does it; what is lost with the machine is only who did how much in the last minutes.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limits.storage.base import SlidingWindowCounterSupport, Storage, TimestampedSlidingWindow

IN_MEMORY = Path(":memory:")
"""Where the counts of one process alone are kept."""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS count (key TEXT PRIMARY KEY, n INTEGER NOT NULL, until REAL NOT NULL) WITHOUT ROWID"
)
_ADD = (
    "INSERT INTO count VALUES (:key, :n, :until) ON CONFLICT (key) DO UPDATE SET"
    " n = CASE WHEN until < :now THEN :n ELSE n + :n END,"
    " until = CASE WHEN until < :now THEN :until ELSE until END RETURNING n"
)
IN_MEMORY = Path(":memory:")
"""In place of a file, for a process that shares its counts with no other."""
_BUSY_SECONDS = 5.0
_SWEEP_EVERY = 1_000
"""Counts after which those whose time is up are removed."""


class FileStorage(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """Counts in a SQLite file that nobody needs after a crash, or in memory; safe to call from several threads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._counted = 0
        self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {_TABLE};")
        # A connection left to itself is warned of.
        weakref.finalize(self, self._db.close).atexit = False

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the file raises where it cannot be used."""
        return sqlite3.Error

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count more of a key; return how many there are until its time is up."""
        with self._lock:
            return self._added(key, expiry, amount)

    def get(self, key: str) -> int:
        """Return the count of a key."""
        with self._lock:
            return self._count(key)

    def get_expiry(self, key: str) -> float:
        """Return when the count of a key ends."""
        with self._lock:
            row = self._db.execute("SELECT until FROM count WHERE key = ?", (key,)).fetchone()
        return float(row[0]) if row else time.time()

    def check(self) -> bool:
        """Tell whether the file can be read."""
        with self._lock:
            return self._db.execute("SELECT 1").fetchone() is not None

    def reset(self) -> int | None:
        """Forget every count; return how many."""
        with self._lock:
            return self._db.execute("DELETE FROM count").rowcount

    def clear(self, key: str) -> None:
        """Forget the count of a key."""
        with self._lock:
            self._db.execute("DELETE FROM count WHERE key = ?", (key,))

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count more of a key unless that would be too many; tell whether it was counted."""
        now = time.time()
        before, current = self.sliding_window_keys(key, expiry, now)
        with self._lock, self._turn():
            weighted = self._count(before) * (1 - (now / expiry) % 1) + self._count(current)
            if int(weighted) + amount > limit:
                return False
            self._added(current, 2 * expiry, amount)
            return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return count and seconds left of the window before and of the current one."""
        now = time.time()
        before, current = self.sliding_window_keys(key, expiry, now)
        left = (1 - (now / expiry) % 1) * expiry
        with self._lock:
            earlier = self._count(before)
            return earlier, left if earlier else 0.0, self._count(current), left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget the counts of both windows of a key."""
        for one in self.sliding_window_keys(key, expiry, time.time()):
            self.clear(one)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def _count(self, key: str) -> int:
        row = self._db.execute("SELECT n FROM count WHERE key = ? AND until >= ?", (key, time.time())).fetchone()
        return int(row[0]) if row else 0

    def _added(self, key: str, expiry: float, amount: int) -> int:
        now = time.time()
        self._counted += 1
        if self._counted % _SWEEP_EVERY == 0:
            self._db.execute("DELETE FROM count WHERE until < ?", (now,))
        counted = {"key": key, "n": amount, "until": now + expiry, "now": now}
        return int(self._db.execute(_ADD, counted).fetchone()[0])
