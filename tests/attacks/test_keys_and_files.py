"""A secret or a database that is not what it should be is refused with the remedy, and a probe tells."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from assistant.channels.web.health import Health, HealthFault
from assistant.platform.settings import Settings, SettingsError
from assistant.runtime.bootstrap import open_runtime
from assistant.service.container import Runtime
from corpus.database import Database
from corpus.errors import StoreError
from tests.assistant.conftest import Command
from tests.web.test_chat import SEPSIS, ask

LONG = SecretStr("et hemmelig ord som er langt nok")


@pytest.fixture
def used_home(filled_home: Path, mellomrom: Command) -> Path:
    assert mellomrom("ask", SEPSIS).code == 0
    return filled_home


def refusal(home: Path, **settings: object) -> str:
    with pytest.raises(SettingsError) as refused:
        open_runtime(Settings.model_validate({"home": home, **settings}))
    return str(refused.value)


def test_a_secret_that_is_missing_is_not_made_anew_beside_a_filled_database(used_home: Path) -> None:
    (used_home / "secret.key").unlink()
    told = refusal(used_home)
    assert "missing" in told
    assert "mellomrom restore" in told
    assert not (used_home / "secret.key").exists()


@pytest.mark.parametrize("content", [b"", b"a", b"x" * 15])
def test_a_secret_that_is_empty_or_short_is_refused(used_home: Path, content: bytes) -> None:
    (used_home / "secret.key").write_bytes(content)
    assert "backup" in refusal(used_home)


def test_another_secret_than_the_database_was_filled_with_is_refused(used_home: Path) -> None:
    kept = (used_home / "secret.key").read_bytes()
    (used_home / "secret.key").write_bytes(os.urandom(32))
    assert "not the one" in refusal(used_home)
    assert "not the one" in refusal(used_home, secret_key=LONG)
    (used_home / "secret.key").write_bytes(kept)
    open_runtime(Settings(home=used_home)).close()


def test_a_secret_that_can_be_guessed_is_refused_from_the_start(tmp_path: Path) -> None:
    assert "at least 16" in refusal(tmp_path / "new", secret_key=SecretStr("a"))


def test_who_has_lost_the_secret_for_good_can_begin_with_another(used_home: Path, mellomrom: Command) -> None:
    (used_home / "secret.key").unlink()
    assert mellomrom("privacy", "new-key").code == 1
    assert mellomrom("privacy", "new-key", "--yes").code == 0
    assert mellomrom("ask", SEPSIS).code == 0


def test_an_empty_database_file_is_refused_and_left_as_it_is(used_home: Path, mellomrom: Command) -> None:
    for path in used_home.glob("mellomrom.sqlite3-*"):
        path.unlink()
    (used_home / "mellomrom.sqlite3").write_bytes(b"")
    for command in (("ask", SEPSIS), ("log", "list"), ("corpus", "list")):
        refused = mellomrom(*command)
        assert refused.code == 1
        assert "mellomrom restore" in refused.err
    assert (used_home / "mellomrom.sqlite3").read_bytes() == b""


def test_no_file_of_ours_is_ever_empty_even_where_two_begin_at_once(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    url = f"sqlite:///{tmp_path / 'new' / 'store.sqlite3'}"
    with ThreadPoolExecutor(6) as pool:
        for opened in pool.map(lambda _: Database(url), range(6)):
            opened.close()
    assert [path.name for path in (tmp_path / "new").iterdir() if "-" not in path.name] == ["store.sqlite3"]
    assert (tmp_path / "new" / "store.sqlite3").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bits_are_told_as_damage_and_never_as_a_failure_of_ours(
    used_home: Path, mellomrom: Command, seed: int
) -> None:
    import random

    with sqlite3.connect(used_home / "mellomrom.sqlite3") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray((used_home / "mellomrom.sqlite3").read_bytes())
    chance = random.Random(seed)  # noqa: S311 (the same bits each time)
    for _ in range(600):
        content[chance.randrange(100, len(content))] ^= 1 << chance.randrange(8)
    (used_home / "mellomrom.sqlite3").write_bytes(content)
    for command in (("log", "list"), ("log", "export", "--with-text"), ("corpus", "list"), ("ask", SEPSIS)):
        result = mellomrom(*command)
        assert result.code in {0, 1}
        assert "Something went wrong that should not have" not in result.err
        if result.code:
            assert "restore" in result.err or "corpus" in result.err


def test_text_that_is_none_is_told_without_what_it_was(used_home: Path) -> None:
    database = Database(f"sqlite:///{used_home / 'mellomrom.sqlite3'}")
    with sqlite3.connect(used_home / "mellomrom.sqlite3") as connection:
        connection.execute("UPDATE record SET updated_by = CAST(X'73657073697380ff' AS TEXT)")
    connection.close()
    from corpus.store import RecordStore

    with pytest.raises(StoreError, match="damaged") as told:
        RecordStore(database).listed()
    assert "seps" not in str(told.value)
    database.close()


def test_a_write_waits_for_the_disk_and_a_deletion_overwrites(tmp_path: Path) -> None:
    from sqlalchemy import text

    database = Database(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    with database.reading() as session:
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA secure_delete")) == 1
    database.close()


def test_the_probe_tells_of_a_full_disk_and_of_a_damaged_database(
    client: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").json() == {"status": "ok"}
    ask(client, SEPSIS)
    used = shutil.disk_usage(runtime.settings.home)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: used._replace(free=4_096))
        told = client.get("/readyz")
        assert (told.status_code, told.json()["fault"]) == (503, "disk_full")
    file = runtime.database.file
    assert file is not None
    assert runtime.database.leave_no_trace()
    content = bytearray(file.read_bytes())
    for at in range(4_096 * 8, len(content), 4_096):
        content[at : at + 64] = os.urandom(64)
    file.write_bytes(content)
    runtime.database.close()
    assert Health(runtime.database, runtime.settings.home).fault() in {HealthFault.DAMAGED, HealthFault.DATABASE}
