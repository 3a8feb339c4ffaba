"""What is due and which links are dead is told to people and to scripts, from a store of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typer.testing import Result

from corpus.errors import CorpusError
from corpus.store import RecordStore
from tests.assistant.test_corpus_commands import run, shipped  # noqa: F401 (fixtures)
from tests.records import actor, instrument


class Handler(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 (as http.server has it)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_due_is_listed_and_a_dead_link_comes_first(
    run: Callable[..., Result],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: object,
    site: str,
) -> None:
    monkeypatch.setenv("MELLOMROM_DATABASE_URL", f"sqlite:///{tmp_path}/own.sqlite3")
    with RecordStore.open(f"sqlite:///{tmp_path}/own.sqlite3") as store:
        gone = actor("gone", "Borte", url=f"{site}/gone", checked_on="2020-01-01")
        there = actor("there", "Der", url=f"{site}/there", checked_on="2020-01-01")
        store.save_many([gone, there, instrument("s2", "S2")], by="test")

    before = json.loads(run("stale", "--json").stdout)
    assert {one["id"] for one in before} >= {"actor:gone", "actor:there", "instrument:s2"}
    assert next(one for one in before if one["id"] == "actor:there")["reason"] == "interval"

    told = run("links", "--pause", 0, "--json")
    assert [(one["address"], one["records"]) for one in json.loads(told.stdout)] == [
        (f"{site}/gone", ["actor:gone: url"])
    ]
    assert "0 addresses asked, 2 asked lately, 1 dead." in run("links").stdout
    after = json.loads(run("stale", "--json").stdout)
    assert (after[0]["id"], after[0]["reason"], after[0]["dead"]) == ("actor:gone", "dead_link", [f"{site}/gone"])
    assert "dead: " in run("stale", "--limit", 1).stdout

    monkeypatch.setenv("MELLOMROM_CHECK_ACTOR_DAYS", "3650")
    assert "actor:there" not in run("stale").stdout


def test_without_a_network_the_links_say_so(
    run: Callable[..., Result],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: object,
) -> None:
    monkeypatch.setenv("MELLOMROM_DATABASE_URL", f"sqlite:///{tmp_path}/own.sqlite3")
    with RecordStore.open(f"sqlite:///{tmp_path}/own.sqlite3") as store:
        store.save(actor("x", "X", url="http://127.0.0.1:9/x"), by="test")
    with pytest.raises(CorpusError, match="network"):
        run("links")
