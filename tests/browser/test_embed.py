"""The page for other sites in a browser, framed; and the API's own page."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Served, check_page, serving

LABEL = "Hva trenger dere hjelp til?"


class Site(BaseHTTPRequestHandler):
    """A municipality's own page, with the frame in it."""

    framed = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f'<html lang="nb"><title>Kommunen</title><iframe title="Spør" src="{self.framed}">'.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def sites() -> Iterator[list[str]]:
    """Two sites of other origins than ours: one that may frame the page, and one that may not."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Site) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield [f"http://127.0.0.1:{server.server_port}" for server in servers]
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def served(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory, sites: list[str]) -> Iterator[Served]:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        serving(shipped_home, tmp_path_factory.mktemp("served"), listener, embed_origins=sites[0]) as opened,
    ):
        Site.framed = f"{opened.address}/embed?lang=nb"
        yield opened


def test_it_answers_in_a_frame_of_a_site_that_may(open_page: OpenPage, served: Served, sites: list[str]) -> None:
    page = open_page()
    page.goto(sites[0])
    frame = page.frame_locator("iframe")
    frame.get_by_label(LABEL).fill("tidlig oppdagelse av sepsis")
    frame.get_by_role("button", name="Finn partnere").click()
    expect(frame.get_by_role("heading", name="Helse Nord-Trøndelag HF")).to_be_visible()


def test_it_stays_empty_in_a_frame_of_a_site_that_may_not(
    open_page: OpenPage, served: Served, sites: list[str]
) -> None:
    page = open_page()
    with page.expect_response("**/embed*"):
        page.goto(sites[1])
    page.wait_for_timeout(500)
    assert page.frame_locator("iframe").get_by_label(LABEL).count() == 0


@pytest.mark.parametrize(("lang", "scheme"), [("nb", "light"), ("nn", "dark"), ("en", "light")])
def test_it_is_accessible_and_fits(open_page: OpenPage, served: Served, lang: str, scheme: str) -> None:
    page = open_page(lang, scheme)
    page.goto(f"/embed?lang={lang}")
    page.locator("textarea").fill("sepsis")
    page.locator("form button").click()
    check_page(page)
