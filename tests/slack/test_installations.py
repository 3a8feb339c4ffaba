"""Workspaces come and go with their tokens, which never lie in the clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store.models.installation import Installation
from sqlalchemy import text

from assistant.channels.slack.installations import CONSENT_MINUTES, Consents, Installations, cipher
from assistant.channels.slack.migrations import SLACK
from assistant.platform.settings import SettingsError
from corpus.database import Database
from corpus.migrations import CORPUS

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
TOKEN = "xoxb-very-secret"


def installation(team: str = "T1", token: str = TOKEN, **more: object) -> Installation:
    who = {"team_id": team, "team_name": f"Kommune {team}", "user_id": "U1"}
    bot = {"bot_token": token, "bot_id": "B1", "bot_user_id": "UB1", "bot_scopes": ["chat:write"]}
    values: dict[str, object] = {**who, **bot, **more}
    return Installation(**values)  # type: ignore[arg-type]


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url, (CORPUS, SLACK))
    yield opened
    opened.close()


def everything(database: Database) -> str:
    with database.reading() as session:
        return str([tuple(row) for row in session.execute(text("SELECT * FROM slack_installation"))])


def test_a_token_comes_back_and_never_lies_in_the_clear(database: Database) -> None:
    installations = Installations(database, cipher(OLD))
    installations.save(installation(user_token="xoxp-also-secret", incoming_webhook_url="https://hooks/secret"))
    assert "secret" not in everything(database)
    found = installations.find("T1")
    assert found is not None
    assert (found.bot_token, found.bot_id, found.bot_scopes) == (TOKEN, "B1", ["chat:write"])
    assert installations.names() == {"T1": "Kommune T1"}


def test_each_workspace_has_its_own_and_a_new_one_takes_the_place_of_the_old(database: Database) -> None:
    installations = Installations(database, cipher(OLD))
    for team, token in (("T1", "xoxb-1"), ("T2", "xoxb-2"), ("T1", "xoxb-1b")):
        installations.save(installation(team, token))
    assert [one and one.bot_token for one in map(installations.find, ("T1", "T2", "T3"))] == ["xoxb-1b", "xoxb-2", None]


def test_an_organisation_serves_its_workspaces(database: Database) -> None:
    installations = Installations(database, cipher(OLD))
    installations.save(installation("", enterprise_id="E1", is_enterprise_install=True))
    assert installations.find("T9", "E1")
    assert not installations.find("T9", "E2")


def test_a_workspace_that_leaves_is_forgotten_with_its_token(database: Database) -> None:
    installations = Installations(database, cipher(OLD))
    installations.save(installation())
    installations.remove("T1")
    assert installations.find("T1") is None
    assert everything(database) == "[]"


def test_a_key_can_be_changed_without_a_new_installation(database: Database) -> None:
    Installations(database, cipher(OLD)).save(installation())
    both = Installations(database, cipher(f"{NEW}, {OLD}"))
    found = both.find("T1")
    assert found is not None
    both.save(found)
    assert Installations(database, cipher(NEW)).find("T1")


def test_a_key_that_is_lost_is_told_with_the_remedy(database: Database) -> None:
    Installations(database, cipher(OLD)).save(installation())
    with pytest.raises(SettingsError, match=r"MELLOMROM_SLACK_TOKEN_KEY.*install the app in the workspace again"):
        Installations(database, cipher(NEW)).find("T1")


@pytest.mark.parametrize(
    "key", ["", "secret", "x" * 44, f"{OLD},nonsense"], ids=["empty", "short", "no base64", "one good, one not"]
)
def test_what_is_no_key_is_refused_by_name(key: str) -> None:
    with pytest.raises(SettingsError, match=r"MELLOMROM_SLACK_TOKEN_KEY.*mellomrom slack key"):
        cipher(key)


def test_a_consent_is_good_once_and_in_time(database: Database) -> None:
    now = datetime.now(UTC)
    consents = Consents(database, lambda: now)
    first, second = consents.issue(), consents.issue()
    assert not consents.consume("made up")
    assert consents.consume(first)
    assert not consents.consume(first)
    assert not Consents(database, lambda: now + timedelta(minutes=CONSENT_MINUTES + 1)).consume(second)


def test_the_state_of_a_consent_is_not_kept_as_it_is(database: Database) -> None:
    state = Consents(database).issue()
    with database.reading() as session:
        kept = str(list(session.execute(text("SELECT * FROM slack_consent"))))
    assert state not in kept
