"""The API: what it promises to programs, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.access.tokens import Tokens, TokenScope
from assistant.platform.people import Asker, Channel
from assistant.platform.workdays import norwegian_day
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UserAction, UserMessage
from corpus.files import read_folder, shipped_folder
from corpus.records import Actor
from tests.web.conftest import LogIn

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
HOSPITAL = "actor:helse-nord-trondelag"
Headers = Callable[..., dict[str, str]]


def made_headers(runtime: Runtime, *scopes: TokenScope) -> dict[str, str]:
    """Make a token with scopes, and return the headers that send it."""
    secret, _ = Tokens(runtime.database).add("a test", scopes, 1, by="test")
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def headers(runtime: Runtime) -> Headers:
    return partial(made_headers, runtime)


@pytest.fixture
def standing_headers(standing: FastAPI) -> Headers:
    return partial(made_headers, standing.state.web.runtime)


def opened_case(runtime: Runtime) -> str:
    kari = Asker(channel=Channel.WEB, tenant="web", user="kari")
    reply = runtime.service.handle(UserMessage(key="1", asker=kari, conversation="c", text=QUESTION))
    assert reply.log_id is not None
    act = UserAction(
        key="2", asker=kari, log_id=reply.log_id, record_id=HOSPITAL, verb=ActionType.INTRODUCE, reply_to="kari@x.no"
    )
    case = runtime.service.act(act).case
    assert case is not None
    return case.id


def is_problem(answer: Any, status: int) -> bool:
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(body)
    assert "Traceback" not in answer.text
    return bool(answer.status_code == status == body["status"])


def test_a_question_is_answered_as_on_the_command_line_and_logged_once(
    client: TestClient, headers: Headers, runtime: Runtime
) -> None:
    sent = {**headers(TokenScope.ASK), "Idempotency-Key": "once"}
    first, again = (client.post("/api/v1/ask", json={"question": QUESTION}, headers=sent) for _ in range(2))
    assert first.status_code == 200
    assert first.json() == again.json()
    assert first.json()["partners"][0]["id"] == HOSPITAL
    entries = list(runtime.service.log.entries())
    assert [entry.channel for entry in entries] == ["api", "api"]
    assert entries[1].log_id == first.json()["log_id"]


def test_a_consortium_and_a_ladder_are_put_together(client: TestClient, headers: Headers) -> None:
    body = {"need": "tidlig oppdagelse av sepsis", "scheme": "instrument:rff-trondelag", "municipality": "5038",
            "have": ["actor:verdal-kommune"], "shares": [{"type": "municipality", "percent": 22}]}  # fmt: skip
    found = client.post("/api/v1/consortium", json=body, headers=headers(TokenScope.ASK)).json()
    assert found["complete"] is False
    assert "Mangler: en godkjent forskningsorganisasjon" in found["sketch"]
    ladder = client.post("/api/v1/ladder", json={"need": body["need"]}, headers=headers(TokenScope.ASK)).json()
    assert ladder["rungs"][0]["step"] == "pre_project"


def test_records_come_page_by_page_and_one_by_one_with_its_version(client: TestClient, headers: Headers) -> None:
    sent = headers(TokenScope.RECORDS_READ)
    page = client.get("/api/v1/records?kind=actor&per_page=30&page=2", headers=sent)
    actors = [one for one in read_folder(shipped_folder())[0] if isinstance(one.record, Actor)]
    assert (page.json()["total"], len(page.json()["items"])) == (len(actors), 30)
    assert 'page=3>; rel="next"' in page.headers["Link"]
    assert 'page=1>; rel="prev"' in page.headers["Link"]
    one = client.get(f"/api/v1/records/{HOSPITAL}", headers=sent)
    assert one.json()["id"] == HOSPITAL
    kept = client.get(f"/api/v1/records/{HOSPITAL}", headers={**sent, "If-None-Match": one.headers["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")


def test_a_case_is_read_and_moved_and_who_saw_an_older_one_is_refused(
    client: TestClient, headers: Headers, runtime: Runtime
) -> None:
    case_id, sent = opened_case(runtime), headers(TokenScope.CASES_READ, TokenScope.CASES_WRITE)
    seen = client.get(f"/api/v1/cases/{case_id}", headers=sent).json()
    assert (seen["state"], seen["onward"]) == ("asked", ["sent", "dropped"])
    assert "kari@x.no" not in json.dumps(seen)
    address, move = f"/api/v1/cases/{case_id}/moves", {"state": "sent", "version": seen["version"]}
    assert client.post(address, json=move, headers=sent).json()["state"] == "sent"
    assert is_problem(client.post(address, json=move, headers=sent), 409)
    assert is_problem(client.post(address, json={"state": "granted", "version": 2}, headers=sent), 409)
    assert is_problem(client.post(address, json={"state": "dropped", "version": 2}, headers=sent), 422)
    assert client.get("/api/v1/cases?state=sent", headers=sent).json()["total"] == 1


def test_the_log_goes_out_line_by_line_without_words(client: TestClient, headers: Headers, runtime: Runtime) -> None:
    opened_case(runtime)
    lines = client.get("/api/v1/log", headers=headers(TokenScope.LOG_READ)).text.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["question", "answer", "act"]
    assert "sepsis?" not in "".join(lines)
    tomorrow = norwegian_day() + timedelta(days=1)
    assert client.get(f"/api/v1/log?since={tomorrow}", headers=headers(TokenScope.LOG_READ)).text == ""


def test_without_a_token_that_holds_nothing_is_told(client: TestClient, headers: Headers, runtime: Runtime) -> None:
    body = {"question": QUESTION}
    assert is_problem(client.post("/api/v1/ask", json=body), 401)
    assert is_problem(client.post("/api/v1/ask", json=body, headers={"Authorization": "Bearer mlm_guess"}), 401)
    assert is_problem(client.post("/api/v1/ask", json=body, headers=headers(TokenScope.LOG_READ)), 403)
    tokens = Tokens(runtime.database)
    secret, token = tokens.add("revoked", [TokenScope.ASK], 1, by="test")
    tokens.revoke(token.id)
    assert is_problem(client.post("/api/v1/ask", json=body, headers={"Authorization": f"Bearer {secret}"}), 401)
    secret, token = tokens.add("old", [TokenScope.ASK], 1, by="test")
    with runtime.database.writing() as session:
        session.execute(
            text("UPDATE web_token SET expires_at = '2020-01-01 00:00:00' WHERE id = :id"), {"id": token.id}
        )
    assert is_problem(client.post("/api/v1/ask", json=body, headers={"Authorization": f"Bearer {secret}"}), 401)
    assert list(runtime.service.log.entries()) == []


def test_a_login_in_a_browser_is_no_token(log_in: LogIn) -> None:
    assert log_in(AccountRole.ADMIN).get("/api/v1/cases").status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("ask", {"question": ""}),
        ("ask", {"question": "?!"}),
        ("ask", {"question": QUESTION, "surprise": 1}),
        ("ask", {"question": QUESTION, "language": "sv"}),
        ("ask", {"question": QUESTION, "municipality": "9999"}),
        ("ask", {"question": QUESTION, "top_k": 10_000}),
        ("ask", {"question": "x" * 50_000}),
        ("ask", [1, 2]),
        ("consortium", {"need": QUESTION, "scheme": "instrument:nothing"}),
        ("consortium", {"need": QUESTION, "scheme": "instrument:rff-trondelag", "have": ["../../etc/passwd"]}),
        ("consortium", {"need": "…", "scheme": "instrument:rff-trondelag"}),
        ("ladder", {"need": "…"}),
    ],
)
def test_what_cannot_be_used_is_told_as_a_problem(
    passer_by: TestClient, standing_headers: Headers, path: str, body: object
) -> None:
    assert is_problem(passer_by.post(f"/api/v1/{path}", json=body, headers=standing_headers(TokenScope.ASK)), 422)


@pytest.mark.parametrize(
    "path",
    ["records/actor:nobody", "records/..%2f..%2fetc", "records/%00", "cases/nothing", "nowhere", "records?kind=x",
     "records?page=0", "records?per_page=9999999", "log?since=yesterday"],
)  # fmt: skip
def test_what_is_not_there_or_not_meant_is_told_as_a_problem(
    passer_by: TestClient, standing_headers: Headers, path: str
) -> None:
    answer = passer_by.get(f"/api/v1/{path}", headers=standing_headers(*TokenScope))
    assert is_problem(answer, answer.status_code)
    assert answer.status_code in {404, 422}


def test_a_token_is_kept_only_as_a_hash_and_its_name_is_no_header(
    client: TestClient, headers: Headers, runtime: Runtime
) -> None:
    secret = headers(TokenScope.ASK)["Authorization"].removeprefix("Bearer ")
    with runtime.database.reading() as session:
        assert secret not in str(session.execute(text("SELECT * FROM web_token")).all())


def test_the_schema_tells_every_operation_and_the_scheme_of_its_tokens(client: TestClient) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    assert {"/api/v1/ask", "/api/v1/consortium", "/api/v1/records/{record_id}", "/api/v1/log"} <= set(schema["paths"])
    assert schema["components"]["securitySchemes"]
    for operations in schema["paths"].values():
        assert all(one["security"] for one in operations.values())


def test_calling_too_often_is_refused(client: TestClient, app: FastAPI, headers: Headers) -> None:
    app.state.web.limits.add("api", "2/minute")
    sent = headers(TokenScope.RECORDS_READ)
    answers = [client.get("/api/v1/records", headers=sent).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_a_key_that_came_with_another_question_is_refused_and_is_nobody_elses(
    client: TestClient, headers: Headers, runtime: Runtime
) -> None:
    mine, theirs = headers(TokenScope.ASK), headers(TokenScope.ASK)
    key = {"Idempotency-Key": "k"}
    first = client.post("/api/v1/ask", json={"question": QUESTION}, headers={**mine, **key})
    assert is_problem(client.post("/api/v1/ask", json={"question": "frafall"}, headers={**mine, **key}), 422)
    other = client.post("/api/v1/ask", json={"question": QUESTION}, headers={**theirs, **key})
    assert (first.status_code, other.status_code) == (200, 200)
    assert other.json()["log_id"] != first.json()["log_id"]


SOURCE = {"ref": "a test", "mark": "assumed"}
NEW: dict[str, Any] = {
    "id": "actor:prove", "name": {"nb": "Prøve AS", "en": "Trial Ltd"},
    "summary": {"nb": "En prøve.", "en": "A trial."}, "actor_type": "company",
    "confidence": "assumed", "sources": [SOURCE],
}  # fmt: skip


def test_a_record_is_made_changed_and_published_by_who_has_seen_it(client: TestClient, headers: Headers) -> None:
    sent = headers(TokenScope.RECORDS_READ, TokenScope.RECORDS_WRITE)
    made = client.post("/api/v1/records", json=NEW, headers=sent)
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/records/actor:prove")
    assert made.json()["state"] == "draft"
    address = made.headers["Location"]
    changed = {**NEW, "summary": {"nb": "Endret.", "en": "Changed."}}
    assert is_problem(client.put(address, json=changed, headers=sent), 428)
    for stale in ('"7"', "x"):
        assert is_problem(client.put(address, json=changed, headers={**sent, "If-Match": stale}), 412)
    put = client.put(address, json=changed, headers={**sent, "If-Match": made.headers["ETag"]})
    assert (put.status_code, put.headers["ETag"]) == (200, '"2"')
    moved = client.post(f"{address}/moves", json={"action": "publish", "note": "ferdig"}, headers=sent)
    assert (moved.status_code, moved.json()["state"]) == (200, "published")
    revisions = client.get(f"{address}/revisions?per_page=2", headers=sent)
    assert [(one["version"], one["action"], one["by"]) for one in revisions.json()["items"]] == [
        (3, "publish", "api:a test"),
        (2, "edit", "api:a test"),
    ]
    assert 'page=2>; rel="next"' in revisions.headers["Link"]
    found = client.get("/api/v1/records?q=trial ltd", headers=sent).json()
    assert [one["id"] for one in found["items"]] == ["actor:prove"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"actor_type": "pirate"}, "actor_type"),
        ({"id": "pirate:prove"}, "id"),
        ({"surprise": 1}, "surprise"),
        ({"relations": [{"type": "part_of", "target": "actor:nowhere", "source": SOURCE}]}, "relations.0.target"),
    ],
)
def test_what_is_wrong_with_a_record_is_told_by_field_and_nothing_is_written(
    client: TestClient, headers: Headers, runtime: Runtime, change: dict[str, Any], field: str
) -> None:
    before = runtime.store.revision()
    answer = client.post("/api/v1/records", json={**NEW, **change}, headers=headers(TokenScope.RECORDS_WRITE))
    assert is_problem(answer, 422)
    assert field in {one["field"] for one in answer.json()["errors"]}
    assert runtime.store.revision() == before


def test_a_record_that_is_there_is_not_made_again_and_keeps_its_id_and_state(
    client: TestClient, headers: Headers, runtime: Runtime
) -> None:
    sent = headers(TokenScope.RECORDS_READ, TokenScope.RECORDS_WRITE)
    assert is_problem(client.post("/api/v1/records", json={**NEW, "id": HOSPITAL}, headers=sent), 409)
    address = f"/api/v1/records/{HOSPITAL}"
    whole = client.get(address, headers=sent)
    seen = {**sent, "If-Match": whole.headers["ETag"]}
    for change in ({"id": "actor:other"}, {"state": "retired"}):
        assert is_problem(client.put(address, json={**whole.json(), **change}, headers=seen), 422)
    assert client.put(address, json=whole.json(), headers=seen).status_code == 200
    assert runtime.store.get(HOSPITAL).version == 1


def test_writing_needs_the_scope_for_it(client: TestClient, headers: Headers, runtime: Runtime) -> None:
    sent, before = headers(TokenScope.RECORDS_READ, TokenScope.CASES_READ), runtime.store.revision()
    case_id = opened_case(runtime)
    assert is_problem(client.post("/api/v1/records", json=NEW, headers=sent), 403)
    assert is_problem(client.put(f"/api/v1/records/{HOSPITAL}", json=NEW, headers=sent), 403)
    assert is_problem(client.post(f"/api/v1/records/{HOSPITAL}/moves", json={"action": "retire"}, headers=sent), 403)
    assert is_problem(client.post(f"/api/v1/cases/{case_id}/notes", json={"text": "x"}, headers=sent), 403)
    assert runtime.store.revision() == before


def test_notes_and_who_has_a_case_are_written_and_cases_found_by_their_words(
    client: TestClient, headers: Headers, runtime: Runtime
) -> None:
    case_id, sent = opened_case(runtime), headers(TokenScope.CASES_READ, TokenScope.CASES_WRITE)
    noted = client.post(f"/api/v1/cases/{case_id}/notes", json={"text": "ringt", "for_asker": True}, headers=sent)
    assert (noted.status_code, noted.json()["events"][-1]["action"]) == (201, "told")
    given = {"to": "Kari", "version": noted.json()["version"]}
    assert client.post(f"/api/v1/cases/{case_id}/assignment", json=given, headers=sent).json()["assigned_to"] == "Kari"
    assert is_problem(client.post(f"/api/v1/cases/{case_id}/assignment", json=given, headers=sent), 409)
    assert client.get("/api/v1/cases?q=SEPSIS oppdagelse", headers=sent).json()["total"] == 1
    for none in ("frafall", "%", "_"):
        assert client.get("/api/v1/cases", params={"q": none}, headers=sent).json()["total"] == 0


def test_each_token_may_call_so_often_and_no_more(app: FastAPI, client: TestClient, headers: Headers) -> None:
    app.state.web.limits.add("api", "2/minute")
    one, other = headers(TokenScope.RECORDS_READ), headers(TokenScope.RECORDS_READ)
    answers = [client.get(f"/api/v1/records/{HOSPITAL}", headers=one) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert client.get(f"/api/v1/records/{HOSPITAL}", headers=other).status_code == 200
