"""How often somebody may do something.

Invariant: a count is one whichever process it is told: where several serve one home, they share a file of counts, and
where machines share a database on a server, its table of them.
"""

from __future__ import annotations

import math
import time
from pathlib import Path

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.exceptions import HTTPException

from assistant.channels.web.rates import IN_MEMORY, FileStorage
from assistant.channels.web.shared_rates import SharedStorage
from assistant.platform.keys import Keys, installation_secret
from assistant.platform.settings import Settings
from corpus.database import Database


class Limits:
    """Counts what callers do, by name of what they do."""

    def __init__(self, settings: Settings, shared: Path | None = None, database: Database | None = None) -> None:
        self._storage = _storage(settings, shared, database)
        self._counter = SlidingWindowCounterRateLimiter(self._storage)
        self._rates: dict[str, RateLimitItem] = {
            "all": parse(settings.web_rate),
            "ask": parse(settings.web_ask_rate),
            "login": parse(settings.web_login_rate),
            "api": parse(settings.web_api_rate),
        }

    def add(self, name: str, rate: str) -> None:
        """Count something else too, such as ``limits.add("api", "120/minute")``."""
        self._rates[name] = parse(rate)

    def forget(self) -> None:
        """Remove from the database what counts no more; elsewhere nothing outlives the process."""
        if isinstance(self._storage, SharedStorage):
            self._storage.sweep()

    def check(self, name: str, caller: str) -> None:
        """Count one more.

        Raises:
            HTTPException: it is one too many (429, with Retry-After).
        """
        rate = self._rates[name]
        if not self._counter.hit(rate, name, caller):
            reset = self._counter.get_window_stats(rate, name, caller).reset_time
            wait = max(1, math.ceil(reset - time.time()))
            raise HTTPException(429, headers={"Retry-After": str(wait)})


def _storage(settings: Settings, shared: Path | None, database: Database | None) -> Storage:
    if database is not None and database.is_on_server:
        return SharedStorage(database, Keys(installation_secret(settings)))
    # Not the library's own storage in memory: it starts a thread at each count, and two counts at once may both start
    # the same one, which is an error.
    return FileStorage(shared or IN_MEMORY)
