"""The broker's desk: for brokers alone, a change is made once, and what was typed is never lost."""

from __future__ import annotations

import csv
import io
from html import unescape

import pytest
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.cases.cases import Case, CaseState
from assistant.platform.people import Asker, Channel
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction, UserMessage
from tests.web.conftest import LogIn

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
PATHS = ("/desk", "/desk/cases", "/desk/cases.csv")


@pytest.fixture
def case(runtime: Runtime) -> Case:
    kari = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
    reply = runtime.service.handle(UserMessage(key="1", asker=kari, conversation="c", text=QUESTION))
    assert reply.log_id is not None
    act = UserAction(key="2", asker=kari, log_id=reply.log_id, record_id="actor:helse-nord-trondelag",
              verb=ActionType.INTRODUCE,
              note="=HYPERLINK(1)", reply_to='{"name": "Kari N.", "contact": "fou@verdal.example"}')  # fmt: skip
    opened = runtime.service.act(act).case
    assert opened is not None
    return opened


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


def test_the_desk_is_for_brokers_alone(client: TestClient, log_in: LogIn, case: Case) -> None:
    contact = log_in(AccountRole.CONTACT)
    for path in (*PATHS, f"/desk/cases/{case.id}"):
        assert client.get(path).status_code == 303
        assert contact.get(path).status_code == 403
    for browser, status in ((client, 401), (contact, 403)):
        form = {"state": "sent", "version": "1"}
        assert browser.post(f"/desk/cases/{case.id}/move", data=form).status_code == status


def test_whoever_logs_in_as_broker_finds_what_waits(broker: TestClient, runtime: Runtime, case: Case) -> None:
    kari = Asker(channel=Channel.WEB, tenant="web", user="visitor:kari")
    runtime.service.handle(UserMessage(key="3", asker=kari, conversation="c2", text="best pizza in Oslo"))
    page = unescape(broker.get("/desk").text)
    assert "2 ting venter på deg" in page
    assert QUESTION in page
    assert "best pizza in Oslo" in page
    assert "Svar mangler" in page


def test_a_case_shows_what_a_broker_needs(broker: TestClient, case: Case) -> None:
    page = unescape(broker.get(f"/desk/cases/{case.id}").text)
    for told in (
        QUESTION,
        "fou@verdal.example",
        "Bedt om kontakt",
        "Saken ble åpnet",
        "søker samarbeid",
        "Svar gjerne på denne e-posten",
    ):
        assert told in page
    assert "Ligner på" not in page
    assert "l.40" not in page
    assert "seeks cooperation" in broker.get(f"/desk/cases/{case.id}?letter=en").text


def test_a_case_is_taken_noted_and_moved_and_its_course_told(broker: TestClient, runtime: Runtime, case: Case) -> None:
    address = f"/desk/cases/{case.id}"
    assert broker.post(f"{address}/assign", data={"version": case.version}).status_code == 303
    assert broker.post(f"{address}/note", data={"text": "Bare for oss"}).status_code == 303
    assert broker.post(f"{address}/note", data={"text": "De svarer snart", "for_asker": "1"}).status_code == 303
    version = runtime.referrals.get(case.id).version
    assert broker.post(f"{address}/move", data={"state": "sent", "version": version}).status_code == 303
    page = unescape(broker.get(address).text)
    for told in ("Bedt om kontakt → Sendt til partneren", "Bare for oss", "De svarer snart", "Følges opp av broker 1"):
        assert told in page
    assert "Sendt til partneren (1)" in broker.get("/desk/cases").text


def test_what_somebody_else_moved_is_left_and_what_was_typed_comes_back(
    broker: TestClient, runtime: Runtime, case: Case
) -> None:
    runtime.referrals.move(case.id, CaseState.SENT, by="another")
    form = {"state": "dropped", "version": case.version, "reason": "timing", "note": "En lang forklaring"}
    refused = broker.post(f"/desk/cases/{case.id}/move", data=form)
    assert refused.status_code == 409
    assert "En lang forklaring" in refused.text
    assert runtime.referrals.get(case.id).state is CaseState.SENT


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"state": "granted", "version": "1"}, 409),
        ({"state": "dropped", "version": "1"}, 409),
        ({"state": "flown", "version": "1"}, 422),
        ({"state": "sent"}, 422),
        ({"state": "sent", "version": "1", "note": "x" * 2_001}, 409),
    ],
)
def test_a_move_that_cannot_be_made_changes_nothing(
    broker: TestClient, runtime: Runtime, case: Case, form: dict[str, str], status: int
) -> None:
    assert broker.post(f"/desk/cases/{case.id}/move", data=form).status_code == status
    assert runtime.referrals.get(case.id) == case


def test_an_unknown_case_is_not_there(broker: TestClient) -> None:
    assert broker.get("/desk/cases/nothing").status_code == 404
    assert broker.post("/desk/cases/nothing/note", data={"text": "hei"}).status_code == 404
    assert broker.post("/desk/cases/nothing/move", data={"state": "sent", "version": "1"}).status_code == 404


def test_no_cell_of_the_export_is_a_formula(broker: TestClient, case: Case) -> None:
    answer = broker.get("/desk/cases.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="cases.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert (row["id"], row["note"]) == (case.id, "'=HYPERLINK(1)")
    assert "fou@verdal.example" not in answer.text
