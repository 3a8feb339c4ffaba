"""The real app on a real home with the shipped corpus, and browsers that are logged in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
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


@pytest.fixture
def browsers(app: FastAPI) -> Iterator[Callable[..., TestClient]]:
    """Open browsers, each with cookies of its own; redirects are not followed."""
    with ExitStack() as stack:
        stack.enter_context(TestClient(app, base_url=BASE))

        def open_browser(client: tuple[str, int] = HERE, base: str = BASE) -> TestClient:
            return TestClient(
                app,
                base_url=base,
                client=client,
                follow_redirects=False,
                raise_server_exceptions=False,
                headers={"Accept-Language": "nb"},
            )

        yield open_browser


@pytest.fixture
def client(browsers: Callable[..., TestClient]) -> TestClient:
    """A browser that nobody is logged in to."""
    return browsers()


@pytest.fixture
def log_in(app: FastAPI, browsers: Callable[..., TestClient]) -> LogIn:
    """Open a browser and log in there as somebody new with that role, by a link that works once."""
    names = iter(range(1, 100))

    def logged_in(role: AccountRole) -> TestClient:
        accounts = app.state.web.accounts
        account = accounts.add(f"{role.value} {next(names)}", role, by="test")
        token = accounts.make_link(account.id, by="test", loopback_only=True)
        browser = browsers()
        assert browser.post(f"/login/link/{token}").status_code == 303
        return browser

    return logged_in
