"""The product served by a process of its own, as it is in use, that tests may kill."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2


class Server:
    """A server process on a home.

    Args:
        home: Its home.
        within: A command that runs another one, given after it.
        settings: More of the environment.
    """

    def __init__(self, home: Path, within: Sequence[str] = (), **settings: str) -> None:
        self.home = home
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MELLOMROM_")}
        environment |= {"MELLOMROM_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2]), **settings}
        self._log = (home.parent / f"{home.name}.log").open("ab")
        self.process = subprocess.Popen(
            [*within, sys.executable, "-m", "assistant", "serve", "--port", "0"],
            env=environment, stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        found = re.search(r"http://\S+", first)
        assert found, (home.parent / f"{home.name}.log").read_text(encoding="utf-8")
        self.address = found[0]
        self.broker_link = self.process.stdout.readline().split()[-1]
        self._wait()

    def browser(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.address, timeout=60)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self._end()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self._end()

    def _end(self) -> None:
        self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._log.close()

    def _wait(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                if httpx2.get(f"{self.address}/healthz", timeout=5).status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the server did not come up")


@contextmanager
def served(home: Path, within: Sequence[str] = (), **settings: str) -> Iterator[Server]:
    server = Server(home, within, **settings)
    try:
        yield server
    finally:
        server.stop()
