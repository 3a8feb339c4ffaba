"""Nothing is lost to two threads that answer at once."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException

from assistant.channels.web.limits import Limits
from assistant.dialogue.understanding import Question
from assistant.matching import matchmaker
from assistant.platform.settings import Settings
from corpus.database import Database
from corpus.records import Kind, Place
from index.storage.passage_table import PassageTable
from tests.assistant.services import Small
from tests.records import actor

NEEDS = ["hvem kan hjelpe med sepsis?", "hvem leser med barn?", "penger til skoler", "støtte mot sepsis"]


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads take turns far more often than they do by themselves."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_no_answer_is_lost_while_what_is_known_of_records_grows(
    small: Small, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {text: small.matchmaker.answer(Question(text=text)) for text in NEEDS}
    # So few are kept that the cache is emptied again and again, as edits do.
    monkeypatch.setattr(matchmaker, "RECORDS_KEPT", 3)

    def answered(number: int) -> bool:
        text = NEEDS[number % len(NEEDS)]
        return small.matchmaker.answer(Question(text=text)) == expected[text]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(answered, range(480)))


def test_what_is_looked_up_by_several_threads_at_once_is_read_right(tmp_path: Path, impatient: None) -> None:
    ids = [f"actor:n-{number}" for number in range(7)]
    written = PassageTable.create(tmp_path / "passages.sqlite3")
    for record_id in ids:
        place = Place(name=record_id, kommunenummer="5038")
        written.add(actor(record_id.removeprefix("actor:"), "N").model_copy(update={"place": place}), Kind.ACTOR, [])
    written.commit()
    written.close()
    table = PassageTable.load(tmp_path / "passages.sqlite3")

    def looked_up(number: int) -> bool:
        record_id = ids[number % len(ids)]
        return [(one.record_id, one.name) for one in table.places([record_id]).values()] == [(record_id, record_id)]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(looked_up, range(12_000)))
    table.close()


def test_a_scheme_is_judged_by_norways_day_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    import inspect
    import time

    from assistant.matching.matchmaker import Matchmaker
    from assistant.platform.workdays import norwegian_day

    for zone in ("Pacific/Pago_Pago", "Pacific/Kiritimati"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert inspect.signature(Matchmaker).parameters["today"].default() == norwegian_day()
    monkeypatch.undo()
    time.tzset()


def test_on_the_command_line_too_nobody_moves_a_case_over_another_brokers_move(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    from assistant.cases.cases import CaseState, StaleCaseError
    from assistant.commands import followup
    from assistant.service.messages import ActionType
    from tests.assistant.services import HOSPITAL

    receipt = small.do(small.say("hvem kan hjelpe med sepsis?"), ActionType.INTRODUCE, record_id=HOSPITAL.id)
    assert receipt.case is not None
    seen = receipt.case
    small.referrals.move(seen.id, CaseState.SENT, by="ola")
    here = SimpleNamespace(referrals=small.referrals, settings=SimpleNamespace(user="kari"))
    monkeypatch.setattr(followup, "_runtime", lambda: here)
    with pytest.raises(StaleCaseError):
        followup.move(seen.id, CaseState.TAKEN, version=seen.version)
    assert small.referrals.get(seen.id).state is CaseState.SENT


def test_callers_are_counted_by_many_threads_at_once_without_one_more(tmp_path: Path, impatient: None) -> None:
    limits = Limits(Settings(home=tmp_path, web_ask_rate="1000000/second"))
    begun: set[str] = set()

    def count(number: int) -> None:
        limits.check("ask", str(number % 3))
        begun.update(thread.name for thread in threading.enumerate())

    with ThreadPoolExecutor(8, thread_name_prefix="caller") as pool:
        before = {thread.name for thread in threading.enumerate()}
        assert list(pool.map(count, range(2_000))) == [None] * 2_000
    assert {name for name in begun - before if not name.startswith("caller")} == set()


def test_no_caller_goes_over_the_rate_however_many_threads_count(tmp_path: Path, impatient: None) -> None:
    limits = Limits(Settings(home=tmp_path, web_ask_rate="50/hour"))

    def is_let_in(_: int) -> bool:
        try:
            limits.check("ask", "one")
        except HTTPException:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(is_let_in, range(200))) == 50


def test_a_connection_in_use_while_the_database_is_let_go_of_is_closed_when_its_work_is_done(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    begun, is_closed = threading.Event(), threading.Event()

    def work() -> sqlite3.Connection:
        with database.writing() as session:
            used: object = session.connection().connection.dbapi_connection
            begun.set()
            is_closed.wait(10)
        assert isinstance(used, sqlite3.Connection)
        return used

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        assert begun.wait(10)
        database.close()
        is_closed.set()
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            done.result().execute("SELECT 1")
