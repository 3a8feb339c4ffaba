"""A time that is told without a year is the next of its name, and what is over of it is left out."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.funding.calendar import CallPeriod

TODAY = date(2026, 11, 12)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (CallPeriod(first_month=1, last_month=1), date(2027, 1, 1), date(2027, 1, 31)),
        (CallPeriod(first_month=3, last_month=5), date(2027, 3, 1), date(2027, 5, 31)),
        (CallPeriod(first_month=9, last_month=11), TODAY, date(2026, 11, 30)),
        (CallPeriod(first_month=12, last_month=2), date(2026, 12, 1), date(2027, 2, 28)),
        (CallPeriod(first_month=2, last_month=2, year=2028), date(2028, 2, 1), date(2028, 2, 29)),
        (CallPeriod(unit="month"), TODAY, date(2026, 11, 30)),
        (CallPeriod(unit="month", ahead=1), date(2026, 12, 1), date(2026, 12, 31)),
        (CallPeriod(unit="month", ahead=2), date(2027, 1, 1), date(2027, 1, 31)),
        (CallPeriod(unit="year"), TODAY, date(2026, 12, 31)),
        (CallPeriod(unit="year", ahead=1), date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_a_period_is_the_next_of_its_name(period: CallPeriod, first: date, last: date) -> None:
    assert period.span(TODAY) == (first, last)


def test_a_winter_that_has_begun_is_the_winter_meant() -> None:
    assert CallPeriod(first_month=12, last_month=2).span(date(2027, 1, 20)) == (date(2027, 1, 20), date(2027, 2, 28))
