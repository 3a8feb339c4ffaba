"""The channel served from a home with the shipped corpus, beside Microsoft's side of Teams."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from assistant.platform.settings import Settings
from assistant.runtime.app import create_app
from assistant.runtime.bootstrap import open_runtime
from assistant.saved.digest import NewsTeller
from assistant.service.container import Runtime
from tests.homes import copy_home
from tests.ports import free_port
from tests.slack.processes import until
from tests.teams.fake_teams import APP, BROKERS, SECRET, TENANT, FakeTeams, Said, post


class Here:
    """The channel, and what it leans on."""

    def __init__(self, url: str, teams: FakeTeams, runtime: Runtime, news: NewsTeller) -> None:
        self.url, self.teams, self.runtime, self.news = url, teams, runtime, news

    def tell(self, body: Any, **claims: Any) -> Said:
        return post(f"{self.url}/teams/messages", body, self.teams.token(**claims))

    def answered(self, conversation: str = "a:kari", count: int = 1) -> dict[str, Any]:
        """Wait until the bot has sent so many cards to a conversation, and return the last."""
        found: list[dict[str, Any]] = until(
            lambda: cards if len(cards := self.teams.cards(conversation)) >= count else None, 30, "for a card"
        )
        return found[-1]

    def told(self, what: Callable[[str], bool], conversation: str | None = None) -> str:
        """Wait until the bot has said something in plain text, and return it."""
        said = until(
            lambda: next((one["text"] for one in self.teams.sent(conversation) if what(one.get("text", ""))), None), 30
        )
        return str(said)


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    opened = FakeTeams(free_port())
    yield opened
    opened.close()


@pytest.fixture
def settings(shipped_home: Path, tmp_path: Path, teams: FakeTeams) -> Settings:
    home = tmp_path / "served"
    copy_home(shipped_home, home)
    return Settings(
        home=home,
        teams_app_id=APP,
        teams_app_secret=SECRET,
        teams_tenants=TENANT,
        teams_broker_channel=BROKERS,
        teams_service_url=teams.service,
        teams_login_url=teams.url,
        teams_openid_url=f"{teams.url}/v1/.well-known/openidconfiguration",
    )


@contextmanager
def served(settings: Settings, teams: FakeTeams) -> Iterator[Here]:
    runtime = open_runtime(settings)
    app = create_app(settings, runtime)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    until(lambda: server.started, 30)
    yield Here(f"http://127.0.0.1:{port}", teams, runtime, app.state.teams.news)
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()
    runtime.close()


@pytest.fixture
def here(settings: Settings, teams: FakeTeams) -> Iterator[Here]:
    with served(settings, teams) as opened:
        yield opened
