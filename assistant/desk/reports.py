"""What was asked for and what came of it, in figures that name nobody.

Invariant: no figure of a report, and no difference between its figures, tells of fewer than `LEAST` questions or cases:
`suppress_small_cells` is the one place where it is decided what is shown, by the rule of `assistant.desk.disclosure`,
before anything is written in any form. Figures are of the log and the cases, which hold nobody's words, so that they
count also what was asked long ago.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise
from statistics import quantiles
from typing import NamedTuple

from assistant.cases.cases import NEEDS_REASON, CaseState, CountedCase, Move
from assistant.cases.figures import CaseFigures
from assistant.cases.referrals import Referrals
from assistant.desk.disclosure import LEAST, is_safe, nested_hidden, suppressed_labels
from assistant.desk.report_scope import Period, Scope
from assistant.history.log_entries import EntryKind, LoggedNeed
from assistant.history.matchlog import MatchLog
from assistant.matching.answers import Outcome
from assistant.platform.areas import Area
from assistant.platform.municipalities import MunicipalityFacts, size_class
from assistant.platform.workdays import first_moment, is_working_day, norwegian_day
from assistant.service.messages import ActionType
from corpus.los import LOS_THEMES, broadest
from corpus.places import load_places

NO_LABEL = ""
"""The label of what has none, such as a question of no theme."""
STOPPED = "stopped"
"""The label of the cases that went no further, which have tables of their own."""


class ReportSubject(StrEnum):
    """What a table is of."""

    MONTHS = "months"
    THEMES = "themes"
    """Themes of Los of the first level, by what the question is about."""
    MUNICIPALITIES = "municipalities"
    COUNTIES = "counties"
    SIZES = "sizes"
    """How many live in the municipalities that asked, where that is known."""
    ANSWERED = "answered"
    """How well the questions were answered."""
    MONEY = "money"
    """By theme, the needs that no scheme fitted well; each share is of the needs of its theme."""
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


class Money(NamedTuple):
    """Sums in whole kroner; None where too few cases tell of any."""

    applied: int | None
    granted: int | None


class Report(NamedTuple):
    """The figures of a period."""

    period: Period
    tables: Sequence[ReportTable]
    first_reply: tuple[float, float, float] | None
    """Quartiles of the working days from asking for an introduction to the broker's first move; None where there were
    too few cases to tell. How many there were is not told: with the cases that nobody has moved it would make a sum."""
    area: Area = Area()
    """Where it is of."""
    money: Money | None = None
    municipalities: int | None = None
    """How many municipalities asked; None where they are few."""

    def table(self, subject: ReportSubject) -> ReportTable | None:
        """Return a table; None where it is not told."""
        return next((one for one in self.tables if one.subject is subject), None)


def report(log: MatchLog, referrals: Referrals, period: Period, scope: Scope = Scope()) -> Report:  # noqa: B008 (frozen)
    """Return the figures of a period.

    Args:
        log: The match log.
        referrals: The cases.
        period: The days.
        scope: Whose needs and cases.
    """
    needs = [one for one in log.needs(period.begin(), period.end()) if scope.holds(one.kommunenummer)]
    cases = [one for one in referrals.counted(period.begin(), period.end()) if scope.holds(one.kommunenummer)]
    refusals = log.entries(kind=EntryKind.ACT, outcome=ActionType.NOT_FOR_US, since=period.begin(), until=period.end())
    refused = Counter(
        str(entry.payload.get("reason") or NO_LABEL) for entry in refusals if scope.holds(entry.kommunenummer)
    )
    tables = (
        *_asked(needs, period),
        *_by_place(needs, scope),
        _answered(needs),
        _without_money(needs),
        suppress_small_cells(ReportSubject.REFUSED, refused, by_size=True),
    )
    moves = referrals.moves([case.id for case in cases])
    return Report(
        period=period,
        tables=(*tables, *_outcomes(cases, moves)),
        first_reply=_first_reply(cases, moves),
        area=scope.area,
        money=_money(referrals.sums([case.id for case in cases])),
        municipalities=_at_least(len({one.kommunenummer for one in needs if one.kommunenummer})),
    )


def _answered(needs: Iterable[LoggedNeed]) -> ReportTable:
    counts = Counter(one.outcome for one in needs)
    return suppress_small_cells(ReportSubject.ANSWERED, {one.value: counts[one.value] for one in Outcome})


def _by_theme(needs: Iterable[LoggedNeed]) -> Counter[str]:
    """Return how many needs there are of each theme of the first level."""
    counts: Counter[str] = Counter()
    for theme, count in Counter(one.theme for one in needs).items():
        counts[broadest(theme) if theme in LOS_THEMES else NO_LABEL] += count
    return counts


def _county_of(kommunenummer: str | None) -> str:
    place = load_places().municipality(kommunenummer) if kommunenummer else None
    return place.county if place else NO_LABEL


def _asked(needs: Sequence[LoggedNeed], period: Period) -> Iterator[ReportTable]:
    names = period.months()
    # In UTC, as the log is: to compare moments of two zones takes ten times as long.
    starts = [first_moment(date.fromisoformat(f"{name}-01")).astimezone(UTC) for name in names]
    moments = sorted(one.at for one in needs)
    ends = [*(bisect_left(moments, start) for start in starts[1:]), len(moments)]
    months = dict(zip(names, (end - begin for begin, end in pairwise([0, *ends])), strict=True))
    yield suppress_small_cells(ReportSubject.MONTHS, months)
    yield suppress_small_cells(ReportSubject.THEMES, _by_theme(needs), by_size=True)


def _by_place(needs: Sequence[LoggedNeed], scope: Scope) -> Iterator[ReportTable]:
    """Yield who asked: municipalities, counties and, where it is known, sizes, none of which tells of another."""
    numbers = Counter(one.kommunenummer or NO_LABEL for one in needs)
    counties: dict[str, dict[str, int]] = {}
    for number, count in numbers.items():
        counties.setdefault(_county_of(number or None), {})[number] = count
    nested = nested_hidden(counties)
    yield _table(ReportSubject.MUNICIPALITIES, numbers, None if nested.groups is None else nested.labels, by_size=True)
    if len(counties) > 1 or scope.area.is_everywhere:
        sums = {county: sum(of.values()) for county, of in counties.items()}
        yield _table(ReportSubject.COUNTIES, sums, nested.groups, by_size=True)
    if scope.facts:
        yield _by_size(numbers, nested.labels, scope.facts)


def _by_size(numbers: Mapping[str, int], hidden: frozenset[str], facts: Mapping[str, MunicipalityFacts]) -> ReportTable:
    classes: Counter[str] = Counter()
    inside: dict[str, list[int]] = {}
    for number, count in numbers.items():
        known = facts.get(number)
        name = NO_LABEL if known is None or known.population is None else size_class(known.population)
        classes[name] += count
        inside.setdefault(name, []).extend([count] if number in hidden else [])
    unsafe = [name for name, counts in inside.items() if not is_safe(counts)]
    found = suppressed_labels(classes, unsafe)
    # Where all municipalities of a class are told, so is the class, whatever its row shows.
    if found is not None and not is_safe([classes[name] for name in found if inside[name]]):
        found = None
    order = {name: int(name.partition("-")[0] or 0) if name else -1 for name in classes}
    return _table(ReportSubject.SIZES, {name: classes[name] for name in sorted(classes, key=order.__getitem__)}, found)


def _without_money(needs: Sequence[LoggedNeed]) -> ReportTable:
    """Return by theme the needs that no scheme fitted well, of those that schemes were looked for."""
    sought = [one for one in needs if one.has_money is not None]
    themes = _by_theme(sought)
    lacking = _by_theme(one for one in sought if not one.has_money)
    kept = suppressed_labels(themes)
    if kept is None or not lacking:
        return ReportTable(ReportSubject.MONEY, (), 0 if not sought else None)
    there = {theme: themes[theme] - count for theme, count in lacking.items()}
    hidden = {
        theme for theme, count in lacking.items() if theme in kept or suppressed_labels({"": count, "+": there[theme]})
    }
    rows = [
        ReportRow(theme, None, None) if theme in hidden else ReportRow(theme, count, count / themes[theme])
        for theme, count in lacking.items()
    ]
    rows.sort(key=lambda row: (row.number is None, -(row.number or 0), row.label))
    # The sum may be told where neither what is lacking nor what is there can be worked out of what is hidden.
    parts = ([lacking[one] for one in hidden], [there[one] for one in hidden])
    total, rest = sum(lacking.values()), sum(themes.values()) - sum(lacking.values())
    is_shown = all(map(is_safe, parts)) and total >= LEAST and (rest >= LEAST or not rest)
    return ReportTable(ReportSubject.MONEY, rows, total if is_shown else None)


def _outcomes(cases: Sequence[CountedCase], moves: Mapping[str, Sequence[Move]]) -> Iterator[ReportTable]:
    stopped = [case for case in cases if case.state in NEEDS_REASON]
    states = Counter(STOPPED if case.state in NEEDS_REASON else case.state.value for case in cases)
    outcomes = suppress_small_cells(
        ReportSubject.OUTCOMES, {name: states[name] for name in (*CaseState, STOPPED) if states[name]}
    )
    yield outcomes
    # The tables of those that went no further would tell how many they are.
    if any(row.label == STOPPED and row.number is not None for row in outcomes.rows):
        yield _by_state(stopped)
        yield _by_reason(stopped, moves)


def _money(sums: Sequence[CaseFigures]) -> Money | None:
    """Return what was applied for and granted, where enough cases tell of either."""
    applied = [one.applied for one in sums if one.applied is not None]
    granted = [one.granted for one in sums if one.granted is not None]
    told = [sum(some) if len(some) >= LEAST else None for some in (applied, granted)]
    return Money(*told) if any(one is not None for one in told) else None


def _at_least(count: int) -> int | None:
    return count if count >= LEAST else None


def plain(figures: Report) -> dict[str, object]:
    """Return a report as plain data; what is not told is null."""
    tables = {
        table.subject.value: {"rows": {row.label: row.number for row in table.rows}, "total": table.total}
        for table in figures.tables
    }
    return {
        "period": figures.period.model_dump(mode="json"),
        "places": list(figures.area.places),
        "municipalities": figures.municipalities,
        "kroner": figures.money._asdict() if figures.money else None,
        "first_reply_working_days": figures.first_reply,
        **tables,
    }


FIGURE_COLUMNS = ("table", "label", "number", "percent")


def figures(report: Report) -> Iterator[dict[str, object]]:
    """Yield each figure of a report as a row; what is not told is left empty."""
    for table in report.tables:
        for row in table.rows:
            percent = None if row.share is None else round(100 * row.share)
            yield dict(zip(FIGURE_COLUMNS, (table.subject.value, row.label, row.number, percent), strict=True))
        yield dict(zip(FIGURE_COLUMNS, (table.subject.value, "total", table.total, None), strict=True))
    for name, days in zip(("low", "median", "high"), report.first_reply or (None,) * 3, strict=True):
        yield dict(zip(FIGURE_COLUMNS, ("first_reply_working_days", name, days, None), strict=True))
    for name, kroner in (report.money or Money(None, None))._asdict().items():
        yield dict(zip(FIGURE_COLUMNS, ("kroner", name, kroner, None), strict=True))


def suppress_small_cells(subject: ReportSubject, counts: Mapping[str, int], *, by_size: bool = False) -> ReportTable:
    """Return a table in which nothing tells of fewer than `LEAST`.

    Args:
        subject: What it is of.
        counts: The counts by their labels.
        by_size: Whether the largest come first, and then those hidden, whose order tells nothing of their size;
            else the rows are in the order of the counts.
    """
    return _table(subject, counts, suppressed_labels(counts), by_size=by_size)


def _table(
    subject: ReportSubject, counts: Mapping[str, int], hidden: frozenset[str] | None, *, by_size: bool = False
) -> ReportTable:
    total = sum(counts.values())
    if hidden is None:
        return ReportTable(subject, (), total if total >= LEAST else None)
    rows = [
        ReportRow(label, None, None) if label in hidden else ReportRow(label, count, count / total if total else None)
        for label, count in counts.items()
    ]
    if by_size:
        rows.sort(key=lambda row: (row.number is None, -(row.number or 0), row.label))
    return ReportTable(subject, rows, total)


def _by_state(stopped: Iterable[CountedCase]) -> ReportTable:
    return suppress_small_cells(ReportSubject.STOPPED, Counter(case.state.value for case in stopped), by_size=True)


def _by_reason(stopped: Iterable[CountedCase], moves: Mapping[str, Sequence[Move]]) -> ReportTable:
    last = (moves[case.id][-1].reason if moves.get(case.id) else None for case in stopped)
    return suppress_small_cells(
        ReportSubject.REASONS, Counter(str(reason or NO_LABEL) for reason in last), by_size=True
    )


def _first_reply(
    cases: Iterable[CountedCase], moves: Mapping[str, Sequence[Move]]
) -> tuple[float, float, float] | None:
    spans = [
        (norwegian_day(case.opened_at), norwegian_day(moves[case.id][0].at)) for case in cases if moves.get(case.id)
    ]
    days = _working_days(spans)
    if len(days) < LEAST:
        return None
    low, middle, high = quantiles(days, n=4, method="inclusive")
    return low, middle, high


def _working_days(spans: Sequence[tuple[date, date]]) -> list[int]:
    """Return how many working days each span holds, its first day not counted."""
    if not spans:
        return []
    first = min(map(min, spans))
    length = (max(map(max, spans)) - first).days
    # Counted once for all days, since spans are many and long.
    until = list(accumulate(is_working_day(first + timedelta(days=number)) for number in range(length + 1)))
    return [max(until[(end - first).days] - until[(start - first).days], 0) for start, end in spans]
