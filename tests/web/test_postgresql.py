"""On PostgreSQL as on SQLite: ask and follow, curate, deal with needs, report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.access.accounts import AccountRole
from assistant.access.tokens import TokenScope
from assistant.desk.needs import open_needs
from assistant.platform.settings import Settings
from assistant.service.container import Runtime
from tests.web.conftest import LogIn
from tests.web.test_chat import SEPSIS, act, ask, first_record
from tests.web.test_desk_records import ENGLISH, NEW, NEW_ID


@pytest.fixture
def settings(home: Path, new_postgresql_url: Callable[[], str]) -> Settings:
    return Settings(home=home, database_url=new_postgresql_url(), secret_key="of the tests, long enough")


@pytest.mark.slow
def test_a_contact_asks_and_a_broker_curates_and_reports(log_in: LogIn, runtime: Runtime) -> None:
    contact, broker = log_in(AccountRole.CONTACT), log_in(AccountRole.BROKER)
    log_id = ask(contact, SEPSIS)
    act(contact, log_id, "introduce", record=first_record(contact.get(f"/a/{log_id}").text))
    [case] = runtime.referrals.cases()
    assert "Saken ble åpnet" in contact.get(f"/mine/{case.id}").text

    assert broker.post("/desk/records/new?kind=idea", data={**NEW, **ENGLISH}).status_code == 303
    assert broker.post(f"/desk/records/{NEW_ID}/move", data={"action": "publish"}).status_code == 303
    assert "Hunder på besøk" in contact.get(f"/a/{ask(contact, 'hunder på besøk på sykehjem')}").text

    ask(contact, "best pizza in Oslo")
    [need] = open_needs(runtime)
    broker.post("/desk/needs/deal", data={"how": "dismissed", "need": " ".join(need.log_ids)})
    assert open_needs(runtime) == []
    assert broker.get("/desk/reports.xlsx").status_code == 200

    secret, _ = broker.app.state.web.tokens.add("a test", list(TokenScope), 1, by="test")  # type: ignore[attr-defined]
    found = broker.get("/api/v1/cases?q=sepsis", headers={"Authorization": f"Bearer {secret}"})
    assert found.json()["total"] == 1
