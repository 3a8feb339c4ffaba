"""A record goes through its form unchanged; whatever is typed comes back; items come and go where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, get_args

import pytest

from assistant.desk.forms import (
    FieldGroup,
    FormField,
    Node,
    RepeatedField,
    _bare,
    _fields,
    _is_model,
    _variants,
    form_of,
    inner_model,
    leaves,
    posted_of,
    read_form,
    with_item,
    without_item,
)
from assistant.desk.records import form_from_post, id_of, record_from_post
from assistant.platform.messages import messages
from corpus.errors import InvalidRecordError
from corpus.files import MODELS, Record, kind_of, read_folder, shipped_folder
from corpus.records import Kind
from corpus.text import Language, slug_of


def shipped() -> list[Record]:
    located, problems = read_folder(shipped_folder())
    assert not problems
    return [one.record for one in located]


def test_every_shipped_record_goes_through_its_form_unchanged() -> None:
    records = shipped()
    assert len(records) > 500
    for record in records:
        kind = kind_of(record.id)
        posted = posted_of(form_of(kind, record.model_dump(mode="json")))
        assert record_from_post(kind, record.id, posted, record) == record, record.id


@pytest.mark.parametrize("kind", Kind)
def test_every_fault_of_an_empty_form_stands_beside_a_field_that_it_has(kind: Kind) -> None:
    with pytest.raises(InvalidRecordError) as raised:
        record_from_post(kind, f"{kind}:new", {}, None)
    edited = form_from_post(kind, f"{kind}:new", 0, {}).with_faults(raised.value.problems, messages(Language.NN))
    assert edited.faults
    assert "" not in edited.faults


def test_what_is_wrong_is_kept_as_it_was_typed() -> None:
    posted = {"name.nb": ["Navn"], "orgnr": ["ikke et tall"], "place.kommunenummer": ["x"]}
    shown = posted_of(form_of(Kind.ACTOR, read_form(Kind.ACTOR, posted)))
    assert shown["orgnr"] == ["ikke et tall"]
    assert shown["place.kommunenummer"] == ["x"]


def _list(nodes: Sequence[Node], path: str) -> RepeatedField | None:
    for node in nodes:
        if isinstance(node, RepeatedField) and node.path == path:
            return node
        inner = node.fields if isinstance(node, FieldGroup) else node.items if isinstance(node, RepeatedField) else ()
        if (found := _list(inner, path)) is not None:
            return found
    return None


@pytest.mark.parametrize("path", ["sources", "calls", "calls.0.deadlines", "calls.0.amounts"])
def test_a_list_grows_by_an_empty_item_wherever_it_stands(path: str) -> None:
    posted = {
        "calls.0.title.nb": ["Utlysning"],
        "sources.0.ref": ["en kilde"],
        "calls.0.deadlines.0.on": ["2027-01-01"],
    }
    before = _list(form_of(Kind.INSTRUMENT, read_form(Kind.INSTRUMENT, posted)), path)
    grown = _list(with_item(Kind.INSTRUMENT, posted, path), path)
    assert before is not None
    assert grown is not None
    assert len(grown.items) == len(before.items) + 1
    assert not [leaf for leaf in leaves([grown.items[-1]]) if leaf.value]


def test_an_item_that_is_taken_away_leaves_the_others() -> None:
    posted = {f"aliases.{number}.text": [f"navn {number}"] for number in range(3)}
    left = read_form(Kind.ACTOR, without_item(posted, "aliases.1"))
    assert [one["text"] for one in left["aliases"]] == ["navn 0", "navn 2"]


def test_hostile_numbers_of_items_are_no_harm() -> None:
    posted = {f"aliases.{number}.text": ["x"] for number in ("99999999999999", "-1", "²2", "", "1.5")}
    assert read_form(Kind.ACTOR, posted)["aliases"] == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Høylandet kommune", "hoylandet-kommune"), ("Ærlig & Åpen!", "aerlig-apen"), ("  ", ""), ("Café 2", "cafe-2")],
)
def test_an_id_is_proposed_by_the_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug
    assert id_of(Kind.ACTOR, {"name": {"nb": name}}) == f"actor:{slug}"


def test_a_value_that_is_required_is_marked_so() -> None:
    required = {leaf.path for leaf in leaves(form_of(Kind.ACTOR, {})) if isinstance(leaf, FormField) and leaf.required}
    assert {"actor_type", "confidence"} <= required


def named_in(shape: Any, seen: set[Any]) -> Iterator[str]:  # noqa: ANN401 (types as pydantic keeps them)
    """Yield the keys of everything that a form names: fields, kinds of rules, choices."""
    if shape in seen:
        return
    seen.add(shape)
    for kind in _variants(shape):
        yield f"records.option.CriterionKind.{kind}"
    for model in _variants(shape).values() or [shape]:
        for leaf in leaves(_fields(model, "x.", {}, defaults=True)):
            yield f"records.field.{leaf.name}"
            yield from (f"records.option.{leaf.choice}.{one}" for one in leaf.options)
        for name, info in model.model_fields.items():
            yield f"records.field.{name}"
            inner = inner_model(info.annotation, None) or next(iter(get_args(_bare(info.annotation)[0])), None)
            if inner is not None and (_is_model(inner) or _variants(inner)):
                yield from named_in(inner, seen)


@pytest.mark.parametrize("language", Language)
def test_everything_that_a_form_names_has_a_name_in_every_language(language: Language) -> None:
    keys = {key for kind in Kind for key in named_in(MODELS[kind], set())}
    assert len(keys) > 200
    # The state has ways of its own to be changed.
    told = (key for key in keys if not key.startswith("records.option.CurationState."))
    assert sorted(key for key in told if messages(language).text(key) == key) == []
