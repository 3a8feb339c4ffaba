"""The real app, the command line and a service on a small store, as the tests of each of them have them."""

from __future__ import annotations

from tests.assistant.conftest import mellomrom, small, small_corpus
from tests.web.conftest import app, browsers, client, log_in, logs, runtime, settings

__all__ = ["app", "browsers", "client", "log_in", "logs", "mellomrom", "runtime", "settings", "small", "small_corpus"]
