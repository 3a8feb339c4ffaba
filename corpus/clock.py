"""The clock: the one place where this moment is read.

Invariant: moments are in UTC. Which day one falls on is said where days are known (`assistant/platform/workdays.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return this moment; the clock of all that is given no other."""
    return datetime.now(UTC)
