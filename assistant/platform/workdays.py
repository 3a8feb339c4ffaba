"""Working days and days in Norway.

Invariant: a day off is a Saturday, a Sunday or a public holiday (`holidays`, country NO). Moments are in UTC; the day
that one falls on is Norway's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from corpus.clock import utc_now

NORWAY = ZoneInfo("Europe/Oslo")
_SATURDAY = 5
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9999, 12, 30)
"""Days outside of which moments cannot be reckoned with in UTC, and nothing happened."""


@lru_cache(maxsize=1)
def _holidays() -> Mapping[date, str]:
    import holidays

    # Sundays are told apart already; the years fill themselves in as they are asked for.
    return holidays.country_holidays("NO")


def is_working_day(day: date) -> bool:
    """Tell whether people are at work on that day."""
    return day.weekday() < _SATURDAY and day not in _holidays()


@lru_cache(maxsize=4_096)
def add_working_days(start: date, days: int) -> date:
    """Return the working day that comes so many working days after a day; the day itself does not count."""
    day = start
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def norwegian_now() -> datetime:
    """Return the moment as Norway's clocks show it."""
    return utc_now().astimezone(NORWAY)


def first_moment(day: date) -> datetime:
    """Return the moment that a day begins in Norway; any day may be given."""
    return datetime.combine(min(max(day, _FIRST_DAY), _LAST_DAY), time(), NORWAY)


def norwegian_day(moment: datetime | None = None) -> date:
    """Return the day it is in Norway at a moment, now if none is given."""
    return (moment or utc_now()).astimezone(NORWAY).date()
