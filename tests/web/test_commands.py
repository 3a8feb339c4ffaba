"""`mellomrom serve` and `mellomrom users`, as they are typed."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.assistant.conftest import Command, mellomrom

__all__ = ["mellomrom"]


def test_serve_needs_no_setting_and_prints_a_link_that_logs_the_broker_in(filled_home: Path) -> None:
    command = [sys.executable, "-m", "assistant", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            lines = [server.stdout.readline() for _ in range(3)]
            address = lines[0].split()[-1]
            link = lines[1].split()[-1]
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
            assert link.startswith(f"{address}/login/link/")
            where = urlsplit(link)
            asking = HTTPConnection(where.netloc)
            asking.request("POST", where.path)
            answer = asking.getresponse()
            assert answer.status == 303
            assert answer.headers["Location"] == "/desk"
            asking.close()
        finally:
            server.send_signal(signal.SIGINT)
            _, told = server.communicate(timeout=20)
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("host", "base", "expected"),
    [
        ("0.0.0.0", None, "Set MELLOMROM_WEB_BASE_URL"),
        ("::", None, "Set MELLOMROM_WEB_BASE_URL"),
        ("mellomrom.example.no", None, "Set MELLOMROM_WEB_BASE_URL"),
        ("0.0.0.0", "http://mellomrom.example.no", "travel unencrypted"),
        ("127.0.0.1", "mellomrom.example.no", "MELLOMROM_WEB_BASE_URL"),
        ("127.0.0.1", "https://mellomrom.example.no/path", "without a path"),
    ],
)
def test_serve_refuses_what_would_not_be_safe(
    mellomrom: Command, monkeypatch: pytest.MonkeyPatch, host: str, base: str | None, expected: str
) -> None:
    if base:
        monkeypatch.setenv("MELLOMROM_WEB_BASE_URL", base)
    result = mellomrom("serve", "--host", host)
    assert result.code == 1
    assert expected in result.err


def test_serve_tells_that_a_port_is_taken(mellomrom: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = mellomrom("serve", "--port", str(taken.getsockname()[1]))
    assert result.code == 1
    assert "give another --port" in result.err


def test_the_first_administrator_is_made_by_a_command(mellomrom: Command) -> None:
    added = mellomrom("users", "add", "Kari", "--role", "admin")
    assert added.code == 0
    assert "Kari is now admin." in added.out
    assert re.search(r"http://ADDRESS/login/link/\S{40,}", added.out)
    assert "the address that `mellomrom serve` prints" in added.err
    listed = json.loads(mellomrom("users", "list", "--json").out)
    assert [(one["name"], one["role"], one["issuer"]) for one in listed] == [("Kari", "admin", "local")]


def test_roles_links_and_closing_are_commands_and_are_remembered(mellomrom: Command) -> None:
    mellomrom("users", "add", "Kari")
    assert "Kari is now broker." in mellomrom("users", "role", "Kari", "broker").out
    assert "/login/link/" in mellomrom("users", "login-link", "Kari").out
    assert "can no longer log in" in mellomrom("users", "close", "Kari").out
    assert "can log in again" in mellomrom("users", "reopen", "Kari").out
    events = [entry["event"] for entry in json.loads(mellomrom("users", "audit", "--json").out)]
    assert events[::-1] == [
        "account_added", "link_made", "role_changed", "link_made", "role_changed", "role_changed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "Kari", "--role", "king"), "expected one of contact, broker, admin"),
        (("role", "Kari", "broker"), "No account is named 'Kari'"),
        (("login-link", "Kari"), "No account is named 'Kari'"),
        (("close", "Kari"), "No account is named 'Kari'"),
    ],
)
def test_what_cannot_be_done_is_told(mellomrom: Command, arguments: tuple[str, ...], told: str) -> None:
    result = mellomrom("users", *arguments)
    assert result.code != 0
    assert told in result.err
