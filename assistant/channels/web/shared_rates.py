"""Counts of what callers do, shared by the machines that use one database on a server.

Invariant: a count is one whichever machine it is told, made by a single statement that takes no turn among the writers;
who a count is of cannot be read from it.
"""

from __future__ import annotations

import time

from limits.storage.base import SlidingWindowCounterSupport, Storage, TimestampedSlidingWindow
from sqlalchemy import text

from assistant.platform.keys import Keys
from corpus.database import Database
from corpus.errors import StoreError

_OF = "coalesce((SELECT count FROM web_rate WHERE key = :{} AND until >= :now), 0)"
_ADD = text(
    f"""
    INSERT INTO web_rate AS held (key, count, until)
    SELECT CAST(:key AS varchar), CAST(:amount AS integer), CAST(:until AS double precision)
    WHERE floor({_OF.format("before")} * CAST(:share AS double precision)) + {_OF.format("key")} + :amount <= :most
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN held.until < :now THEN 0 ELSE held.count END + excluded.count,
        until = CASE WHEN held.until < :now THEN excluded.until ELSE held.until END
    WHERE floor({_OF.format("before")} * CAST(:share AS double precision))
        + CASE WHEN held.until < :now THEN 0 ELSE held.count END + :amount <= :most
    RETURNING count
    """
)
_READ = text("SELECT count, until FROM web_rate WHERE key = :key AND until >= :now")
_REMOVE = text("DELETE FROM web_rate WHERE key = :key")
_SWEEP = text("DELETE FROM web_rate WHERE until < :now")
_SWEEP_EVERY = 1_000
"""Counts after which those whose time is up are removed."""
_MANY = 2**31 - 1


class SharedStorage(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """Counts in a database on a server."""

    def __init__(self, database: Database, keys: Keys) -> None:
        super().__init__()
        self._database = database
        self._keys = keys
        self._counted = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the database raises where it cannot be used."""
        return StoreError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count more of a key; return how many there are until its time is up."""
        return self._added(key, key, expiry, 0.0, amount, _MANY) or 0

    def get(self, key: str) -> int:
        """Return the count of a key."""
        return self._read(key)[0]

    def get_expiry(self, key: str) -> float:
        """Return when the count of a key ends."""
        return self._read(key)[1] or time.time()

    def check(self) -> bool:
        """Tell whether the database can be read."""
        return self._database.at_once(text("SELECT 1"), {}) is not None

    def reset(self) -> int | None:
        """Forget every count."""
        self._database.at_once(text("DELETE FROM web_rate"), {})
        return None

    def clear(self, key: str) -> None:
        """Forget the count of a key."""
        self._database.at_once(_REMOVE, {"key": self._name(key)})

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count more of a key unless that would be too many; tell whether it was counted."""
        now = time.time()
        before, current = self.sliding_window_keys(key, expiry, now)
        share = 1 - (now / expiry) % 1
        return self._added(current, before, 2 * expiry, share, amount, limit) is not None

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return count and seconds left of the window before and of the current one."""
        now = time.time()
        before, current = self.sliding_window_keys(key, expiry, now)
        left = (1 - (now / expiry) % 1) * expiry
        earlier = self.get(before)
        return earlier, left if earlier else 0.0, self.get(current), left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget the counts of both windows of a key."""
        for one in self.sliding_window_keys(key, expiry, time.time()):
            self.clear(one)

    def sweep(self) -> None:
        """Remove the counts whose time is up."""
        self._database.at_once(_SWEEP, {"now": time.time()})

    def _name(self, key: str) -> str:
        return self._keys.hashed("rate", key)

    def _read(self, key: str) -> tuple[int, float]:
        row = self._database.at_once(_READ, {"key": self._name(key), "now": time.time()})
        return (int(row[0]), float(row[1])) if row else (0, 0.0)

    def _added(self, key: str, before: str, expiry: float, share: float, amount: int, most: int) -> int | None:
        now = time.time()
        self._counted += 1
        if self._counted % _SWEEP_EVERY == 0:
            self.sweep()
        values = {"key": self._name(key), "before": self._name(before), "now": now, "until": now + expiry,
                  "share": share, "amount": amount, "most": most}  # fmt: skip
        row = self._database.at_once(_ADD, values)
        return int(row[0]) if row else None
