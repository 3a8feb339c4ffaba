"""What was acknowledged is in a copy made while it is written, and comes back; who was erased does not."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import reduce
from pathlib import Path

import pytest

from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from assistant.runtime.backup import BackupError, backup, restore
from assistant.runtime.bootstrap import open_runtime
from assistant.runtime.sealing import SealError
from assistant.service.messages import UserMessage
from assistant.service.privacy import erase
from tests.assistant.conftest import Command
from tests.attacks.servers import Server, served
from tests.postgresql import Binaries
from tests.web.test_chat import SEPSIS

KARI = Asker(channel=Channel.TERMINAL, tenant="terminal", user="kari")
OLA = Asker(channel=Channel.TERMINAL, tenant="terminal", user="ola")


def say(home: Path, text: str, asker: Asker = KARI, key: str = "") -> str | None:
    with open_runtime(Settings(home=home)) as runtime:
        incoming = UserMessage(key=key or text, asker=asker, conversation=key or text, text=text)
        return runtime.service.handle(incoming).log_id


def asked_in(home: Path) -> list[str]:
    with open_runtime(Settings(home=home)) as runtime:
        return [entry.text for entry in runtime.service.log.entries() if entry.kind == "question" and entry.text]


class Writer(threading.Thread):
    """Somebody who asks again and again, and remembers which answers were acknowledged."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self._server = server
        self.acknowledged: list[str] = []
        self.ends = threading.Event()

    def run(self) -> None:
        with self._server.browser() as browser:
            while not self.ends.is_set():
                try:
                    answer = browser.post("/ask", data={"text": SEPSIS})
                except Exception:  # noqa: BLE001 (the server was killed: what was not acknowledged is not promised)
                    return
                if answer.status_code == 303:
                    found = re.match(r"/a/([0-9a-f]{16})", answer.headers["Location"])
                    assert found is not None
                    self.acknowledged.append(found[1])


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MELLOMROM_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "assistant", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def log_ids(home: Path) -> set[str]:
    with sqlite3.connect(home / "mellomrom.sqlite3") as connection:
        found = {row[0] for row in connection.execute("SELECT log_id FROM log_entry")}
    connection.close()
    return found


@pytest.mark.slow
def test_every_acknowledged_answer_is_in_a_copy_made_under_load_and_after_a_kill(
    filled_home: Path, tmp_path: Path
) -> None:
    server = Server(filled_home, MELLOMROM_WEB_ASK_RATE="10000/minute", MELLOMROM_WEB_RATE="100000/minute")
    writers = [Writer(server) for _ in range(3)]
    try:
        for writer in writers:
            writer.start()
        copies: list[tuple[set[str], Path]] = []
        for number in range(3):
            time.sleep(1)
            before = {one for writer in writers for one in writer.acknowledged}
            copy = tmp_path / f"under-load-{number}"
            made = run(filled_home, "backup", str(copy))
            assert made.returncode == 0, made.stderr
            copies.append((before, copy))
    finally:
        server.kill()
    for writer in writers:
        writer.ends.set()
        writer.join(60)
    acknowledged = {one for writer in writers for one in writer.acknowledged}
    assert len(acknowledged) >= 5
    last = tmp_path / "after-the-kill"
    assert run(filled_home, "backup", str(last)).returncode == 0
    copies.append((acknowledged, last))
    for number, (expected, copy) in enumerate(copies):
        home = tmp_path / f"restored-{number}"
        done = run(home, "restore", str(copy))
        assert done.returncode == 0, done.stderr
        assert expected <= log_ids(home)
        assert run(home, "log", "verify").returncode == 0


def test_an_installation_comes_back_with_its_secret_so_that_people_find_what_is_theirs(
    filled_home: Path, tmp_path: Path
) -> None:
    log_id = say(filled_home, SEPSIS)
    assert log_id is not None
    copy = tmp_path / "copy"
    backup(Settings(home=filled_home), copy)
    assert copy.stat().st_mode & 0o077 == 0
    home = tmp_path / "other"
    restore(Settings(home=home), copy)
    assert (home / "secret.key").read_bytes() == (filled_home / "secret.key").read_bytes()
    with open_runtime(Settings(home=home)) as runtime:
        assert runtime.service.logged(log_id, KARI).question == SEPSIS


def test_a_restore_replaces_nothing_unless_told_and_keeps_what_it_replaces(filled_home: Path, tmp_path: Path) -> None:
    say(filled_home, "før kopien, sepsis")
    settings, copy = Settings(home=filled_home), tmp_path / "copy"
    backup(settings, copy)
    with pytest.raises(BackupError, match="--overwrite"):
        backup(settings, copy)
    say(filled_home, "etter kopien, sepsis")
    with pytest.raises(BackupError, match="--overwrite"):
        restore(settings, copy)
    done = restore(settings, copy, overwrite=True)
    assert asked_in(filled_home) == ["før kopien, sepsis"]
    assert done.missing == 0
    assert done.replaced is not None
    with sqlite3.connect(done.replaced) as connection:
        assert connection.execute("SELECT count(*) FROM log_entry").fetchone() == (4,)
    connection.close()


def test_a_restore_is_refused_while_a_server_has_the_database_open(filled_home: Path, tmp_path: Path) -> None:
    settings, copy = Settings(home=filled_home), tmp_path / "copy"
    with served(filled_home):
        backup(settings, copy)
        with pytest.raises(BackupError, match="Stop the server"):
            restore(settings, copy, overwrite=True)
    restore(settings, copy, overwrite=True)


def test_whoever_was_erased_since_is_erased_again(filled_home: Path, tmp_path: Path) -> None:
    settings, copy = Settings(home=filled_home), tmp_path / "copy"
    say(filled_home, "kari spør om sepsis")
    say(filled_home, "ola spør om sepsis", OLA)
    backup(settings, copy)
    with open_runtime(settings) as runtime:
        erase(runtime, KARI, by="test")
    done = restore(settings, copy, overwrite=True)
    assert done.erased.texts == 2
    assert asked_in(filled_home) == ["ola spør om sepsis"]
    assert b"kari sp" not in (filled_home / "mellomrom.sqlite3").read_bytes()
    # And once more, from the same old copy: that they were erased is remembered.
    restore(settings, copy, overwrite=True)
    assert asked_in(filled_home) == ["ola spør om sepsis"]


def test_where_the_database_is_lost_the_list_of_erasures_does_it(
    filled_home: Path, tmp_path: Path, mellomrom: Command
) -> None:
    settings, copy = Settings(home=filled_home), tmp_path / "copy"
    say(filled_home, "kari spør om sepsis")
    backup(settings, copy)
    with open_runtime(settings) as runtime:
        erase(runtime, KARI, by="test")
    listed = tmp_path / "erasures"
    listed.write_text(mellomrom("privacy", "erasures").out, encoding="utf-8")
    shutil.rmtree(filled_home)
    done = mellomrom("restore", str(copy), "--erasures", str(listed))
    assert done.code == 0, done.err
    assert "Erased again: 2 texts" in done.out
    assert asked_in(filled_home) == []


def test_with_a_passphrase_nothing_in_it_can_be_read_or_changed(filled_home: Path, tmp_path: Path) -> None:
    settings, copy = Settings(home=filled_home), tmp_path / "copy"
    say(filled_home, "kari spør om sepsis")
    backup(settings, copy, "en lang setning")
    sealed = copy.read_bytes()
    assert b"SQLite format 3" not in sealed
    assert b"sepsis" not in sealed
    home = tmp_path / "other"
    with pytest.raises(BackupError, match="encrypted"):
        restore(Settings(home=home), copy)
    with pytest.raises(SealError):
        restore(Settings(home=home), copy, "en annen setning")
    for number, broken in enumerate(
        (sealed[:-20], sealed[: -(1 << 20)], sealed[:300] + bytes([sealed[300] ^ 1]) + sealed[301:])
    ):
        other = tmp_path / f"broken-{number}"
        other.write_bytes(broken)
        with pytest.raises(SealError):
            restore(Settings(home=home), other, "en lang setning")
    assert not (home / "mellomrom.sqlite3").exists()
    restore(Settings(home=home), copy, "en lang setning")
    assert asked_in(home) == ["kari spør om sepsis"]


def test_what_is_no_backup_changes_nothing(filled_home: Path, tmp_path: Path) -> None:
    settings = Settings(home=filled_home)
    say(filled_home, SEPSIS)
    copy = tmp_path / "copy"
    backup(settings, copy)
    whole = copy.read_bytes()
    at = whole.index(b"SQLite format 3") + 9_000
    for number, content in enumerate((b"", b"hei", whole[: len(whole) // 2], whole[:at] + b"\xff" + whole[at + 1 :])):
        other = tmp_path / f"other-{number}"
        other.write_bytes(content)
        with pytest.raises(BackupError):
            restore(settings, other, overwrite=True)
    assert asked_in(filled_home) == [SEPSIS]


def test_a_tail_that_was_cut_off_since_the_last_backup_is_noticed(
    filled_home: Path, tmp_path: Path, mellomrom: Command
) -> None:
    for number in range(3):
        say(filled_home, f"{SEPSIS} {number}")
    backup(Settings(home=filled_home), tmp_path / "copy")
    assert mellomrom("log", "verify").code == 0
    with sqlite3.connect(filled_home / "mellomrom.sqlite3") as connection:
        connection.execute("DELETE FROM log_entry WHERE id > 4")
    connection.close()
    cut = mellomrom("log", "verify")
    assert cut.code == 1
    assert "newest entries are missing" in cut.err
    # What is asked afterwards does not cover it up.
    say(filled_home, f"{SEPSIS} siden")
    assert mellomrom("log", "verify").code == 1


def test_the_commands_told_for_postgresql_bring_everybody_back_but_who_was_erased(
    postgresql_server: tuple[str, Binaries],
    new_postgresql_url: Callable[[], str],
    small_corpus: Path,
    home: Path,
    tmp_path: Path,
    mellomrom: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = (Path(__file__).parents[2] / "assistant/docs/operations.md").read_text(encoding="utf-8")
    commands = [line.split("#")[0].split() for line in told.splitlines() if line.startswith("pg_")]
    assert [name for name, *_ in commands] == ["pg_dump", "pg_restore"]
    url, programs = new_postgresql_url(), postgresql_server[1]
    monkeypatch.setenv("MELLOMROM_DATABASE_URL", url)
    monkeypatch.setenv("MELLOMROM_SECRET_KEY", "0123456789abcdef" * 4)
    dump, erasures = tmp_path / "mellomrom.dump", tmp_path / "erasures"

    def carry_out(name: str, *arguments: str) -> None:
        given = {"ADDRESS": url.replace("+psycopg", ""), "mellomrom.dump": str(dump)}
        programs.run(name, *(reduce(lambda one, put: one.replace(*put), given.items(), word) for word in arguments))

    say(home, f"{SEPSIS} kari")
    say(home, f"{SEPSIS} ola", OLA)
    carry_out(*commands[0])
    with open_runtime(Settings(home=home)) as runtime:
        assert erase(runtime, OLA, by="test") is not None
    say(home, f"{SEPSIS} etter kopien")
    erasures.write_text(mellomrom("privacy", "erasures").out, encoding="utf-8")
    carry_out(*commands[1])
    assert asked_in(home) == [f"{SEPSIS} kari", f"{SEPSIS} ola"]
    assert "Took away" in mellomrom("privacy", "erase-again", str(erasures)).out
    assert asked_in(home) == [f"{SEPSIS} kari"]
    assert mellomrom("log", "verify").err == ""


def test_a_database_on_a_server_is_refused_with_the_remedy(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql+psycopg://kari@example.invalid/mellomrom")
    with pytest.raises(BackupError, match=r"pg_dump .*postgresql://kari@example\.invalid/mellomrom`"):
        backup(settings, tmp_path / "copy")
    with pytest.raises(BackupError, match="pg_restore"):
        restore(settings, tmp_path / "copy")
