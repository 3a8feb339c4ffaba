"""Which steps of cases their askers are to be told of, each once.

Invariant: a step is told only after the time in which it can be undone, by one way, and is claimed in the database
before it is; one that was undone meanwhile is never told. What is older than two weeks is told no more: it stands on
the case's own page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from assistant.cases.cases import Case, CaseAction, CaseEvent, without_undone
from assistant.cases.events import case_of, event_of
from assistant.history.tables import CaseEventRow, CaseRow, CaseToldRow
from corpus.clock import utc_now
from corpus.database import Database
from corpus.text import Frozen

NOTIFIED_ACTIONS = (CaseAction.MOVED, CaseAction.TOLD, CaseAction.CORRECTED)
"""The steps that an asker is told of as they come."""
_NO_LATER = timedelta(days=14)
"""How long a step waits for a way out, such as mail that does not go: long enough for a holiday without anybody."""
_AT_ONCE = 200


class CaseUpdate(Frozen):
    """A step that an asker is to be told of."""

    case: Case
    event: CaseEvent


class CaseUpdates:
    """Finds and claims steps."""

    def __init__(self, database: Database, wait: timedelta, now: Callable[[], datetime] = utc_now) -> None:
        """Look at a database.

        Args:
            database: Where cases are.
            wait: How long a step can be undone, and is not told.
            now: The clock.
        """
        self._database = database
        self._wait = wait
        self._now = now

    def due(self) -> list[CaseUpdate]:
        """Return the steps to be told now, in order, of cases whose askers left a way to reach them."""
        now = self._now()
        was_told = exists().where(CaseToldRow.event_id == CaseEventRow.id)
        query = (
            select(CaseEventRow, CaseRow)
            .join(CaseRow, CaseRow.id == CaseEventRow.case_id)
            .where(
                CaseEventRow.action.in_(NOTIFIED_ACTIONS),
                CaseEventRow.at > now - _NO_LATER,
                CaseEventRow.at <= now - self._wait,
                CaseRow.reply_to.is_not(None),
                ~was_told,
            )
            .order_by(CaseEventRow.id)
            .limit(_AT_ONCE)
        )
        with self._database.reading() as session:
            updates = [CaseUpdate(case=case_of(case), event=event_of(event)) for event, case in session.execute(query)]
            stands = {one: self._standing(session, one) for one in {step.case.id for step in updates}}
        return [step for step in updates if step.event.id in stands[step.case.id]]

    def claim(self, session: Session, event_id: int, way: str) -> bool:
        """Say within the caller's transaction that a step is told now, by a way; tell whether nobody had."""
        if session.get(CaseToldRow, event_id) is not None:
            return False
        session.add(CaseToldRow(event_id=event_id, way=way, at=self._now()))
        return True

    def claimed(self, event_id: int, way: str) -> bool:
        """Say that a step is told now, by a way; tell whether nobody had."""
        with self._database.writing() as session:
            return self.claim(session, event_id, way)

    def _standing(self, session: Session, case_id: str) -> set[int]:
        query = select(CaseEventRow).where(CaseEventRow.case_id == case_id).order_by(CaseEventRow.id)
        return {one.id for one in without_undone([event_of(row) for row in session.scalars(query)])}
