"""Over standard input and output, as an assistant on the same machine starts it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from mcp.client import Client

from assistant.access.tokens import TokenScope
from assistant.platform.settings import Settings
from tests.mcp.conftest import over_stdio, told
from tests.mcp.test_http import INITIALIZE
from tests.mcp.test_tools import HOSPITAL, NEED, READING
from tests.slack.processes import ROOT


def test_whoever_starts_it_reads_and_asks_and_opens_cases_with_a_token(
    settings: Settings, token: Callable[..., str]
) -> None:
    async def read(client: Client) -> set[str]:
        found = told(await client.call_tool("find_matches", {"need": NEED, "top_k": 1}))
        assert found["partners"][0]["id"] == HOSPITAL
        return {tool.name for tool in (await client.list_tools()).tools}

    async def write(client: Client) -> str:
        found = told(await client.call_tool("find_matches", {"need": NEED, "top_k": 1}))
        return str(told(await client.call_tool("open_case", {"log_id": found["log_id"]}))["state"])

    assert over_stdio(settings.home, read) == READING
    assert over_stdio(settings.home, write, MELLOMROM_MCP_TOKEN=token(TokenScope.CASES_WRITE)) == "asked"


def test_what_is_no_message_is_passed_over_and_the_input_s_end_is_the_server_s(settings: Settings) -> None:
    lines = [
        b"nonsense",
        b"\xff\xfe",
        b'{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"find_matches","arguments":{"need":"\\ud800"}}}',
        json.dumps(INITIALIZE).encode(),
        b'{"jsonrpc":"2.0","method":"notifications/initialized"}',
        b'{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"find_matches","arguments":{"need":7}}}',
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "assistant", "mcp"],
        cwd=ROOT,
        env={"MELLOMROM_HOME": str(settings.home), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as program:
        assert program.stdin
        assert program.stdout
        program.stdin.write(b"\n".join(lines) + b"\n")
        program.stdin.flush()
        answers: dict[int, Any] = {}
        while 3 not in answers:
            said = json.loads(program.stdout.readline())
            answers[said.get("id")] = said
        program.stdin.close()
        assert program.wait(20) == 0
    assert answers[1]["result"]["serverInfo"]["name"] == "mellomrom"
    assert "expected text" in answers[3]["result"]["content"][0]["text"]


def test_a_token_that_does_not_hold_is_told_before_anything_is_served(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "mcp"],
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        env={"MELLOMROM_HOME": str(settings.home), "MELLOMROM_MCP_TOKEN": "nonsense", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "MELLOMROM_MCP_TOKEN is unknown, has expired or was revoked" in done.stderr
