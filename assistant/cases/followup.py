"""Reminders: which open cases have waited too long, and telling somebody so.

Invariant: days are working days in Norway, counted from when the case came to its state. Of several reminders that a
case has passed, only the latest is sent; each is claimed in the database before it is sent, so that two processes
never send it twice, and given back when sending failed, so that it is tried again. A claim whose process ended before
the case tells that its brokers were reminded lapses, and the reminder is sent by another.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, delete, exists, select

from assistant.cases.cases import ENDED, Case, CaseAction, CaseOutline
from assistant.cases.referrals import Referrals
from assistant.history.tables import CaseEventRow, ReminderRow
from assistant.platform.workdays import add_working_days
from corpus.clock import utc_now
from corpus.database import Database
from corpus.text import Frozen

_log = logging.getLogger(__name__)
CLAIM = timedelta(minutes=10)
"""How long a reminder that is not sent stays claimed; sending takes seconds."""
REMINDER = "reminder"
"""Who is named in a case's history for a reminder."""


class Reminder(Frozen):
    """A case that has waited."""

    case: Case
    days: int
    """Working days after which it was due."""
    due_on: date
    sent: bool
    """Whether somebody was told."""


Listed = TypeVar("Listed", Case, CaseOutline)
"""A case as a list has it: whole, or what it is put in order by."""


class Notifier(Protocol):
    """What tells brokers of a case that waits; each channel has its own."""

    def remind(self, reminder: Reminder) -> None:
        """Tell the brokers.

        Raises:
            Exception: it could not be told; it is tried again later.
        """
        ...


class FollowUp:
    """Works out and sends reminders."""

    def __init__(
        self,
        database: Database,
        referrals: Referrals,
        days: Sequence[int],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._referrals = referrals
        self._days = tuple(sorted(days))
        self._now = now

    def due_on(self, case: Case) -> date | None:
        """Return when the next reminder of a case is due, the first one that was not sent; None where none is left."""
        sent = self._sent(case.id)
        reminders = (self._reminder(case, days, sent) for days in self._days)
        return next((reminder.due_on for reminder in reminders if not reminder.sent), None)

    def due(self, today: date) -> list[Reminder]:
        """Return the latest reminder that is due of each open case, sent or not, the longest overdue first."""
        return self._due(self._referrals.still_open(), today)

    def _due(self, cases: Iterable[Case], today: date) -> list[Reminder]:
        sent = self._sent()
        reminders = (self._latest(case, today, sent) for case in cases)
        return sorted((one for one in reminders if one), key=lambda one: (one.due_on, one.case.opened_at))

    def queue(self, today: date) -> list[tuple[Case, date | None]]:
        """Return the open cases with when each was or is next due, the first one to see to first."""
        return self.in_order(self._referrals.still_open(), today)

    def in_order(self, cases: Iterable[Listed], today: date) -> list[tuple[Listed, date | None]]:
        """Return cases with when each was or is next due, the first one to see to first; those that ended are not."""
        due = _Due(self._days, today)
        dated = [(case, due.of(case.state_since) if case.state not in ENDED else None) for case in cases]
        return sorted(dated, key=lambda pair: (pair[1] or date.max, pair[0].opened_at))

    def send(self, today: date, notifiers: Iterable[Notifier]) -> int:
        """Send what is due and was not sent; return how many reminders went out to somebody."""
        channels = tuple(notifiers)
        if not channels:
            return 0
        return sum(self._send(one, channels) for one in self.due(today) if not one.sent)

    def _send(self, reminder: Reminder, notifiers: Sequence[Notifier]) -> bool:
        if not self._claimed(reminder):
            return False
        reached = False
        for notifier in notifiers:
            try:
                notifier.remind(reminder)
                reached = True
            except Exception:  # noqa: BLE001
                # One channel that is down must not keep the others, or the next reminder, from going out.
                _log.exception("case %s: a reminder could not be sent", reminder.case.id)
        if reached:
            with self._database.writing() as session:
                self._referrals.reminded(session, reminder.case.id, reminder.days, REMINDER)
        else:
            self._give_back(reminder)
        return reached

    def _claimed(self, reminder: Reminder) -> bool:
        case = reminder.case
        key = (case.id, case.state_since, reminder.days)
        now = self._now()
        with self._database.writing() as session:
            row = session.get(ReminderRow, key)
            if row is None:
                session.add(ReminderRow(case_id=key[0], state_since=key[1], days=key[2], at=now))
                return True
            if row.at > now - CLAIM or session.scalar(select(_was_told(row.at, case.id))):
                return False
            row.at = now
            return True

    def _give_back(self, reminder: Reminder) -> None:
        case = reminder.case
        with self._database.writing() as session:
            session.execute(
                delete(ReminderRow).where(
                    ReminderRow.case_id == case.id,
                    ReminderRow.state_since == case.state_since,
                    ReminderRow.days == reminder.days,
                )
            )

    def _reminder(self, case: Case, days: int, sent: set[tuple[str, date, int]]) -> Reminder:
        due_on = add_working_days(case.state_since, days)
        return Reminder(case=case, days=days, due_on=due_on, sent=(case.id, case.state_since, days) in sent)

    def _latest(self, case: Case, today: date, sent: set[tuple[str, date, int]]) -> Reminder | None:
        passed = [one for days in self._days if (one := self._reminder(case, days, sent)).due_on <= today]
        return passed[-1] if passed else None

    def _sent(self, case_id: str | None = None) -> set[tuple[str, date, int]]:
        """Return the reminders that were sent or are being sent, of one case or of all."""
        holds = (ReminderRow.at > self._now() - CLAIM) | _was_told(ReminderRow.at, ReminderRow.case_id)
        query = select(ReminderRow.case_id, ReminderRow.state_since, ReminderRow.days).where(holds)
        if case_id is not None:
            query = query.where(ReminderRow.case_id == case_id)
        with self._database.reading() as session:
            return {(one, since, days) for one, since, days in session.execute(query)}


class _Due:
    """When cases are due by the day they came to their state; of thousands, many came to it on the same one."""

    def __init__(self, reminders: Sequence[int], today: date) -> None:
        self._reminders = reminders
        self._today = today
        self._known: dict[date, date | None] = {}

    def of(self, since: date) -> date | None:
        """Return the day of the latest reminder that has passed, or else of the first one to come."""
        if since not in self._known:
            dates = [add_working_days(since, days) for days in self._reminders]
            passed = [day for day in dates if day <= self._today]
            self._known[since] = passed[-1] if passed else next(iter(dates), None)
        return self._known[since]


def _was_told(claimed_at: Any, case_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 (a column, or a value of it)
    """Return whether a case tells that its brokers were reminded, since a reminder of it was claimed."""
    return exists().where(
        CaseEventRow.case_id == case_id, CaseEventRow.action == CaseAction.REMINDED.value, CaseEventRow.at >= claimed_at
    )
