"""What a report is of: which months, and whose needs and cases.

Invariant: a period is of whole days in Norwegian time, both ends included.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from assistant.platform.areas import Area
from assistant.platform.municipalities import MunicipalityFacts
from assistant.platform.typed_dates import month_in
from assistant.platform.workdays import first_moment
from corpus.errors import MellomromError
from corpus.text import Frozen

_LAST_YEAR = 2100


class ReportError(MellomromError):
    """A report cannot be made as it was asked for."""


class Period(Frozen):
    """Whole days in Norwegian time, both included."""

    first: date
    last: date

    def begin(self) -> datetime:
        """Return the moment it begins."""
        return first_moment(self.first)

    def end(self) -> datetime:
        """Return the moment it has ended."""
        return first_moment(self.last + timedelta(days=1))

    def months(self) -> list[str]:
        """Return its months as ``YYYY-MM``, in order."""
        months, day = [], self.first.replace(day=1)
        while day <= self.last:
            months.append(f"{day:%Y-%m}")
            day = (day + timedelta(days=32)).replace(day=1)
        return months


def last_year(today: date) -> Period:
    """Return the twelve whole months before a day's, and that month so far."""
    first = today.replace(day=1)
    return Period(first=first.replace(year=first.year - 1), last=today)


def period_of(first: str, last: str, today: date) -> Period:
    """Return the period from one month to another, as they are typed; what is empty is as in `last_year`.

    Raises:
        ReportError: they are no months, or in the wrong order.
    """
    usual = last_year(today)
    try:
        begin = month_in(first) if first else usual.first
        end = month_in(last) if last else usual.last.replace(day=1)
    except ValueError as error:
        raise ReportError(f"Got the months {first!r} and {last!r}, expected such as 2026-01.") from error
    if begin > end or (end - begin).days > 366 * 20 or end.year > _LAST_YEAR:
        raise ReportError(f"Got the months {first!r} to {last!r}, expected the earlier one first, 20 years at most.")
    return Period(first=begin, last=(end + timedelta(days=32)).replace(day=1) - timedelta(days=1))


class Scope(NamedTuple):
    """Whose needs and cases a report is of."""

    area: Area = Area()
    """Where they are from; those without a place are in the whole country's alone."""
    facts: Mapping[str, MunicipalityFacts] = MappingProxyType({})
    """What is known of municipalities, by number."""

    def holds(self, kommunenummer: str | None) -> bool:
        """Tell whether what comes from a municipality is in it."""
        if self.area.is_everywhere:
            return True
        return self.area.covers(kommunenummer, unplaced=False)
