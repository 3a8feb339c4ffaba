"""Records written to the store, each change with the revision that tells of it.

Invariant: a record is never written over a version that its writer has not seen; what changes nothing adds no revision.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from corpus.clock import utc_now
from corpus.errors import EditConflictError
from corpus.files import kind_of
from corpus.fingerprint import canonical_json, hash_of_payload
from corpus.sharing import announce_records
from corpus.stored import Write
from corpus.tables import Action, RecordRow, RevisionRow


def write_batch(session: Session, batch: Sequence[Write], by: str) -> int:
    """Write records, no two of one id, with a revision for each that changes something; return how many did.

    Raises:
        EditConflictError: a record is no longer the version that its writer has seen.
    """
    if not batch:
        return 0
    now = utc_now()
    known = select(RecordRow).where(RecordRow.id.in_([write.record.id for write in batch]))
    rows = {row.id: row for row in session.scalars(known)}
    created: dict[str, dict[str, Any]] = {}
    revisions: list[dict[str, Any]] = []
    removed = _removed_at(session, [write.record.id for write in batch if write.record.id not in rows])
    for write in batch:
        record_id, payload = write.record.id, canonical_json(write.record)
        digest = hash_of_payload(payload)
        row = rows.get(record_id)
        _refuse_conflict(write, row)
        shipped = {"shipped_hash": digest} if write.action is Action.SHIP else {}
        if row is None:
            created[record_id] = {
                "id": record_id,
                "kind": kind_of(record_id).value,
                "state": write.record.state.value,
                "payload": payload,
                "content_hash": digest,
                "shipped_hash": shipped.get("shipped_hash"),
                "version": removed.get(record_id, 0) + 1,
                "updated_at": now,
                "updated_by": by,
            }
            changes: dict[str, list[Any]] = {}
        elif row.content_hash == digest and (not shipped or row.shipped_hash == digest):
            continue
        else:
            changes = _changes(row.payload, payload)
            row.payload, row.content_hash, row.state = payload, digest, write.record.state.value
            row.shipped_hash = shipped.get("shipped_hash", row.shipped_hash)
            row.updated_at, row.updated_by = now, by
        version = row.version + 1 if row else removed.get(record_id, 0) + 1
        revisions.append(
            {
                "record_id": record_id,
                "version": version,
                "actor": by,
                "at": now,
                "action": write.action.value,
                "note": write.note,
                "changes": json.dumps(changes, ensure_ascii=False, sort_keys=True),
                "snapshot": payload,
            }
        )
    try:
        session.flush()
    except StaleDataError as error:
        raise EditConflictError(
            "A record was changed by someone else meanwhile. Nothing was written; try again."
        ) from error
    if created:
        session.execute(insert(RecordRow), list(created.values()))
    if revisions:
        session.execute(insert(RevisionRow), revisions)
        announce_records(session)
    session.expire_all()
    return len(revisions)


def _changes(old: str, new: str) -> dict[str, list[Any]]:
    before, after = json.loads(old), json.loads(new)
    fields = sorted(before.keys() | after.keys())
    return {name: [before.get(name), after.get(name)] for name in fields if before.get(name) != after.get(name)}


def _removed_at(session: Session, record_ids: Sequence[str]) -> dict[str, int]:
    """Return the last version of records that were there once, so that the numbers of their versions go on."""
    if not record_ids:
        return {}
    newest = (
        select(RevisionRow.record_id, func.max(RevisionRow.version))
        .where(RevisionRow.record_id.in_(record_ids))
        .group_by(RevisionRow.record_id)
    )
    return dict(session.execute(newest).all())


def _refuse_conflict(write: Write, row: RecordRow | None) -> None:
    if write.expected_version is None:
        return
    found = row.version if row else 0
    if found != write.expected_version:
        if row and not write.expected_version:
            raise EditConflictError(f"{write.record.id} is there already. Nothing was written. Give another id.")
        who = f", changed by {row.updated_by} at {row.updated_at:%Y-%m-%d %H:%M} UTC" if row else ""
        raise EditConflictError(
            f"{write.record.id}: you worked on version {write.expected_version}, it is now version {found}{who}. "
            "Nothing was written. Read it again, make your change in the new version, and save."
        )
