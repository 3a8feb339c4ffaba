"""Cases: what becomes of a suggestion after somebody asked to be introduced.

Invariant: a case moves only along `TRANSITIONS`, and every change is written together with its event, which says who
and when; events are only ever added. Each suggestion is a case of its own, so that each partner answers for itself.
Who moves a case says which version they saw: one that somebody else has moved since is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from assistant.cases.cases import (
    ENDED,
    NEEDS_REASON,
    TRANSITIONS,
    Case,
    CaseAction,
    CaseEvent,
    CaseOutline,
    CaseReason,
    CaseState,
    CountedCase,
    EmptyNoteError,
    Move,
    NewCase,
    NoReasonError,
    TransitionError,
    without_undone,
)
from assistant.cases.events import (
    CASE_COLUMNS,
    add_event,
    bump_version,
    case_of,
    case_row,
    check_version,
    event_of,
    transition_refused,
)
from assistant.cases.figures import CaseFigures, figures_of
from assistant.cases.notes import checked_note
from assistant.cases.watching import watch_reference
from assistant.history.tables import (
    CaseEventRow,
    CaseFiguresRow,
    CaseFileRow,
    CaseRow,
    CaseWatchRow,
    LetterRow,
    MeetingRow,
)
from assistant.platform.keys import opaque_id
from assistant.platform.workdays import norwegian_day
from corpus.clock import utc_now
from corpus.database import Database

_WORDS = [
    action.value
    for action in (CaseAction.MOVED, CaseAction.NOTED, CaseAction.TOLD, CaseAction.REPLIED, CaseAction.CORRECTED)
]
"""Actions whose notes are somebody's words."""
_AT_ONCE = 500
"""Cases looked up in one go."""


def case_reference(case_id: str) -> str:
    """Return what the mail knows a case by."""
    return f"case:{case_id}"


class Referrals:
    """The cases in a database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def opened(self, session: Session, new: NewCase) -> tuple[Case, bool]:
        """Return the case of a suggestion and whether it is new, within a transaction of the caller's."""
        same = (CaseRow.log_id == new.log_id, CaseRow.record_id == (new.record_id or ""))
        if (earlier := session.scalar(select(CaseRow).where(*same))) is not None:
            return case_of(earlier), False
        now = self._now()
        row = CaseRow(
            **new.model_dump(exclude={"record_id"}),
            record_id=new.record_id or "",
            id=opaque_id(),
            state=CaseState.ASKED,
            state_since=norwegian_day(now),
            opened_at=now,
            updated_at=now,
            version=1,
        )
        session.add(row)
        self._tell(session, row.id, new.asker, CaseAction.OPENED, to_state=CaseState.ASKED)
        return case_of(row), True

    def get(self, case_id: str) -> Case:
        """Return a case.

        Raises:
            UnknownCaseError: no case has that id.
        """
        with self._database.reading() as session:
            return case_of(case_row(session, case_id))

    def cases(
        self,
        states: Iterable[CaseState] | None = None,
        asker: str | None = None,
        assigned_to: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Case]:
        """Return the cases that are so and were opened in that time, the newest first."""
        query = select(*CASE_COLUMNS).order_by(CaseRow.opened_at.desc(), CaseRow.id)
        if states is not None:
            query = query.where(CaseRow.state.in_([state.value for state in states]))
        if asker is not None:
            query = query.where(CaseRow.asker == asker)
        if assigned_to is not None:
            query = query.where(CaseRow.assigned_to == assigned_to)
        if since is not None:
            query = query.where(CaseRow.opened_at >= since)
        if until is not None:
            query = query.where(CaseRow.opened_at < until)
        with self._database.reading() as session:
            return [case_of(row) for row in session.execute(query)]

    def page(self, states: Iterable[CaseState] | None, words: str, offset: int, limit: int) -> tuple[int, list[Case]]:
        """Return how many cases are so, and some of them, the newest first.

        Args:
            states: The states they may be in; any where None.
            words: What stands in their question or in the id of their record; anything where empty.
            offset: How many to pass over.
            limit: How many to return at most.
        """
        some = [state.value for state in (CaseState if states is None else states)]
        wanted: list[ColumnElement[bool]] = [CaseRow.state.in_(some)]
        wanted += [
            CaseRow.question.icontains(word, autoescape=True) | CaseRow.record_id.contains(word, autoescape=True)
            for word in words.split()
        ]
        query = select(*CASE_COLUMNS).where(*wanted).order_by(CaseRow.opened_at.desc(), CaseRow.id)
        with self._database.reading() as session:
            total = session.scalar(select(func.count()).select_from(CaseRow).where(*wanted)) or 0
            return total, [case_of(row) for row in session.execute(query.offset(offset).limit(limit))]

    def counted(self, since: datetime, until: datetime) -> list[CountedCase]:
        """Return of the cases that were opened in a time what figures are made of."""
        columns = (CaseRow.id, CaseRow.state, CaseRow.opened_at, CaseRow.kommunenummer)
        query = select(*columns).where(CaseRow.opened_at >= since, CaseRow.opened_at < until)
        with self._database.reading() as session:
            return [CountedCase(one, CaseState(state), at, number) for one, state, at, number in session.execute(query)]

    def outlines(self, states: Iterable[CaseState]) -> list[CaseOutline]:
        """Return of the cases in some states what they are put in order by, the newest first."""
        columns = [getattr(CaseRow, name) for name in CaseOutline._fields]
        query = select(*columns).where(CaseRow.state.in_([state.value for state in states]))
        with self._database.reading() as session:
            outlines = map(CaseOutline._make, session.execute(query.order_by(CaseRow.opened_at.desc(), CaseRow.id)))
            return [one._replace(record_id=one.record_id or None, state=CaseState(one.state)) for one in outlines]

    def open_outlines(self) -> list[CaseOutline]:
        """Return the same of the cases that have not ended."""
        return self.outlines(state for state in CaseState if state not in ENDED)

    def having(self, case_ids: Iterable[str]) -> list[Case]:
        """Return the cases that have these ids; those that there are not are left out."""
        query = select(*CASE_COLUMNS).where(CaseRow.id.in_(sorted(set(case_ids))))
        with self._database.reading() as session:
            return [case_of(row) for row in session.execute(query)]

    def still_open(self) -> list[Case]:
        """Return the cases that have not ended."""
        return self.cases(states=[state for state in CaseState if state not in ENDED])

    def events(self, case_id: str) -> list[CaseEvent]:
        """Return what happened to a case, in order.

        Raises:
            UnknownCaseError: no case has that id.
        """
        with self._database.reading() as session:
            case_row(session, case_id)
            query = select(CaseEventRow).where(CaseEventRow.case_id == case_id).order_by(CaseEventRow.id)
            return [event_of(row) for row in session.scalars(query)]

    def moves(self, case_ids: Iterable[str]) -> dict[str, list[Move]]:
        """Return the moves of cases, each case's in order; a case that nobody has moved is left out."""
        wanted = frozenset(case_ids)
        kinds = (CaseAction.MOVED, CaseAction.UNDONE, CaseAction.CORRECTED)
        columns = (CaseEventRow.at, CaseEventRow.action, CaseEventRow.to_state, CaseEventRow.reason)
        query = select(CaseEventRow.case_id, *columns).where(CaseEventRow.action.in_(kinds)).order_by(CaseEventRow.id)
        # Of many, reading the moves of all costs less than asking for them by id.
        if len(wanted) <= _AT_ONCE:
            query = query.where(CaseEventRow.case_id.in_(wanted))
        happened: dict[str, list[Move]] = {}
        with self._database.reading() as session:
            for case_id, at, action, to_state, reason in session.execute(query):
                if case_id in wanted:
                    state = CaseState(to_state) if to_state else None
                    move = Move(at, CaseAction(action), state, CaseReason(reason) if reason else None)
                    happened.setdefault(case_id, []).append(move)
        stand = {case_id: without_undone(events, corrected=True) for case_id, events in happened.items()}
        return {case_id: events for case_id, events in stand.items() if events}

    def sums(self, case_ids: Sequence[str]) -> list[CaseFigures]:
        """Return the money and decisions of cases; those that nothing is known of are left out."""
        query = select(CaseFiguresRow).order_by(CaseFiguresRow.case_id)
        # Few cases have any, so that many are not asked for one by one.
        if len(case_ids) <= _AT_ONCE:
            query = query.where(CaseFiguresRow.case_id.in_(case_ids))
        wanted = frozenset(case_ids)
        with self._database.reading() as session:
            return [figures_of(row) for row in session.scalars(query) if row.case_id in wanted]

    def move(
        self,
        case_id: str,
        state: CaseState,
        by: str,
        reason: CaseReason | None = None,
        note: str | None = None,
        version: int | None = None,
    ) -> Case:
        """Move a case on.

        Args:
            case_id: The case.
            state: Where to.
            by: Who does it.
            reason: Why, for those in `NEEDS_REASON`.
            note: More about it, for the brokers.
            version: The version that whoever moves it saw; None takes it as it is.

        Raises:
            UnknownCaseError: no case has that id.
            TransitionError: it cannot go there from where it is, or not without a reason.
            StaleCaseError: somebody else has changed it since that version.
        """
        with self._database.writing() as session:
            return self.moved(session, case_id, state, by, reason, note, version)

    def moved(
        self,
        session: Session,
        case_id: str,
        state: CaseState,
        by: str,
        reason: CaseReason | None = None,
        note: str | None = None,
        version: int | None = None,
    ) -> Case:
        """Move a case on, as `move` does, within a transaction of the caller's."""
        note = checked_note(note)
        row = case_row(session, case_id)
        check_version(row, version)
        before = CaseState(row.state)
        if state not in TRANSITIONS[before]:
            raise TransitionError(transition_refused(case_id, before, state), before, state)
        if state in NEEDS_REASON and reason is None:
            fault = f"Case {case_id}: {state.value!r} needs a reason. Give one of {', '.join(CaseReason)}."
            raise NoReasonError(fault, before, state)
        row.state, row.state_since = state.value, norwegian_day(self._now())
        self._changed(row)
        self._tell(session, case_id, by, CaseAction.MOVED, from_state=before, to_state=state, reason=reason, note=note)
        return case_of(row)

    def note(self, case_id: str, text: str, by: str, *, for_asker: bool = False) -> Case:
        """Add a note, for the brokers or for the asker too.

        Raises:
            UnknownCaseError: no case has that id.
            NoteError: the note is empty or too long.
        """
        text = checked_note(text) or ""
        if not text:
            raise EmptyNoteError("Got an empty note, expected some words. Write what there is to say.")
        with self._database.writing() as session:
            row = case_row(session, case_id)
            self._changed(row)
            self._tell(session, case_id, by, CaseAction.TOLD if for_asker else CaseAction.NOTED, note=text)
            return case_of(row)

    def assign(self, case_id: str, to: str | None, by: str, version: int | None = None) -> Case:
        """Say who follows a case up, or that nobody does.

        Raises:
            UnknownCaseError: no case has that id.
            StaleCaseError: somebody else has changed it since that version.
        """
        with self._database.writing() as session:
            row = case_row(session, case_id)
            check_version(row, version)
            row.assigned_to = to
            self._changed(row)
            self._tell(session, case_id, by, CaseAction.ASSIGNED, note=to)
            return case_of(row)

    def set_reach(self, case_id: str, reply_to: str | None) -> Case:
        """Keep how the asker of a case is reached, all of it anew.

        Raises:
            UnknownCaseError: no case has that id.
        """
        with self._database.writing() as session:
            row = case_row(session, case_id)
            row.reply_to = reply_to
            self._changed(row)
            return case_of(row)

    def seen(self, case_id: str, by: str) -> Case:
        """Note that a broker has seen what was changed in the call that a case rests on.

        Raises:
            UnknownCaseError: no case has that id.
        """
        with self._database.writing() as session:
            row = case_row(session, case_id)
            self._changed(row)
            self._tell(session, case_id, by, CaseAction.SEEN)
            return case_of(row)

    def last_seen(self, case_ids: Sequence[str]) -> dict[str, datetime]:
        """Return when a broker last saw what was changed, by case; cases of which nobody did are left out."""
        latest: dict[str, datetime] = {}
        seen = select(CaseEventRow.case_id, CaseEventRow.at).where(CaseEventRow.action == CaseAction.SEEN)
        with self._database.reading() as session:
            for start in range(0, len(case_ids), _AT_ONCE):
                some = CaseEventRow.case_id.in_(case_ids[start : start + _AT_ONCE])
                rows = session.execute(seen.where(some).order_by(CaseEventRow.id)).all()
                latest.update((case_id, at) for case_id, at in rows)
        return latest

    def reminded(self, session: Session, case_id: str, days: int, by: str) -> None:
        """Remember that brokers were reminded, within a transaction of the caller's."""
        self._tell(session, case_id, by, CaseAction.REMINDED, note=str(days))

    def erase(self, session: Session, asker: str, by: str) -> int:
        """Take away all words of an asker's cases and where they are reached; return how many cases.

        What brokers wrote in them goes too, since it is about the asker. That there was a case, what was suggested, how
        it moved and when stays, for the figures.
        """
        rows = session.scalars(select(CaseRow).where(CaseRow.asker == asker)).all()
        for row in rows:
            self._forget(session, row, by)
        return len(rows)

    def forget_words(self, session: Session, before: datetime, by: str) -> int:
        """Take away all words of cases that nothing has happened to since a moment; return how many cases."""
        has_words = (CaseRow.question != "") | CaseRow.note.is_not(None) | CaseRow.reply_to.is_not(None)
        noted = select(CaseEventRow.case_id).where(CaseEventRow.note.is_not(None), CaseEventRow.action.in_(_WORDS))
        old = select(CaseRow).where(CaseRow.updated_at < before, has_words | CaseRow.id.in_(noted))
        rows = session.scalars(old).all()
        for row in rows:
            self._forget(session, row, by)
        return len(rows)

    def _forget(self, session: Session, row: CaseRow, by: str) -> None:
        row.question, row.note, row.reply_to = "", None, None
        for table in (LetterRow, CaseFileRow, MeetingRow, CaseWatchRow):
            session.execute(delete(table).where(table.case_id == row.id))
        session.execute(update(CaseFiguresRow).where(CaseFiguresRow.case_id == row.id).values(application=None))
        from assistant.mail.queue import forget_mail

        forget_mail(session, [case_reference(row.id), f"asker:{row.id}", watch_reference(row.id)])
        words = (CaseEventRow.case_id == row.id, CaseEventRow.action.in_(_WORDS))
        session.execute(update(CaseEventRow).where(*words).values(note=None))
        self._changed(row)
        self._tell(session, row.id, by, CaseAction.ERASED)

    def _changed(self, row: CaseRow) -> None:
        bump_version(row, self._now())

    def _tell(self, session: Session, case_id: str, by: str, action: CaseAction, **more: object) -> None:
        add_event(session, case_id, by, action, self._now(), **more)
