"""Following what other machines write, as soon as they have written it.

Invariant: whatever goes wrong here, questions are answered; each of them looks for itself whether it is behind.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from corpus.sharing import listen

if TYPE_CHECKING:
    from assistant.service.container import Runtime

_ENDS_WITHIN = 5.0
"""Seconds that it gets to end."""
_log = logging.getLogger(__name__)


class Following:
    """Brings the index up to the newest records whenever some have changed, in a thread of its own, until stopped.

    What another machine writes is found here without anybody having to wait for it.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stop = Event()
        self._thread = Thread(target=self._follow, name="follow", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._stop.set()
        self._thread.join(_ENDS_WITHIN)

    def _follow(self) -> None:
        listen(self._runtime.database, self._catch_up, self._stop)

    def _catch_up(self) -> None:
        try:
            self._runtime.keeper.searcher(newest=True)
        except Exception as error:  # noqa: BLE001 (the next change, or the next question, tries again)
            _log.error("an edit could not be followed (%s)", type(error).__name__)
