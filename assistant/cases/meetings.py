"""Meetings of a case: times proposed, one of them chosen, an invitation that may change, a reminder.

Invariant: a case has one meeting at a time; a new proposal takes the place of the one before. A reminder is claimed in
the database before it goes out, so that it goes out once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update

from assistant.cases.cases import CaseError
from assistant.cases.events import bump_version, case_row
from assistant.history.tables import MeetingRow
from assistant.platform.keys import opaque_id
from assistant.platform.user_text import bounded
from corpus.clock import utc_now
from corpus.database import Database
from corpus.text import Frozen

MOST_TIMES = 3
LONGEST = 480
"""Minutes of a meeting at most."""
MAX_PLACE = 300
_REMIND_BEFORE = timedelta(hours=24)


class MeetingState(StrEnum):
    """How far a meeting has come."""

    PROPOSED = "proposed"
    SET = "set"
    CANCELLED = "cancelled"


class MeetingError(CaseError):
    """A meeting cannot be proposed or set as asked; `meeting.fault.<why>` in the catalogs."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The meeting cannot be held so: {why}.")
        self.why = why


class Meeting(Frozen):
    """A meeting of a case."""

    id: str
    case_id: str
    state: MeetingState
    proposed: tuple[datetime, ...]
    starts_at: datetime | None
    minutes: int
    place: str
    sequence: int


class Meetings:
    """The meetings in a database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def propose(self, case_id: str, times: Sequence[datetime], minutes: int, place: str) -> Meeting:
        """Propose times for a meeting; one time alone sets it.

        Raises:
            UnknownCaseError: no case has that id.
            MeetingError: there is no time, too many, one that has passed, or a length that is none.
        """
        times = sorted(set(times))
        if not 1 <= len(times) <= MOST_TIMES:
            raise MeetingError("times")
        if times[0] <= self._now() or times[-1] > self._now() + timedelta(days=730):
            raise MeetingError("past")
        if not 5 <= minutes <= LONGEST:
            raise MeetingError("minutes")
        single = times[0] if len(times) == 1 else None
        with self._database.writing() as session:
            case = case_row(session, case_id)
            earlier = session.scalar(select(MeetingRow).where(MeetingRow.case_id == case_id).limit(1))
            row = earlier or MeetingRow(id=opaque_id(), case_id=case_id, sequence=-1)
            row.state = MeetingState.SET if single else MeetingState.PROPOSED
            row.proposed = json.dumps([time.isoformat() for time in times])
            row.starts_at, row.minutes = single, minutes
            row.place = " ".join(bounded(place, MAX_PLACE).text.split())
            row.sequence += 1
            row.reminded_at = None
            session.add(row)
            bump_version(case, self._now())
            session.flush()
            return _meeting(row)

    def choose(self, meeting_id: str, time: datetime) -> Meeting:
        """Set a meeting to one of the times proposed.

        Raises:
            MeetingError: there is no such meeting, or that time was not proposed or has passed.
        """
        with self._database.writing() as session:
            row = session.get(MeetingRow, meeting_id)
            if row is None or row.state == MeetingState.CANCELLED:
                raise MeetingError("gone")
            if time not in _meeting(row).proposed:
                raise MeetingError("times")
            if time <= self._now():
                raise MeetingError("past")
            if row.starts_at != time:
                row.state, row.starts_at = MeetingState.SET, time
                row.sequence += 1
                row.reminded_at = None
                bump_version(case_row(session, row.case_id), self._now())
            return _meeting(row)

    def cancel(self, case_id: str) -> Meeting | None:
        """Call a case's meeting off; return it, or None where there was none."""
        with self._database.writing() as session:
            row = session.scalar(select(MeetingRow).where(MeetingRow.case_id == case_id).limit(1))
            if row is None or row.state == MeetingState.CANCELLED:
                return None
            row.state = MeetingState.CANCELLED
            row.sequence += 1
            bump_version(case_row(session, case_id), self._now())
            return _meeting(row)

    def get(self, meeting_id: str) -> Meeting | None:
        """Return a meeting, or None where there is none."""
        with self._database.reading() as session:
            row = session.get(MeetingRow, meeting_id)
            return _meeting(row) if row else None

    def of(self, case_id: str) -> Meeting | None:
        """Return the meeting of a case that was not called off; None where there is none."""
        with self._database.reading() as session:
            row = session.scalar(select(MeetingRow).where(MeetingRow.case_id == case_id).limit(1))
            return _meeting(row) if row is not None and row.state != MeetingState.CANCELLED else None

    def to_remind(self) -> list[Meeting]:
        """Return the meetings of the next day that nobody was reminded of, each claimed."""
        now = self._now()
        soon = (
            MeetingRow.state == MeetingState.SET,
            MeetingRow.starts_at > now,
            MeetingRow.starts_at <= now + _REMIND_BEFORE,
            MeetingRow.reminded_at.is_(None),
        )
        with self._database.writing() as session:
            ids = session.scalars(
                update(MeetingRow).where(*soon).values(reminded_at=now).returning(MeetingRow.id)
            ).all()
            return [_meeting(session.get_one(MeetingRow, one)) for one in ids]


def _meeting(row: MeetingRow) -> Meeting:
    fields = {name: getattr(row, name) for name in Meeting.model_fields if name != "proposed"}
    return Meeting.model_validate(
        fields | {"proposed": [datetime.fromisoformat(one) for one in json.loads(row.proposed)]}
    )
