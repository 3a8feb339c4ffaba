"""Brokers who follow a case that a colleague has, and hear how it moves.

Invariant: whoever watches is told of a step once, after the time in which it can be undone, and never of their own;
a case whose words are taken away is watched by nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assistant.cases.cases import Case, CaseAction, CaseEvent, without_undone
from assistant.cases.events import case_of, case_row, event_of
from assistant.history.tables import CaseEventRow, CaseRow, CaseWatchRow
from corpus.clock import utc_now
from corpus.database import Database
from corpus.text import Language

TOLD = (CaseAction.MOVED, CaseAction.REPLIED, CaseAction.CORRECTED)
"""The steps that whoever watches is told of."""


def watch_reference(case_id: str) -> str:
    """Return what the mail to those who watch a case is known by."""
    return f"watch:{case_id}"


class Seen(NamedTuple):
    """A step that somebody who watches is to be told of."""

    broker: str
    case: Case
    event: CaseEvent
    language: Language
    """The one that they read the desk in when they chose to watch."""


class Watching:
    """Who watches which case, in a database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def watch(self, case_id: str, broker: str, language: Language = Language.NB) -> None:
        """Have a broker hear of a case from now on, in a language; who watches already may change that.

        Raises:
            UnknownCaseError: no case has that id.
        """
        with self._database.writing() as session:
            case_row(session, case_id)
            row = session.get(CaseWatchRow, (case_id, broker))
            if row is not None:
                row.language = language
            else:
                newest = select(func.max(CaseEventRow.id)).where(CaseEventRow.case_id == case_id)
                told_to = session.scalar(newest) or 0
                session.add(CaseWatchRow(case_id=case_id, broker=broker, told_to=told_to, language=language))

    def let_go(self, case_id: str, broker: str) -> None:
        """Have a broker hear no more of a case."""
        gone = delete(CaseWatchRow).where(CaseWatchRow.case_id == case_id, CaseWatchRow.broker == broker)
        with self._database.writing() as session:
            session.execute(gone)

    def watchers(self, case_id: str) -> list[str]:
        """Return who watches a case, by name."""
        query = select(CaseWatchRow.broker).where(CaseWatchRow.case_id == case_id).order_by(CaseWatchRow.broker)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def watched_by(self, broker: str) -> frozenset[str]:
        """Return the ids of the cases that a broker watches."""
        with self._database.reading() as session:
            return frozenset(session.scalars(select(CaseWatchRow.case_id).where(CaseWatchRow.broker == broker)))

    def due(self, wait: timedelta) -> list[Seen]:
        """Return what those who watch are to be told now, in order.

        Args:
            wait: How long a step can be undone, and is not told.
        """
        query = (
            select(CaseWatchRow.broker, CaseWatchRow.language, CaseRow, CaseEventRow)
            .join(CaseRow, CaseRow.id == CaseWatchRow.case_id)
            .join(CaseEventRow, CaseEventRow.case_id == CaseWatchRow.case_id)
            .where(
                CaseEventRow.id > CaseWatchRow.told_to,
                CaseEventRow.at <= self._now() - wait,
                CaseEventRow.action.in_([*TOLD, CaseAction.UNDONE]),
            )
            .order_by(CaseEventRow.id)
        )
        some: dict[tuple[str, str, str], list[tuple[Case, CaseEvent]]] = {}
        with self._database.reading() as session:
            for broker, language, case, event in session.execute(query):
                some.setdefault((broker, case.id, language), []).append((case_of(case), event_of(event)))
        steps: list[Seen] = []
        for (broker, _, language), pairs in some.items():
            stand = without_undone([event for _, event in pairs])
            steps += [Seen(broker, pairs[0][0], one, Language(language)) for one in stand if one.by != broker]
        return sorted(steps, key=lambda one: one.event.id)

    def told(self, session: Session, one: Seen) -> None:
        """Say within the caller's transaction that a step was told, and all before it."""
        row = session.get(CaseWatchRow, (one.case.id, one.broker))
        if row is not None:
            row.told_to = max(row.told_to, one.event.id)
