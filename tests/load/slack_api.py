"""The Web API that the load is answered to: takes every message at once and keeps where it went.

``python -m tests.load.slack_api PORT``; ``GET /_threads`` gives how many messages each thread got.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from urllib.parse import parse_qsl

from aiohttp import web

IDENTITY = {
    "ok": True,
    "user_id": "U0BOT",
    "bot_id": "B0BOT",
    "team_id": "T01TEST",
    "team": "Load",
    "user": "mellomrom",
}


def make_app() -> web.Application:
    threads: Counter[str] = Counter()

    async def answer(request: web.Request) -> web.Response:
        match request.match_info["method"]:
            case "auth.test":
                return web.json_response(IDENTITY)
            case "chat.postMessage":
                text = await request.text()
                body = json.loads(text) if text.startswith("{") else dict(parse_qsl(text))
                threads[str(body.get("thread_ts"))] += 1
                return web.json_response({"ok": True, "channel": body.get("channel"), "ts": "1.1"})
            case "assistant.threads.setStatus":
                return web.json_response({"ok": False, "error": "unknown_method"})
            case _:
                return web.json_response({"ok": True})

    async def told(_: web.Request) -> web.Response:
        return web.json_response(threads)

    app = web.Application()
    app.router.add_get("/_threads", told)
    app.router.add_route("*", "/api/{method}", answer)
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
