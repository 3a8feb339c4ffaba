"""An import taken back.

Invariant: what somebody edited since stays, and so does a record that others refer to; both are told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from corpus.curation import move
from corpus.files import MODELS, kind_of
from corpus.importing.applying import Progress
from corpus.importing.fields import digest, values_of, with_values
from corpus.importing.runs import NO_ROWS, ImportState, import_of
from corpus.records import CurationState
from corpus.store import RecordStore
from corpus.stored import Write
from corpus.tables import Action, FieldOriginRow, ImportChangeRow, ImportRow, ProposalRow, RevisionRow

_AT_ONCE = 500
_ID_IN_TEXT = re.compile(r'"((?:actor|instrument|idea|concept):[a-z0-9-]+)"')


class UndoReport(NamedTuple):
    """What taking back an import did."""

    removed: int
    put_back: int
    kept: tuple[str, ...]
    """Records that stay as they are, since somebody edited them, or others refer to them."""


def publish(store: RecordStore, import_id: str, by: str) -> int:
    """Publish the drafts that an import made, and return how many there were.

    Raises:
        UnknownImportError: there is none of that number.
        InvalidRecordError: one of them lacks what a published record needs; none is published.
    """
    made = [record_id for record_id, versions in _changes(store, import_id).items() if versions]
    drafts = [one.id for one in store.get_many(made).values() if one.state is CurationState.DRAFT]
    return len(move(store, drafts, Action.PUBLISH, by, f"import {import_id}")) if drafts else 0


def undo(store: RecordStore, import_id: str, by: str, progress: Progress | None = None) -> UndoReport:
    """Take back an import: the records that it made, and the values that it wrote, where nobody edited them since.

    Raises:
        UnknownImportError: there is none of that number.
    """
    import_of(store, import_id)
    changes = _changes(store, import_id)
    made = _made_by(store, changes)
    current = {record_id: version for record_id, (version, _) in store.payloads(list(changes)).items()}
    note = f"import {import_id} taken back"
    done = put_back = 0
    # What was there before goes first: only then does nothing of the import refer to what it made.
    for batch in _in_batches([change for change in changes if change not in made]):
        writes = [write for one in batch if (write := _before(store, import_id, one, min(changes[one]))) is not None]
        store.write(
            [write._replace(note=note) for write in writes],
            by=by,
            also=partial(_forgotten, import_id, batch),
        )
        put_back += len(writes)
    untouched = {one for one in made if current.get(one) == max(changes[one])}
    untouched -= _referred_to(store, untouched)
    kept = sorted(one for one in made if one in current and one not in untouched)
    for batch in _in_batches(sorted(untouched)):
        store.remove(batch, by, note, also=partial(_forgotten, import_id, batch))
        done += len(batch)
        if progress:
            progress(done)
    with store.database.writing() as session:
        session.execute(delete(ProposalRow).where(ProposalRow.import_id == import_id))
        session.execute(
            update(ImportRow).where(ImportRow.id == import_id).values(state=ImportState.UNDONE.value, left_out=NO_ROWS)
        )
    return UndoReport(len(untouched), put_back, tuple(kept))


def _changes(store: RecordStore, import_id: str) -> dict[str, list[int]]:
    """Return by record the versions that an import wrote."""
    import_of(store, import_id)
    found: dict[str, list[int]] = {}
    columns = select(ImportChangeRow.record_id, ImportChangeRow.version)
    with store.database.reading() as session:
        for record_id, version in session.execute(columns.where(ImportChangeRow.import_id == import_id)):
            found.setdefault(record_id, []).append(version)
    return found


def _made_by(store: RecordStore, changes: dict[str, list[int]]) -> set[str]:
    """Return the records whose first version in an import is one that made them."""
    made: set[str] = set()
    with store.database.reading() as session:
        for batch in _in_batches(list(changes)):
            created = select(RevisionRow.record_id, RevisionRow.version).where(
                RevisionRow.record_id.in_(batch), RevisionRow.action == Action.CREATE.value
            )
            made.update(one for one, version in session.execute(created) if version == min(changes[one]))
    return made


def _referred_to(store: RecordStore, record_ids: set[str]) -> set[str]:
    """Return which of some records any other record refers to."""
    found: set[str] = set()
    for page in store.pages():
        for record_id, _, payload in page:
            if record_id not in record_ids:
                found.update(one for one in _ID_IN_TEXT.findall(payload) if one in record_ids)
    return found


def _before(store: RecordStore, import_id: str, record_id: str, version: int) -> Write | None:
    """Return the write that puts back what an import changed in a record; None where nothing is left of it."""
    now = store.payloads([record_id]).get(record_id)
    snapshot = next((one.snapshot for one in store.history(record_id) if one.version == version - 1), None)
    if now is None or snapshot is None:
        return None
    current = json.loads(now[1])
    present, old = values_of(current), values_of(json.loads(snapshot))
    columns = select(FieldOriginRow.path, FieldOriginRow.value_hash)
    mine = (FieldOriginRow.import_id == import_id, FieldOriginRow.record_id == record_id)
    with store.database.reading() as session:
        written = session.execute(columns.where(*mine)).all()
    undone = {
        path: old.get(path) for path, value_hash in written if path in present and digest(present[path]) == value_hash
    }
    record = MODELS[kind_of(record_id)].model_validate(with_values(current, undone))
    return Write(record, Action.EDIT, now[0])


def _forgotten(import_id: str, record_ids: Sequence[str], session: Session) -> None:
    for row in (FieldOriginRow, ImportChangeRow):
        session.execute(delete(row).where(row.import_id == import_id, row.record_id.in_(record_ids)))


def _in_batches(record_ids: Sequence[str]) -> list[Sequence[str]]:
    return [record_ids[start : start + _AT_ONCE] for start in range(0, len(record_ids), _AT_ONCE)]
