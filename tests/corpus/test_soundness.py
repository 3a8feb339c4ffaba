"""What keeps a base from lasting is found where it stands, with how to mend it; the shipped base has none of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from corpus.files import Located, Record
from corpus.records import ProjectIdea
from corpus.soundness import sound, source_figures
from tests.corpus.importing.bring import orgnr
from tests.corpus.test_files import SHIPPED
from tests.records import SOURCE, actor, concept, idea, instrument, text

TODAY = date(2026, 11, 30)
PAGE = {"ref": "https://a.example/page", "mark": "verified"}


def faults(*records: Record) -> list[tuple[str, str, str]]:
    found = sound([Located("x.yaml", record) for record in records], TODAY)
    assert all(problem.record and problem.fault for problem in found)
    return [(one.record.partition(":")[2], one.field, one.fault.code) for one in found if one.fault]


def _idea(located: Located) -> ProjectIdea | None:
    return located.record if isinstance(located.record, ProjectIdea) else None


def call(slug: str, on: str | None = None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    deadlines = [{"on": on, "source": SOURCE}] if on else []
    base = {"id": f"call:{slug}", "title": text("K"), "deadline_type": "fixed", "sources": [SOURCE]}
    return base | {"deadlines": deadlines} | fields


def scheme(**fields: Any) -> Record:  # noqa: ANN401
    return instrument("s", "S", **fields)


def seen(month: int, *years: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"basis": "observed", "month": month, "years": years, "source": SOURCE} | fields


def test_the_shipped_base_lasts_so_far() -> None:
    newest = date(2026, 12, 1)
    assert [str(one) for one in sound(SHIPPED, newest)] == []


def test_the_day_on_which_somebody_read_of_a_project_is_never_told_as_its_year() -> None:
    read = [one for one in map(_idea, SHIPPED) if one and "lest" in (one.origin.event.nb or "").split()]
    assert len(read) > 50
    assert [one.id for one in read if not one.origin.only_read] == []


def test_the_years_of_a_project_come_before_the_day_it_was_put_forward() -> None:
    put_forward = idea("p", "P", "Et problem")
    assert put_forward.years == "2016"
    assert idea("p", "P", "Et problem", started_on="2019-01", ended_on="2021").years == "2019–2021"
    assert idea("p", "P", "Et problem", started_on="2020-01", ended_on="2020-12").years == "2020"
    only_read = {"event": text("Omtalt på nett"), "on": "2026-11-30", "only_read": True}
    assert idea("p", "P", "Et problem", origin=only_read).years is None


@pytest.mark.parametrize(
    ("record", "field", "code"),
    [
        (
            actor("a", "A", confidence="verified", sources=[PAGE | {"mark": "secondary"}]),
            "confidence",
            "too_sure",
        ),
        (actor("a", "A", sources=[{"ref": "kommune.no/side", "mark": "verified"}]), "sources.0.ref", "no_address"),
        (actor("a", "A", sources=[PAGE | {"as_of": "2027"}]), "sources.0.as_of", "in_future"),
        (actor("a", "A", checked_on="2026-12-01"), "checked_on", "in_future"),
        (actor("a", "A", reach={"level": "county"}), "reach", "reach_nowhere"),
        (actor("a", "A", reach={"level": "national", "fylkesnummer": ["50"]}), "reach", "reach_too_narrow"),
        (actor("a", "A", reach={"level": "county", "fylkesnummer": ["19"]}), "reach.fylkesnummer", "no_such_county"),
        (actor("a", "A", place={"kommunenummer": "1702"}), "place.kommunenummer", "no_such_municipality"),
        (actor("a", "A", dissolved_on="2020"), "relations", "no_successor"),
        (scheme(standing="ended", ended_on="2020"), "successors", "no_successor"),
        (scheme(ended_on="2020"), "standing", "ended_running"),
        (scheme(calls=[call("c", "2206-05-01")]), "calls.0.deadlines.0.on", "unlikely_date"),
        (scheme(calls=[call("c", opens_on="2025-05", closed_on="2025-04")]), "calls.0.closed_on", "ends_first"),
        (
            scheme(recurrence=[seen(9, 2024, 2025)], calls=[call("c", "2024-09-01")]),
            "recurrence.0.years",
            "round_unseen",
        ),
        (
            scheme(recurrence=[seen(9, 2024, 2025)], calls=[call("c", "2024-09-01"), call("d", "2025-03-01")]),
            "recurrence.0.month",
            "round_elsewhere",
        ),
        (idea("i", "I", "P", stage="finished", started_on="2020", ended_on="2019"), "ended_on", "ends_first"),
        (idea("i", "I", "P", stage="running", ended_on="2020"), "stage", "ended_running"),
        (idea("i", "I", "P", stage="idea", started_on="2024"), "stage", "only_an_idea"),
        (idea("i", "I", "P", stage="idea", work=text("Prøvd")), "stage", "only_an_idea"),
    ],
)
def test_a_fault_is_found_where_it_stands(record: Record, field: str, code: str) -> None:
    assert faults(record) == [(record.id.partition(":")[2], field, code)]


@pytest.mark.parametrize(
    "record",
    [
        actor("a", "A", sources=[{"ref": "allmenn kunnskap", "mark": "assumed"}]),
        actor("a", "A", dissolved_on="2020", no_successor=True, place={"kommunenummer": "1702"}),
        scheme(standing="ended", ended_on="2020", no_successor=True),
        scheme(recurrence=[seen(9, 2024, 2025)], calls=[call("c", "2024-08-30"), call("d", year=2025)]),
        scheme(recurrence=[seen(9, basis="stated")]),
        concept("c", "C", "C", sources=[{"ref": "own term list", "mark": "stated"}]),
    ],
)
def test_what_is_stated_or_assumed_is_no_fault(record: Record) -> None:
    assert faults(record) == []


def test_two_records_of_one_thing_are_found_by_number_and_by_name() -> None:
    number = orgnr(99000001)
    ror = [{"scheme": "ror", "value": "05xg72x27"}]
    first = actor("a", "Blåfjell Forskning", orgnr=number, identifiers=ror)
    assert faults(first, actor("b", "Et annet navn", orgnr=number)) == [("b", "orgnr", "same_thing")]
    assert faults(first, actor("b", "Et annet navn", identifiers=ror)) == [("b", "identifiers", "same_thing")]
    assert ("b", "name", "same_thing") in faults(first, actor("b", "BLÅFJELL-FORSKNING"))
    assert faults(first, actor("b", "Blåfjell Forskning", dissolved_on="2020", no_successor=True)) == []
    assert faults(first, actor("b", "Blåfjell Forskning", state="retired")) == []


def test_facts_are_counted_by_the_sources_that_they_rest_on() -> None:
    told = [{"text": text("Kan noe."), "source": PAGE}] * 3
    figures = source_figures([actor("a", "A", expertise=told, sources=[PAGE]), concept("c", "C", "C")])
    assert figures == (3, 1, ("actor:a", PAGE["ref"], 3))
