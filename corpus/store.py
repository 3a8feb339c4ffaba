"""The store: every record as it is, and every change that made it so.

Invariant: each write adds a revision in the same transaction as the record it changes; a record is never written
over a version its writer has not seen. Reading validates what is read and nothing else, so that a question costs
what its answer holds, not what the corpus holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Self

from pydantic import ValidationError
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from corpus.clock import utc_now
from corpus.database import Database
from corpus.errors import StoreError, UnknownRecordError
from corpus.files import MODELS, Record, kind_of
from corpus.fingerprint import fingerprint
from corpus.record_writing import write_batch
from corpus.records import CurationState, Kind
from corpus.sharing import announce_records
from corpus.stored import Listed, RecordMark, Revision, StoredRecord, Write
from corpus.tables import Action, MetaRow, RecordRow, RevisionRow

_AT_ONCE = 500
"""Fewer values than the smallest limit of parameters in one statement."""
_NEWEST = select(func.max(RevisionRow.id))
_NEAREST = 3
"""Ids suggested where one is unknown."""
_COMPARED, _FIRST_LETTERS = 2_000, 2
"""Ids that an unknown one is compared with at most, and the letters after the kind that it has to share beyond that."""


class RecordStore:
    """Records in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str) -> Self:
        """Open a store by its SQLAlchemy address, made and brought up to date where needed.

        Raises:
            NewerStoreError: a newer release made it.
            StoreError: it cannot be opened, or is no database of ours.
        """
        return cls(Database(url))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @cached_property
    def store_id(self) -> str:
        """The identity of the store, given when it was made."""
        return self.meta("store_id") or ""

    def meta(self, key: str) -> str | None:
        """Return a fact about the store itself."""
        return self._database.value(select(MetaRow.value).where(MetaRow.key == key))

    def revision(self) -> int:
        """Return the number of the newest change, 0 if there was none."""
        # Asked before every question: past the mapper it takes half the time.
        return self._database.value(_NEWEST) or 0

    def get(self, record_id: str) -> StoredRecord:
        """Return a record in any state.

        Raises:
            UnknownRecordError: there is none; the text names the nearest ids.
        """
        with self._database.reading() as session:
            row = session.get(RecordRow, record_id)
            if row is None:
                raise UnknownRecordError(_unknown(record_id, session))
            return _stored(row)

    def find(self, record_id: str | None) -> Record | None:
        """Return a record in any state; None where there is none with that id, or no id is given."""
        return self.get_many([record_id]).get(record_id) if record_id else None

    def get_many(self, record_ids: Sequence[str]) -> dict[str, Record]:
        """Return the records of some ids in any state, in the order of their ids; unknown ids are left out."""
        found: dict[str, Record] = {}
        with self._database.reading() as session:
            wanted = sorted(record_ids)
            for start in range(0, len(wanted), _AT_ONCE):
                some = select(RecordRow.id, RecordRow.payload).where(RecordRow.id.in_(wanted[start : start + _AT_ONCE]))
                found.update((record_id, _read(record_id, payload)) for record_id, payload in session.execute(some))
        return {record_id: found[record_id] for record_id in sorted(found)}

    def records(
        self, kind: Kind | None = None, state: CurationState | None = CurationState.PUBLISHED
    ) -> Iterator[Record]:
        """Yield records in the order of their ids; all kinds, or all states, where None is given.

        They are read a page at a time, so that reading long, or breaking off, holds nobody up.
        """
        last = ""
        while True:
            page = (
                select(RecordRow.id, RecordRow.payload)
                .where(*_conditions(kind, state), RecordRow.id > last)
                .order_by(RecordRow.id)
                .limit(_AT_ONCE)
            )
            with self._database.reading() as session:
                rows = session.execute(page).all()
            for last, payload in rows:
                yield _read(last, payload)
            if len(rows) < _AT_ONCE:
                return

    def ids(self, kind: Kind | None = None, state: CurationState | None = CurationState.PUBLISHED) -> list[str]:
        """Return ids in order."""
        with self._database.reading() as session:
            return list(session.scalars(select(RecordRow.id).where(*_conditions(kind, state)).order_by(RecordRow.id)))

    def holding(self, kind: Kind, texts: Iterable[str]) -> list[Record]:
        """Return the records of a kind, in any state, whose JSON holds one of some texts as a value or a key."""
        found: list[Record] = []
        with self._database.reading() as session:
            for text in dict.fromkeys(texts):
                held = RecordRow.payload.contains(json.dumps(text, ensure_ascii=False), autoescape=True)
                query = select(RecordRow.id, RecordRow.payload).where(RecordRow.kind == kind, held)
                found += [_read(record_id, payload) for record_id, payload in session.execute(query)]
        return list({record.id: record for record in found}.values())

    def listed(self, record_ids: Sequence[str] | None = None) -> list[Listed]:
        """Return every record in any state, or those of some ids, in the order of their ids, quickly."""
        columns = select(
            RecordRow.payload, RecordRow.state, RecordRow.updated_at, RecordRow.updated_by,
            RecordRow.content_hash, RecordRow.shipped_hash,
        )  # fmt: skip
        columns = columns if record_ids is None else columns.where(RecordRow.id.in_(record_ids))
        with self._database.reading() as session:
            rows = session.execute(columns.order_by(RecordRow.id)).all()
        return [
            Listed(json.loads(payload), CurationState(state), at, by, content != shipped)
            for payload, state, at, by, content, shipped in rows
        ]

    def changed_since(self, revision: int) -> list[str]:
        """Return the ids of the records changed after a revision, in order."""
        changed = select(RevisionRow.record_id).where(RevisionRow.id > revision).distinct()
        with self._database.reading() as session:
            return sorted(session.scalars(changed))

    def fingerprint(self) -> str:
        """Return one hash for all published records."""
        hashes = select(RecordRow.id, RecordRow.content_hash).where(RecordRow.state == CurationState.PUBLISHED)
        with self._database.reading() as session:
            return fingerprint((record_id, digest) for record_id, digest in session.execute(hashes))

    def marks(self) -> dict[str, RecordMark]:
        """Return version and hashes of every record by id."""
        columns = select(RecordRow.id, RecordRow.version, RecordRow.content_hash, RecordRow.shipped_hash)
        with self._database.reading() as session:
            rows = session.execute(columns)
            return {record_id: RecordMark(version, content, shipped) for record_id, version, content, shipped in rows}

    def history(self, record_id: str) -> list[Revision]:
        """Return the changes of a record, oldest first.

        Raises:
            UnknownRecordError: there never was such a record.
        """
        with self._database.reading() as session:
            rows = session.scalars(
                select(RevisionRow).where(RevisionRow.record_id == record_id).order_by(RevisionRow.id)
            )
            revisions = [_revision(row) for row in rows]
            if not revisions:
                raise UnknownRecordError(_unknown(record_id, session))
            return revisions

    def save(
        self,
        record: Record,
        *,
        by: str,
        action: Action | str = Action.EDIT,
        expected_version: int | None = None,
        note: str | None = None,
    ) -> StoredRecord:
        """Write a record, new or in place of an older version.

        Raises:
            EditConflictError: it is no longer the version that was expected; the text says who changed it and when.
        """
        self.write([Write(record, Action(action), expected_version, note)], by=by)
        return self.get(record.id)

    def save_many(self, records: Iterable[Record], by: str, action: Action | str = Action.EDIT) -> int:
        """Write records in one transaction and return how many differed from what was there."""
        return self.write((Write(record, Action(action)) for record in records), by=by)

    def write(
        self,
        writes: Iterable[Write],
        by: str,
        meta: dict[str, str] | None = None,
        also: Callable[[Session], None] | None = None,
    ) -> int:
        """Make all writes in one transaction, with facts about the store; return how many changed something.

        Args:
            writes: What to write, in order.
            by: Who is named in the history.
            meta: Facts about the store.
            also: What else belongs into the transaction, done after the writes.
        """
        changed = 0
        batch: list[Write] = []
        with self._database.writing() as session:
            in_batch: set[str] = set()
            for write in writes:
                # A record written twice is two changes, the second made to the first.
                if len(batch) == _AT_ONCE or write.record.id in in_batch:
                    changed += write_batch(session, batch, by)
                    batch, in_batch = [], set()
                batch.append(write)
                in_batch.add(write.record.id)
            changed += write_batch(session, batch, by)
            for key, value in (meta or {}).items():
                session.merge(MetaRow(key=key, value=value))
            if also is not None:
                also(session)
        return changed

    def remove(
        self, record_ids: Sequence[str], by: str, note: str, also: Callable[[Session], None] | None = None
    ) -> None:
        """Take records out in one transaction; their histories stay, each with one more line that says so."""
        with self._database.writing() as session:
            for row in session.scalars(select(RecordRow).where(RecordRow.id.in_(record_ids))).all():
                session.add(
                    RevisionRow(
                        record_id=row.id,
                        version=row.version + 1,
                        actor=by,
                        at=utc_now(),
                        action=Action.DELETE.value,
                        note=note,
                        changes="{}",
                        snapshot=row.payload,
                    )
                )
                session.delete(row)
            announce_records(session)
            if also is not None:
                also(session)

    @property
    def database(self) -> Database:
        """The database, for the owners of other tables in it."""
        return self._database

    def pages(self, kind: Kind | None = None) -> Iterator[list[tuple[str, int, str]]]:
        """Yield id, version and canonical JSON of every record in any state, a page at a time, nothing validated."""
        last = ""
        while True:
            page = (
                select(RecordRow.id, RecordRow.version, RecordRow.payload)
                .where(*_conditions(kind, None), RecordRow.id > last)
                .order_by(RecordRow.id)
                .limit(_AT_ONCE)
            )
            with self._database.reading() as session:
                rows = [(record_id, version, payload) for record_id, version, payload in session.execute(page)]
            if rows:
                last = rows[-1][0]
                yield rows
            if len(rows) < _AT_ONCE:
                return

    def payloads(self, record_ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Return version and canonical JSON of some records by id, nothing validated; unknown ids are left out."""
        found: dict[str, tuple[int, str]] = {}
        with self._database.reading() as session:
            for start in range(0, len(record_ids), _AT_ONCE):
                some = RecordRow.id.in_(record_ids[start : start + _AT_ONCE])
                rows = session.execute(select(RecordRow.id, RecordRow.version, RecordRow.payload).where(some))
                found.update((record_id, (version, payload)) for record_id, version, payload in rows)
        return found


def _conditions(kind: Kind | None, state: CurationState | None) -> list[ColumnElement[bool]]:
    conditions = []
    if kind is not None:
        conditions.append(RecordRow.kind == kind)
    if state is not None:
        conditions.append(RecordRow.state == state)
    return conditions


def _read(record_id: str, payload: str) -> Record:
    try:
        return MODELS[kind_of(record_id)].model_validate_json(payload)
    except ValidationError as error:
        raise StoreError(
            f"The record {record_id} in the store does not fit this release ({error.error_count()} faults). "
            f"See `mellomrom corpus history {record_id}`, and mend it with `mellomrom corpus edit {record_id}`."
        ) from error


def _stored(row: RecordRow) -> StoredRecord:
    mark = RecordMark(row.version, row.content_hash, row.shipped_hash)
    return StoredRecord(_read(row.id, row.payload), row.version, row.updated_at, row.updated_by, mark.edited)


def _revision(row: RevisionRow) -> Revision:
    changes = json.loads(row.changes)
    return Revision(
        row.id, row.record_id, row.version, row.actor, row.at, Action(row.action), row.note, changes, row.snapshot
    )


def _unknown(record_id: str, session: Session) -> str:
    from rapidfuzz import process

    nearest = [found for found, *_ in process.extract(record_id, _like(record_id, session), limit=_NEAREST)]
    hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    return f"No record has the id {record_id!r}.{hint} `mellomrom corpus list` shows them all."


def _like(record_id: str, session: Session) -> Sequence[str]:
    """Return the ids that one may be meant for: all there are, or of very many those that begin as it does."""
    ids = select(RecordRow.id).order_by(RecordRow.id).limit(_COMPARED + 1)
    found = session.scalars(ids).all()
    if len(found) <= _COMPARED:
        return found
    begins = record_id[: record_id.find(":") + 1 + _FIRST_LETTERS]
    return session.scalars(ids.where(RecordRow.id >= begins, RecordRow.id < begins + "\uffff").limit(_COMPARED)).all()
