"""A job ends as done, as told with a reference, or stays for the next start; one never costs another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import select

from assistant.channels.inbox import MAX_TRIES, Inbox, InboxEvent
from assistant.channels.slack.clients import NotInstalledError
from assistant.channels.slack.migrations import SLACK
from assistant.channels.slack.tables import InboxRow
from assistant.channels.worker import TryLaterError, Worker
from corpus.database import Database
from corpus.errors import BusyStoreError
from corpus.migrations import CORPUS


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url, (CORPUS, SLACK))
    yield opened
    opened.close()


def told(number: int) -> InboxEvent:
    return InboxEvent(key=f"k{number}", job=f"job {number}")


def work(
    database: Database, do: Callable[[InboxEvent], Awaitable[None]], jobs: list[InboxEvent]
) -> tuple[dict[str, str | None], list[str]]:
    """Take jobs in and work until all are done; return the failure of each, and the references that were told."""
    references: list[str] = []

    async def tell(_: InboxEvent, reference: str) -> None:
        references.append(reference)

    async def run() -> None:
        inbox = Inbox(database, InboxRow)
        worker = Worker(inbox, do, tell, name="slack", first_wait=0.01)
        await worker.start()
        for job in jobs:
            assert await inbox.take(job)
            worker.put(job)
        async with asyncio.timeout(20):
            while any(row.done_at is None for row in rows(database)):
                await asyncio.sleep(0.02)
        await worker.stop()

    asyncio.run(run())
    return {row.key: row.failure for row in rows(database)}, references


def rows(database: Database) -> list[InboxRow]:
    with database.reading() as session:
        return list(session.scalars(select(InboxRow)))


def test_jobs_are_done_once_each(database: Database) -> None:
    done: list[str] = []

    async def do(one: InboxEvent) -> None:
        done.append(one.key)

    failures, references = work(database, do, [told(n) for n in range(30)])
    assert sorted(done) == sorted(failures)
    assert set(failures.values()) == {None}
    assert references == []


def test_what_breaks_is_told_and_costs_the_others_nothing(database: Database) -> None:
    async def do(one: InboxEvent) -> None:
        if one.key == "k1":
            raise RuntimeError("broken")

    failures, references = work(database, do, [told(n) for n in range(3)])
    assert [failures["k0"], failures["k2"]] == [None, None]
    assert [failures["k1"]] == references


@pytest.mark.parametrize("error", [TryLaterError("429"), BusyStoreError("busy")])
def test_what_may_go_better_later_is_tried_again(database: Database, error: Exception) -> None:
    tries = 0

    async def do(_: InboxEvent) -> None:
        nonlocal tries
        tries += 1
        if tries < MAX_TRIES:
            raise error

    failures, references = work(database, do, [told(1)])
    assert (tries, failures, references) == (MAX_TRIES, {"k1": None}, [])


def test_what_never_goes_better_is_told_in_the_end(database: Database) -> None:
    async def do(_: InboxEvent) -> None:
        raise TryLaterError("503")

    failures, references = work(database, do, [told(1)])
    assert list(failures.values()) == references
    assert len(references) == 1


def test_a_workspace_that_is_gone_is_told_nothing(database: Database) -> None:
    async def do(_: InboxEvent) -> None:
        raise NotInstalledError("The app is not installed in the Slack workspace T1.")

    assert work(database, do, [told(1)]) == ({"k1": "unreachable"}, [])


def test_nobody_to_be_told_ends_the_job_all_the_same(database: Database) -> None:
    async def do(_: InboxEvent) -> None:
        raise RuntimeError("broken")

    async def cannot(_: InboxEvent, __: str) -> None:
        raise TryLaterError("Slack is gone")

    async def run() -> None:
        inbox = Inbox(database, InboxRow)
        worker = Worker(inbox, do, cannot, name="slack")
        await worker.start()
        await inbox.take(told(1))
        worker.put(told(1))
        async with asyncio.timeout(10):
            while any(row.done_at is None for row in rows(database)):
                await asyncio.sleep(0.02)
        await worker.stop()

    asyncio.run(run())


def test_what_is_left_at_the_end_is_done_at_the_next_start(database: Database) -> None:
    earlier = Inbox(database, InboxRow)
    earlier.take_all([told(1), told(2)])
    earlier.give_back()
    done: list[str] = []

    async def do(one: InboxEvent) -> None:
        done.append(one.key)

    work(database, do, [told(3)])
    assert sorted(done) == ["k1", "k2", "k3"]
