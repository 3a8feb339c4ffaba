"""Over real HTTP: who is let in, by which address, and what else is there or not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import httpx2
import pytest
from fastapi import FastAPI
from mcp.client import Client

from assistant.access.tokens import TokenScope
from assistant.platform.settings import Settings
from assistant.runtime.app import create_app
from assistant.service.container import Runtime
from tests.attacks.serving import served
from tests.mcp.conftest import over_http, told
from tests.mcp.test_tools import HOSPITAL, NEED
from tests.slack.processes import ROOT

INITIALIZE = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def app(settings: Settings, runtime: Runtime) -> FastAPI:
    return create_app(settings, runtime)


@pytest.fixture(scope="module")
def url(app: FastAPI) -> Iterator[str]:
    with served(app) as port:
        yield f"http://127.0.0.1:{port}"


def post(url: str, body: object, **headers: str) -> httpx2.Response:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    usual = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.post(url, content=sent, headers=usual | named, timeout=20)


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
def test_a_token_asks_over_http_by_both_addresses(url: str, token: Callable[..., str], app: FastAPI, path: str) -> None:
    async def use(client: Client) -> list[str]:
        found = told(await client.call_tool("find_matches", {"need": NEED, "top_k": 1}))
        assert found["partners"][0]["id"] == HOSPITAL
        return [tool.name for tool in (await client.list_tools()).tools]

    assert "open_case" not in over_http(f"{url}{path}", token(TokenScope.ASK), use)
    metrics = app.state.web.metrics
    assert metrics.registry.get_sample_value("mellomrom_answers_total", {"channel": "mcp", "outcome": "matched"}) > 0
    counted = {"method": "POST", "route": "/mcp", "status": "200"}
    assert metrics.registry.get_sample_value("mellomrom_http_requests_total", counted) > 0


def test_whoever_has_no_token_that_holds_is_told_so(url: str, token: Callable[..., str]) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": f"Basic {token(TokenScope.ASK)}"},
                    {"Cookie": "mellomrom=x"}):  # fmt: skip
        answer = post(f"{url}/mcp", INITIALIZE, **headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="mellomrom"')
        assert "`mellomrom tokens add` makes one" in answer.json()["detail"]
        assert "Set-Cookie" not in answer.headers


def test_other_hosts_sites_and_methods_are_refused(url: str, token: Callable[..., str]) -> None:
    sent = {"Authorization": f"Bearer {token(TokenScope.ASK)}"}
    assert post(f"{url}/mcp", INITIALIZE, **sent).status_code == 200
    assert post(f"{url}/mcp", INITIALIZE, **sent, Host="evil.example").status_code == 421
    assert post(f"{url}/mcp", INITIALIZE, **sent, Origin="https://evil.example").status_code == 403
    assert post(f"{url}/mcp", INITIALIZE, **sent, Sec_Fetch_Site="cross-site").status_code == 403
    assert post(f"{url}/mcp", INITIALIZE, **sent, Origin=url).status_code == 200
    assert httpx2.get(f"{url}/mcp", headers=sent).status_code == 405


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\\ud800"}}', 400),
        (b"[" * 50_000, 400),
        (b"x" * 200_000, 413),
        (b'{"jsonrpc":"2.0","id":1,"method":"no/such","params":{}}', 200),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5}}', 200),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"find_matches","arguments":"x"}}', 200),
    ],
    ids=range(10),
)
def test_malformed_messages_are_answered_with_an_error(
    url: str, token: Callable[..., str], body: bytes, status: int
) -> None:
    answer = post(f"{url}/mcp", body, Authorization=f"Bearer {token(TokenScope.ASK)}")
    assert (answer.status_code, "Traceback" in answer.text) == (status, False)
    assert status == 413 or answer.json()["error"]["message"]


def test_calls_are_counted_by_token(url: str, app: FastAPI, token: Callable[..., str]) -> None:
    sent = {"Authorization": f"Bearer {token(TokenScope.ASK)}"}
    app.state.web.limits.add("api", "2/hour")
    try:
        seen = [post(f"{url}/mcp", INITIALIZE, **sent) for _ in range(3)]
    finally:
        app.state.web.limits.add("api", app.state.web.settings.web_api_rate)
    assert [answer.status_code for answer in seen] == [200, 200, 429]
    assert int(seen[2].headers["Retry-After"]) > 0


def test_where_it_is_not_set_up_nothing_of_it_is_there_or_imported(settings: Settings) -> None:
    code = (
        "import sys; from assistant.platform.settings import Settings; from assistant.runtime.app import create_app\n"
        "from assistant.runtime.bootstrap import open_runtime; from pathlib import Path\n"
        f"settings = Settings(home=Path({str(settings.home)!r}))\n"
        "app = create_app(settings, open_runtime(settings))\n"
        "assert not [route for route in app.router.routes if getattr(route, 'path', '').startswith('/mcp')]\n"
        "print([name for name in sys.modules if name in {'mcp', 'mcp_types', 'assistant.channels.mcp'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
