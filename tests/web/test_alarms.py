"""Brokers are told of partners and schemes that things go badly with, in numbers, and not twice of the same."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.cases.cases import CaseReason, CaseState
from assistant.desk.alarms import Alarm, AlarmKind, alarms
from assistant.platform.people import Asker, Channel
from assistant.platform.settings import Settings
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, RejectionReason, UserAction, UserMessage
from tests.web.conftest import LogIn

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
PARTNER = "actor:helse-nord-trondelag"


@pytest.fixture
def settings(filled_home: Path) -> Settings:
    return Settings(home=filled_home, alarm_cases=2, alarm_percent=50)


@pytest.fixture
def broker(log_in: LogIn) -> TestClient:
    return log_in(AccountRole.BROKER)


def happen(runtime: Runtime, number: int, state: CaseState) -> None:
    """Open a case with the partner, write to it, and let it come to a state."""
    asker = Asker(channel=Channel.WEB, tenant="web", user=f"visitor:{number}")
    reply = runtime.service.handle(UserMessage(key=f"q{number}", asker=asker, conversation=f"{number}", text=QUESTION))
    assert reply.log_id is not None
    act = UserAction(
        key=f"a{number}", asker=asker, log_id=reply.log_id, record_id=PARTNER, verb=ActionType.INTRODUCE
    )  # fmt: skip
    case = runtime.service.act(act).case
    assert case is not None
    for step in (CaseState.SENT, state):
        reason = CaseReason.CAPACITY if step is CaseState.DECLINED else None
        if step is not runtime.referrals.get(case.id).state:
            runtime.referrals.move(case.id, step, by="Berit", reason=reason)


def refuse(runtime: Runtime, number: int) -> None:
    asker = Asker(channel=Channel.WEB, tenant="web", user=f"visitor:{number}")
    reply = runtime.service.handle(UserMessage(key=f"q{number}", asker=asker, conversation=f"{number}", text=QUESTION))
    act = UserAction(key=f"a{number}", asker=asker, log_id=reply.log_id or "", record_id=PARTNER,
              verb=ActionType.NOT_FOR_US, reason=RejectionReason.WRONG_PLACE)  # fmt: skip
    runtime.service.act(act)


def test_an_alarm_needs_enough_cases_and_a_large_enough_share(runtime: Runtime) -> None:
    happen(runtime, 1, CaseState.NO_REPLY)
    assert alarms(runtime) == []
    happen(runtime, 2, CaseState.NO_REPLY)
    assert alarms(runtime) == [Alarm(PARTNER, AlarmKind.NO_REPLY, 2, 2)]
    for number in (3, 4, 5):
        happen(runtime, number, CaseState.TAKEN)
    assert alarms(runtime) == []


def test_what_was_declined_and_turned_down_counts_each_for_itself(runtime: Runtime) -> None:
    for number in (1, 2):
        happen(runtime, number, CaseState.DECLINED)
        refuse(runtime, 10 + number)
    found = alarms(runtime, PARTNER)
    assert found == [Alarm(PARTNER, AlarmKind.DECLINED, 2, 2), Alarm(PARTNER, AlarmKind.NOT_FOR_US, 2, 4)]
    assert alarms(runtime, "actor:ks") == []


def test_it_stands_in_the_queue_and_on_the_record_until_seen_and_comes_back_when_it_gets_worse(
    broker: TestClient, runtime: Runtime
) -> None:
    for number in (1, 2):
        happen(runtime, number, CaseState.NO_REPLY)
    told = "Ikke svart på 2 av 2 henvendelser."
    assert told in unescape(broker.get("/desk").text)
    assert told in unescape(broker.get(f"/desk/records/{PARTNER}").text)
    answer = broker.post("/desk/queue", data={"row": f"alarm:{PARTNER}"})
    assert told not in unescape(broker.get("/desk").text)
    assert told in unescape(broker.get(f"/desk/records/{PARTNER}").text)
    receipt = parse_qs(urlsplit(answer.headers["location"]).query)["undo"][0]
    broker.post("/desk/queue/undo", data={"receipt": receipt})
    assert told in unescape(broker.get("/desk").text)
    broker.post("/desk/queue", data={"row": f"alarm:{PARTNER}"})
    happen(runtime, 3, CaseState.NO_REPLY)
    assert "Ikke svart på 3 av 3 henvendelser." in unescape(broker.get("/desk").text)
