"""What the tests let other processes do to a store; run as `python -m tests.corpus.processes WHAT URL …`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.curation import load_shipped
from corpus.errors import EditConflictError
from corpus.files import Record
from corpus.records import Actor, Alias, AliasKind
from corpus.store import RecordStore
from tests.records import actor


def start(what: str, url: str, *more: str) -> subprocess.Popen[str]:
    """Start another process that does one of the functions below."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.corpus.processes", what, url, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def finish(process: subprocess.Popen[str]) -> None:
    """Wait for a process and fail with what it said if it failed."""
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said


def add_aliases(url: str, name: str, count: str) -> None:
    """Add aliases to one record, each read, changed and written back; again whenever someone else was faster."""
    with RecordStore.open(url) as store:
        for number in range(int(count)):
            saved = False
            while not saved:
                stored = store.get("actor:shared")
                alias = Alias(text=f"{name} {number}", kind=AliasKind.ALIAS)
                assert isinstance(stored.record, Actor)
                record = stored.record.model_copy(update={"aliases": (*stored.record.aliases, alias)})
                try:
                    store.save(record, by=name, expected_version=stored.version)
                    saved = True
                except EditConflictError:
                    continue


def add_records(url: str, name: str, count: str) -> None:
    """Add records of one's own, one transaction each."""
    with RecordStore.open(url) as store:
        for number in range(int(count)):
            store.save(actor(f"{name}-{number}", f"{name} {number}"), by=name, action="create")


def open_only(url: str) -> None:
    """Open a store, whether it is there or not."""
    RecordStore.open(url).close()


def ship(url: str, folder: str) -> None:
    """Load the shipped records of a folder."""
    with RecordStore.open(url) as store:
        load_shipped(store, folder=Path(folder))


def die_while_saving(url: str, count: str) -> None:
    """Be killed in the middle of a transaction, after some batches were sent to the database."""

    def some() -> Iterator[Record]:
        for number in range(int(count)):
            yield actor(f"n-{number}", "N")
        os.kill(os.getpid(), signal.SIGKILL)

    with RecordStore.open(url) as store:
        store.save_many(some(), "loader", "create")


DEEDS: dict[str, Callable[..., None]] = {
    deed.__name__: deed for deed in (add_aliases, add_records, open_only, ship, die_while_saving)
}

if __name__ == "__main__":
    DEEDS[sys.argv[1]](*sys.argv[2:])
