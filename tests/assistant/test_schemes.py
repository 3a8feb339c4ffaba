from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assistant.funding.schemes import SchemeStatus, current_call, living_successor, scheme_status
from corpus.records import FundingInstrument
from tests.records import SOURCE, instrument, text


def call(number: int = 1, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"id": f"call:c-{number}", "title": text("Utlysning"), "sources": [SOURCE], **fields}


def with_call(**fields: Any) -> FundingInstrument:  # noqa: ANN401
    return instrument("s", "Ordning", calls=[call(**fields)])


DEADLINE = {"deadline_type": "fixed", "opens_on": "2026-01-10", "deadlines": [{"on": "2026-03-01", "source": SOURCE}]}


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2026, 1, 9), SchemeStatus.PLANNED),
        (date(2026, 1, 10), SchemeStatus.OPEN),
        (date(2026, 3, 1), SchemeStatus.OPEN),
        (date(2026, 3, 2), SchemeStatus.CLOSED),
    ],
)
def test_a_call_opens_and_closes_with_the_day(day: date, status: SchemeStatus) -> None:
    assert scheme_status(with_call(**DEADLINE), day) is status


def test_a_rolling_call_is_known_to_be_open_only_in_its_year() -> None:
    rolling = with_call(deadline_type="rolling", opens_on="2026-01-21")
    assert scheme_status(rolling, date(2026, 11, 24)) is SchemeStatus.ROLLING
    assert scheme_status(rolling, date(2027, 2, 1)) is not SchemeStatus.ROLLING


def test_a_scheme_without_dated_calls_is_running_or_unconfirmed_as_its_source_says() -> None:
    assert scheme_status(instrument("s", "S"), date(2026, 1, 1)) is SchemeStatus.RUNNING
    unconfirmed = instrument("s", "S", standing="unconfirmed")
    assert scheme_status(unconfirmed, date(2026, 1, 1)) is SchemeStatus.UNCONFIRMED


def test_a_scheme_has_ended_from_the_day_after_its_last() -> None:
    scheme = instrument("s", "S", standing="ended", ended_on="2020-06")
    assert scheme_status(scheme, date(2020, 6, 30)) is not SchemeStatus.ENDED
    assert scheme_status(scheme, date(2020, 7, 1)) is SchemeStatus.ENDED


def test_the_call_that_closes_first_is_the_current_one() -> None:
    later = call(2, **(DEADLINE | {"deadlines": [{"on": "2026-05-01", "source": SOURCE}]}))
    scheme = instrument("s", "S", calls=[later, call(1, **DEADLINE)])
    current = current_call(scheme, date(2026, 2, 1))
    assert current is not None
    assert current.id == "call:c-1"


def test_the_successor_is_the_first_that_still_lives() -> None:
    def after(slug: str, *later: str, **fields: Any) -> FundingInstrument:  # noqa: ANN401
        successors = [{"instrument": f"instrument:{one}", "since": "2021", "source": SOURCE} for one in later]
        return instrument(slug, slug.upper(), successors=successors, **fields)

    ended = {"standing": "ended"}
    schemes = {one.id: one for one in (after("a", "b", **ended), after("b", "c", **ended), after("c"))}
    found = living_successor(schemes["instrument:a"], schemes, date(2026, 1, 1))
    assert found is not None
    assert found[0].id == "instrument:c"
    assert living_successor(schemes["instrument:c"], schemes, date(2026, 1, 1)) is None
