"""What was asked for and what came of it, in figures that name nobody.

Invariant: no figure of a report, and no difference between its figures, tells of fewer than `LEAST` questions or cases:
`suppress_small_cells` is the one place where it is decided what is shown, by the rule of `assistant.desk.disclosure`,
before anything is written in any form. Figures are of the log and the cases, which hold nobody's words, so that they
count also what was asked long ago.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from statistics import quantiles
from typing import NamedTuple

from assistant.cases.cases import NEEDS_REASON, Case, CaseState, Move
from assistant.cases.referrals import Referrals
from assistant.desk.disclosure import LEAST, suppressed_labels
from assistant.history.log_entries import EntryKind
from assistant.history.matchlog import MatchLog
from assistant.matching.answers import Outcome
from assistant.platform.areas import Area
from assistant.platform.workdays import first_moment, is_working_day, norwegian_day
from assistant.service.messages import ActionType
from corpus.errors import MellomromError
from corpus.text import Frozen

NO_LABEL = ""
"""The label of what has none, such as a question of no theme."""
_LAST_YEAR = 2100
STOPPED = "stopped"
"""The label of the cases that went no further, which have tables of their own."""


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
        found, day = [], self.first.replace(day=1)
        while day <= self.last:
            found.append(f"{day:%Y-%m}")
            day = (day + timedelta(days=32)).replace(day=1)
        return found


class ReportSubject(StrEnum):
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
    STOPPED = "stopped"
    """Where those that went no further stand."""
    REASONS = "reasons"
    """Why cases went no further."""


class ReportRow(NamedTuple):
    """A figure of a table."""

    label: str
    number: int | None
    """None where it is not told."""
    share: float | None
    """Of the total, 0 to 1; None where it is not told."""


class ReportTable(NamedTuple):
    """Figures that add up to a total."""

    subject: ReportSubject
    rows: Sequence[ReportRow]
    """Empty where nothing is counted, or too little to tell even of what."""
    total: int | None
    """None where it is not told."""


class Report(NamedTuple):
    """The figures of a period."""

    period: Period
    tables: Sequence[ReportTable]
    first_reply: tuple[float, float, float] | None
    """Quartiles of the working days from asking for an introduction to the broker's first move; None where there were
    too few cases to tell. How many there were is not told: with the cases that nobody has moved it would make a sum."""


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
    if begin > end or (end - begin).days > 366 * 20 or end.year > _LAST_YEAR:
        raise ReportError(f"Got the months {first!r} to {last!r}, expected the earlier one first, 20 years at most.")
    return Period(first=begin, last=(end + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def report(
    log: MatchLog,
    referrals: Referrals,
    period: Period,
    theme_of: Callable[[Iterable[str]], str],
    area: Area = Area(),  # noqa: B008 (frozen)
) -> Report:
    """Return the figures of a period.

    Args:
        log: The match log.
        referrals: The cases.
        period: The days.
        theme_of: Gives the theme of a question by the ids of what was suggested for it, the best first.
        area: Where the questions and the cases are from; those without a place are in the whole country's alone.
    """
    names = period.months()
    # In UTC, as the log is: to compare moments of two zones takes ten times as long.
    starts = [first_moment(date.fromisoformat(f"{name}-01")).astimezone(UTC) for name in names]
    months: Counter[str] = Counter(dict.fromkeys(names, 0))
    themes: Counter[str] = Counter()
    municipalities: Counter[str] = Counter()
    answered: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    for asked in log.needs(period.begin(), period.end()):
        if not area.covers(asked.kommunenummer, unplaced=False):
            continue
        months[names[max(0, bisect_right(starts, asked.at) - 1)]] += 1
        themes[theme_of(asked.suggested)] += 1
        municipalities[asked.kommunenummer or NO_LABEL] += 1
        answered[asked.outcome] += 1
    refusals = log.entries(kind=EntryKind.ACT, outcome=ActionType.NOT_FOR_US, since=period.begin(), until=period.end())
    refused = Counter(
        str(entry.payload.get("reason") or NO_LABEL)
        for entry in refusals
        if area.covers(entry.kommunenummer, unplaced=False)
    )
    cases = [
        case
        for case in referrals.cases(since=period.begin(), until=period.end())
        if area.covers(case.kommunenummer, unplaced=False)
    ]
    moves = referrals.moves([case.id for case in cases])
    stopped = [case for case in cases if case.state in NEEDS_REASON]
    states = Counter(STOPPED if case.state in NEEDS_REASON else case.state.value for case in cases)
    outcomes = suppress_small_cells(
        ReportSubject.OUTCOMES, {name: states[name] for name in (*CaseState, STOPPED) if states[name]}
    )
    # The tables of those that went no further would tell how many they are.
    is_told = any(row.label == STOPPED and row.number is not None for row in outcomes.rows)
    tables = (
        suppress_small_cells(ReportSubject.MONTHS, months),
        suppress_small_cells(ReportSubject.THEMES, themes, by_size=True),
        suppress_small_cells(ReportSubject.MUNICIPALITIES, municipalities, by_size=True),
        suppress_small_cells(ReportSubject.ANSWERED, answered),
        suppress_small_cells(ReportSubject.REFUSED, refused, by_size=True),
        outcomes,
        *((_by_state(stopped), _by_reason(stopped, moves)) if is_told else ()),
    )
    return Report(period, tables, _first_reply(cases, moves))


def plain(found: Report) -> dict[str, object]:
    """Return a report as plain data; what is not told is null."""
    tables = {
        table.subject.value: {"rows": {row.label: row.number for row in table.rows}, "total": table.total}
        for table in found.tables
    }
    return {"period": found.period.model_dump(mode="json"), "first_reply_working_days": found.first_reply, **tables}


FIGURE_COLUMNS = ("table", "label", "number", "percent")


def figures(found: Report) -> Iterator[dict[str, object]]:
    """Yield each figure of a report as a row; what is not told is left empty."""
    for table in found.tables:
        for row in table.rows:
            percent = None if row.share is None else round(100 * row.share)
            yield dict(zip(FIGURE_COLUMNS, (table.subject.value, row.label, row.number, percent), strict=True))
        yield dict(zip(FIGURE_COLUMNS, (table.subject.value, "total", table.total, None), strict=True))
    for name, days in zip(("low", "median", "high"), found.first_reply or (None,) * 3, strict=True):
        yield dict(zip(FIGURE_COLUMNS, ("first_reply_working_days", name, days, None), strict=True))


def suppress_small_cells(subject: ReportSubject, counts: Mapping[str, int], *, by_size: bool = False) -> ReportTable:
    """Return a table in which nothing tells of fewer than `LEAST`.

    Args:
        subject: What it is of.
        counts: The counts by their labels.
        by_size: Whether the largest come first, and then those hidden, whose order tells nothing of their size;
            else the rows are in the order of the counts.
    """
    total = sum(counts.values())
    hidden = suppressed_labels(counts)
    if hidden is None:
        return ReportTable(subject, (), total if total >= LEAST else None)
    rows = [
        ReportRow(label, None, None) if label in hidden else ReportRow(label, count, count / total if total else None)
        for label, count in counts.items()
    ]
    if by_size:
        rows.sort(key=lambda row: (row.number is None, -(row.number or 0), row.label))
    return ReportTable(subject, rows, total)


def _by_state(stopped: Iterable[Case]) -> ReportTable:
    return suppress_small_cells(ReportSubject.STOPPED, Counter(case.state.value for case in stopped), by_size=True)


def _by_reason(stopped: Iterable[Case], moves: Mapping[str, Sequence[Move]]) -> ReportTable:
    last = (moves[case.id][-1].reason if moves.get(case.id) else None for case in stopped)
    return suppress_small_cells(
        ReportSubject.REASONS, Counter(str(reason or NO_LABEL) for reason in last), by_size=True
    )


def _first_reply(cases: Iterable[Case], moves: Mapping[str, Sequence[Move]]) -> tuple[float, float, float] | None:
    days = [
        _working_days(norwegian_day(case.opened_at), norwegian_day(moves[case.id][0].at))
        for case in cases
        if moves.get(case.id)
    ]
    if len(days) < LEAST:
        return None
    low, middle, high = quantiles(days, n=4, method="inclusive")
    return low, middle, high


def _working_days(start: date, end: date) -> int:
    days = (start + timedelta(days=number + 1) for number in range((end - start).days))
    return sum(map(is_working_day, days))
