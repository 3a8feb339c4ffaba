"""What schemes are on one day, worked out once for each: their status, the call in question, the next round to expect.

Invariant: the day is given in, never read from a clock here. A record that was changed is another value, and is worked
out anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from assistant.funding.schemes import SchemeStatus, call_deadlines, current_call, has_ended, scheme_status
from corpus.records import Call, FundingInstrument, Recurrence, Source
from corpus.text import Frozen, PartialDate, first_day, last_day

YEARS_EXPECTED = 3
"""Years after the last round that was seen in which the next one is still expected."""
_SAME_ROUND, _MONTH = 45, 31
"""Days before a round is expected within which a deadline that has passed was that round's, or in its month."""


class CallPeriod(Frozen):
    """A time that somebody asks of, told without a day to count from: January, spring, next year."""

    first_month: int | None = None
    last_month: int | None = None
    """From 1 to 12; before the first one where it is of the year after."""
    year: int | None = None
    """The year of the first month; the next in which they are not over where none was told."""
    unit: Literal["month", "year"] = "year"
    """What is counted where no month was told."""
    ahead: int = 0
    """How many of them from today's on."""

    def span(self, today: date) -> tuple[date, date]:
        """Return the first and the last day of it, seen from a day; what is over of it by then is left out."""
        if self.first_month is None or self.last_month is None:
            months = (1, 12) if self.unit == "year" else (1 + (today.month - 1 + self.ahead) % 12,) * 2
            ahead = self.ahead if self.unit == "year" else (today.month - 1 + self.ahead) // 12
            first, last = _months(today.year + ahead, *months)
            return max(first, today), last
        year = self.year if self.year is not None else today.year - 1
        first, last = _months(year, self.first_month, self.last_month)
        while self.year is None and last < today:
            year += 1
            first, last = _months(year, self.first_month, self.last_month)
        return (max(first, today) if last >= today else first), last


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    end = year + (last < first)
    return date(year, first, 1), last_day(f"{end}-{last:02}")


class ExpectedRound(Frozen):
    """When a scheme is likely to close next, and what that rests on."""

    on: PartialDate
    """A day, or a month where rounds were not on the same day."""
    basis: Literal["stated", "observed"]
    """Whether a page says that the round comes every year, or it was seen in two years or more."""
    years: tuple[int, ...]
    """The years in which the round was seen."""
    source: Source
    is_due: bool = False
    """Whether the month it was expected in has come, or the day, so that it may be open already, or be over."""


class SchemeOnDay(NamedTuple):
    """What a scheme is on one day."""

    status: SchemeStatus
    call: Call | None
    """The call that is open, or else planned."""
    expected: ExpectedRound | None
    """The next round to expect, where it comes back every year."""
    last_deadline: date | None = None
    """The newest deadline known that has passed."""
    last_call: PartialDate | None = None
    """When it was last announced, as precisely as that is known."""
    is_stale: bool = False
    """Whether it was last announced so long ago, and nothing is open or to come, that no round is expected."""

    @property
    def has_ended(self) -> bool:
        """Whether the scheme is no more."""
        return self.status is SchemeStatus.ENDED


class Calendar:
    """What schemes are on one day; safe to use from several threads."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._known: dict[str, tuple[FundingInstrument, SchemeOnDay]] = {}

    def on(self, scheme: FundingInstrument) -> SchemeOnDay:
        """Return what a scheme is on the day."""
        known = self._known.get(scheme.id)
        if known is None or known[0] is not scheme:
            today = self.today
            known = self._known[scheme.id] = scheme, scheme_on(scheme, today)
        return known[1]


def scheme_on(scheme: FundingInstrument, today: date) -> SchemeOnDay:
    """Return what a scheme is on a day."""
    passed = max(
        (call_deadline.on for call_deadline in call_deadlines(scheme) if call_deadline.on < today), default=None
    )
    status, expected = scheme_status(scheme, today), expected_round(scheme, today)
    last_call = max(
        (*_past_call_dates(scheme, today), *([passed.isoformat()] if passed else [])), key=first_day, default=None
    )
    is_past = status in {SchemeStatus.CLOSED, SchemeStatus.UNCONFIRMED, SchemeStatus.RUNNING} and expected is None
    return SchemeOnDay(
        status=status,
        call=current_call(scheme, today),
        expected=expected,
        last_deadline=passed,
        last_call=last_call,
        is_stale=is_past and last_call is not None and last_day(last_call).year < today.year - YEARS_EXPECTED,
    )


def _past_call_dates(scheme: FundingInstrument, today: date) -> Iterator[PartialDate]:
    """Yield when calls without deadlines were there, as far as that is past."""
    for call in scheme.calls:
        year = str(call.year) if call.year else None
        dates = (call.closed_on or call.opens_on or year,) if not call.deadlines else ()
        yield from (one for one in dates if one and first_day(one) <= today)


def expected_round(scheme: FundingInstrument, today: date) -> ExpectedRound | None:
    """Return the next round to expect of a scheme that comes back every year; None where nothing tells."""
    if has_ended(scheme, today):
        return None
    passed = [call_deadline.on for call_deadline in call_deadlines(scheme) if call_deadline.on < today]
    months = {one.month for one in scheme.recurrence}
    rounds = (
        # A deadline in the month of another round is that one's.
        _next(one, today, [day for day in passed if day.month not in months - {one.month}])
        for one in scheme.recurrence
        if _is_fresh(one, today)
    )
    return min(rounds, key=lambda one: one.on, default=None)


def _is_fresh(recurrence: Recurrence, today: date) -> bool:
    """Tell whether a round was seen lately enough for the next one to be expected."""
    return not recurrence.years or max(recurrence.years) >= today.year - YEARS_EXPECTED


def _next(recurrence: Recurrence, today: date, passed: Sequence[date]) -> ExpectedRound:
    """Return when a round comes next; one whose deadline came somewhat early this time is over for the year."""
    month, last = recurrence.month, recurrence.day or 31
    year = today.year + ((month, last) < (today.month, today.day))
    begins = date(year, month, _day_of(year, month, recurrence.day or 1))
    if any(-_MONTH < (begins - one).days <= _SAME_ROUND for one in passed):
        year += 1
    day = recurrence.day and _day_of(year, month, recurrence.day)
    # A day that has come is no day ahead, though nobody has said that the round was there.
    is_due = (year, month) == (today.year, today.month) and (day is None or day <= today.day)
    if is_due:
        day = None
    on = f"{year}-{month:02}" + (f"-{day:02}" if day else "")
    return ExpectedRound(on=on, basis=recurrence.basis, years=recurrence.years, source=recurrence.source, is_due=is_due)


def _day_of(year: int, month: int, day: int) -> int:
    """Return the day, or the 28th where a 29 February is not in that year."""
    try:
        return date(year, month, day).day
    except ValueError:
        return 28
