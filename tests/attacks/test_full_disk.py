"""On a disk that is really full nothing is half written: it is told, `/readyz` tells too, and room mends it."""

from __future__ import annotations

import shutil
from io import FileIO
from pathlib import Path

import httpx2
import pytest

from tests.attacks.servers import Server, served
from tests.web.test_chat import SEPSIS

MEGABYTES = 160
"""The size of the disk: a home takes some fifty, and SQLite and the index some more while they are opened."""
_ON_A_SMALL_DISK = 'mount -t tmpfs -o size={size}m tmpfs "$0" && cp -r "$1" "$0/home" && shift && exec "$@"'


def ask(browser: httpx2.Client, words: str) -> httpx2.Response:
    return browser.post("/ask", data={"text": words})


def _fill(file: FileIO) -> None:
    while True:
        file.write(b"\0" * 65_536)


def seen_by(server: Server, path: Path) -> Path:
    """Return a path as the server sees it, which has a disk of its own there."""
    return Path(f"/proc/{server.process.pid}/root{path}")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare is missing: install util-linux")
def test_a_full_disk_is_told_changes_nothing_and_is_mended_by_room(filled_home: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = _ON_A_SMALL_DISK.format(size=MEGABYTES)
    within = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, str(disk), str(filled_home)]
    with served(disk / "home", within) as server, server.browser() as browser:
        first = ask(browser, SEPSIS)
        assert first.status_code == 303
        assert browser.get("/readyz").json() == {"status": "ok"}
        filler = seen_by(server, disk / "filler")
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            _fill(file)
        ready = browser.get("/readyz")
        assert (ready.status_code, ready.json()["fault"]) == (503, "disk_full")
        refused = [ask(browser, f"hvem kan hjelpe med skole og mobbing, nummer {number}?") for number in range(20)]
        (told,) = {one.status_code for one in refused if one.status_code != 303}
        assert told in {500, 503, 507}
        page = next(one.text for one in refused if one.status_code == told)
        assert "Ingenting er endret" in page
        log = (tmp_path / "disk" / "home.log").read_text(encoding="utf-8")
        assert "the disk is full. Nothing was changed; make room" in log
        assert "mobbing" not in log
        answered = sum(one.status_code == 303 for one in refused)
        assert browser.get(first.headers["Location"]).status_code == 200
        filler.unlink()
        assert browser.get("/readyz").json() == {"status": "ok"}
        assert ask(browser, SEPSIS).status_code == 303
        kept = browser.get("/mine/kept.json").json()["log"]
        assert sum(one["kind"] == "question" for one in kept) == answered + 2
