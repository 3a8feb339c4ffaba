"""Figures add up, count what was asked long ago, and tell of nobody, not even by a difference."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cases.cases import CaseReason, CaseState
from assistant.desk.disclosure import LEAST
from assistant.desk.report_scope import Period, ReportError, Scope, last_year, period_of
from assistant.desk.report_words import headline
from assistant.desk.reports import Report, ReportSubject, report, suppress_small_cells
from assistant.history.log_entries import EntryKind, LoggedNeed
from assistant.history.matchlog import MatchLog
from assistant.matching.answers import Outcome
from assistant.platform.areas import Area
from assistant.platform.messages import messages
from assistant.platform.municipalities import MunicipalityFileError, municipality_facts
from assistant.platform.people import Asker, Channel
from assistant.render.sentences import theme_name
from assistant.service.messages import ActionType, RejectionReason
from corpus.text import Language
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
    found = report(small.service.log, small.referrals, march)
    assert figures(found, ReportSubject.MONTHS) == {"2026-03": 6}
    assert sum(number or 0 for number in figures(found, ReportSubject.THEMES).values()) == 6
    assert figures(found, ReportSubject.MUNICIPALITIES) == {"5038": 6}
    assert sum(number or 0 for number in figures(found, ReportSubject.ANSWERED).values()) == 6
    assert figures(found, ReportSubject.REFUSED) == {"timing": 6}
    april = Period(first=date(2026, 4, 1), last=date(2026, 4, 30))
    assert figures(report(small.service.log, small.referrals, april), ReportSubject.THEMES) == {}


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
    found = report(small.service.log, small.referrals, spring)
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
    found = report(small.service.log, small.referrals, last_year(date(2026, 3, 31)))
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
    found = report(small.service.log, small.referrals, last_year(date(2026, 3, 31)))
    assert figures(found, ReportSubject.OUTCOMES) == {"asked": None, "stopped": None}
    assert {ReportSubject.STOPPED, ReportSubject.REASONS}.isdisjoint(table.subject for table in found.tables)


def asked(theme: str | None, place: str | None = "5038", *, money: bool | None = True) -> LoggedNeed:
    return LoggedNeed("0", datetime(2026, 3, 5, 12, tzinfo=UTC), place, Outcome.MATCHED, (), True, theme, money)


class Needs(MatchLog):
    """A log of needs that a test gives."""

    def __init__(self, small: Small, given: list[LoggedNeed]) -> None:
        super().__init__(small.database, small.clock)
        self._given = given

    def needs(self, since: datetime, until: datetime) -> list[LoggedNeed]:
        return [one for one in self._given if since <= one.at < until]


MARCH = Period(first=date(2026, 3, 1), last=date(2026, 3, 31))


def test_themes_are_those_of_the_questions_at_the_first_level_of_los(small: Small) -> None:
    needs = (
        [asked("folkehelse")] * 6 + [asked("helsetjenester")] * 5 + [asked("avfallshandtering")] * 7 + [asked(None)] * 5
    )
    found = report(Needs(small, needs), small.referrals, MARCH)
    assert figures(found, ReportSubject.THEMES) == {"helse-og-omsorg": 11, "natur-klima-og-miljo": 7, "": 5}


def test_what_was_asked_about_comes_from_the_answer_that_was_given(small: Small) -> None:
    small.say("sepsis")
    (need,) = small.service.log.needs(MARCH.begin(), MARCH.end())
    assert need.has_money is not None
    payload = next(iter(small.service.log.entries(kind=EntryKind.ANSWER))).payload
    assert need.theme == next(iter(payload["themes"]), None)
    sure = {"strong", "good"}
    told = [one["confidence"] in sure for one in payload["suggestions"] if one["kind"] == "instrument"]
    assert need.has_money is any(told)


def test_money_that_was_missing_is_told_by_theme_and_of_few_not_at_all(small: Small) -> None:
    needs = [
        *[asked("folkehelse", money=False)] * 8, *[asked("folkehelse")] * 9,
        *[asked("avfallshandtering", money=False)] * 6, *[asked("avfallshandtering")] * 2,
        *[asked("planer", money=None)] * 20,
    ]  # fmt: skip
    found = report(Needs(small, needs), small.referrals, MARCH)
    assert figures(found, ReportSubject.MONEY) == {"helse-og-omsorg": 8, "natur-klima-og-miljo": None}
    table = found.table(ReportSubject.MONEY)
    assert table is not None
    assert table.total is None


def test_a_county_sees_its_own_and_sizes_come_from_the_file_of_the_installation(small: Small, tmp_path: Path) -> None:
    needs = [asked("planer", "5038")] * 7 + [asked("planer", "5053")] * 6 + [asked("planer", "0301")] * 9
    path = tmp_path / "kommuner.csv"
    path.write_text("kommunenummer;innbyggere;kostragruppe\n5038;15 000;8\n5053;6800;2\n301;717000;13\n", "utf-8")
    facts = municipality_facts(path)
    whole = report(Needs(small, needs), small.referrals, MARCH, Scope(facts=facts))
    assert figures(whole, ReportSubject.COUNTIES) == {"50": 13, "03": 9}
    assert figures(whole, ReportSubject.SIZES) == {"5000-9999": 6, "10000-19999": 7, "50000-": 9}
    county = report(Needs(small, needs), small.referrals, MARCH, Scope(Area(places=("50",)), facts))
    assert figures(county, ReportSubject.MUNICIPALITIES) == {"5038": 7, "5053": 6}
    assert county.table(ReportSubject.COUNTIES) is None
    assert report(Needs(small, needs), small.referrals, MARCH).table(ReportSubject.SIZES) is None


@pytest.mark.parametrize("text", ["", "navn\nVerdal", "kommunenummer\nxx", "kommunenummer;innbyggere\n5038;mange"])
def test_a_file_of_municipalities_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kommuner.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(MunicipalityFileError, match="kommunenummer"):
        municipality_facts(path)


def test_no_county_is_told_through_what_it_holds(small: Small) -> None:
    needs = [asked("planer", "5038")] * 9 + [asked("planer", "5053")] * 2 + [asked("planer", "0301")] * 8
    found = report(Needs(small, needs), small.referrals, MARCH)
    assert figures(found, ReportSubject.COUNTIES) == {"50": 11, "03": 8}
    assert figures(found, ReportSubject.MUNICIPALITIES) == {"0301": 8, "5038": None, "5053": None}


@pytest.mark.parametrize("language", list(Language))
def test_the_sentence_on_top_says_only_what_the_tables_do(small: Small, language: Language) -> None:
    catalog = messages(language)
    needs = [asked("folkehelse", "5038")] * 14 + [asked("planer", "5053")] * 6
    told = headline(report(Needs(small, needs), small.referrals, MARCH), catalog)
    assert "20" in told
    assert theme_name("helse-og-omsorg", catalog) in told
    assert "70 %" in told
    few = headline(report(Needs(small, needs[:3]), small.referrals, MARCH), catalog)
    assert "3" not in few.replace("2026", "")
    assert headline(report(Needs(small, []), small.referrals, MARCH), catalog) != few
