"""What machines with homes of their own share through one database on a server, and what they do when it is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from pydantic import SecretStr
from sqlalchemy import text
from starlette.exceptions import HTTPException

from assistant.channels.refusals import status_of
from assistant.channels.web.limits import Limits
from assistant.history.keyring import open_keys
from assistant.platform.settings import Settings, SettingsError
from assistant.runtime.bootstrap import open_database, open_index_manager
from corpus.database import Database
from corpus.errors import BusyStoreError, UnreachableStoreError
from corpus.sharing import Lead, alone, listen
from corpus.store import RecordStore
from tests.records import actor
from tests.slack.processes import until

SECRET = "of the tests, long enough"


@pytest.fixture
def machines(new_postgresql_url: Callable[[], str], tmp_path: Path) -> Iterator[list[tuple[Settings, Database]]]:
    """Two machines."""
    url = new_postgresql_url()
    settings = [
        Settings(home=tmp_path / name, database_url=url, secret_key=SECRET, web_ask_rate="4/hour")
        for name in ("one", "two")
    ]
    opened = [(one, open_database(one)) for one in settings]
    yield opened
    for _, database in opened:
        database.close()


def cut_off(database: Database) -> None:
    """End all connections to the database but this one, as a restart of the server does."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    database.at_once(text(f"SELECT count(*) FROM ({others} AND pid <> pg_backend_pid()) AS ended"), {})


def test_a_caller_is_counted_once_whichever_machine_they_reach(machines: list[tuple[Settings, Database]]) -> None:
    limits = [Limits(settings, None, database) for settings, database in machines]
    for number in range(4):
        limits[number % 2].check("ask", "kari")
    for one in limits:
        with pytest.raises(HTTPException) as refused:
            one.check("ask", "kari")
        assert refused.value.headers is not None
        assert 0 < int(refused.value.headers["Retry-After"]) <= 7200
        one.check("ask", "ola")
    with machines[0][1].reading() as session:
        keys = session.scalars(text("SELECT key FROM web_rate")).all()
    assert len(keys) == 2
    assert not any("kari" in key for key in keys)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=3)):
        limits[0].forget()
    with machines[0][1].reading() as session:
        assert session.scalar(text("SELECT count(*) FROM web_rate")) == 0


def test_many_at_once_are_counted_exactly(machines: list[tuple[Settings, Database]]) -> None:
    passed: list[int] = []

    def ask(settings: Settings, database: Database) -> None:
        limits = Limits(settings, None, database)
        for number in range(5):
            try:
                limits.check("ask", "everybody")
            except HTTPException:
                continue
            passed.append(number)

    threads = [threading.Thread(target=ask, args=machines[number % 2]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 4


def test_one_machine_leads_and_another_once_the_first_is_cut_off(machines: list[tuple[Settings, Database]]) -> None:
    first, second = (Lead(database, 7) for _, database in machines)
    assert (first.take(), second.take(), first.take(), second.take()) == (True, False, True, False)
    cut_off(machines[1][1])
    until(second.take, 5)
    assert not first.take()
    second.leave()
    assert until(first.take, 5)
    first.leave()


def test_an_edit_is_told_to_other_machines_also_after_the_server_was_away(
    machines: list[tuple[Settings, Database]],
) -> None:
    told: list[float] = []
    stop = threading.Event()
    listener = threading.Thread(target=listen, args=(machines[1][1], lambda: told.append(time.monotonic()), stop))
    listener.start()
    store = RecordStore(machines[0][1])
    try:
        until(lambda: len(told) == 1, 5, "for the beginning")
        begun = time.monotonic()
        store.save_many([actor("a", "Den første")], by="test")
        until(lambda: len(told) == 2, 5, "for the edit")
        assert told[1] - begun < 1
        cut_off(machines[0][1])
        until(lambda: len(told) >= 3, 5, "for the connection to be there again")
        store.remove(["actor:a"], by="test", note="")
        until(lambda: len(told) >= 4, 5, "for the edit after")
    finally:
        stop.set()
        listener.join(10)
    assert not listener.is_alive()


def test_a_server_that_cuts_connections_off_is_found_again_without_an_error(
    machines: list[tuple[Settings, Database]],
) -> None:
    stores = [RecordStore(database) for _, database in machines]
    stores[0].save_many([actor("a", "Den første")], by="test")
    cut_off(machines[1][1])
    assert [len(store.ids()) for store in stores] == [1, 1]


def test_a_server_that_is_away_is_told_as_something_to_try_again(new_postgresql_url: Callable[[], str]) -> None:
    from sqlalchemy import make_url

    away = make_url(new_postgresql_url()).update_query_dict({"host": "/nowhere"})
    with pytest.raises(UnreachableStoreError, match="does not answer") as told:
        Database(away.render_as_string(hide_password=False))
    assert status_of(told.value) == 503


def test_a_server_asks_for_a_secret_that_all_share(machines: list[tuple[Settings, Database]], tmp_path: Path) -> None:
    settings, database = machines[0]
    alone = settings.model_copy(update={"secret_key": None, "home": tmp_path / "three"})
    with pytest.raises(SettingsError, match="Set MELLOMROM_SECRET_KEY"):
        open_keys(alone, database)
    open_keys(settings, database)
    other = settings.model_copy(update={"secret_key": SecretStr("another one, also long enough")})
    with pytest.raises(SettingsError, match="not the one that the database was filled with"):
        open_keys(other, machines[1][1])


def test_what_one_machine_is_at_alone_another_waits_for_and_gives_up_in_time(
    machines: list[tuple[Settings, Database]],
) -> None:
    (_, first), (_, second) = machines
    with alone(first, 7, 30):
        with pytest.raises(BusyStoreError, match="another machine"), alone(second, 7, 1):
            pass
        with alone(second, 8, 1):
            pass
    with alone(second, 7, 1):
        pass


@pytest.mark.parametrize("vectors", ["files", "postgresql"])
def test_the_index_that_one_machine_has_made_is_fetched_by_the_other(
    machines: list[tuple[Settings, Database]], vectors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made_again(*_: object) -> None:
        raise AssertionError("the index was made again")

    (one, first), (two, second) = machines
    RecordStore(first).save_many([actor("a", "Kontoret"), actor("b", "Verkstedet")], by="test")
    made = open_index_manager(one.model_copy(update={"vectors": vectors}), RecordStore(first))
    assert made.searcher().manifest.vectors == vectors
    monkeypatch.setattr("index.manager.build_index", made_again)
    fetched = open_index_manager(two.model_copy(update={"vectors": vectors}), RecordStore(second))
    assert fetched.searcher().manifest == made.searcher().manifest
    assert [hit.record_id for hit in fetched.searcher().named("Verkstedet")] == ["actor:b"]
    made.close()
    fetched.close()


def test_vectors_are_kept_in_the_database_only_where_it_is_on_a_server(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="MELLOMROM_DATABASE_URL"):
        Settings(home=tmp_path, vectors="postgresql")
