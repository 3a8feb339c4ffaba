"""The channel served from a home with the shipped corpus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from assistant.service.container import Runtime
from tests.homes import copy_home
from tests.ports import free_port
from tests.slack.calls import SECRET
from tests.slack.fake_api import FakeApi
from tests.slack.here import Here, served


@pytest.fixture
def api() -> Iterator[FakeApi]:
    opened = FakeApi(free_port())
    yield opened
    opened.close()


def installation(shipped_home: Path, home: Path, api: FakeApi) -> Settings:
    """Return the settings of an installation in one workspace, on a copy of a home."""
    copy_home(shipped_home, home)
    return Settings(
        home=home,
        slack_bot_token="xoxb-test-token",
        slack_signing_secret=SECRET,
        slack_api_url=f"{api.url}/api/",
        slack_broker_channel="C02MEG",
    )


@pytest.fixture
def settings(shipped_home: Path, tmp_path: Path, api: FakeApi) -> Settings:
    return installation(shipped_home, tmp_path / "served", api)


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    opened = open_runtime(settings)
    yield opened
    opened.database.close()


@pytest.fixture
def here(settings: Settings, runtime: Runtime, api: FakeApi) -> Iterator[Here]:
    with served(settings, runtime, api) as opened:
        yield opened


@pytest.fixture(scope="module")
def unmoved(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    """The channel for all tests of a module that tell it what it leaves alone."""
    with closing(FakeApi(free_port())) as api:
        settings = installation(shipped_home, tmp_path_factory.mktemp("unmoved") / "home", api)
        with open_runtime(settings) as runtime, served(settings, runtime, api) as opened:
            yield opened
