"""What was asked for and what came of it, in figures that name nobody.

Invariant: no figure, and no difference between figures, tells of fewer than `LEAST` questions or cases: `guarded` is
the one place that decides what is shown, before anything is written in any form. Figures are of the log and the cases,
which hold nobody's words, so that they count also what was asked long ago.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from statistics import quantiles
from typing import NamedTuple

from assistant.answers import Outcome
from assistant.cases import Case, CaseAction, CaseState
from assistant.matchlog import EntryKind, MatchLog
from assistant.referrals import Referrals
from assistant.turns import Verb
from assistant.workdays import NORWAY, is_working_day, norwegian_day
from corpus.errors import MellomromError
from corpus.text import Frozen

LEAST = 5
"""The least number that is told; smaller ones could point to somebody in a small municipality."""
NO_LABEL = ""
"""The label of what has none, such as a question of no theme."""


class ReportError(MellomromError):
    """A report cannot be made as it was asked for."""


class Period(Frozen):
    """Whole days in Norwegian time, both included."""

    first: date
    last: date

    def begin(self) -> datetime:
        """Return the moment it begins."""
        return datetime.combine(self.first, time(), NORWAY)

    def end(self) -> datetime:
        """Return the moment it has ended."""
        return datetime.combine(self.last + timedelta(days=1), time(), NORWAY)

    def months(self) -> list[str]:
        """Return its months as ``YYYY-MM``, in order."""
        found, day = [], self.first.replace(day=1)
        while day <= self.last:
            found.append(f"{day:%Y-%m}")
            day = (day + timedelta(days=32)).replace(day=1)
        return found


class Subject(StrEnum):
    """What a table is of."""

    MONTHS = "months"
    THEMES = "themes"
    MUNICIPALITIES = "municipalities"
    ANSWERED = "answered"
    """How well the questions were answered."""
    REFUSED = "refused"
    """Why suggestions were turned down."""
    OUTCOMES = "outcomes"
    """What the cases opened in the period have come to."""
    REASONS = "reasons"
    """Why cases went no further."""


class Row(NamedTuple):
    """A figure of a table."""

    label: str
    number: int | None
    """None where it is not told."""
    share: float | None
    """Of the total, 0 to 1; None where it is not told."""


class Table(NamedTuple):
    """Figures that add up to a total."""

    subject: Subject
    rows: Sequence[Row]
    total: int | None
    """None where it is not told."""


class Waiting(NamedTuple):
    """Working days from asking for an introduction to the broker's first move."""

    cases: int
    quartiles: tuple[float, float, float]


class Report(NamedTuple):
    """The figures of a period."""

    period: Period
    tables: Sequence[Table]
    first_reply: Waiting | None
    """None where there were too few cases to tell."""


def last_year(today: date) -> Period:
    """Return the twelve whole months before a day's, and that month so far."""
    first = today.replace(day=1)
    return Period(first=first.replace(year=first.year - 1), last=today)


def period_of(first: str, last: str, today: date) -> Period:
    """Return the period from one month to another, given as ``YYYY-MM``; what is empty is as in `last_year`.

    Raises:
        ReportError: they are no months, or in the wrong order.
    """
    usual = last_year(today)
    try:
        begin = date.fromisoformat(f"{first}-01") if first else usual.first
        end = date.fromisoformat(f"{last}-01") if last else usual.last.replace(day=1)
    except ValueError as error:
        raise ReportError(f"Got the months {first!r} and {last!r}, expected such as 2026-01.") from error
    if begin > end or (end - begin).days > 366 * 20:
        raise ReportError(f"Got the months {first!r} to {last!r}, expected the earlier one first.")
    return Period(first=begin, last=(end + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def report(log: MatchLog, referrals: Referrals, period: Period, theme_of: Callable[[Sequence[str]], str]) -> Report:
    """Return the figures of a period.

    Args:
        log: The match log.
        referrals: The cases.
        period: The days.
        theme_of: Gives the theme of a question by the ids of what was suggested for it, the best first.
    """
    months: Counter[str] = Counter(dict.fromkeys(period.months(), 0))
    themes: Counter[str] = Counter()
    municipalities: Counter[str] = Counter()
    answered: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    for asked in log.needs(period.begin(), period.end()):
        months[f"{norwegian_day(asked.at):%Y-%m}"] += 1
        themes[theme_of(asked.suggested)] += 1
        municipalities[asked.kommunenummer or NO_LABEL] += 1
        answered[asked.outcome] += 1
    refusals = log.entries(kind=EntryKind.ACT, outcome=Verb.NOT_FOR_US, since=period.begin(), until=period.end())
    refused = Counter(str(entry.payload.get("reason") or NO_LABEL) for entry in refusals)
    cases = [case for case in referrals.cases() if period.first <= norwegian_day(case.opened_at) <= period.last]
    outcomes = Counter({state.value: 0 for state in CaseState}) + Counter(case.state.value for case in cases)
    waited, reasons = _followed(referrals, cases)
    figures: Mapping[Subject, Mapping[str, int]] = {
        Subject.MONTHS: months,
        Subject.THEMES: dict(themes.most_common()),
        Subject.MUNICIPALITIES: dict(municipalities.most_common()),
        Subject.ANSWERED: answered,
        Subject.REFUSED: dict(refused.most_common()),
        Subject.OUTCOMES: outcomes,
        Subject.REASONS: dict(reasons.most_common()),
    }
    tables = [guarded(subject, counts) for subject, counts in figures.items()]
    return Report(period, tables, _waiting(waited))


def plain(found: Report) -> dict[str, object]:
    """Return a report as plain data; what is not told is null."""
    tables = {
        table.subject.value: {"rows": {row.label: row.number for row in table.rows}, "total": table.total}
        for table in found.tables
    }
    waited = found.first_reply._asdict() if found.first_reply else None
    return {"period": found.period.model_dump(mode="json"), "first_reply_working_days": waited, **tables}


def guarded(subject: Subject, counts: Mapping[str, int]) -> Table:
    """Return a table in which nothing tells of fewer than `LEAST`.

    Counts below it are hidden, and a total below it. Where those hidden could be worked out from the total, since they
    add up to fewer than `LEAST` or there is only one, the next smallest are hidden too. Nothing at all is told as 0.
    """
    total = sum(counts.values())
    hidden = {label for label, count in counts.items() if 0 < count < LEAST}
    if hidden:
        for label, _ in sorted(counts.items(), key=lambda one: (one[1], one[0])):
            if len(hidden) > 1 and sum(counts[one] for one in hidden) >= LEAST:
                break
            if counts[label]:
                hidden.add(label)
    rows = [
        Row(label, None, None) if label in hidden else Row(label, count, count / total if total else None)
        for label, count in counts.items()
    ]
    return Table(subject, rows, None if 0 < total < LEAST else total)


def _followed(referrals: Referrals, cases: Iterable[Case]) -> tuple[list[int], Counter[str]]:
    """Return how many working days each case waited for its first move, and why cases went no further."""
    waited: list[int] = []
    reasons: Counter[str] = Counter()
    for case in cases:
        moves = [event for event in referrals.events(case.id) if event.action is CaseAction.MOVED]
        if moves:
            waited.append(_working_days(norwegian_day(case.opened_at), norwegian_day(moves[0].at)))
        if moves and moves[-1].reason:
            reasons[moves[-1].reason.value] += 1
    return waited, reasons


def _working_days(start: date, end: date) -> int:
    days = (start + timedelta(days=number + 1) for number in range((end - start).days))
    return sum(map(is_working_day, days))


def _waiting(days: Sequence[int]) -> Waiting | None:
    if len(days) < LEAST:
        return None
    low, middle, high = quantiles(days, n=4, method="inclusive")
    return Waiting(len(days), (low, middle, high))
