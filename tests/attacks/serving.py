"""An app on a real server in a thread, and raw connections to it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from tests.ports import free_port


@contextmanager
def served(app: FastAPI, **options: Any) -> Iterator[int]:
    """Serve an app; give its port."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, **options))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    yield port
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()


def sent(port: int, raw: bytes, seconds: float = 10.0) -> bytes:
    """Send bytes and return all that comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(raw)
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
        return b"".join(parts)
