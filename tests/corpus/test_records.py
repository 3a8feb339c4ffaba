"""A record refuses what cannot be true; a call knows what it is on a day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from corpus.records import Call, CallStatus, valid_orgnr
from tests.records import SOURCE, actor, instrument

TODAY = date(2026, 6, 1)


def call(**fields: object) -> Call:
    base = {"id": "call:x", "title": {"nb": "Utlysning"}, "deadline_type": "fixed", "sources": [SOURCE]}
    return Call.model_validate(base | fields)


@pytest.mark.parametrize("number", ["974767880", "874714852"])
def test_real_organisation_numbers_are_valid(number: str) -> None:
    assert valid_orgnr(number)


@given(st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_makes_an_organisation_number_invalid(position: int, more: int) -> None:
    digits = [int(digit) for digit in "974767880"]
    digits[position] = (digits[position] + more) % 10
    assert not valid_orgnr("".join(map(str, digits)))


@pytest.mark.parametrize("number", ["", "97476788", "9747678800", "97476788O", "974 767 880"])
def test_what_is_not_nine_digits_is_no_organisation_number(number: str) -> None:
    with pytest.raises(ValidationError, match="orgnr"):
        actor("a", "A", orgnr=number)


def test_a_record_cannot_be_changed_nor_hold_unknown_fields() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(actor("a", "A"), "name", actor("b", "B").name)  # noqa: B010 (mypy refuses it too)
    with pytest.raises(ValidationError, match="Extra inputs"):
        actor("a", "A", colour="red")


def test_a_record_without_a_source_is_refused() -> None:
    with pytest.raises(ValidationError, match="sources"):
        actor("a", "A", sources=())


@pytest.mark.parametrize("wrong", ["actor:", "actor:A", "actor:a--b", "actor:æ", "idea:a", "a", "actor:" + "a" * 80])
def test_an_id_is_its_kind_and_a_plain_slug(wrong: str) -> None:
    with pytest.raises(ValidationError, match="id"):
        actor("a", "A", id=wrong)


def test_an_ended_scheme_says_when_it_ended_or_what_followed() -> None:
    with pytest.raises(ValidationError, match="ended"):
        instrument("a", "A", standing="ended")
    assert instrument("a", "A", standing="ended", ended_on="2020").ended_on == "2020"


def test_an_amount_has_a_value() -> None:
    with pytest.raises(ValidationError, match="minimum, a maximum"):
        call(amounts=[{"kind": "per_project", "unit": "NOK", "source": SOURCE}])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"opens_on": "2027"}, CallStatus.PLANNED),
        ({"opens_on": "2026-06-01", "deadlines": [{"on": "2026-06-01", "source": SOURCE}]}, CallStatus.OPEN),
        ({"deadlines": [{"on": "2026-05-31", "source": SOURCE}]}, CallStatus.CLOSED),
        ({"deadline_type": "rolling", "opens_on": "2026"}, CallStatus.OPEN),
        ({"deadline_type": "rolling", "opens_on": "2025"}, CallStatus.UNKNOWN),
        ({"deadline_type": "rolling", "opens_on": "2026", "closed_on": "2026-05"}, CallStatus.CLOSED),
        ({}, CallStatus.UNKNOWN),
    ],
)
def test_a_call_is_what_its_dates_tell(fields: dict[str, object], expected: CallStatus) -> None:
    assert call(**fields).status(TODAY) is expected


def test_the_next_deadline_is_the_first_that_has_not_passed() -> None:
    days = ["2026-09-01", "2026-02-01", "2026-07-01"]
    assert call(deadlines=[{"on": day, "source": SOURCE} for day in days]).next_deadline(TODAY) == date(2026, 7, 1)
