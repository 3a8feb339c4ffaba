"""Records survive being written and read; a fault names its file, record and field."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.check import check
from corpus.errors import InvalidRecordError, RecordFileError
from corpus.files import Record, dump_records, kind_of, parse_records, read_folder, shipped_folder
from corpus.records import Actor, AliasKind
from tests.corpus.test_text import lang_texts
from tests.records import actor, concept, idea, instrument

records: st.SearchStrategy[Record] = st.one_of(
    st.builds(lambda text: actor("a", "A").model_copy(update={"name": text}), lang_texts),
    st.builds(lambda text: idea("a", "A", "Problem", follow_up=text), lang_texts),
    st.builds(lambda text: instrument("a", "A", began_on="2016").model_copy(update={"name": text}), lang_texts),
    st.builds(lambda text: concept("a", "A", "A", pref_label=text), lang_texts),
)
SHIPPED = read_folder(shipped_folder())[0]


@given(st.lists(records, min_size=1, max_size=3))
def test_records_survive_yaml(some: list[Record]) -> None:
    assert parse_records(dump_records(some)) == (some, [])


@pytest.mark.parametrize(
    "text", ["no", "2017-05-24", "1e3", "- x", "a: b", "null", "#x", "'", '"', "å\u00a0b", "\u2028x"]
)
def test_text_that_yaml_could_take_for_something_else_stays_text(text: str) -> None:
    some: list[Record] = [actor("a", "A", aliases=[{"text": text, "kind": "alias"}])]
    assert parse_records(dump_records(some)) == (some, [])


def test_every_shipped_record_survives_yaml() -> None:
    shipped = [located.record for located in SHIPPED]
    assert parse_records(dump_records(shipped)) == (shipped, [])


def test_the_shipped_corpus_has_no_problems() -> None:
    located, problems = read_folder(shipped_folder())
    assert [str(problem) for problem in [*problems, *check(located)]] == []


def test_no_alias_is_what_bodies_of_a_sort_are_called_all_over_the_country() -> None:
    bodies = [located.record for located in SHIPPED if isinstance(located.record, Actor)]
    names = {(one.id, name.text.casefold()) for one in bodies for name in one.name.items()}
    misleading = {
        (body.id, alias.text)
        for body in bodies
        for alias in body.aliases
        if alias.kind is AliasKind.ALIAS
        and len({owner for owner, name in names if name.startswith(f"{alias.text.casefold()} ")} - {body.id}) > 1
    }
    assert misleading == set()


def test_a_fault_names_file_record_and_field(tmp_path: Path) -> None:
    text = dump_records([actor("a", "A"), actor("b", "B")]).replace("actor_type: municipality", "actor_type: town", 1)
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    located, problems = read_folder(tmp_path)
    assert [one.record.id for one in located] == ["actor:b"]
    assert str(problems[0]).startswith("bad.yaml: actor:a: actor_type: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- id: a\n- id: [", "at line 3"),
        ("- {id: actor:a, id: actor:b}", "given twice"),
        ("just text", "expected a list"),
        ("[" * 5000, "nested|YAML"),
    ],
)
def test_what_is_no_file_of_records_is_refused(text: str, message: str) -> None:
    with pytest.raises(RecordFileError, match=message):
        parse_records(text)


@pytest.mark.parametrize(
    ("text", "field"), [("- 3", "(record)"), ("- {name: x}", "id"), ("- {id: 3}", "id"), ("- {id: town:a}", "id")]
)
def test_a_record_that_cannot_be_told_apart_is_a_problem(text: str, field: str) -> None:
    found, problems = parse_records(text)
    assert found == []
    assert problems[0].field == field


def test_a_file_that_is_not_utf8_is_a_problem_and_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordFileError, match=r"no file that ends in \.yaml"):
        read_folder(tmp_path)
    with pytest.raises(RecordFileError, match="cannot be read"):
        read_folder(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes("- id: å".encode("latin-1"))
    assert read_folder(tmp_path)[1][0].message.startswith("got text that is not UTF-8, at line 1")


def test_an_id_without_a_known_kind_is_refused() -> None:
    for wrong in ("actor", "town:a", ":a", ""):
        with pytest.raises(InvalidRecordError, match="expected one that begins with"):
            kind_of(wrong)
