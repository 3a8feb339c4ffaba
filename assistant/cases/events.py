"""How a change of a case is written: the case, its version and the event that tells of it, together.

Invariant: a change says who made it and when; one that was made on an older view of a case is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from assistant.cases.cases import (
    TRANSITIONS,
    Case,
    CaseAction,
    CaseEvent,
    CaseState,
    StaleCaseError,
    UnknownCaseError,
)
from assistant.history.tables import CaseEventRow, CaseRow


def case_row(session: Session, case_id: str) -> CaseRow:
    """Return the row of a case.

    Raises:
        UnknownCaseError: no case has that id.
    """
    row = session.get(CaseRow, case_id)
    if row is None:
        raise UnknownCaseError(f"There is no case {case_id[:40]!r}. `mellomrom followup list` shows those there are.")
    return row


def check_version(row: CaseRow, seen: int | None) -> None:
    """Refuse a change by somebody who saw an older version.

    Raises:
        StaleCaseError: somebody else has changed the case since.
    """
    if seen is not None and seen != row.version:
        raise StaleCaseError(
            f"Case {row.id} was changed by somebody else in the meantime (it is now {row.state!r}). "
            "Nothing was changed; look at it again and decide anew.",
            CaseState(row.state),
        )


def bump_version(row: CaseRow, at: datetime) -> None:
    """Count one more version of a case."""
    row.version += 1
    row.updated_at = at


def add_event(session: Session, case_id: str, by: str, action: CaseAction, at: datetime, **more: Any) -> CaseEventRow:  # noqa: ANN401 (columns of the event)
    """Write down what happened to a case; `more` are columns of the event."""
    row = CaseEventRow(case_id=case_id, at=at, by=by, action=action, **more)
    session.add(row)
    session.flush()
    return row


def transition_refused(case_id: str, before: CaseState, state: CaseState) -> str:
    """Return why a case cannot go somewhere, for programs and logs."""
    onward: Sequence[CaseState] = TRANSITIONS[before]
    ways = f"It can go to {', '.join(onward)}." if onward else "It has ended there."
    return f"Case {case_id} cannot go from {before.value!r} to {state.value!r}. {ways}"


CASE_COLUMNS = tuple(getattr(CaseRow, name) for name in Case.model_fields)
"""What a list reads: past the mapper, thousands of rows take a third of the time."""


_CASE_FIELDS, _EVENT_FIELDS = tuple(Case.model_fields), tuple(CaseEvent.model_fields)


def case_of(row: CaseRow | Row[Any]) -> Case:
    """Return a case as it stands in its row, or in the columns `CASE_COLUMNS` of it."""
    values = row if isinstance(row, Row) else [getattr(row, name) for name in _CASE_FIELDS]
    fields = dict(zip(_CASE_FIELDS, values, strict=True))
    return Case.model_validate(fields | {"record_id": fields["record_id"] or None})


def event_of(row: CaseEventRow) -> CaseEvent:
    """Return an event as it stands in its row."""
    return CaseEvent.model_validate({name: getattr(row, name) for name in _EVENT_FIELDS})
