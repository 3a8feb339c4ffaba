"""The programs of a scenario: started on free ports of 127.0.0.1, waited for, and ended by their own id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
NODE_MODULES = ROOT / ".ci" / "node_modules"
Found = TypeVar("Found")


def until(what: Callable[[], Found | None], seconds: float = 20.0, why: str = "") -> Found:
    """Wait for something to be there and return it."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = what()
        except (OSError, urllib.error.URLError):
            found = None
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain {why}"
        time.sleep(0.05)


def call(url: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
    """Call an address and return the JSON, or else the text, that comes back."""
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    made = urllib.request.Request(url, data, {"content-type": "application/json", **(headers or {})})
    with urllib.request.urlopen(made, timeout=20) as said:
        text = said.read().decode()
    try:
        return json.loads(text)
    except ValueError:
        return text


class Program:
    """A program of its own process."""

    def __init__(self, command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ, **(environment or {})}
            )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, url: str) -> None:
        def answers() -> bool:
            assert self._process.poll() is None, self.said()
            try:
                call(url)
            except urllib.error.HTTPError:
                return True
            return True

        until(answers, 180, f"for {url}: {self.said()[-2000:]}")

    def workers(self) -> list[int]:
        """Return the ids of the processes that serve together."""
        found = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="ascii")
        return [pid for pid in map(int, found.split()) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)


class LocalSlack:
    """A workspace of local-slack with the app in it."""

    TEAM, CHANNEL, BROKERS, BOT = "T01TEST", "C01FOU", "C02MEG", "U0BOT"
    KARI, OLA, MEGLER = "U01KARI", "U02OLA", "U03MEGLER"

    def __init__(self, folder: Path, mode: str, requests_to: str | None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        app = {
            "appId": "A01APP", "botUserId": self.BOT, "botName": "mellomrom", "botToken": "xoxb-test-token",
            "appToken": "xapp-test-token", "signingSecret": "test-signing-secret", "mode": mode,
            **({"requestUrl": requests_to} if requests_to else {}),
        }  # fmt: skip
        people = {self.KARI: "Kari Moe", self.OLA: "Ola Aune", self.MEGLER: "Mari Megler"}
        config = {
            "workspace": {"name": "Innherred", "domain": "innherred", "teamId": self.TEAM},
            "app": app,
            "users": [{"id": i, "name": name.split()[0].lower(), "real_name": name} for i, name in people.items()],
            "channels": [
                {"id": self.CHANNEL, "name": "fou", "members": [*people, self.BOT]},
                {"id": self.BROKERS, "name": "meglere", "members": [self.MEGLER, self.BOT]},
            ],
        }
        path = folder / "local-slack.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        binary = NODE_MODULES / "local-slack-linux-x64" / "bin" / "local-slack"
        command = [str(binary), "--config", str(path), "--port", str(self.port), "--base-host", "127.0.0.1"]
        self._command, self._log = command, folder / "local-slack.log"
        self.start()

    def start(self) -> None:
        self.program = Program(self._command, self._log)
        self.program.wait_for(f"{self.url}/_control/state")

    def control(self, what: str, **body: Any) -> Any:
        return call(f"{self.url}/_control/{what}", body)

    def messages(self, channel: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = call(f"{self.url}/_control/messages/{channel}")["messages"]
        return found

    def from_bot(self, channel: str) -> list[dict[str, Any]]:
        return [message for message in self.messages(channel) if message.get("user") == self.BOT]

    def log(self, kind: str | None = None) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = call(f"{self.url}/_control/log")["log"]
        return [entry for entry in entries if kind in {None, entry["kind"]}]

    def direct(self, user: str) -> str:
        """Return the direct-message channel of a user with the app."""
        name = f"dm-{user}"
        channels = call(f"{self.url}/_control/state")["channels"]
        return str(next(channel["id"] for channel in channels if channel["name"] == name))


class Product:
    """The product, served."""

    def __init__(self, home: Path, folder: Path, port: int, environment: Mapping[str, str], workers: int = 1) -> None:
        self.port, self.url, self._workers = port, f"http://127.0.0.1:{port}", workers
        self.home, self._folder = home, folder
        self._environment = {"MELLOMROM_HOME": str(home), **environment}
        self.start()

    def start(self) -> None:
        command = [
            sys.executable, "-m", "assistant", "serve", "--port", str(self.port), "--workers", str(self._workers)
        ]  # fmt: skip
        self.program = Program(command, self._folder / "product.log", self._environment)
        self.program.wait_for(f"{self.url}/healthz")

    def stop(self) -> None:
        self.program.stop()

    def restart(self, *, kill: bool = False) -> None:
        (self.program.kill if kill else self.program.stop)()
        self.start()

    def question_keys(self) -> list[str]:
        """Return the key of every question that was taken in, as often as it is there."""
        return [row["key"] for row in self.rows("slack_inbox")]

    def cases(self) -> list[dict[str, Any]]:
        """Return the cases."""
        return self.rows("case_file")

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table as they are on disk."""
        import sqlite3

        connection = sqlite3.connect(f"file:{self.home / 'mellomrom.sqlite3'}?mode=ro", uri=True, timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
        finally:
            connection.close()
