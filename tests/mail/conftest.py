"""A queue on an empty database, a clock that tests move, and a mail server that is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.mail.migrations import MAIL
from assistant.mail.queue import MailQueue
from assistant.platform.settings import Settings
from corpus.database import Database
from corpus.migrations import CORPUS
from tests.assistant.services import Clock
from tests.mail.servers import Kept, mail_server

SENDER = "megling@fylke.example"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url, (CORPUS, MAIL))
    yield opened
    opened.close()


@pytest.fixture
def queue(database: Database, clock: Clock) -> MailQueue:
    return MailQueue(database, SENDER, clock)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def mail_settings(kept: Kept) -> Iterator[Settings]:
    """Settings by which mail is handed to a real server."""
    with mail_server(kept) as port:
        yield Settings.model_validate(
            {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "mail_sender": SENDER}
        )
