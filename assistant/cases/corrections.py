"""A move taken back, or corrected once somebody outside may know of it.

Invariant: as long as nothing has left the house (no letter, and no word to the asker), a move can be undone without a
trace outside; the letter that waits is taken back with it. After that it can only be corrected, with a note that says
why, and the asker is told. Events are only ever added.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from assistant.cases.cases import Case, CaseAction, CaseError, CaseEvent, CaseState, EmptyNoteError, without_undone
from assistant.cases.events import add_event, bump_version, case_of, case_row, check_version, event_of
from assistant.cases.notes import checked_note
from assistant.cases.referrals import case_reference
from assistant.history.tables import CaseEventRow, CaseRow, CaseToldRow
from assistant.mail.queue import LEFT, MailState
from assistant.mail.tables import OutgoingRow
from assistant.platform.workdays import norwegian_day
from corpus.clock import utc_now
from corpus.database import Database
from corpus.text import Frozen

PARTNER = "partner"
"""Who is named in a case's history for what a partner did."""


class NothingToUndoError(CaseError):
    """The case has not been moved, or somebody outside may know of the move already."""


class LastMove(Frozen):
    """The last move of a case that stands."""

    event: CaseEvent
    has_left: bool
    """Whether somebody outside the house may know of it."""


class Corrections:
    """Takes moves back."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def last_move(self, case_id: str) -> LastMove | None:
        """Return the last move of a case that stands; None where it has none."""
        with self._database.reading() as session:
            event = _last(session, case_id)
            return LastMove(event=event, has_left=_has_left(session, event)) if event else None

    def undo(self, case_id: str, by: str, version: int | None = None) -> Case:
        """Take back the last move, and the letter that waits with it.

        Raises:
            UnknownCaseError: no case has that id.
            StaleCaseError: somebody else has changed it since that version.
            NothingToUndoError: there is no move, or somebody outside may know of it.
        """
        with self._database.writing() as session:
            row = case_row(session, case_id)
            check_version(row, version)
            event = _last(session, case_id)
            if event is None or _has_left(session, event):
                raise NothingToUndoError(
                    f"Case {case_id}: there is no move that can be undone. Correct it with a note."
                )
            _take_back_letters(session, event, self._now())
            return self._back(session, row, event, by, CaseAction.UNDONE)

    def correct(self, case_id: str, by: str, note: str, version: int | None = None) -> Case:
        """Put a case back to where it was before the last move, with a note that says why.

        Raises:
            UnknownCaseError: no case has that id.
            StaleCaseError: somebody else has changed it since that version.
            NothingToUndoError: there is no move.
            NoteError: the note is empty or too long.
        """
        kept = checked_note(note)
        if not kept:
            raise EmptyNoteError("Got an empty note, expected why the last step was wrong. Write it.")
        with self._database.writing() as session:
            row = case_row(session, case_id)
            check_version(row, version)
            event = _last(session, case_id)
            if event is None:
                raise NothingToUndoError(f"Case {case_id} has not been moved yet.")
            _take_back_letters(session, event, self._now())
            return self._back(session, row, event, by, CaseAction.CORRECTED, kept)

    def _back(
        self, session: Session, row: CaseRow, event: CaseEvent, by: str, action: CaseAction, note: str | None = None
    ) -> Case:
        now = self._now()
        before = event.from_state or CaseState.ASKED
        row.state, row.state_since = before.value, _since(session, row, event)
        bump_version(row, now)
        states = {"from_state": event.to_state, "to_state": before}
        add_event(session, row.id, by, action, now, note=note, **states)
        return case_of(row)


def _last(session: Session, case_id: str) -> CaseEvent | None:
    moves = _moves(session, case_id)
    return moves[-1] if moves else None


def _moves(session: Session, case_id: str) -> list[CaseEvent]:
    kinds = (CaseAction.MOVED, CaseAction.UNDONE, CaseAction.CORRECTED)
    query = select(CaseEventRow).where(CaseEventRow.case_id == case_id, CaseEventRow.action.in_(kinds))
    return without_undone([event_of(row) for row in session.scalars(query.order_by(CaseEventRow.id))], corrected=True)


def _since(session: Session, row: CaseRow, event: CaseEvent) -> date:
    """Return the day that a case had come to the state that it goes back to."""
    before = [move for move in _moves(session, row.id) if move.id < event.id]
    return norwegian_day(before[-1].at if before else row.opened_at)


def _has_left(session: Session, event: CaseEvent) -> bool:
    # What a partner did itself, by its link, it knows of.
    was_told = exists().where(CaseToldRow.event_id == event.id)
    letter = exists().where(
        OutgoingRow.reference == case_reference(event.case_id),
        OutgoingRow.state.in_([*LEFT, MailState.CLAIMED]),
        OutgoingRow.changed_at >= event.at,
        OutgoingRow.created_at >= event.at,
    )
    return event.by == PARTNER or bool(session.scalar(select(was_told | letter)))


def _take_back_letters(session: Session, event: CaseEvent, now: datetime) -> None:
    query = select(OutgoingRow).where(
        OutgoingRow.reference == case_reference(event.case_id),
        OutgoingRow.state == MailState.QUEUED,
        OutgoingRow.created_at >= event.at,
    )
    for row in session.scalars(query):
        row.state, row.changed_at = MailState.CANCELLED, now
