"""A Slack Web API that does what the clients which stand in for Slack do not: refuse, delay, fail, and count.

It is no judge of what is sent; it keeps all of it. Paths: `/api/<method>`, and `/hook/<id>` for response addresses.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

Answer = tuple[int, dict[str, Any], dict[str, str]]


class FakeApi:
    """The API, served from a thread of its own."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.planned: dict[str, list[Answer]] = defaultdict(list)
        """What the next calls of a method are answered instead."""
        self.always: dict[str, Callable[[dict[str, Any]], Answer]] = {}
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def of(self, method: str) -> list[dict[str, Any]]:
        return [body for called, body in self.calls if called == method]

    def plan(self, method: str, *answers: Answer) -> None:
        self.planned[method] += answers

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_route("*", "/{kind}/{what}", self._answer)
        runner = web.AppRunner(app)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", self._port).start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _answer(self, request: web.Request) -> web.Response:
        kind, what = request.match_info["kind"], request.match_info["what"]
        text = await request.text()
        said = json.loads(text) if text.startswith("{") else dict(parse_qsl(text))
        body = {**dict(request.query), **said}
        self.calls.append((what if kind == "api" else kind, body))
        if self.planned[what]:
            status, answer, headers = self.planned[what].pop(0)
        elif what in self.always:
            status, answer, headers = self.always[what](body)
        else:
            status, answer, headers = 200, self._usual(what, body), {}
        return web.json_response(answer, status=status, headers=headers)

    def _usual(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        match what:
            case "auth.test":
                return {
                    "ok": True,
                    "user_id": "U0BOT",
                    "bot_id": "B0BOT",
                    "team_id": "T01TEST",
                    "team": "Innherred",
                    "user": "mellomrom",
                    "url": "https://innherred.slack.com/",
                }
            case "conversations.open":
                return {"ok": True, "channel": {"id": f"D{body.get('users', '')}"}}
            case "chat.postMessage" | "chat.update":
                return {"ok": True, "channel": body.get("channel"), "ts": f"{len(self.calls)}.000001"}
            case _:
                return {"ok": True}
