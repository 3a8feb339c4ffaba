"""Reminders come after working days in Norway, once each, whoever sends them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from assistant.cases.cases import Case, CaseAction, CaseReason, CaseState
from assistant.cases.followup import Reminder
from assistant.platform.workdays import add_working_days, is_working_day, norwegian_day
from assistant.service.messages import ActionType
from tests.assistant.services import CLINIC, HOSPITAL, Small

MONDAY = date(2026, 3, 2)


class Collected:
    """A channel that only remembers what it was told."""

    def __init__(self, fails: bool = False) -> None:
        self.told: list[Reminder] = []
        self.fails = fails

    def remind(self, reminder: Reminder) -> None:
        if self.fails:
            raise ConnectionError("the channel is down")
        self.told.append(reminder)


@pytest.fixture
def case(small: Small) -> Case:
    receipt = small.do(small.say("hvem kan hjelpe med sepsis?"), ActionType.INTRODUCE, record_id=HOSPITAL.id)
    assert receipt.case is not None
    return receipt.case


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 25), True),
        (date(2026, 11, 28), False),
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 5, 1), False),
        (date(2026, 5, 14), False),  # Ascension Day
        (date(2026, 5, 17), False),
        (date(2026, 12, 24), True),  # a working day by law, although many leave early
        (date(2026, 12, 25), False),
    ],
)
def test_holidays_are_norwegian(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_three_working_days_before_easter_last_over_it() -> None:
    assert add_working_days(date(2026, 3, 31), 3) == date(2026, 4, 8)
    assert add_working_days(MONDAY, 3) == date(2026, 3, 5)
    assert add_working_days(date(2026, 3, 6), 1) == date(2026, 3, 9)


def test_the_day_is_the_one_in_norway() -> None:
    from datetime import UTC, datetime

    assert norwegian_day(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1)


def test_the_first_reminder_comes_after_three_working_days(small: Small, case: Case) -> None:
    assert small.followup.due_on(case) == date(2026, 3, 5)
    assert small.followup.due(date(2026, 3, 4)) == []
    (reminder,) = small.followup.due(date(2026, 3, 5))
    assert (reminder.case.id, reminder.days, reminder.sent) == (case.id, 3, False)


def test_of_several_reminders_passed_only_the_latest_is_sent_and_only_once(small: Small, case: Case) -> None:
    told = Collected()
    later = add_working_days(MONDAY, 10)
    assert small.followup.send(later, [told]) == 1
    assert [one.days for one in told.told] == [9]
    assert small.followup.send(later, [told]) == 0
    assert small.followup.send(add_working_days(MONDAY, 21), [told]) == 1
    assert [one.days for one in told.told] == [9, 21]
    assert [event.action for event in small.referrals.events(case.id)] == [CaseAction.OPENED] + [
        CaseAction.REMINDED
    ] * 2


def test_a_case_that_moves_is_counted_anew(small: Small, case: Case) -> None:
    small.clock.forward(days=2)
    moved = small.referrals.move(case.id, CaseState.SENT, by="megler")
    assert small.followup.due_on(moved) == date(2026, 3, 9)
    assert small.followup.due(date(2026, 3, 5)) == []


def test_nobody_is_reminded_of_what_has_ended(small: Small, case: Case) -> None:
    small.referrals.move(case.id, CaseState.DROPPED, by="megler", reason=CaseReason.OTHER)
    assert small.followup.send(MONDAY + timedelta(days=400), [Collected()]) == 0


def test_a_reminder_that_could_not_be_sent_is_sent_later(small: Small, case: Case) -> None:
    broken = Collected(fails=True)
    assert small.followup.send(date(2026, 3, 5), [broken]) == 0
    assert [event.action for event in small.referrals.events(case.id)] == [CaseAction.OPENED]
    works = Collected()
    assert small.followup.send(date(2026, 3, 6), [broken, works]) == 1
    assert len(works.told) == 1


def test_without_a_channel_nothing_counts_as_sent(small: Small, case: Case) -> None:
    assert small.followup.send(date(2026, 3, 5), []) == 0
    assert not small.followup.due(date(2026, 3, 5))[0].sent


def test_two_processes_send_a_reminder_once(small: Small, case: Case) -> None:
    told = Collected()
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: small.followup.send(date(2026, 3, 5), [told]), range(4)))
    assert sum(sent) == len(told.told) == 1


class Killed(BaseException):
    """Ends whatever is under way, as the end of a process does."""


class Ends(Collected):
    """A channel whose process ends while it is told."""

    def remind(self, reminder: Reminder) -> None:
        raise Killed(reminder.days)


def test_a_reminder_whose_process_was_killed_is_sent_by_another_a_while_after(small: Small, case: Case) -> None:
    due, told = date(2026, 3, 5), Collected()
    with pytest.raises(Killed):
        small.followup.send(due, [Ends()])
    assert small.followup.send(due, [told]) == 0
    small.clock.forward(minutes=11)
    assert not small.followup.due(due)[0].sent
    assert small.followup.send(due, [told]) == 1
    small.clock.forward(minutes=11)
    assert small.followup.due(due)[0].sent
    assert small.followup.send(due, [told]) == 0


def test_the_queue_begins_with_what_is_due(small: Small, case: Case) -> None:
    small.clock.forward(days=1)
    later = small.do(small.say("hvem måler sepsis i blod?"), ActionType.INTRODUCE, record_id=CLINIC.id).case
    assert later is not None
    queue = small.followup.queue(date(2026, 3, 5))
    assert [(one.id, due) for one, due in queue] == [(case.id, date(2026, 3, 5)), (later.id, date(2026, 3, 6))]
