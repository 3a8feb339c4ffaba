"""A new date of a call is written with where it was read, and a change of a call is told with old and new."""

from __future__ import annotations

from datetime import date
from typing import Any

from corpus.call_changes import Changed, call_changes, changes_since
from corpus.check import check
from corpus.files import Located
from corpus.new_dates import NewDate, with_deadline
from corpus.records import FundingInstrument
from corpus.store import RecordStore
from tests.records import SOURCE, instrument, text

TODAY = date(2026, 11, 30)
ADDRESS = "https://fond.example/utlysning"


def scheme(on: str = "2025-09-10", **fields: Any) -> FundingInstrument:  # noqa: ANN401
    rule = {
        "id": "criterion:a-type",
        "kind": "applicant_type",
        "allowed": ["municipality"],
        "text": text("Kommuner kan søke."),
        "source": SOURCE,
    }
    call = {
        "id": "call:a-2025",
        "title": text("A 2025"),
        "year": 2025,
        "deadline_type": "fixed",
        "deadlines": [{"on": on, "source": SOURCE}],
        "applicants": [{"text": text("Kommuner."), "source": SOURCE}],
        "conditions": [{"text": text("Prosjektet begynner i 2026."), "source": SOURCE}],
        "amounts": [
            {"kind": "call_budget", "maximum": 9_000_000, "unit": "NOK", "source": SOURCE},
            {"kind": "funding_rate", "maximum": 50, "unit": "percent", "source": SOURCE},
        ],
        "criteria": [rule],
        "sources": [SOURCE],
    }
    seen = {"basis": "observed", "month": 9, "day": 10, "years": [2024, 2025], "source": SOURCE}
    return instrument("a", "A", calls=[call], recurrence=[seen], **fields)


def test_a_deadline_that_is_moved_is_changed_in_its_call_with_where_it_was_read() -> None:
    moved = with_deadline(scheme("2027-02-11"), NewDate(date(2027, 2, 18), ADDRESS, True), TODAY)
    (call,) = moved.calls
    assert [(one.on, one.source.ref, one.source.as_of) for one in call.deadlines] == [
        (date(2027, 2, 18), ADDRESS, "2026-11-30")
    ]
    assert moved.checked_on == TODAY


def test_a_round_after_one_that_passed_is_a_call_of_its_own_with_what_lasts_of_the_rules() -> None:
    before = scheme(standing="unconfirmed")
    after = with_deadline(before, NewDate(date(2027, 9, 17), ADDRESS, True), TODAY)
    old, new = after.calls
    assert old == before.calls[0]
    assert (new.id, new.year, new.url) == ("call:a-2027", 2027, ADDRESS)
    assert [one.text.nb for one in new.applicants] == ["Kommuner."]
    assert new.conditions == ()
    assert [one.kind.value for one in new.amounts] == ["funding_rate"]
    assert [one.id for one in new.criteria] == ["criterion:a-2027-1"]
    assert (after.recurrence[0].years, after.recurrence[0].day) == ((2024, 2025, 2027), None)
    assert (after.standing.value, after.standing_source.ref) == ("running", ADDRESS)
    assert check([Located("x", after)]) == []


def test_nothing_is_taken_over_where_nobody_said_that_the_rules_are_the_same() -> None:
    new = with_deadline(scheme(), NewDate(date(2027, 9, 17), ADDRESS, False), TODAY).calls[1]
    assert (new.applicants, new.amounts, new.criteria) == ((), (), ())


def test_a_change_of_a_call_is_told_with_the_old_value_and_the_new_and_nothing_else_is(store: RecordStore) -> None:
    first = scheme("2027-02-11")
    call = first.calls[0]
    begun = store.save(first, by="test").updated_at
    worded = first.model_copy(update={"summary": text("Noe annet.")})
    store.save(worded, by="kari")
    assert changes_since(store.database, begun) == []

    moved = with_deadline(worded, NewDate(date(2027, 2, 18), ADDRESS, True), TODAY)
    ruled = call.model_copy(update={"applicants": (call.applicants[0].model_copy(update={"text": text("Alle.")}),)})
    poorer = call.model_copy(update={"amounts": call.amounts[1:]})
    found = {
        change.what: (change.old, change.new)
        for after in (
            moved,
            first.model_copy(update={"calls": (ruled,)}),
            first.model_copy(update={"calls": (poorer,)}),
        )
        for change in call_changes(first, after)
    }
    assert found[Changed.DEADLINE] == (("2027-02-11",), ("2027-02-18",))
    assert found[Changed.RULE] == ((text("Kommuner."),), (text("Alle."),))
    assert (len(found[Changed.AMOUNT][0]), len(found[Changed.AMOUNT][1])) == (2, 1)
    assert [one.what for one in call_changes(first, first.model_copy(update={"calls": ()}))] == [Changed.GONE]

    store.save(moved, by="kari")
    (told,) = changes_since(store.database, begun)
    assert (told.by, [one.what for one in told.changes]) == ("kari", [Changed.DEADLINE])
