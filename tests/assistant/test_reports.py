"""Figures add up, count what was asked long ago, and tell of nobody, not even by a difference."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cases.cases import CaseReason, CaseState
from assistant.desk.disclosure import LEAST
from assistant.desk.reports import (
    Period,
    Report,
    ReportError,
    ReportSubject,
    last_year,
    period_of,
    report,
    suppress_small_cells,
)
from assistant.platform.people import Asker, Channel
from assistant.service.messages import ActionType, RejectionReason
from tests.assistant.services import Small, ids

TODAY = date(2026, 11, 25)
COUNTS = st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=8)


@given(COUNTS, st.booleans())
def test_what_is_hidden_stands_in_no_row_and_no_order(counts: dict[str, int], by_size: bool) -> None:
    table = suppress_small_cells(ReportSubject.MUNICIPALITIES, counts, by_size=by_size)
    shown = {row.label: row.number for row in table.rows if row.number is not None}
    assert all(number == counts[label] and (number == 0 or number >= LEAST) for label, number in shown.items())
    assert all(row.share is None for row in table.rows if row.number is None)
    total = sum(counts.values())
    assert table.total == (total if total == 0 or total >= LEAST else None)
    if by_size:
        hidden = [row.label for row in table.rows if row.number is None]
        assert hidden == sorted(hidden) == [row.label for row in table.rows[len(table.rows) - len(hidden) :]]


@given(COUNTS)
def test_what_is_large_enough_is_shown_where_nothing_is_too_small(counts: dict[str, int]) -> None:
    large = {label: number for label, number in counts.items() if number == 0 or number >= LEAST}
    table = suppress_small_cells(ReportSubject.THEMES, large)
    assert [row.number for row in table.rows] == list(large.values())
    assert table.total == sum(large.values())


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("", "", Period(first=date(2025, 11, 1), last=date(2026, 11, 30))),
        ("2026-02", "2026-02", Period(first=date(2026, 2, 1), last=date(2026, 2, 28))),
    ],
)
def test_a_period_is_of_whole_months(first: str, last: str, expected: Period) -> None:
    assert period_of(first, last, TODAY) == expected
    assert last_year(TODAY).first == date(2025, 11, 1)


@pytest.mark.parametrize(
    ("first", "last"), [("2026-13", ""), ("x", ""), ("2026-05", "2026-04"), ("0001-01", "2026-01")]
)
def test_what_is_no_period_is_told(first: str, last: str) -> None:
    with pytest.raises(ReportError, match=r"Got the months"):
        period_of(first, last, TODAY)


def themes(suggested: Iterable[str]) -> str:
    return "some" if list(suggested) else ""


def figures(found: Report, subject: ReportSubject) -> dict[str, int | None]:
    table = next(table for table in found.tables if table.subject is subject)
    return {row.label: row.number for row in table.rows}


def askers(number: int) -> list[Asker]:
    return [Asker(channel=Channel.WEB, tenant="web", user=f"visitor:{one}") for one in range(number)]


def test_needs_are_counted_once_however_often_an_answer_is_refined_and_texts_may_be_gone(small: Small) -> None:
    for number, asker in enumerate(askers(6)):
        small.service.set_profile(asker, language=None, kommunenummer="5038")
        reply = small.say("sepsis", asker, f"c{number}")
        small.say("flere", asker, f"c{number}")
        small.do(reply, ActionType.NOT_FOR_US, asker, record_id=ids(reply)[0], reason=RejectionReason.TIMING)
    with small.database.writing() as session:
        small.service.log.forget_texts(session, small.clock() + timedelta(days=1))
    march = Period(first=date(2026, 3, 1), last=date(2026, 3, 31))
    found = report(small.service.log, small.referrals, march, themes)
    assert figures(found, ReportSubject.MONTHS) == {"2026-03": 6}
    assert figures(found, ReportSubject.THEMES) == {"some": 6}
    assert figures(found, ReportSubject.MUNICIPALITIES) == {"5038": 6}
    assert sum(number or 0 for number in figures(found, ReportSubject.ANSWERED).values()) == 6
    assert figures(found, ReportSubject.REFUSED) == {"timing": 6}
    april = Period(first=date(2026, 4, 1), last=date(2026, 4, 30))
    assert figures(report(small.service.log, small.referrals, april, themes), ReportSubject.THEMES) == {}


def test_what_was_suggested_is_told_as_it_was_shown(small: Small) -> None:
    reply = small.say("sepsis")
    march = Period(first=date(2026, 3, 1), last=date(2026, 3, 31))
    asked = [tuple(one.suggested) for one in small.service.log.needs(march.begin(), march.end())]
    assert asked == [tuple(ids(reply))]


def test_a_month_begins_at_midnight_in_norway(small: Small) -> None:
    small.clock.now = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
    for number, asker in enumerate(askers(11)):
        if number == 5:
            small.clock.forward(minutes=1)
        small.say("sepsis", asker, f"c{number}")
    spring = Period(first=date(2026, 3, 1), last=date(2026, 4, 30))
    found = report(small.service.log, small.referrals, spring, themes)
    assert figures(found, ReportSubject.MONTHS) == {"2026-03": 5, "2026-04": 6}


def test_cases_are_told_by_what_they_came_to_and_how_long_the_first_move_took(small: Small) -> None:
    cases = []
    for number, asker in enumerate(askers(5)):
        reply = small.say("sepsis", asker, f"c{number}")
        cases.append(small.do(reply, ActionType.INTRODUCE, asker, record_id=ids(reply)[0]).case)
    small.clock.forward(days=7)
    for case in cases:
        assert case is not None
        small.referrals.move(case.id, CaseState.DROPPED, by="b", reason=CaseReason.TIMING)
    found = report(small.service.log, small.referrals, last_year(date(2026, 3, 31)), themes)
    assert figures(found, ReportSubject.OUTCOMES) == {"stopped": 5}
    assert figures(found, ReportSubject.STOPPED) == {"dropped": 5}
    assert figures(found, ReportSubject.REASONS) == {"timing": 5}
    assert found.first_reply == (5, 5, 5)


def test_where_it_is_not_told_how_many_cases_stopped_no_other_table_tells_it(small: Small) -> None:
    for number, asker in enumerate(askers(8)):
        case = small.do(reply := small.say("sepsis", asker, f"c{number}"), ActionType.INTRODUCE, asker,
                        record_id=ids(reply)[0]).case  # fmt: skip
        assert case is not None
        if number < 6:
            small.referrals.move(case.id, CaseState.DROPPED, by="b", reason=CaseReason.TIMING)
    found = report(small.service.log, small.referrals, last_year(date(2026, 3, 31)), themes)
    assert figures(found, ReportSubject.OUTCOMES) == {"asked": None, "stopped": None}
    assert {ReportSubject.STOPPED, ReportSubject.REASONS}.isdisjoint(table.subject for table in found.tables)
