"""The real app, the command line and a service on a small store, as the tests of each of them have them."""

from __future__ import annotations

from tests.assistant.conftest import mellomrom, small, small_corpus
from tests.web.conftest import (
    app,
    browsers,
    client,
    log_in,
    logs,
    passer_by,
    runtime,
    settings,
    standing,
    standing_broker,
)

__all__ = [
    "app",
    "browsers",
    "client",
    "log_in",
    "logs",
    "mellomrom",
    "passer_by",
    "runtime",
    "settings",
    "small",
    "small_corpus",
    "standing",
    "standing_broker",
]
