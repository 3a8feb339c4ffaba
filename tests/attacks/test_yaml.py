"""Whatever stands in a file or a form as YAML, it is read, or told where it is wrong and how to mend it."""

from __future__ import annotations

import re
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import ErrorDetails, _pydantic_core
from starlette.testclient import TestClient

from assistant.desk.forms import form_of, posted_of
from assistant.platform.messages import messages
from corpus.check import check
from corpus.errors import RecordFileError
from corpus.faults import SENTENCES, fault_of
from corpus.files import Located, YamlError, dump_records, parse_records, read_folder, read_yaml
from corpus.limits import LIMITS, LONGEST_WORD, MOST_ITEMS, Limit
from corpus.records import Kind
from corpus.text import Language
from tests.assistant.conftest import Command
from tests.records import actor, concept, statement, text

_ERRORS: list[Any] = _pydantic_core.list_all_errors()
BROKEN = {
    "a tag for a day that does not exist": "- !!timestamp x",
    "a tag for a number": "- !!int x",
    "a tag for a fraction": "- !!float x",
    "a tag for yes or no": "- !!bool x",
    "a tag of Python": "- !!python/object/apply:os.system [ls]",
    "fields for a name": "- {[a]: b}",
    "a list for a name": "? [a]\n: b",
    "fields for a name, written out": "? {a: 1}\n: b",
    "a key twice": "a: 1\na: 2",
    "deep lists": "[" * 3_000,
    "deep blocks": "- " * 3_000 + "x",
    "a list within itself": "&a [*a]",
    "an alias of nothing": "- *nothing",
    "half a list": "- {a: b",
    "a tab for a space": "a:\n\t- b",
    "a null character": "a: \0",
    "sixty-four bits and more": "- !!binary x",
}


@pytest.mark.parametrize("broken", [name for name in BROKEN if name != "a list within itself"])
def test_what_cannot_be_read_is_told_and_raises_nothing_else(broken: str) -> None:
    with pytest.raises(YamlError):
        read_yaml(BROKEN[broken])


@pytest.mark.parametrize("broken", BROKEN)
def test_a_file_of_it_costs_the_other_files_nothing(tmp_path: Path, broken: str) -> None:
    (tmp_path / "good.yaml").write_text(dump_records([actor("good", "Bra")]), encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(BROKEN[broken], encoding="utf-8")
    located_records, problems = read_folder(tmp_path)
    assert [one.record.id for one in located_records] == ["actor:good"]
    assert problems
    assert {problem.file for problem in problems} == {"bad.yaml"}


@given(st.text(max_size=60))
def test_no_text_raises_anything_else(anything: str) -> None:
    with suppress(YamlError):
        read_yaml(anything)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"), ("On", "On"), ("yes", "yes"), ("0301", "0301"), ("12:30", "12:30"), ("2026-02-30", "2026-02-30"),
        ("2026-05-24", "2026-05-24"), ("1_000", "1_000"), ("0x1F", "0x1F"), ("5" * 5_000, "5" * 5_000), (".5", ".5"),
        ("true", True), ("False", False), ("7", 7), ("-7", -7), ("2.5", 2.5), ("~", None), ("", None), ("null", None),
    ],
)  # fmt: skip
def test_what_is_no_plain_number_true_or_false_is_the_text_that_it_looks_like(written: str, meant: object) -> None:
    assert read_yaml(f"- {written}") == [meant]


def test_a_number_of_a_municipality_needs_no_quotes_where_it_begins_with_a_zero() -> None:
    written = dump_records([actor("oslo", "Oslo", place={"kommunenummer": "0301", "name": "Oslo"})])
    records, problems = parse_records(written.replace("'0301'", "0301"))
    assert problems == []
    assert records[0].place.kommunenummer == "0301"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kommunenummer: '5038'", "kommunenummer: 5038", "put it in quotes"),
        ("  nb: Verdal", "  no: Verdal", "write nb for bokmål"),
        ("kommunenummer: '5038'", "kommunenummer: '99'", "four digits"),
        ("actor_type: municipality", "actor_type: kommune", "expected one of municipality, "),
        ("confidence: stated", "confidence: stated\n  checked_on: '2026-02-30'", "a day that exists"),
        ("confidence: stated", "confidence: stated\n  orgnr: 974767881", "in quotes"),
        ("confidence: stated", "confidence: stated\n  colour: red", "there is no such field"),
    ],
)
def test_a_record_that_is_wrong_is_told_how_to_mend_it(old: str, new: str, told: str) -> None:
    written = dump_records([actor("verdal", "Verdal", place={"kommunenummer": "5038", "name": "Verdal"})])
    assert old in written
    _, problems = parse_records(written.replace(old, new, 1))
    assert told in "\n".join(map(str, problems))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-be"])
def test_a_file_in_another_encoding_is_told_how_to_be_saved(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "records.yaml"
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    path.write_bytes(mark + dump_records([actor("naeroy", "Nærøy")]).encode(encoding))
    _, problems = read_folder(path)
    assert "encoding UTF-8" in problems[0].message


def test_a_folder_may_hold_files_that_end_in_yml_and_a_spreadsheet_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(dump_records([actor("a", "A")]), encoding="utf-8-sig")
    assert [one.record.id for one in read_folder(tmp_path)[0]] == ["actor:a"]
    table = tmp_path / "b.csv"
    table.write_text("Navn;Type\n", encoding="utf-8")
    assert "spreadsheet" in read_folder(table)[1][0].message
    (tmp_path / "empty").mkdir()
    with pytest.raises(RecordFileError, match=r"ends in \.yaml or \.yml"):
        read_folder(tmp_path / "empty")


@pytest.mark.parametrize("kind", [str(one["type"]) for one in _ERRORS])
def test_nobody_reads_pydantics_own_words(kind: str) -> None:
    example = next(one for one in _ERRORS if one["type"] == kind)
    words = {"expected": "'a' or 'b'", "tag": "x", "expected_tags": "'a'", "pattern": "^x$"}
    context = words | dict.fromkeys(("ge", "le", "gt", "lt", "min_length", "max_length", "actual_length"), 1)
    item: Any = {"type": kind, "loc": ("field",), "msg": "Pydantic's words", "input": "given", "ctx": context}
    details: ErrorDetails = item
    fault = fault_of(details)
    assert fault.code in SENTENCES
    said = str(fault)
    assert "{" not in said
    assert str(example["message_template_python"]) not in said


@pytest.mark.parametrize("broken", [name for name in BROKEN if name != "a null character"])
def test_a_form_with_it_is_shown_again_with_what_was_typed_and_what_is_wrong(
    standing_broker: TestClient, broken: str
) -> None:
    address = "/desk/records/instrument:forkommune"
    assert standing_broker.get(address).status_code == 200
    for path in (address, f"{address}/preview"):
        page = standing_broker.post(path, data={"criteria": BROKEN[broken], "version": "1"})
        assert page.status_code in {200, 422}
        assert "Field required" not in page.text
        assert "Input should" not in page.text
        if path == address:
            assert page.status_code == 422
            assert "kan ikke leses" in page.text or "Ventet" in page.text or "Fikk" in page.text


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("orgnr", "123456789", "ni sifre"),
        ("url", "ikke en adresse", "https://"),
        ("place.kommunenummer", "50", "fire sifrene"),
        ("place.country", "Norge", "to store bokstaver"),
        ("dissolved_on", "i fjor", "ventet et år"),
        ("actor_type", "kommune", "ventet ett av disse"),
        ("actor_type", "", "Må fylles ut"),
        ("contacts.0.email", "kari", "e-postadresse"),
        ("summary.nb", "x" * 900_000, "ventet høyst"),
        ("summary.nb", "x" * 100, "bokstaver, ventet høyst"),
        ("name.nb", "NT\u202eNU", "U+202E"),
    ],
)
def test_each_field_of_a_form_is_told_of_in_the_brokers_language(
    standing: FastAPI, standing_broker: TestClient, field: str, typed: str, told: str
) -> None:
    stored = standing.state.web.runtime.store.get("actor:ntnu")
    posted = posted_of(form_of(Kind.ACTOR, stored.record.model_dump(mode="json")))
    form = posted | {field: [typed], "version": [str(stored.version)]}
    page = standing_broker.post("/desk/records/actor:ntnu", data=form)
    assert page.status_code == 422
    assert told in unescape(page.text)
    assert "expected" not in page.text
    assert not re.search(r"(?:Input|String|Value) should", page.text)


@pytest.mark.parametrize("field", sorted(LIMITS))
def test_no_limit_is_left_out(field: str) -> None:
    assert isinstance(LIMITS[field], Limit)


@pytest.mark.parametrize(
    ("record", "field", "code"),
    [
        (actor("a", "A", summary="ord " * 2_000), "summary.nb", "text_long"),
        (actor("a", "A", summary="o " * 1_500), "summary.nb", "text_words"),
        (actor("a", "A", summary="x" * (LONGEST_WORD + 1)), "summary.nb", "word_long"),
        (actor("a", "A" * 60 + " " + "b" * 60 + " c" * 100), "name.nb", "text_long"),
        (actor("a", "A\0"), "name.nb", "text_hidden"),
        (actor("a", "A\u202eB"), "name.nb", "text_hidden"),
        (actor("a", "A", asked_as=tuple(text("hvem") for _ in range(MOST_ITEMS + 1))), "asked_as", "items_many"),
        (actor("a", "A", expertise=tuple(statement("ord " * 500) for _ in range(60))), "(record)", "record_long"),
        (concept("c", "b" * (LONGEST_WORD + 1), "b"), "pref_label.nb", "word_long"),
        (concept("c", "b", "b", hidden={"nb": ("ord",) * (MOST_ITEMS + 1)}), "hidden_labels.nb", "items_many"),
    ],
)
def test_a_record_over_a_limit_is_told_the_field_and_the_limit(record: Any, field: str, code: str) -> None:
    problems = {(problem.field, problem.fault.code) for problem in check([Located("x.yaml", record)]) if problem.fault}
    assert (field, code) in problems


def test_a_program_is_told_the_same(client: TestClient, app: Any) -> None:
    from assistant.access.tokens import TokenScope

    token, _ = app.state.web.tokens.add("test", list(TokenScope), 1, "test")
    headers = {"authorization": f"Bearer {token}"}
    got = client.get("/api/v1/records/actor:ntnu", headers=headers)
    body = got.json() | {"summary": {"nb": "x" * 900_000, "en": "x"}}
    body.pop("state")
    answer = client.put("/api/v1/records/actor:ntnu", json=body, headers=headers | {"if-match": got.headers["etag"]})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "summary.nb", "message": "got 900000 characters, expected at most 4000: shorten it"}
    ]


def test_an_editor_that_is_not_there_is_told(
    filled_home: Path, mellomrom: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "/nowhere/an-editor")
    monkeypatch.delenv("VISUAL", raising=False)
    result = mellomrom("corpus", "edit", "actor:ntnu")
    assert result.code == 1
    assert "Set EDITOR" in result.err
    assert "should not have" not in result.err


def test_an_error_nobody_thought_of_claims_nothing(
    mellomrom: Command, monkeypatch: pytest.MonkeyPatch, filled_home: Path
) -> None:
    from corpus.store import RecordStore

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("hemmeligheten")

    monkeypatch.setattr(RecordStore, "records", broken)
    result = mellomrom("corpus", "list")
    assert result.code == 1
    assert "Nothing was changed" not in result.err
    assert "hemmeligheten" not in result.err
    assert "not known" in result.err


def test_every_fault_has_a_sentence_in_every_language() -> None:
    for language in Language:
        catalog = messages(language)
        for code in SENTENCES:
            assert catalog.text(f"fault.{code}") != f"fault.{code}"
