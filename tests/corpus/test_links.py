"""Addresses are asked politely, and only what an address itself said is stored."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
from sqlalchemy import update

from corpus.database import Database
from corpus.errors import CorpusError
from corpus.links import LinkPolicy, LinkState, NoNetworkError, addresses, asked_since, check, dead
from corpus.store import RecordStore
from corpus.tables import LinkRow
from tests.records import actor, instrument

QUICK = LinkPolicy(at_once=4, pause=0.0, timeout=1.0)


class Site:
    """A server of pages that are there, gone, shy, broken, slow or that dislike HEAD."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, float]] = []
        self.at_once = self.most = 0
        lock, site = threading.Lock(), self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.answer()

            def do_GET(self) -> None:
                self.answer()

            def answer(self) -> None:
                with lock:
                    site.asked.append((self.command, self.path, time.monotonic()))
                    site.at_once += 1
                    site.most = max(site.most, site.at_once)
                name = self.path.strip("/")
                status = 405 if name == "no-head" and self.command == "HEAD" else int(name) if name.isdigit() else 200
                if name == "slow":
                    time.sleep(1.5)
                with lock:
                    site.at_once -= 1
                self.send_response(302 if name == "moved" else status)
                if name == "moved":
                    self.send_header("Location", "/there")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def site() -> Iterator[Site]:
    opened = Site()
    thread = threading.Thread(target=opened.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()
    thread.join()


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    opened.close()


def test_each_address_is_told_by_what_it_says_itself(site: Site, database: Database) -> None:
    names = ("there", "moved", "no-head", "404", "410", "403", "429", "500", "slow")
    told = check(database, [f"{site.address}/{name}" for name in names], QUICK)
    assert {link.address.rpartition("/")[2]: link.state for link in told} == {
        "there": LinkState.THERE,
        "moved": LinkState.THERE,
        "no-head": LinkState.THERE,
        "404": LinkState.GONE,
        "410": LinkState.GONE,
        "403": LinkState.CLOSED,
        "429": LinkState.CLOSED,
        "500": LinkState.FAILING,
        "slow": LinkState.FAILING,
    }
    assert {one.rpartition("/")[2] for one in dead(database)} == {"404", "410"}
    assert Counter(verb for verb, path, _ in site.asked if path == "/there")["GET"] == 0
    assert asked_since(database, datetime.now(UTC) - timedelta(minutes=1)) == {link.address for link in told}


def test_what_fails_is_dead_once_it_has_failed_for_a_week_and_alive_when_it_answers(
    site: Site, store: RecordStore
) -> None:
    database = store.database
    broken = f"{site.address}/503"
    check(database, [f"{site.address}/there", broken], QUICK)
    assert dead(database) == {}
    with database.writing() as session:
        session.execute(update(LinkRow).values(failing_since=datetime.now(UTC).date() - timedelta(days=8)))
    check(database, [f"{site.address}/there", broken], QUICK)
    assert list(dead(database)) == [broken]
    assert dead(database)[broken].failing_since == datetime.now(UTC).date() - timedelta(days=8)


def test_a_host_is_asked_one_thing_at_a_time_with_a_pause_between(site: Site, database: Database) -> None:
    check(database, [f"{site.address}/{number}" for number in range(200, 204)], QUICK._replace(pause=0.1))
    moments = [at for _, _, at in site.asked]
    assert site.most == 1
    assert all(later - earlier >= 0.09 for earlier, later in pairwise(moments))


def test_without_a_network_nothing_is_stored_and_the_error_says_so(database: Database) -> None:
    gone = [f"http://127.0.0.1:9/{number}" for number in range(3)]
    with pytest.raises(NoNetworkError, match="network") as error:
        check(database, gone, QUICK)
    assert isinstance(error.value, CorpusError)
    assert asked_since(database, datetime.now(UTC) - timedelta(days=1)) == set()


def test_every_address_of_a_record_is_found_with_its_field() -> None:
    source = {"ref": "https://b.example/page", "mark": "verified"}
    found = addresses(actor("a", "A", url="https://a.example", sources=[source]))
    assert found == {"https://a.example": "url", "https://b.example/page": "sources.0.ref"}
    call = {
        "id": "call:a",
        "title": {"nb": "A", "en": "A"},
        "url": "https://c.example",
        "deadline_type": "rolling",
        "sources": [source],
    }
    assert addresses(instrument("s", "S", calls=[call]))["https://c.example"] == "calls.0.url"
