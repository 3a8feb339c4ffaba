"""The tools and records, used by the official client in this process."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel

from assistant.access.tokens import TokenScope
from assistant.cases.cases import CaseState
from assistant.dialogue.understanding import Question
from assistant.history.log_entries import EntryKind
from assistant.render.answer_data import AnswerData
from assistant.render.data import render_data
from assistant.service.container import Runtime
from tests.mcp.conftest import here, told

NEED = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
HOSPITAL = "actor:helse-nord-trondelag"
TRONDELAG = "instrument:rff-trondelag"
READING = {"find_matches", "check_scheme", "build_consortium", "get_record", "find_similar_needs"}


def logged(runtime: Runtime) -> int:
    return sum(entry.kind is EntryKind.ANSWER for entry in runtime.service.log.entries())


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_every_tool_gives_what_its_schema_tells(runtime: Runtime, mode: str) -> None:
    async def use(client: Client) -> None:
        schemas = {tool.name: tool.output_schema for tool in (await client.list_tools()).tools}
        found = told(await client.call_tool("find_matches", {"need": NEED, "municipality": "5038"}))
        assert found["partners"][0]["id"] == HOSPITAL
        assert found["partners"][0]["why"]
        assert found["partners"][0]["evidence"][0]["source"]
        calls: list[tuple[str, dict[str, Any]]] = [
            ("find_matches", {"need": "best pizza in Oslo"}),
            ("find_similar_needs", {"need": NEED}),
            ("check_scheme", {"scheme": TRONDELAG, "need": NEED, "municipality": "5038"}),
            ("check_scheme", {"scheme": "instrument:forkommune"}),
            ("build_consortium", {"need": NEED, "scheme": TRONDELAG, "have": ["actor:verdal-kommune"],
                                  "shares": [{"type": "municipality", "percent": 22}]}),
            ("get_record", {"id": "concept:sepsis", "language": "nn"}),
            ("open_case", {"log_id": found["log_id"], "record_id": HOSPITAL}),
        ]  # fmt: skip
        given = [("find_matches", found), *[(name, told(await client.call_tool(name, sent))) for name, sent in calls]]
        for name, result in given:
            schema = schemas[name]
            assert schema is not None
            jsonschema.validate(result, schema)

    here(runtime, use, mode=mode, name=f"test {mode}")


def test_the_schema_tells_every_key_of_an_answer(runtime: Runtime) -> None:
    def unknown(value: object) -> list[str]:
        if isinstance(value, BaseModel):
            inner = [name for one in type(value).model_fields for name in unknown(getattr(value, one))]
            return [*(value.model_extra or {}), *inner]
        return [name for one in value for name in unknown(one)] if isinstance(value, tuple) else []

    answer = runtime.matchmaker.answer(Question(text=NEED))
    assert answer.schemes
    assert unknown(AnswerData.model_validate(render_data(answer))) == []


def test_a_question_is_logged_once_under_the_callers_pseudonym(runtime: Runtime) -> None:
    before = logged(runtime)

    async def use(client: Client) -> dict[str, Any]:
        result = await client.call_tool("find_matches", {"need": f"{NEED} ring 911 22 333"})
        assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr]
        return told(result)

    found = here(runtime, use)
    assert "911" not in json.dumps(found)
    assert logged(runtime) == before + 1
    [entry] = runtime.service.log.having([found["log_id"]])
    assert (entry.channel, entry.tenant) == ("mcp", "mcp")


def test_a_scheme_is_held_against_who_would_apply_and_tells_what_to_ask(runtime: Runtime) -> None:
    async def use(client: Client) -> tuple[dict[str, Any], ...]:
        sent = {"scheme": "instrument:innovasjonsprosjekt-i-offentlig-sektor", "language": "en"}
        return tuple(
            [
                told(await client.call_tool("check_scheme", {**sent, **more}))
                for more in ({}, {"applicant": "company"}, {"scheme": "instrument:horisont-2020"})
            ]
        )

    plain, company, ended = here(runtime, use)
    assert plain["eligible"] != "unmet"
    assert plain["eligibility"][1]["source"]
    assert company["eligible"] == "unmet"
    assert (ended["status"], ended["eligible"]) == ("ended", "unmet")
    assert ended["successor"]["id"].startswith("instrument:")


def test_a_case_is_opened_once_and_only_of_an_answer_of_the_same_caller(runtime: Runtime) -> None:
    async def ask_and_open(client: Client) -> tuple[dict[str, Any], dict[str, Any], str]:
        found = told(await client.call_tool("find_matches", {"need": NEED}))
        sent = {"log_id": found["log_id"], "record_id": HOSPITAL, "note": "Vi vil gjerne møtes."}
        first, again = [told(await client.call_tool("open_case", sent)) for _ in range(2)]
        return first, again, found["log_id"]

    first, again, log_id = here(runtime, ask_and_open, name="one")
    assert first["case_id"] == again["case_id"]
    assert (first["already_open"], again["already_open"]) == (False, True)
    case = runtime.referrals.get(first["case_id"])
    assert (case.state, case.channel, case.note) == (CaseState.ASKED, "mcp", "Vi vil gjerne møtes.")

    async def open_another_s(client: Client) -> Any:
        return await client.call_tool("open_case", {"log_id": log_id, "record_id": HOSPITAL})

    refused = here(runtime, open_another_s, name="another")
    assert refused.is_error
    assert "not yours to see" in refused.content[0].text


def test_a_caller_sees_and_does_only_what_its_scopes_say(runtime: Runtime) -> None:
    async def use(client: Client) -> tuple[set[str], Any, int]:
        listed = {tool.name for tool in (await client.list_tools()).tools}
        refused = await client.call_tool("open_case", {"log_id": "x"})
        return listed, refused, len((await client.list_resources()).resources)

    listed, refused, records = here(runtime, use, TokenScope.ASK, TokenScope.RECORDS_READ)
    assert (listed, records) == (READING, 100)
    assert refused.content[0].text.startswith("The token has no scope 'cases:write'.")
    listed, _, records = here(runtime, use, TokenScope.CASES_WRITE)
    assert (listed, records) == ({"open_case"}, 0)


def test_every_published_record_is_listed_and_can_be_read_by_its_address(runtime: Runtime) -> None:
    async def use(client: Client) -> tuple[list[str], dict[str, Any]]:
        found, page = [], None
        while page is None or page.next_cursor:
            page = await client.list_resources(cursor=page.next_cursor if page else None)
            found += [str(one.uri) for one in page.resources]
        [template] = (await client.list_resource_templates()).resource_templates
        read = await client.read_resource(template.uri_template.replace("{id}", HOSPITAL))
        with pytest.raises(MCPError, match="No record has the id 'actor:nobody'"):
            await client.read_resource("mellomrom://records/actor:nobody")
        with pytest.raises(MCPError, match="expected one that begins with mellomrom://records/"):
            await client.read_resource("file:///etc/passwd")
        return found, json.loads(read.contents[0].text)  # type: ignore[union-attr]

    found, record = here(runtime, use)
    assert found == [f"mellomrom://records/{one}" for one in sorted(runtime.store.ids())]
    assert record["record"]["id"] == HOSPITAL


HOSTILE: list[tuple[str, dict[str, Any], str]] = [
    ("find_matches", {}, "need: is missing"),
    ("find_matches", {"need": 5}, "need: got «5», expected text"),
    ("find_matches", {"need": ["a"]}, "need: got a list or fields"),
    ("find_matches", {"need": None}, "need: is missing"),
    ("find_matches", {"need": "x" * 40_001}, "got 40001 characters, expected at most 40000"),
    ("find_matches", {"need": "?!"}, "Jeg fant ingen ord i spørsmålet"),
    ("find_matches", {"need": NEED, "top_k": 10**30}, "top_k: got"),
    ("find_matches", {"need": NEED, "top_k": float("inf")}, "top_k: got"),
    ("find_matches", {"need": NEED, "language": "sv"}, "language: got «sv», expected one of"),
    ("find_matches", {"need": NEED, "municipality": "9999"}, "Got the municipality '9999'"),
    ("find_matches", {"need": NEED, "municipality": "50380"}, "expected the four digits of a municipality"),
    ("find_matches", {"need": NEED, "\ud800": 1}, "there is no such field here"),
    ("find_matches", {"need": "Kari Nordmann, født 01.02.1950, har kreft"}, "seems to be about a certain person"),
    ("check_scheme", {"scheme": "rff"}, "There is no scheme 'rff'. Did you mean instrument:"),
    ("check_scheme", {"scheme": "x" * 5_000}, "expected at most 200"),
    ("check_scheme", {"scheme": TRONDELAG, "need": "Kari Nordmann, født 01.02.1950, har kreft"}, "a certain person"),
    ("build_consortium", {"need": NEED, "scheme": TRONDELAG, "have": ["actor:nobody"]}, "There is no actor"),
    ("build_consortium", {"need": NEED, "scheme": TRONDELAG, "shares": [{"type": "x", "percent": 200}]}, "shares.0"),
    ("build_consortium", {"need": "Kari Nordmann, født 01.02.1950, har kreft", "scheme": TRONDELAG}, "certain person"),
    ("get_record", {"id": "\x00"}, "No record has the id"),
    ("get_record", {"id": "../../etc/passwd"}, "No record has the id"),
    ("open_case", {"log_id": "0" * 16}, "is not here any more"),
    ("open_case", {"log_id": "\ud800"}, "is not here any more"),
]


def test_what_cannot_be_used_is_told_in_one_sentence_and_nothing_is_logged(runtime: Runtime) -> None:
    before = logged(runtime)

    async def use(client: Client) -> None:
        for name, sent, expected in HOSTILE:
            result = await client.call_tool(name, sent)
            said = result.content[0].text  # type: ignore[union-attr]
            assert result.is_error, (name, sent)
            assert expected in said, (sent, said)
            assert "\n" not in said
            assert len(said) < 1_000
        with pytest.raises(MCPError, match="There is no tool «drop_tables»"):
            await client.call_tool("drop_tables", {})

    here(runtime, use)
    assert logged(runtime) == before


def test_odd_text_is_answered_as_in_every_channel(runtime: Runtime) -> None:
    async def use(client: Client) -> list[dict[str, Any]]:
        texts = (
            "\ud800 oppdage sepsis tidlig",
            f"{NEED} {'a ' * 19_000}",
            "<b>x</b> sepsis",
            "s\x00epsis",
        )
        return [told(await client.call_tool("find_matches", {"need": text})) for text in texts]

    surrogate, long, _, _ = here(runtime, use)
    assert surrogate["question"] == "? oppdage sepsis tidlig"
    assert (long["shortened"], len(long["question"]) <= 2_000) == (True, True)


def test_what_goes_wrong_inside_is_not_told(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: object) -> None:
        raise RuntimeError("the password is in here")

    monkeypatch.setattr(type(runtime.service), "handle", lambda *_: breaks(_))

    async def use(client: Client) -> Any:
        return await client.call_tool("find_matches", {"need": NEED})

    result = here(runtime, use)
    assert result.is_error
    assert result.content[0].text.startswith("Something went wrong that should not have.")
