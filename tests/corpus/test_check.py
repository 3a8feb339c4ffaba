"""What is wrong across records is found, and told where it stands."""

from __future__ import annotations

import pytest

from corpus.check import check
from corpus.files import Located, Record
from corpus.text import LangText
from tests.records import SOURCE, actor, concept, idea, instrument


def problems(*records: Record) -> list[tuple[str, str]]:
    return [(problem.record, problem.field) for problem in check(Located("x.yaml", record) for record in records)]


def successor(slug: str) -> dict[str, object]:
    return {"instrument": f"instrument:{slug}", "source": SOURCE}


def test_sound_records_have_no_problems() -> None:
    part = {"actor": "actor:a", "role": "partner"}
    assert problems(actor("a", "A"), idea("i", "I", "Problem", participants=[part]), concept("c", "C", "C")) == []


def test_an_id_used_twice_is_found_at_both() -> None:
    assert problems(actor("a", "A"), actor("a", "B")) == [("actor:a", "id"), ("actor:a", "id")]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (instrument("a", "A", owner="actor:x"), "owner"),
        (instrument("a", "A", administrator="actor:x"), "administrator"),
        (instrument("a", "A", successors=[successor("x")]), "successors.0.instrument"),
        (instrument("a", "A", narrowed_to=["concept:x"]), "narrowed_to.0"),
        (idea("a", "A", "P", participants=[{"actor": "actor:x", "role": "partner"}]), "participants.0.actor"),
        (idea("a", "A", "P", part_of="idea:x"), "part_of"),
        (idea("a", "A", "P", related=["idea:x"]), "related.0"),
        (concept("a", "A", "A", broader=["concept:x"]), "broader.0"),
        (concept("a", "A", "A", related=["concept:a"]), "related.0"),
        (
            actor("a", "A", relations=[{"type": "part_of", "target": "actor:x", "source": SOURCE}]),
            "relations.0.target",
        ),
    ],
)
def test_a_reference_that_leads_nowhere_or_back_is_found(record: Record, field: str) -> None:
    assert problems(record) == [(record.id, field)]


def test_a_text_without_english_is_found_with_its_path() -> None:
    assert problems(actor("a", "A").model_copy(update={"name": LangText(nb="A")})) == [("actor:a", "name.en")]


def test_a_seed_reference_without_a_place_in_it_is_found() -> None:
    assert problems(actor("a", "A", sources=[{"ref": "seed", "mark": "stated"}])) == [("actor:a", "sources.0.ref")]


def test_dates_that_time_does_not_allow_are_found() -> None:
    call = {
        "id": "call:a",
        "title": {"nb": "A", "en": "A"},
        "year": 2020,
        "opens_on": "2022-05",
        "deadline_type": "fixed",
        "deadlines": [{"on": "2022-04-01", "source": SOURCE}],
        "sources": [SOURCE],
    }
    backwards = instrument("a", "A", standing="ended", began_on="2020", ended_on="2019", calls=[call])
    found = problems(backwards)
    assert found == [("instrument:a", "ended_on"), *[("instrument:a", "calls.0.deadlines.0.on")] * 2]


def test_a_call_id_used_by_two_schemes_is_found() -> None:
    call = {"id": "call:a", "title": {"nb": "A", "en": "A"}, "deadline_type": "rolling", "sources": [SOURCE]}
    assert problems(instrument("a", "A", calls=[call]), instrument("b", "B", calls=[call])) == [
        ("instrument:b", "calls.0.id")
    ]


def test_successors_that_come_back_are_found() -> None:
    found = problems(
        instrument("a", "A", successors=[successor("b")]), instrument("b", "B", successors=[successor("a")])
    )
    assert found == [("instrument:a", "successors"), ("instrument:b", "successors")]


def test_two_concepts_with_the_same_name_are_found() -> None:
    assert ("concept:b", "pref_label.nb") in problems(concept("a", "Helse", "Health"), concept("b", "helse", "Care"))
