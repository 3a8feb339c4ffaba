"""Reconciliation 0.2: names and numbers of a spreadsheet to published records, in the shape that clients expect."""

from __future__ import annotations

import json

import pytest
from jsonschema import validate
from starlette.testclient import TestClient

from assistant.service.container import Runtime
from tests.corpus.importing.bring import orgnr
from tests.records import actor

A = orgnr(99000001)
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "items": {"type": "string"}},
        "name": {"type": "string"},
        "identifierSpace": {"type": "string", "format": "uri"},
        "schemaSpace": {"type": "string", "format": "uri"},
        "defaultTypes": {"type": "array", "items": {"type": "object", "required": ["id", "name"]}},
        "view": {"type": "object", "required": ["url"], "properties": {"url": {"pattern": r".*\{\{id\}\}.*"}}},
    },
}
BATCH = {
    "type": "object",
    "patternProperties": {
        "^.*$": {
            "type": "object",
            "required": ["result"],
            "properties": {
                "result": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["id", "name", "score"],
                        "properties": {
                            "id": {"type": "string"},
                            "name": {"type": "string"},
                            "score": {"type": "number"},
                            "match": {"type": "boolean"},
                            "type": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["id"]}},
                        },
                    },
                }
            },
        }
    },
}


@pytest.fixture
def asked(client: TestClient, runtime: Runtime) -> TestClient:
    runtime.store.save(actor("blafjell", "Blåfjell Forskning", orgnr=A), by="test")
    runtime.store.save(actor("kollen", "Kollen Forskning", state="draft"), by="test")
    return client


def results(client: TestClient, **queries: object) -> dict[str, list[dict[str, object]]]:
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200
    validate(answer.json(), BATCH)
    return {name: one["result"] for name, one in answer.json().items()}


def test_the_service_describes_itself(client: TestClient) -> None:
    manifest = client.get("/reconcile").json()
    validate(manifest, MANIFEST)
    assert manifest["versions"] == ["0.2"]


def test_a_batch_of_names_is_answered_name_by_name(asked: TestClient) -> None:
    found = results(
        asked,
        q0={"query": "BLÅFJELL FORSKNING AS", "type": "actor"},
        q1={"query": "Blåfjel Forsking", "limit": 1},
        q2={"query": "noe annet", "properties": [{"pid": "orgnr", "v": A}]},
        q3={"query": "Kollen Forskning"},
        q4={"query": "Blåfjell Forskning", "type": "instrument"},
    )
    assert (found["q0"][0]["id"], found["q0"][0]["match"]) == ("actor:blafjell", True)
    assert [(one["id"], one["match"]) for one in found["q1"]] == [("actor:blafjell", False)]
    assert found["q2"][0]["id"] == "actor:blafjell"
    assert "actor:kollen" not in [one["id"] for one in found["q3"]]
    assert "actor:blafjell" not in [one["id"] for one in found["q4"]]


@pytest.mark.parametrize(
    "queries", ["", "[]", "{", '{"q0": 1}', '{"q0": {}}', json.dumps({"q0": {"query": "x" * 501}})]
)
def test_what_is_no_batch_is_refused(client: TestClient, queries: str) -> None:
    assert client.get("/reconcile", params={"queries": queries}).status_code == 400


def test_no_answer_is_a_script(asked: TestClient) -> None:
    answer = asked.get("/reconcile", params={"callback": "stolen"})
    assert "stolen" not in answer.text
    assert answer.headers["content-type"].startswith("application/json")
