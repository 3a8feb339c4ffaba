"""The channel served from a thread of the test itself, with a fake Web API to lean on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from assistant.channels.slack.channel import SlackChannel
from assistant.platform.settings import Settings
from assistant.runtime.app import create_app
from assistant.service.container import Runtime
from tests.ports import free_port
from tests.slack.calls import Said, post
from tests.slack.fake_api import FakeApi
from tests.slack.processes import until


class Here:
    """The channel, its address, and what it leans on."""

    def __init__(self, url: str, api: FakeApi, runtime: Runtime, channel: SlackChannel) -> None:
        self.url, self.api, self.runtime, self.channel = url, api, runtime, channel

    def post(self, body: bytes, kind: str = "application/json", headers: dict[str, str] | None = None) -> Said:
        return post(self.url, body, kind, headers)

    def told(self, method: str, count: int = 1, seconds: float = 15.0) -> list[dict[str, Any]]:
        """Wait until Slack was called so many times, and return what it was told."""
        return until(lambda: found if len(found := self.api.of(method)) >= count else None, seconds, f"for {method}")


@contextmanager
def served(settings: Settings, runtime: Runtime, api: FakeApi) -> Iterator[Here]:
    app = create_app(settings, runtime)
    channel: SlackChannel = app.state.slack
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    until(lambda: server.started, 20)
    yield Here(f"http://127.0.0.1:{port}", api, runtime, channel)
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()
