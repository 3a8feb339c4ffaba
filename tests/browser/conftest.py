"""The real app, served to a real browser, and what every page is held to there.

`served` is the app with the shipped corpus on a free port, `page` a fresh browser on it. `check_page(page)` holds a
page to what all pages promise; whatever the console tells in a test fails it.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from assistant.access.accounts import AccountRole
from assistant.platform.logs import send_to_logging
from assistant.platform.settings import Settings
from assistant.runtime.app import create_app
from assistant.runtime.bootstrap import open_runtime
from assistant.service.container import Runtime
from tests.homes import copy_home

ROOT = Path(__file__).parents[2]
AXE = ROOT / ".ci/node_modules/axe-core/axe.min.js"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
PATIENCE_MS = 30_000
"""How long what is expected may take on a machine that does much else."""
expect.set_options(timeout=PATIENCE_MS)
EACH_ONCE = (("nb", "light"), ("nn", "dark"), ("en", "light"))
"""Every language and both colour schemes, without every pair of them: words are one matter and colours another."""
NARROW, WIDE = {"width": 320, "height": 800}, {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("browser")


class Served(NamedTuple):
    """An app that answers."""

    address: str
    app: FastAPI
    runtime: Runtime

    def login_link(self, role: AccountRole) -> str:
        """Return a link that logs in somebody new with that role."""
        accounts = self.app.state.web.accounts
        account = accounts.add(f"{role.value} {time.monotonic_ns()}", role, by="test")
        return f"{self.address}/login/link/{accounts.make_link(account.id, by='test', loopback_only=True)}"


@pytest.fixture(scope="session", autouse=True)
def logs() -> None:
    """What the app logs is shown where a test fails."""
    send_to_logging()


@contextmanager
def serving(shipped_home: Path, folder: Path, listener: socket.socket, **settings: Any) -> Iterator[Served]:  # noqa: ANN401
    """Serve the app with the shipped corpus in a folder of its own."""
    copy_home(shipped_home, folder / "home")
    told = {"home": folder / "home", "web_rate": "100000/minute", "web_ask_rate": "100000/minute"}
    runtime = open_runtime(Settings.model_validate(told | settings))
    app = create_app(runtime.settings, runtime)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", app, runtime)
    server.should_exit = True
    thread.join()
    runtime.close()


@pytest.fixture(scope="module")
def served(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on a home of its own, for all tests of a module."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        serving(shipped_home, tmp_path_factory.mktemp("served"), listener) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of a module; while it is open, nothing else in this process can run an event loop."""
    for needed, remedy in ((CHROMIUM, "apt-get install chromium"), (AXE, ".ci/node")):
        if not needed.exists():
            pytest.skip(f"{needed} is missing: run {remedy}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


def _is_fault(message: ConsoleMessage, page: Page, ours: str) -> bool:
    if not page.url.startswith(ours):
        return False
    # That a page itself is a refusal, the test knows; Chromium tells of it as of a missing picture.
    refusal = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
    return message.type in {"error", "warning"} and not refusal


@pytest.fixture
def open_page(chromium: Browser, served: Served) -> Iterator[OpenPage]:
    """Open browsers, each with cookies of its own; what their consoles tell fails the test when it ends.

    `lang` and `scheme` are what the browser asks for; other keywords go to Playwright's `new_context`.
    """
    contexts: list[BrowserContext] = []
    told: list[str] = []

    def opened(lang: str = "nb", scheme: str = "light", **more: Any) -> Page:  # noqa: ANN401 (Playwright's own)
        wanted: dict[str, Any] = {
            "base_url": served.address,
            "locale": lang,
            "color_scheme": scheme,
            "reduced_motion": "reduce",
            "viewport": WIDE,
        }
        context = chromium.new_context(**(wanted | more))
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: told.append(message.text) if _is_fault(message, page, served.address) else None
        )
        page.on("pageerror", lambda error: told.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert told == [], "the console was told of errors"


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


def log_in(page: Page, served: Served, role: AccountRole) -> None:
    """Log a browser in as somebody new with that role."""
    page.goto(served.login_link(role))
    page.locator("main form button").click()


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with a page: the rule and where."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async rules => (await axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']}))"
        ".violations"
        ".map(one => one.nodes.map(node => `${one.id}: ${node.target.join(' ')} ${node.html.slice(0, 120)}`)).flat()",
        list(RULES),
    )
    return [str(one) for one in found]


def too_wide(page: Page) -> list[str]:
    """Return what makes a page scroll sideways at 320 px; the page is as wide as before when this returns."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    found = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(one => one.outerHTML.slice(0, 120))"""
    )
    wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    if before:
        page.set_viewport_size(before)
    return [str(one) for one in found] or (["something"] if wider else [])


def check_page(page: Page) -> None:
    """Hold a page to what all promise: axe finds nothing, and nothing scrolls sideways at 320 px."""
    assert violations(page) == []
    assert too_wide(page) == []
