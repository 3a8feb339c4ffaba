"""The channel served from a home with the shipped corpus."""

from __future__ import annotations

from collections.abc import Iterator
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


@pytest.fixture
def settings(shipped_home: Path, tmp_path: Path, api: FakeApi) -> Settings:
    """The settings of an installation in one workspace."""
    home = tmp_path / "served"
    copy_home(shipped_home, home)
    return Settings(
        home=home,
        slack_bot_token="xoxb-test-token",
        slack_signing_secret=SECRET,
        slack_api_url=f"{api.url}/api/",
        slack_broker_channel="C02MEG",
    )


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    opened = open_runtime(settings)
    yield opened
    opened.database.close()


@pytest.fixture
def here(settings: Settings, runtime: Runtime, api: FakeApi) -> Iterator[Here]:
    with served(settings, runtime, api) as opened:
        yield opened
