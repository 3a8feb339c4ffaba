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


def test_the_service_describes_itself(passer_by: TestClient) -> None:
    manifest = passer_by.get("/reconcile").json()
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
def test_what_is_no_batch_is_refused(passer_by: TestClient, queries: str) -> None:
    assert passer_by.get("/reconcile", params={"queries": queries}).status_code == 400


def test_no_answer_is_a_script(asked: TestClient) -> None:
    answer = asked.get("/reconcile", params={"callback": "stolen"})
    assert "stolen" not in answer.text
    assert answer.headers["content-type"].startswith("application/json")


NAMED = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
}
SUGGESTED = {"type": "object", "required": ["result"], "properties": {"result": {"type": "array", "items": NAMED}}}
CELL = {
    "oneOf": [
        {"type": "object", "additionalProperties": False},
        NAMED | {"additionalProperties": False},
        *(
            {"type": "object", "required": [key], "properties": {key: shape}, "additionalProperties": False}
            for key, shape in (
                ("str", {"type": "string"}),
                ("float", {"type": "number"}),
                ("int", {"type": "integer"}),
                ("date", {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?$"}),
            )
        ),
    ]
}
EXTENDED = {
    "type": "object",
    "required": ["rows", "meta"],
    "properties": {
        "meta": {"type": "array", "items": NAMED},
        "rows": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "array", "items": CELL}},
        },
    },
}
SERVICE = {"type": "object", "required": ["service_url", "service_path"]}
OFFERS = {
    "type": "object",
    "required": ["suggest", "preview", "extend"],
    "properties": {
        "suggest": {"type": "object", "required": ["entity", "property", "type"], "additionalProperties": SERVICE},
        "preview": {
            "type": "object",
            "required": ["url", "width", "height"],
            "properties": {"url": {"pattern": r".*\{\{id\}\}.*"}, "width": {"type": "integer"}},
        },
        "extend": {"type": "object", "properties": {"propose_properties": SERVICE}},
    },
}


def path_of(service: dict[str, str]) -> str:
    return service["service_url"].removeprefix("http://127.0.0.1:8000") + service["service_path"]


def test_entities_properties_and_types_are_suggested_where_the_service_says(asked: TestClient) -> None:
    manifest = asked.get("/reconcile").json()
    validate(manifest, OFFERS)
    for what, prefix, expected in (
        ("entity", "blåfj fors", "actor:blafjell"),
        ("property", "organisasjonsn", "orgnr"),
        ("type", "fund", "instrument"),
    ):
        answer = asked.get(path_of(manifest["suggest"][what]), params={"prefix": prefix})
        validate(answer.json(), SUGGESTED)
        assert answer.json()["result"][0]["id"] == expected
    hidden = asked.get("/reconcile/suggest/entity", params={"prefix": "kollen"}).json()
    assert "actor:kollen" not in json.dumps(hidden)
    assert asked.get("/reconcile/suggest/entity", params={"prefix": ""}).json() == {"result": []}
    first, more = (
        asked.get("/reconcile/suggest/entity", params={"prefix": "kommune", "cursor": at}).json()["result"]
        for at in (0, 20)
    )
    assert len(first) == 20
    assert first[0] not in more


def test_a_record_is_shown_in_a_frame_of_whoever_asks_and_a_draft_is_not(asked: TestClient) -> None:
    preview = asked.get("/reconcile").json()["preview"]["url"].removeprefix("http://127.0.0.1:8000")
    shown = asked.get(preview.replace("{{id}}", "actor:blafjell"))
    assert "Blåfjell Forskning" in shown.text
    assert "frame-ancestors *" in shown.headers["content-security-policy"]
    assert "x-frame-options" not in shown.headers
    for hidden in ("actor:kollen", "actor:nobody", "x"):
        assert asked.get(preview.replace("{{id}}", hidden)).status_code == 404


def test_every_property_of_every_kind_is_given_in_the_shape_that_clients_expect(asked: TestClient) -> None:
    ids = ["actor:blafjell", "actor:kollen", "actor:difi", "actor:nobody", "instrument:rff-midt-norge",
           "instrument:innovasjonsprosjekt-i-offentlig-sektor", "idea:h2020-bingo"]  # fmt: skip
    proposed = asked.get("/reconcile/properties").json()["properties"]
    of_actors = asked.get("/reconcile/properties", params={"type": "actor"}).json()["properties"]
    assert {one["id"] for one in of_actors} < {one["id"] for one in proposed}
    extend = json.dumps({"ids": ids, "properties": [{"id": one["id"]} for one in proposed] + [{"id": "nothing"}]})
    posted, got = asked.post("/reconcile", data={"extend": extend}), asked.get("/reconcile", params={"extend": extend})
    validate(posted.json(), EXTENDED)
    assert posted.json() == got.json()
    rows = posted.json()["rows"]
    assert [one["id"] for one in posted.json()["meta"]] == [one["id"] for one in proposed]
    assert rows["actor:blafjell"]["orgnr"] == [{"str": A}]
    (successor,) = rows["actor:difi"]["successor"]
    assert (successor["id"], "igital" in successor["name"]) == ("actor:digdir", True)
    assert rows["instrument:rff-midt-norge"]["status"] == [{"str": "ended"}]
    assert rows["idea:h2020-bingo"]["participants"]
    for hidden in ("actor:kollen", "actor:nobody"):
        assert set(map(str, rows[hidden].values())) == {"[]"}


@pytest.mark.parametrize(
    "extend", ["", "[]", "{", "{}", '{"ids": "x", "properties": []}', '{"ids": [1], "properties": []}',
               '{"ids": [], "properties": [1]}', json.dumps({"ids": ["x"] * 501, "properties": []})]
)  # fmt: skip
def test_what_asks_for_no_properties_is_refused(passer_by: TestClient, extend: str) -> None:
    assert passer_by.post("/reconcile", data={"extend": extend}).status_code == 400


def test_pages_of_others_may_ask_and_read_and_nothing_is_kept(asked: TestClient) -> None:
    away = {"Origin": "https://openrefine.example", "Sec-Fetch-Site": "cross-site"}
    answer = asked.post("/reconcile", data={"queries": '{"q0": {"query": "Blåfjell"}}'}, headers=away)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
    assert "set-cookie" not in answer.headers
