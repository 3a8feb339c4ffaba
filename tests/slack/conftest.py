"""What the tests of Slack share: a Web API to lean on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.slack.fake_api import FakeApi
from tests.slack.processes import free_port


@pytest.fixture
def api() -> Iterator[FakeApi]:
    opened = FakeApi(free_port())
    yield opened
    opened.close()
