"""Several processes that serve one home at one address, so that every core answers.

Invariant: they share the listener, the database, the index, the counts of what callers do and the metrics; one that
ends is started anew, and nothing that it was told is lost by that.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from assistant.platform.settings import Settings
from assistant.platform.workdays import norwegian_day

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI

    from assistant.channels.web.context import Web

_SWITCH_SECONDS = 0.001
"""Seconds after which a thread lets another have its turn."""
_STARTED_WITHIN = 30
"""Seconds in which a process has to show a sign of life."""


def take_turns() -> None:
    """Have threads let each other have their turn soon: whoever only wants a page waits for no answer."""
    sys.setswitchinterval(_SWITCH_SECONDS)


def spare_what_stays(app: FastAPI) -> None:
    """Read what stays for good, and have the collector of garbage pass it over, which would find nothing there."""
    web: Web = app.state.web
    web.runtime.keeper.searcher()
    web.catalogue.due(norwegian_day())
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class AppFactory:
    """Makes the app of one process; it is sent to each process."""

    settings: Settings
    shared: Path
    """The folder of what they have in common."""

    def __call__(self) -> FastAPI:
        """Open everything and return the app, which closes it when it ends."""
        from assistant.platform.logs import set_up_logs
        from assistant.runtime.app import Shared, create_app
        from assistant.runtime.bootstrap import open_runtime

        set_up_logs(self.settings)
        take_turns()
        runtime = open_runtime(self.settings)
        app = create_app(self.settings, runtime, Shared(self.shared / "counts.sqlite3", self.shared))
        spare_what_stays(app)
        inner = app.router.lifespan_context

        @asynccontextmanager
        async def closing(app: FastAPI) -> AsyncIterator[Any]:
            async with inner(app) as state:
                yield state
            runtime.close()

        app.router.lifespan_context = closing
        return app


def run_workers(settings: Settings, listener: socket.socket, workers: int, options: dict[str, Any]) -> None:
    """Serve with several processes until told to stop.

    Args:
        settings: Of the installation.
        listener: What all of them accept connections from.
        workers: How many.
        options: What uvicorn is told besides.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    with TemporaryDirectory(prefix="mellomrom-") as folder:
        # Prometheus' library reads it when it is imported, in the processes that are started from here.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        app: Any = AppFactory(settings, Path(folder))
        config = uvicorn.Config(
            app, factory=True, workers=workers, timeout_worker_healthcheck=_STARTED_WITHIN, **options
        )
        Multiprocess(config, sockets=[listener]).run()
