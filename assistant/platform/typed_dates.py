"""Dates and times as people in Norway type them, also where a browser has no calendar of its own to pick from.

Invariant: a text is one day, or one moment, or it is refused; the day always comes before the month, and a year is
never guessed.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from assistant.platform.workdays import NORWAY

_NUMBERED = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4})")
_NAMED = re.compile(r"(\d{1,2})\.?\s*([a-zæøå]{3,9})\.?,?\s+(\d{4})")
_MONTHS = (
    ("januar", "january"),
    ("februar", "february"),
    ("mars", "march"),
    ("april",),
    ("mai", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("august",),
    ("september",),
    ("oktober", "october"),
    ("november",),
    ("desember", "december"),
)
_FROM_TODAY = {
    "i dag": 0, "idag": 0, "today": 0, "i går": -1, "igår": -1, "yesterday": -1,
    "i morgen": 1, "imorgen": 1, "i morgon": 1, "imorgon": 1, "tomorrow": 1,
}  # fmt: skip
_CLOCK = re.compile(r"(?:kl\.?)?(\d{1,2})[.:](\d{2})")
_BETWEEN = re.compile(r"(?<=\d)T(?=\d)")
"""What parts a day from a time in ISO 8601."""
_AT = ("kl", "klokka", "klokken", "at")
"""Words between a day and a time."""


def day_in(text: str) -> date:
    """Return the day that a text is, such as ``20.12.2026``, ``20. desember 2026`` or ``2026-12-20``.

    Raises:
        ValueError: it is no day.
    """
    text = text.strip()
    if match := _NUMBERED.fullmatch(text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    if (match := _NAMED.fullmatch(text.casefold())) and (month := _month(match[2])):
        return date(int(match[3]), month, int(match[1]))
    return date.fromisoformat(text)


def day_told(text: str, today: date) -> date:
    """Return the day that a text is, as `day_in` reads it or told from today: ``i dag``, ``i går``, ``tomorrow``.

    Raises:
        ValueError: it is no day.
    """
    from_today = _FROM_TODAY.get(" ".join(text.casefold().split()))
    return day_in(text) if from_today is None else today + timedelta(days=from_today)


def moment_in(text: str) -> datetime:
    """Return the moment that a text is, by Norway's clocks, such as ``20.12.2026 kl. 10.30`` or ``2026-12-20T10:30``.

    Raises:
        ValueError: it is no moment.
    """
    text = text.strip()
    *before, last = _BETWEEN.sub(" ", text).split() or [""]
    if before and (match := _CLOCK.fullmatch(last)):
        day = before[:-1] if before[-1].rstrip(".") in _AT else before
        return datetime.combine(day_in(" ".join(day).rstrip(",")), time(int(match[1]), int(match[2])), NORWAY)
    if not re.search(r"[T\s]", text):
        raise ValueError(f"{text!r} has no time")
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=NORWAY)


def iso_day(text: str) -> str:
    """Return a text as ``YYYY-MM-DD`` where it is a day, and else as it was typed, to be told of where it is used."""
    try:
        return day_in(text).isoformat()
    except ValueError:
        return text


def month_in(text: str) -> date:
    """Return the first day of the month that a text is, such as ``2026-01``, ``01.2026`` or ``januar 2026``.

    Raises:
        ValueError: it is no month.
    """
    text = text.strip()
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
        return date(int(match[1]), int(match[2]), 1)
    for written in (f"1. {text}", f"1.{text}"):
        try:
            return day_in(written)
        except ValueError:
            continue
    raise ValueError(f"{text!r} is no month")


def _month(name: str) -> int | None:
    """Return the number of a month by its name, or the beginning of it, in Norwegian or English."""
    numbered = enumerate(_MONTHS, start=1)
    return next((number for number, names in numbered if any(one.startswith(name) for one in names)), None)
