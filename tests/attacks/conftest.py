"""The web, a service and the command line, as the tests of each have them."""

from __future__ import annotations

from tests.assistant.conftest import mellomrom, small
from tests.web.conftest import app, browsers, client, log_in, logs, runtime, settings

__all__ = ["app", "browsers", "client", "log_in", "logs", "mellomrom", "runtime", "settings", "small"]
