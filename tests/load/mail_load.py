"""Letters through kills: `python -m tests.load.mail_load [--letters 1000] [--kills 3] [--processes 2]`.

A real mail server keeps what it takes. Processes of ours carry the letters; all of them are killed (SIGKILL) so many
times on the way, and started anew. In the end each letter was taken once, or is told of as one of which nobody knows;
none was taken twice.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import exists, select

from assistant.mail import queue as queueing
from assistant.mail.carrier import Carrier
from assistant.mail.migrations import MAIL
from assistant.mail.queue import MailQueue, MailState
from assistant.mail.tables import OutgoingRow
from assistant.platform.settings import Settings
from corpus.database import Database
from corpus.migrations import CORPUS
from tests.mail.servers import Kept, mail_server

SENDER = "megling@fylke.example"
LEASE_SECONDS = 3
"""Shorter than the product's own, so that a run need not wait for minutes after each kill."""


def carry(url: str, port: int) -> None:
    """Carry letters until killed; what a process of the product does."""
    queueing.LEASE = timedelta(seconds=LEASE_SECONDS)
    told = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "mail_sender": SENDER}
    queue = MailQueue(Database(url, (CORPUS, MAIL)), SENDER)
    carrier = Carrier(queue, Settings.model_validate(told))
    while True:
        carrier.carry()
        time.sleep(0.1)


def _started(url: str, port: int, processes: int) -> list[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.load.mail_load", "--carry", url, str(port)]
    return [subprocess.Popen(command) for _ in range(processes)]


def _is_under_way(database: Database) -> bool:
    under_way = (MailState.QUEUED, MailState.CLAIMED, MailState.HANDING)
    return bool(database.value(select(exists().where(OutgoingRow.state.in_(under_way)))))


def _killed(running: list[subprocess.Popen[bytes]]) -> None:
    for one in running:
        one.kill()
    for one in running:
        one.wait()


def run(letters: int, kills: int, processes: int) -> bool:
    """Send letters through kills, report, and tell whether each was taken once or told of."""
    kept = Kept()
    with tempfile.TemporaryDirectory() as folder, mail_server(kept) as port:
        url = f"sqlite:///{Path(folder) / 'mail.sqlite3'}"
        database = Database(url, (CORPUS, MAIL))
        queue = MailQueue(database, SENDER)
        ids = [
            queue.enqueue("p@partner.example", f"Brev {n}", "Hei", reference="load").message_id for n in range(letters)
        ]
        began, killed = time.monotonic(), 0
        running = _started(url, port, processes)
        while _is_under_way(database):
            if killed < kills and len(kept.raw) >= (killed + 1) * letters // (kills + 1):
                _killed(running)
                killed += 1
                running = _started(url, port, processes)
            time.sleep(0.1)
        _killed(running)
        seconds = time.monotonic() - began
        taken = Counter(str(message["message-id"]) for message in kept.messages)
        states = Counter(one.state.value for one in queue.of("load"))
        unsure = {one.message_id for one in queue.of("load") if one.state is MailState.UNSURE}
        database.close()
    twice = [one for one, count in taken.items() if count > 1]
    lost = [one for one in ids if one not in taken and one not in unsure]
    print(f"{letters} letters, {processes} processes killed {killed} times: {seconds:.1f} s")
    print(f"states {dict(states)}; of those nobody knows of, {len(unsure & set(taken))} were taken")
    print(f"taken twice: {len(twice)}; neither taken nor told of: {len(lost)}")
    return not twice and not lost and killed == kills


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--carry", nargs=2, metavar=("URL", "PORT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.carry:
        carry(given.carry[0], int(given.carry[1]))
    sys.exit(0 if run(given.letters, given.kills, given.processes) else 1)


if __name__ == "__main__":
    main()
