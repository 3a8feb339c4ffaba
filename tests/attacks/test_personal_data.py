"""Whoever writes of a certain person is asked before anything is stored, wherever they write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from starlette.testclient import TestClient

from assistant.access.tokens import Tokens, TokenScope
from assistant.channels.slack.jobs import AskJob, WarnJob, packed, unpacked
from assistant.channels.slack.places import SlackPlace
from assistant.platform.settings import Settings
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, PersonalDataError
from tests.assistant.conftest import Command
from tests.assistant.services import HOSPITAL, Small
from tests.web.test_chat import SEPSIS, act, ask, field, first_record

PERSONAL = "Beboer Kari Nordmann har sepsis, hvem kan hjelpe?"


def stored(runtime: Runtime) -> str:
    """Return everything that the tables hold, as one text."""
    told = []
    with runtime.database.reading() as session:
        names = session.scalars(sql("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        for name in names:
            told += [str(row) for row in session.execute(sql(f'SELECT * FROM "{name}"')).all()]
    return "\n".join(told)


def test_nothing_of_it_is_stored_until_it_is_confirmed(small: Small) -> None:
    with pytest.raises(PersonalDataError):
        small.say(PERSONAL)
    assert list(small.service.log.entries()) == []
    reply = small.say(SEPSIS)
    before = len(list(small.service.log.entries()))
    with pytest.raises(PersonalDataError):
        small.do(reply, ActionType.INTRODUCE, record_id=HOSPITAL.id, note="Det gjelder pasienten Kari Nordmann")
    assert small.referrals.cases() == []
    assert len(list(small.service.log.entries())) == before
    small.do(reply, ActionType.INTRODUCE, record_id=HOSPITAL.id, note="Pasienten Kari Nordmann", confirmed=True)
    assert len(small.referrals.cases()) == 1


def test_on_the_web_what_was_typed_is_kept_on_the_page_alone(client: TestClient, runtime: Runtime) -> None:
    page = client.post("/ask", data={"text": PERSONAL})
    assert page.status_code == 200
    assert PERSONAL in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert "Nordmann" not in stored(runtime)
    assert client.post("/ask", data={"text": "hvem kan hjelpe oss med sepsis?"}).status_code == 303
    assert "Nordmann" not in stored(runtime)
    assert client.post("/ask", data={"text": PERSONAL, "confirmed": "true"}).status_code == 303
    assert "Nordmann" in stored(runtime)


def test_with_htmx_the_question_takes_the_place_of_the_chat(client: TestClient) -> None:
    page = client.post("/ask", data={"text": PERSONAL}, headers={"HX-Request": "true"})
    assert page.headers["HX-Retarget"] == "#chat"
    assert 'id="chat"' in page.text


def test_a_note_to_the_broker_is_asked_about_too_and_can_be_sent_all_the_same(
    client: TestClient, runtime: Runtime
) -> None:
    log_id = ask(client, SEPSIS)
    record = first_record(client.get(f"/a/{log_id}").text)
    note = "Gjelder pasienten Kari Nordmann"
    page = act(client, log_id, "introduce", record=record, note=note, contact="post@example.no")
    assert page.status_code == 200
    assert note in page.text
    assert (field(page.text, "verb"), field(page.text, "record")) == ("introduce", record)
    assert field(page.text, "contact") == "post@example.no"
    assert "Nordmann" not in stored(runtime)
    act(client, log_id, "introduce", record=record, note=note, confirmed="true")
    (case,) = runtime.referrals.cases()
    assert case.note == note


def test_a_program_is_told_with_a_code_and_may_confirm(client: TestClient, runtime: Runtime) -> None:
    secret, _ = Tokens(runtime.database).add("a program", [TokenScope.ASK], 1, by="test")
    headers = {"Authorization": f"Bearer {secret}"}
    refused = client.post("/api/v1/ask", json={"question": PERSONAL}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "personal_data")
    assert "Nordmann" not in refused.text
    assert "Nordmann" not in stored(runtime)
    body = {"question": PERSONAL, "personal_data_confirmed": True}
    assert client.post("/api/v1/ask", json=body, headers=headers).status_code == 200


def test_in_slack_only_that_it_came_is_kept() -> None:
    place = SlackPlace(team="T1", user="U1", channel="C1")
    told = packed(AskJob(key="k", place=place, conversation="c", text=PERSONAL))
    assert "Nordmann" not in told
    assert isinstance(unpacked(told), WarnJob)
    assert isinstance(unpacked(packed(AskJob(key="k", place=place, conversation="c", text=SEPSIS))), AskJob)


def test_the_command_line_refuses_and_takes_a_flag(mellomrom: Command, filled_home: Path) -> None:
    refused = mellomrom("ask", PERSONAL)
    assert refused.code == 1
    assert "--personal-data-confirmed" in refused.err
    listed = mellomrom("log", "list")
    assert listed.out == ""
    assert mellomrom("ask", "--personal-data-confirmed", PERSONAL).code == 0


def test_the_terminal_asks(mellomrom: Command, filled_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PERSONAL, "n", SEPSIS, PERSONAL, "j"])

    def read(_: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", read)
    assert mellomrom("chat").code == 0
    rows = mellomrom("log", "export", "--with-text").out.splitlines()
    asked = [row["text"] for row in map(json.loads, rows) if row["kind"] == "question"]
    assert asked == [SEPSIS, PERSONAL]


def test_a_framed_page_asks_too(filled_home: Path) -> None:
    from assistant.runtime.app import create_app
    from assistant.runtime.bootstrap import open_runtime

    settings = Settings(home=filled_home, embed_origins="https://www.kommune.no")
    with (
        open_runtime(settings) as runtime,
        TestClient(create_app(settings, runtime), base_url="http://127.0.0.1:8000") as one,
    ):
        page = one.post("/embed", data={"text": PERSONAL})
        assert page.status_code == 200
        assert PERSONAL in page.text
        assert 'name="confirmed"' in page.text
        assert "Nordmann" not in stored(runtime)
        one.post("/embed", data={"text": PERSONAL, "confirmed": "true"})
        assert "Nordmann" in stored(runtime)
