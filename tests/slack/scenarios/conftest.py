"""Each scenario gets a home of its own with the shipped corpus and its index, made once for all in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes import copy_home
from tests.ports import free_port
from tests.slack.processes import LocalSlack, Product

TOKENS = {
    "MELLOMROM_SLACK_BOT_TOKEN": "xoxb-test-token",
    "MELLOMROM_SLACK_SIGNING_SECRET": "test-signing-secret",
    "MELLOMROM_SLACK_BROKER_CHANNEL": LocalSlack.BROKERS,
}


@pytest.fixture(scope="module")
def served_home(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "home"
    copy_home(shipped_home, folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("programs")


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def slack(folder: Path, port: int) -> Iterator[LocalSlack]:
    """A workspace that calls the product over HTTP."""
    workspace = LocalSlack(folder, "events", f"http://127.0.0.1:{port}/slack/events")
    yield workspace
    workspace.program.stop()


@pytest.fixture(scope="module")
def product(slack: LocalSlack, served_home: Path, folder: Path, port: int) -> Iterator[Product]:
    served = Product(served_home, folder, port, {**TOKENS, "MELLOMROM_SLACK_API_URL": f"{slack.url}/api/"})
    yield served
    served.stop()
    assert "Traceback" not in served.program.said(), served.program.said()
