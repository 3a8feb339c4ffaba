"""Free ports for programs that have to be told theirs."""

from __future__ import annotations

import os
import socket
from itertools import count

_EACH = 2_000
"""Ports of one process of tests, which run side by side; all below those that the system hands out by itself."""
_FIRST = 20_000 + _EACH * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_numbers = count()


def free_port() -> int:
    """Return a port of the loopback that nobody listens on and that no other test is told."""
    while True:
        port = _FIRST + next(_numbers) % _EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
