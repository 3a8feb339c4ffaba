"""No host, address, date, method or pace of a request breaks the server, or brings what somebody wrote into its log."""

from __future__ import annotations

import dataclasses
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import anyio
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy import text as sql
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from assistant.access.tokens import TokenScope
from assistant.channels.slack.jobs import unpacked
from assistant.channels.web.answer_slots import WAITING, Answering
from assistant.platform.settings import Settings
from assistant.platform.workdays import first_moment
from assistant.runtime.app import create_app
from assistant.runtime.connections import ImpatientProtocol
from assistant.service.container import Runtime
from assistant.service.messages import Reply, UserMessage
from assistant.service.service import Service
from corpus.database import Database
from corpus.errors import StoreError
from tests.attacks.serving import sent, served

PAGES = ("/", "/healthz", "/readyz", "/about", "/privacy", "/login", "/api/v1/openapi.json", "/nowhere")
HOSTS = ("[", "[::1", "]", "a b", "a:b:c", "æ", "127.0.0.1:99999999", "", "http://[", "::", "[v1.x")
BODIES = (b"[" * 50_000, b'{"question": "\\ud800 sepsis"}', b'{"question": 1e999}', b"\xff", b"nul")
QUESTION = "hemmeligheten om sepsis"


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/cases", "/static/nothing"])
def test_no_host_breaks_it(passer_by: TestClient, host: str, path: str) -> None:
    answer = passer_by.get(path, headers=[(b"host", host.encode())])
    assert answer.status_code < 500


@pytest.mark.parametrize("origin", ["[", "http://[", "http://[::1", "null", "æ", "http://127.0.0.1:8000:1"])
def test_no_origin_breaks_it_and_none_but_our_own_is_let_in(passer_by: TestClient, origin: str) -> None:
    assert passer_by.post("/ask", data={"text": "sepsis"}, headers=[(b"origin", origin.encode())]).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_head_tells_what_get_would_without_the_body(passer_by: TestClient, path: str) -> None:
    head, got = passer_by.head(path), passer_by.get(path)
    assert head.status_code == got.status_code
    assert head.headers["content-type"] == got.headers["content-type"]
    assert head.content == b""


def test_head_changes_nothing_where_get_is_not_answered(passer_by: TestClient) -> None:
    assert passer_by.head("/ask").status_code == 405


@pytest.mark.parametrize("day", ["0001-01-01", "1850-01-01", "9999-12-31"])
def test_the_log_can_be_asked_for_from_any_day(passer_by: TestClient, standing: FastAPI, day: str) -> None:
    token, _ = standing.state.web.tokens.add("test", [TokenScope.LOG_READ], 1, "test")
    answer = passer_by.get(f"/api/v1/log?since={day}", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert first_moment(date.fromisoformat(day)).astimezone(UTC)


@pytest.mark.parametrize("months", [("0001-01", "9999-12"), ("9999-12", "9999-12"), ("x", "y"), ("2026-13", "2026-01")])
def test_a_period_that_cannot_be_reported_on_is_told_in_the_readers_language(
    standing_broker: TestClient, months: tuple[str, str]
) -> None:
    page = standing_broker.get("/desk/reports", params={"first": months[0], "last": months[1]})
    assert page.status_code == 422
    assert f"Fikk månedene «{months[0]}» til «{months[1]}»" in page.text
    assert standing_broker.get("/desk/reports.csv", params={"first": months[0], "last": months[1]}).status_code == 422


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/ask", b"text=%ED%A0%80&key=%00&after=%ED%A0%80"),
        ("/ask", b"\xff\xfe=%"),
        ("/login?next=//%5b", b"x=1"),
        ("/login/link/%00%ff", b""),
    ],
)
def test_no_form_breaks_it(passer_by: TestClient, path: str, form: bytes) -> None:
    answer = passer_by.post(path, content=form, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code < 500


@pytest.mark.parametrize("body", BODIES)
def test_no_body_of_a_program_breaks_it(passer_by: TestClient, standing: FastAPI, body: bytes) -> None:
    token, _ = standing.state.web.tokens.add("test", list(TokenScope), 1, "test")
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "if-match": '"1"'}
    for method, path in (("POST", "/api/v1/ask"), ("PUT", "/api/v1/records/actor:ntnu"), ("POST", "/api/v1/records")):
        assert passer_by.request(method, path, content=body, headers=headers).status_code < 500


def test_no_error_repeats_what_somebody_wrote(
    tmp_path: Path, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    unread = f'{{"kind": "ask", "text": "{QUESTION}"}}'
    for make in (lambda: UserMessage.model_validate({"text": QUESTION}), lambda: unpacked(unread)):
        with pytest.raises(ValidationError) as raised:
            make()
        assert QUESTION not in str(raised.value)
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with pytest.raises(StoreError) as failed, database.reading() as session:
        session.execute(sql("SELECT :question FROM nothing"), {"question": QUESTION})
    assert QUESTION not in f"{failed.value} {failed.value.__cause__}"
    database.close()
    with caplog.at_level(logging.DEBUG):
        client.post("/ask", data={"text": QUESTION})
        client.get("/", headers={"Host": "["})
    assert QUESTION not in caplog.text
    assert "Traceback" not in caplog.text


class TestPace:
    @pytest.fixture
    def settings(self, filled_home: Path) -> Settings:
        return Settings(home=filled_home, web_body_seconds=0.5)

    def test_a_body_that_does_not_come_is_told_and_let_go(self, app: FastAPI) -> None:
        head = b"POST /ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        with served(app) as port:
            assert b" 408 " in sent(port, head + b"Content-Length: 100\r\n\r\ntext=").partition(b"\r\n")[0]
            assert b" 408 " in sent(port, head + b"Transfer-Encoding: chunked\r\n\r\n5\r\ntext=").partition(b"\r\n")[0]

    @pytest.mark.parametrize("head", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
    def test_a_head_that_does_not_come_is_let_go(self, app: FastAPI, head: bytes) -> None:
        class Hasty(ImpatientProtocol):
            head_seconds = 0.5

        with served(app, http=Hasty) as port:
            assert sent(port, head) == b""

    def test_letters_one_at_a_time_are_no_head_and_a_second_head_has_its_own_time(self, app: FastAPI) -> None:
        class Hasty(ImpatientProtocol):
            head_seconds = 0.5

        with served(app, http=Hasty) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
            closed = False
            for letter in b"GET /healthz HTTP/1.1" * 2:
                try:
                    connection.sendall(bytes([letter]))
                    connection.settimeout(0.1)
                    closed = connection.recv(1) == b""
                except TimeoutError:
                    continue
                except OSError:
                    closed = True
                if closed:
                    break
            assert closed


class Slow:
    """A service that answers when it is let."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.go = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)

    def handle(self, incoming: UserMessage) -> Reply:
        self.go.wait(30)
        return self._service.handle(incoming)


@pytest.mark.parametrize("way", ["chat", "program"])
def test_questions_that_wait_keep_nothing_else_waiting(settings: Settings, runtime: Runtime, way: str) -> None:
    slow = Slow(runtime.service)
    opened = settings.model_copy(update={"web_ask_rate": "1000/minute"})
    app = create_app(opened, dataclasses.replace(runtime, service=slow))  # type: ignore[arg-type]
    token, _ = app.state.web.tokens.add("test", [TokenScope.ASK], 1, "test")

    def ask(port: int) -> int:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        if way == "chat":
            connection.request(
                "POST", "/ask", urlencode({"text": "sepsis"}), {"content-type": "application/x-www-form-urlencoded"}
            )
        else:
            headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
            connection.request("POST", "/api/v1/ask", '{"question": "sepsis"}', headers)
        status = connection.getresponse().status
        connection.close()
        return status

    with served(app) as port, ThreadPoolExecutor(WAITING + 10) as askers:
        asked = [askers.submit(ask, port) for _ in range(WAITING + 10)]
        time.sleep(1.0)
        try:
            started = time.monotonic()
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/about")
            assert connection.getresponse().status == 200
            connection.close()
            assert time.monotonic() - started < 5
        finally:
            slow.go.set()
        statuses = [one.result(60) for one in asked]
    assert set(statuses) <= {200, 303, 503}
    assert sum(status != 503 for status in statuses) >= WAITING


def test_who_comes_when_too_many_wait_is_told_to_come_back() -> None:
    async def crowd() -> list[int]:
        answering, go, statuses = Answering(at_once=1, waiting=2), threading.Event(), []

        async def ask() -> None:
            try:
                await answering.run(lambda: go.wait(30))
                statuses.append(200)
            except HTTPException as error:
                statuses.append(error.status_code if (error.headers or {}).get("Retry-After") else 0)

        async with anyio.create_task_group() as callers:
            for _ in range(5):
                callers.start_soon(ask)
                await anyio.sleep(0.05)
            go.set()
        return statuses

    assert anyio.run(crowd) == [503, 503, 200, 200, 200]


def test_nobody_says_who_calls_unless_the_settings_name_them(filled_home: Path) -> None:
    environment = {**os.environ, "MELLOMROM_WEB_LOGIN_RATE": "3/minute"}
    command = [sys.executable, "-m", "assistant", "serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:(\d+)", server.stdout.readline())
            assert found is not None
            statuses = []
            for number in range(6):
                connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=60)
                connection.request("POST", "/login/link/guess", headers={"X-Forwarded-For": f"192.0.2.{number}"})
                statuses.append(connection.getresponse().status)
                connection.close()
            assert statuses[-1] == 429
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=30)
