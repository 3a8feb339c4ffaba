"""The real app on a real home with the shipped corpus, and browsers that are logged in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.platform.logs import send_to_logging
from assistant.platform.settings import Settings
from assistant.runtime.app import create_app
from assistant.runtime.bootstrap import open_runtime
from assistant.service.container import Runtime
from tests.homes import copy_home

BASE = "http://127.0.0.1:8000"
HERE = ("127.0.0.1", 50_000)
AWAY = ("192.0.2.7", 50_000)
"""Another machine."""
LogIn = Callable[[AccountRole], TestClient]


@pytest.fixture(autouse=True)
def logs() -> None:
    """What is logged is there for `caplog`."""
    send_to_logging()


@pytest.fixture
def settings(filled_home: Path) -> Settings:
    """The settings of the app; a test or a module that needs others overrides this."""
    return Settings(home=filled_home)


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    opened = open_runtime(settings)
    yield opened
    opened.close()


@pytest.fixture
def app(settings: Settings, runtime: Runtime) -> FastAPI:
    return create_app(settings, runtime)


def new_browser(app: FastAPI, client: tuple[str, int] = HERE, base: str = BASE) -> TestClient:
    """Return a browser with cookies of its own; redirects are not followed."""
    return TestClient(
        app,
        base_url=base,
        client=client,
        follow_redirects=False,
        raise_server_exceptions=False,
        headers={"Accept-Language": "nb"},
    )


def enter(app: FastAPI, browser: TestClient, name: str, role: AccountRole) -> None:
    """Log a browser in as somebody new with that role, by a link that works once."""
    accounts = app.state.web.accounts
    account = accounts.add(name, role, by="test")
    token = accounts.make_link(account.id, by="test", loopback_only=True)
    assert browser.post(f"/login/link/{token}").status_code == 303


@pytest.fixture
def browsers(app: FastAPI) -> Iterator[Callable[..., TestClient]]:
    """Open browsers, each with cookies of its own; redirects are not followed."""
    with TestClient(app, base_url=BASE):
        yield partial(new_browser, app)


@pytest.fixture
def client(browsers: Callable[..., TestClient]) -> TestClient:
    """A browser that nobody is logged in to."""
    return browsers()


@pytest.fixture
def log_in(app: FastAPI, browsers: Callable[..., TestClient]) -> LogIn:
    """Open a browser and log in there as somebody new with that role."""
    names = iter(range(1, 100))

    def logged_in(role: AccountRole) -> TestClient:
        browser = browsers()
        enter(app, browser, f"{role.value} {next(names)}", role)
        return browser

    return logged_in


@pytest.fixture(scope="module")
def standing(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """An app that tests of a module share, who change nothing that another of them looks at."""
    home = tmp_path_factory.mktemp("standing") / "home"
    copy_home(shipped_home, home)
    settings = Settings(home=home, web_rate="100000/minute", web_ask_rate="100000/minute")
    with open_runtime(settings) as runtime:
        app = create_app(settings, runtime)
        with TestClient(app, base_url=BASE):
            yield app


@pytest.fixture
def passer_by(standing: FastAPI) -> TestClient:
    """A browser at the app that stands, that nobody is logged in to."""
    return new_browser(standing)


@pytest.fixture(scope="module")
def standing_broker(standing: FastAPI) -> TestClient:
    """A browser at the app that stands, with a broker logged in."""
    browser = new_browser(standing)
    enter(standing, browser, "Berit", AccountRole.BROKER)
    return browser
