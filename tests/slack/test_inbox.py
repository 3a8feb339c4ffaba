"""What Slack tells is taken in once, is there after a crash, and is forgotten when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assistant.channels.inbox import LEASE, MAX_TRIES, Inbox, InboxEvent
from assistant.channels.slack.migrations import SLACK
from assistant.channels.slack.tables import InboxRow
from corpus.database import Database
from corpus.migrations import CORPUS


def ask(number: int = 1) -> InboxEvent:
    return InboxEvent(key=f"slack:event:Ev{number}", job=f"spørsmål {number}")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url, (CORPUS, SLACK))
    yield opened
    opened.close()


def rows(database: Database) -> list[InboxRow]:
    with database.reading() as session:
        return list(session.scalars(select(InboxRow).order_by(InboxRow.key)))


def test_a_thing_told_many_times_at_once_is_taken_in_once(database: Database) -> None:
    async def told() -> list[bool]:
        inbox = Inbox(database, InboxRow)
        return await asyncio.gather(*(inbox.take(ask(number % 3)) for number in range(60)))

    assert sum(asyncio.run(told())) == 3
    assert len(rows(database)) == 3


def test_two_inboxes_of_one_database_take_a_thing_in_once(database: Database) -> None:
    async def told() -> list[bool]:
        inboxes = [Inbox(database, InboxRow) for _ in range(4)]
        return await asyncio.gather(*(inbox.take(ask()) for inbox in inboxes for _ in range(5)))

    assert sum(asyncio.run(told())) == 1


def test_what_was_not_done_is_found_again_whole_and_in_order(database: Database) -> None:
    inbox = Inbox(database, InboxRow)
    jobs = [ask(number) for number in range(3)]
    for job in jobs:
        assert inbox.take_all([job]) == [True]
    inbox.finish(jobs[1].key)
    inbox.give_back()
    assert Inbox(database, InboxRow).claim() == [jobs[0], jobs[2]]


def test_what_one_process_has_under_way_no_other_takes_over_until_it_falls_silent(database: Database) -> None:
    now = datetime.now(UTC)
    first, second = Inbox(database, InboxRow, lambda: now), Inbox(database, InboxRow, lambda: now)
    first.take_all([ask(1), ask(2)])
    second.take_all([ask(3)])
    assert second.claim() == []
    now += LEASE * 0.9
    assert first.renew()
    now += LEASE * 0.9
    assert first.claim() == [ask(3)]
    assert not second.renew()
    now += LEASE * 2
    assert second.claim() == [ask(1), ask(2), ask(3)]
    assert first.claim() == []


def test_a_job_is_claimed_by_one_of_many_who_look_at_once(database: Database) -> None:
    inbox = Inbox(database, InboxRow)
    inbox.take_all([ask(number) for number in range(20)])
    inbox.give_back()
    with ThreadPoolExecutor(8) as pool:
        claimed = [job.key for jobs in pool.map(lambda _: Inbox(database, InboxRow).claim(), range(8)) for job in jobs]
    assert sorted(claimed) == sorted(ask(number).key for number in range(20))


def test_what_was_said_is_gone_when_it_is_done_and_the_key_stays(database: Database) -> None:
    inbox = Inbox(database, InboxRow)
    inbox.take_all([ask()])
    inbox.finish(ask().key)
    assert [(row.key, row.job) for row in rows(database)] == [(ask().key, None)]
    assert inbox.take_all([ask()]) == [False]


def test_what_fails_at_every_start_is_given_up_in_the_end(database: Database) -> None:
    began = datetime.now(UTC)
    moments = (began + tries * 2 * LEASE for tries in range(MAX_TRIES + 2))
    inbox = Inbox(database, InboxRow, lambda: next(moments))
    inbox.take_all([ask()])
    found = [bool(inbox.claim()) for _ in range(MAX_TRIES + 1)]
    assert found == [True] * MAX_TRIES + [False]
    assert [(row.job, row.failure) for row in rows(database)] == [(None, "tries")]


def test_keys_are_forgotten_after_a_day(database: Database) -> None:
    now = datetime.now(UTC)
    inbox = Inbox(database, InboxRow, lambda: now)
    inbox.take_all([ask(1), ask(2)])
    inbox.finish(ask(1).key)
    assert inbox.forget() == 0
    assert Inbox(database, InboxRow, lambda: now + timedelta(days=2)).forget() == 1
    assert [row.key for row in rows(database)] == [ask(2).key]


def test_a_database_that_cannot_be_written_is_told_to_each_who_waits(database: Database) -> None:
    async def told() -> list[object]:
        inbox = Inbox(database, InboxRow)
        database.close()
        with database.writing() as session:
            session.execute(InboxRow.__table__.delete())  # type: ignore[attr-defined]
            session.connection().exec_driver_sql("DROP TABLE slack_inbox")
        return await asyncio.gather(*(inbox.take(ask(n)) for n in range(3)), return_exceptions=True)

    assert all(isinstance(one, Exception) for one in asyncio.run(told()))
