"""What should be held against its sources is known from its dates, and comes in the order of need."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from assistant.desk.freshness import CheckIntervals, DueReason, RecordUsage, due, in_order, may_be_due, newest_source
from corpus.files import Record, to_plain
from corpus.links import Link, LinkState
from corpus.records import FundingInstrument
from tests.records import SOURCE, actor, concept, idea, instrument

TODAY = date(2026, 11, 30)


def scheme(slug: str = "s", deadline: str | None = None, **fields: Any) -> FundingInstrument:  # noqa: ANN401
    call: dict[str, object] = {
        "id": f"call:{slug}",
        "title": {"nb": "S", "en": "S"},
        "deadline_type": "fixed" if deadline else "rolling",
        "sources": [SOURCE],
        "deadlines": [{"on": deadline, "source": SOURCE}] if deadline else [],
    }
    if opens := fields.pop("opens_on", None):
        call["opens_on"] = opens
    return instrument(slug, "S", calls=[call], **fields)


def why(record: Record, today: date = TODAY, **intervals: int) -> DueReason | None:
    found = due([record], {}, today, CheckIntervals(**intervals))
    return found[0].reason if found else None


def told_of(day: str) -> dict[str, object]:
    """A source as it was on a day."""
    return {"ref": f"https://page.example/{day}", "as_of": day, "mark": "verified"}


SEEN = {"basis": "observed", "month": 1, "day": 20, "years": [2025, 2026], "source": SOURCE}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (scheme(), DueReason.NEVER),
        (scheme(checked_on="2026-09-02"), None),
        (scheme(checked_on="2026-09-01"), DueReason.INTERVAL),
        (scheme(deadline="2027-02-01", checked_on="2026-11-01"), None),
        (scheme(deadline="2026-11-29", checked_on="2026-11-01"), DueReason.PASSED),
        (scheme(deadline="2026-11-30", checked_on="2026-11-01"), None),
        (scheme(deadline="2026-10-01", checked_on="2026-11-01"), None),
        (scheme(deadline="2027-02-01", opens_on="2026-11-20", checked_on="2026-11-01"), DueReason.OPENED),
        (scheme(deadline="2026-01-20", checked_on="2026-11-01", recurrence=[SEEN]), DueReason.EXPECTED),
        (scheme(deadline="2026-01-20", checked_on="2026-11-25", recurrence=[SEEN]), None),
        (scheme(standing="ended", ended_on="2024"), None),
        (actor("a", "A", checked_on="2025-12-01"), None),
        (actor("a", "A", checked_on="2025-11-30"), DueReason.INTERVAL),
        (actor("a", "A", dissolved_on="2020"), None),
        (actor("a", "A", state="draft"), None),
        (idea("i", "I", "P", stage="finished"), None),
        (idea("i", "I", "P", stage="running"), DueReason.NEVER),
        (idea("i", "I", "P", stage="running", checked_on="2026-01-01"), None),
        (actor("a", "A", sources=[told_of("2026-11-29")]), None),
        (actor("a", "A", sources=[told_of("2026")]), None),
        (actor("a", "A", sources=[told_of("2025-11")]), DueReason.OLD_SOURCE),
        (actor("a", "A", sources=[told_of("2019"), told_of("2026-02")]), None),
        (actor("a", "A", sources=[told_of("2019")], checked_on="2026-01-01"), None),
        (scheme(sources=[told_of("2026-11-01")]), None),
        (scheme(sources=[told_of("2022-03-01")]), DueReason.OLD_SOURCE),
        (scheme(deadline="2022-05-01", sources=[told_of("2022-03-01")]), DueReason.PASSED),
        (scheme(deadline="2026-11-10", sources=[told_of("2026-11-20")]), None),
        (idea("i", "I", "P", stage="running", sources=[told_of("2024-12")]), DueReason.OLD_SOURCE),
    ],
)
def test_a_record_is_due_by_its_kind_and_a_call_by_its_dates(record: Record, reason: DueReason | None) -> None:
    assert why(record) is reason


def test_the_intervals_can_be_set() -> None:
    checked = scheme(checked_on="2026-11-01")
    assert (why(checked), why(checked, scheme=10)) == (None, DueReason.INTERVAL)
    assert why(actor("a", "A", checked_on="2026-11-01"), actor=10) is DueReason.INTERVAL


def test_what_cannot_be_due_is_told_without_reading_it() -> None:
    imported = idea("i", "I", "P", stage="running", origin={"event": {"en": "r"}, "on": "2020", "registry": "cordis"})
    records: list[Record] = [scheme(), actor("a", "A"), idea("i", "I", "P"), imported, concept("c", "C", "C")]
    assert [may_be_due(to_plain(one)) for one in records] == [True, True, False, False, False]


def test_what_is_needed_most_comes_first() -> None:
    gone = Link("https://gone.example", LinkState.GONE, 404, datetime(2026, 11, 29, tzinfo=UTC), date(2026, 11, 29))
    records: list[Record] = [
        actor("never", "A"),
        actor("dead", "A", url=gone.address, checked_on="2026-11-01"),
        actor("in-a-case", "A"),
        scheme("passed-long-ago", deadline="2020-01-01"),
        scheme("passed-lately", deadline="2026-10-01"),
        scheme("asked-for"),
        scheme("expected", deadline="2026-01-20", recurrence=[SEEN]),
    ]
    touched = {"actor:in-a-case": RecordUsage(cases=("c",)), "instrument:asked-for": RecordUsage(needs=3)}
    found = in_order(due(records, {gone.address: gone}, TODAY), touched)
    assert [one.record_id.partition(":")[2] for one in found] == [
        "dead", "in-a-case", "expected", "passed-lately", "passed-long-ago", "asked-for", "never",
    ]  # fmt: skip
    assert found[0].dead == (gone.address,)


def test_a_dead_link_that_somebody_has_looked_at_since_is_not_due_again() -> None:
    gone = Link("https://gone.example", LinkState.GONE, 404, datetime(2026, 11, 20, tzinfo=UTC), date(2026, 11, 20))
    looked_at = actor("a", "A", url=gone.address, checked_on="2026-11-21")
    assert due([looked_at], {gone.address: gone}, TODAY) == []


def test_what_nobody_has_checked_is_due_from_the_age_of_its_newest_source() -> None:
    older, newer = (actor(day, "A", sources=[told_of(day)]) for day in ("2019-05", "2024-02"))
    undated = actor("undated", "A")
    found = in_order(due([newer, undated, older], {}, TODAY), {})
    assert [(one.reason, one.since) for one in found] == [
        (DueReason.OLD_SOURCE, date(2020, 4, 30)),
        (DueReason.OLD_SOURCE, date(2025, 1, 31)),
        (DueReason.NEVER, None),
    ]


def test_the_newest_source_of_a_record_may_be_that_of_one_statement() -> None:
    known = {"text": {"nb": "Kan", "en": "Can"}, "source": told_of("2026-04")}
    assert newest_source(actor("a", "A", sources=[told_of("2018")], expertise=[known])) == "2026-04"
    assert newest_source(actor("a", "A")) is None


def test_a_record_is_used_if_a_case_an_answer_or_a_saved_need_rests_on_it() -> None:
    usages = (RecordUsage(), RecordUsage(("c",)), RecordUsage(needs=1), RecordUsage(saved=1))
    assert [one.is_used for one in usages] == [False, True, True, True]
