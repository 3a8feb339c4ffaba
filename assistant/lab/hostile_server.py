"""A real server to post hostile text to, with every entry open, and a stand-in for Slack that it answers to.

Invariant: it runs in a process of its own on a home of its own, listens to this machine alone, and is gone when it is
closed; what it used of the processor and holds of memory is the operating system's own account (`/proc`).
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import subprocess
import sys
import threading
import time
from hashlib import sha256
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Self, cast
from urllib.parse import urlencode, urlsplit

from corpus.errors import MellomromError

_SIGNING_SECRET = secrets.token_hex(16)
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_ANSWER_SECONDS = 60.0
_SAID = {"ok": True, "user_id": "U0BOT", "bot_id": "B0BOT", "team_id": "T1", "ts": "1.1", "channel": "D1"}
_FREELY = "1000000/second"
_ADDRESS = re.compile(r"Mellomrom: (http://\S+)")


class HostileBenchError(MellomromError):
    """The server cannot be measured."""


class SlackStandIn:
    """Slack's Web API as far as an answer needs it; counts the answers."""

    def __init__(self) -> None:
        self.answers = 0
        self.answered = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                answer = {
                    "ok": True,
                    "user_id": "U0BOT",
                    "bot_id": "B0BOT",
                    "team_id": "T1",
                    "ts": "1.1",
                    "channel": "D1",
                }
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("content-type", _JSON)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                if self.path.endswith("/chat.postMessage"):
                    with outer.answered:
                        outer.answers += 1
                        outer.answered.notify_all()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """Say nothing: the server that is measured closes its connections when it is stopped."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def wait(self, count: int) -> None:
        """Wait until so many answers came.

        Raises:
            HostileBenchError: they do not come.
        """
        with self.answered:
            if not self.answered.wait_for(lambda: self.answers >= count, _ANSWER_SECONDS):
                raise HostileBenchError(f"Slack was given {self.answers} answers, expected {count}.")

    def close(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()


class HostileServer:
    """`mellomrom serve` on a prepared home, to post texts to."""

    def __init__(self, home: Path, token: str) -> None:
        if not Path("/proc/self/task").is_dir():
            raise HostileBenchError("Got a system without /proc, expected Linux: what a process used is read there.")
        self.slack = SlackStandIn()
        self._token = token
        self._events = 0
        self._counting = threading.Lock()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MELLOMROM_")},
            "MELLOMROM_HOME": str(home),
            "MELLOMROM_EMBED_ORIGINS": "https://www.example.org",
            "MELLOMROM_SLACK_BOT_TOKEN": "xoxb-bench",
            "MELLOMROM_SLACK_SIGNING_SECRET": _SIGNING_SECRET,
            "MELLOMROM_SLACK_API_URL": self.slack.url,
            **{f"MELLOMROM_WEB_{which}RATE": _FREELY for which in ("", "ASK_", "API_", "LOGIN_")},
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "assistant", "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.address = self._announced()
        self._wait_until_ready()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)
        cast("IO[str]", self._process.stdout).close()
        self.slack.close()

    def cpu(self) -> float:
        """Return the seconds of processor that the server has used."""
        total = 0
        for task in Path(f"/proc/{self._process.pid}/task").iterdir():
            try:
                total += int((task / "schedstat").read_text().split()[0])
            except OSError:
                # A thread that has ended since.
                continue
        return total / 1e9

    def memory(self) -> float:
        """Return what the server holds of memory, in MB of 1,000,000 bytes."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def health(self) -> float:
        """Return the seconds until the server says that it is alive."""
        started = time.perf_counter()
        self._send("GET", "/healthz", b"", {})
        return time.perf_counter() - started

    def web(self, text: str) -> int:
        """Ask on the page; return the status."""
        return self._send("POST", "/ask", _form(text), {"content-type": _FORM})

    def embed(self, text: str) -> int:
        """Ask on the page for other sites; return the status."""
        return self._send("POST", "/embed", _form(text), {"content-type": _FORM})

    def api(self, text: str) -> int:
        """Ask as a program does; return the status."""
        headers = {"content-type": _JSON, "authorization": f"Bearer {self._token}"}
        return self._send("POST", "/api/v1/ask", json.dumps({"question": text or "?"}).encode(), headers)

    def slack_event(self, text: str) -> int:
        """Ask in a direct message, and wait until it is answered; return the status."""
        with self._counting:
            self._events += 1
            number, before = self._events, self.slack.answers
        ts = f"1795580000.{number:06}"
        event = {"type": "message", "channel_type": "im", "user": "U1", "channel": "D1", "ts": ts, "text": text}
        body = json.dumps(
            {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event": event, "event_id": f"Ev{number}"}
        ).encode()
        stamp = str(int(time.time()))
        signed = hmac.new(_SIGNING_SECRET.encode(), f"v0:{stamp}:".encode() + body, sha256).hexdigest()
        headers = {
            "content-type": _JSON,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={signed}",
        }
        status = self._send("POST", "/slack/events", body, headers)
        if status == 200:
            self.slack.wait(before + 1)
        return status

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> int:
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=_ANSWER_SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def _announced(self) -> str:
        for line in cast("IO[str]", self._process.stdout):
            if found := _ADDRESS.search(line):
                return found[1]
        raise HostileBenchError("The server ended before it listened. Run `mellomrom serve` to see why.")

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < until:
            try:
                if self._send("GET", "/readyz", b"", {}) == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise HostileBenchError("The server did not become ready.")


def _form(text: str) -> bytes:
    return urlencode({"text": text}, errors="surrogatepass").encode()
