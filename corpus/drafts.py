"""Drafts: records that somebody has begun, kept as plain data until they are whole.

Invariant: a draft is no record. Nothing that searches, answers, exports or refers to records sees it, since it is kept
in a table of its own; it becomes a record, in the state draft and with a history, in the transaction that takes it out
of that table. A draft is never written over a version its writer has not seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from corpus.clock import utc_now
from corpus.curation import raise_if_invalid
from corpus.errors import EditConflictError, InvalidRecordError, Problem
from corpus.faults import Fault, display_value
from corpus.files import Located, Record, kind_of
from corpus.limits import MOST_IN_ALL
from corpus.records import Kind
from corpus.store import RecordStore
from corpus.stored import StoredRecord, Write
from corpus.tables import Action, DraftRow, RecordRow
from corpus.terms import SLUG

_LONGEST_ID = 80


class RecordDraft(NamedTuple):
    """What is known so far of a record to be."""

    record_id: str
    plain: dict[str, Any]
    """As a form gives it: anything may be missing or wrong."""
    version: int
    updated_at: datetime
    updated_by: str

    @property
    def kind(self) -> Kind:
        """What it is to be a record of."""
        return kind_of(self.record_id)


def draft_of(store: RecordStore, record_id: str) -> RecordDraft | None:
    """Return the draft with an id; None where there is none."""
    with store.database.reading() as session:
        row = session.get(DraftRow, record_id)
        return _draft(row) if row else None


def drafts(store: RecordStore) -> list[RecordDraft]:
    """Return every draft in the order of their ids."""
    with store.database.reading() as session:
        return [_draft(row) for row in session.scalars(select(DraftRow).order_by(DraftRow.id))]


def is_free(store: RecordStore, record_id: str) -> bool:
    """Tell whether neither a record nor a draft has an id."""
    return store.find(record_id) is None and draft_of(store, record_id) is None


def save_draft(
    store: RecordStore, record_id: str, plain: Mapping[str, Any], by: str, *, expected_version: int
) -> RecordDraft:
    """Keep what is known of a record to be, new where the version expected is 0.

    Raises:
        InvalidRecordError: the id is none, or it holds more than a record may.
        EditConflictError: it was changed meanwhile, or a record has that id; nothing is kept.
    """
    if not re.fullmatch(rf"{kind_of(record_id)}:{SLUG}", record_id) or len(record_id) > _LONGEST_ID:
        told = Fault("id", {"got": display_value(record_id), "example": f"{kind_of(record_id)}:some-name"})
        raise InvalidRecordError(str(told), [Problem.of(record_id, record_id, "id", told)])
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    if len(text) > 2 * MOST_IN_ALL:
        told = Fault("record_long", {"length": str(len(text)), "most": str(MOST_IN_ALL)})
        problem = Problem.of(record_id, record_id, "(record)", told)
        raise InvalidRecordError(str(problem), [problem])
    with store.database.writing() as session:
        row = _draft_row(session, record_id, expected_version)
        if row is None:
            if session.get(RecordRow, record_id) is not None:
                raise EditConflictError(f"{record_id} is a record already. Nothing was kept. Give another id.")
            row = DraftRow(id=record_id, version=0)
            session.add(row)
        row.plain, row.version, row.updated_at, row.updated_by = text, row.version + 1, utc_now(), by
        return _draft(row)


def complete(store: RecordStore, record: Record, by: str, *, expected_version: int) -> StoredRecord:
    """Make a draft, or nothing yet where the version expected is 0, the record that it was to become.

    Raises:
        InvalidRecordError: it does not fit beside the others; nothing is changed.
        EditConflictError: it was changed meanwhile, or a record has that id; nothing is changed.
    """
    raise_if_invalid(store, [Located(record.id, record)])

    def take_out(session: Session) -> None:
        _draft_row(session, record.id, expected_version)
        session.execute(delete(DraftRow).where(DraftRow.id == record.id))

    store.write([Write(record, Action.CREATE, 0)], by=by, also=take_out)
    return store.get(record.id)


def discard(store: RecordStore, record_id: str, *, expected_version: int) -> None:
    """Throw a draft away.

    Raises:
        EditConflictError: it was changed meanwhile; nothing is thrown away.
    """
    with store.database.writing() as session:
        if (row := _draft_row(session, record_id, expected_version)) is not None:
            session.delete(row)


def _draft_row(session: Session, record_id: str, expected_version: int) -> DraftRow | None:
    row = session.get(DraftRow, record_id)
    found = row.version if row else 0
    if found != expected_version:
        who = f", changed by {row.updated_by}" if row else ""
        raise EditConflictError(
            f"{record_id}: you worked on version {expected_version} of the draft, it is now version {found}{who}. "
            "Nothing was changed. Read it again, make your change in the new version, and save."
        )
    return row


def _draft(row: DraftRow) -> RecordDraft:
    return RecordDraft(row.id, json.loads(row.plain), row.version, row.updated_at, row.updated_by)
