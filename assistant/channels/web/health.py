"""Whether an installation can do its work: its database can be read and is whole, and its disk has room.

Invariant: asked however often, it costs little: the whole file is read at most every so often.
"""

from __future__ import annotations

import os
import shutil
import time
from enum import StrEnum
from pathlib import Path
from threading import Lock

from sqlalchemy import text

from corpus.database import Database
from corpus.errors import MellomromError

LEAST_FREE = 16 * 1024 * 1024
"""Bytes free on the disk, with fewer of which writes are about to fail."""
WHOLE_EVERY = 60.0
"""Seconds between two readings of the whole database; more where reading it takes long."""
_SHARE = 0.01
"""The share of the time that may go into reading it."""


class HealthFault(StrEnum):
    """What keeps an installation from its work."""

    DATABASE = "database"
    DAMAGED = "damaged"
    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"


class Health:
    """Looks whether an installation can do its work."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database = database
        self._folders = {home, *([database.file.parent] if database.file else [])}
        self._lock = Lock()
        self._damaged = False
        self._look_again = 0.0

    def fault(self) -> HealthFault | None:
        """Return what is wrong, the gravest; None where nothing is."""
        try:
            with self._database.reading() as session:
                session.execute(text("SELECT count(*) FROM meta"))
        except MellomromError as error:
            return HealthFault.DAMAGED if "damaged" in str(error) else HealthFault.DATABASE
        if self._is_damaged():
            return HealthFault.DAMAGED
        for folder in self._folders:
            if not os.access(folder, os.W_OK):
                return HealthFault.READ_ONLY
            if shutil.disk_usage(folder).free < LEAST_FREE:
                return HealthFault.DISK_FULL
        return None

    def _is_damaged(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now >= self._look_again:
                self._damaged = self._database.damage() is not None
                took = time.monotonic() - now
                self._look_again = time.monotonic() + max(WHOLE_EVERY, took / _SHARE)
            return self._damaged
