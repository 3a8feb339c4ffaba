"""The imports that were begun: what each was of, how far it has come, what it left out, and files that wait.

Invariant: the file of an import is kept only until it is brought in or given up, a day at most; the rows that were left
out, which may name people, only as long as what people type is, and not once the import is taken back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from corpus.clock import utc_now
from corpus.database import Database
from corpus.importing.errors import UnknownImportError
from corpus.importing.files import SourceFile
from corpus.store import RecordStore
from corpus.tables import ImportRow

NO_ROWS = "[]"
UPLOADS_KEPT = timedelta(days=1)
"""How long a file that somebody uploaded and did not bring in is kept."""


class ImportState(StrEnum):
    """How far an import has come."""

    UPLOADED = "uploaded"
    RUNNING = "running"
    APPLIED = "applied"
    UNDONE = "undone"


class Import(NamedTuple):
    """An import as it is told."""

    id: str
    source: str
    file_name: str
    state: ImportState
    by: str
    at: datetime
    counts: dict[str, int]
    options: dict[str, Any]


def new_row(file: SourceFile, source: str, by: str, state: ImportState) -> ImportRow:
    """Return the row of an import that begins."""
    options = {"kind": file.kind, "columns": dict(file.columns), "as_of": file.as_of.isoformat()}
    return ImportRow(
        id=uuid4().hex[:12], source=source, file_name=file.name, file_hash="", state=state.value, started_by=by,
        options=json.dumps(options, ensure_ascii=False), started_at=utc_now(), counts="{}", left_out=NO_ROWS,
    )  # fmt: skip


def imports(store: RecordStore) -> list[Import]:
    """Return every import that was begun, the newest first."""
    with store.database.reading() as session:
        columns = (
            ImportRow.id, ImportRow.source, ImportRow.file_name, ImportRow.state, ImportRow.started_by,
            ImportRow.started_at, ImportRow.counts, ImportRow.options,
        )  # fmt: skip
        wanted = (
            select(*columns).where(ImportRow.state != ImportState.UPLOADED.value).order_by(ImportRow.started_at.desc())
        )
        return [_import(row) for row in session.execute(wanted)]


def import_of(store: RecordStore, import_id: str) -> Import:
    """Return an import.

    Raises:
        UnknownImportError: there is none of that number.
    """
    with store.database.reading() as session:
        row = session.get(ImportRow, import_id)
        if row is None:
            raise UnknownImportError(f"There is no import {import_id!r}. `mellomrom import list` shows them all.")
        return _import(
            (row.id, row.source, row.file_name, row.state, row.started_by, row.started_at, row.counts, row.options)
        )


def left_out_of(store: RecordStore, import_id: str) -> list[dict[str, Any]]:
    """Return the rows that an import did not write, each with its reason.

    Raises:
        UnknownImportError: there is none of that number.
    """
    import_of(store, import_id)
    with store.database.reading() as session:
        text = session.scalar(select(ImportRow.left_out).where(ImportRow.id == import_id))
    found: list[dict[str, Any]] = json.loads(text or "[]")
    return found


def _import(row: Any) -> Import:  # noqa: ANN401 (a row of eight columns)
    import_id, source, name, state, by, at, counts, options = row
    return Import(import_id, source, name, ImportState(state), by, at, json.loads(counts), json.loads(options))


def keep_upload(store: RecordStore, file: SourceFile, source: str, by: str) -> str:
    """Keep a file that somebody uploaded until it is brought in or a day has passed, and return its number."""
    row = new_row(file, source, by, ImportState.UPLOADED)
    row.file_hash, row.content = file.digest(), file.path.read_bytes()
    old = (ImportRow.state == ImportState.UPLOADED.value, ImportRow.started_at < utc_now() - UPLOADS_KEPT)
    with store.database.writing() as session:
        session.execute(delete(ImportRow).where(*old))
        session.add(row)
        return row.id


def upload_of(store: RecordStore, import_id: str) -> bytes:
    """Return the bytes of a file that was uploaded.

    Raises:
        UnknownImportError: it was brought in, given up, or never there.
    """
    with store.database.reading() as session:
        content = session.scalar(select(ImportRow.content).where(ImportRow.id == import_id))
    if content is None:
        raise UnknownImportError(f"The file of the import {import_id!r} is not kept any more. Upload it again.")
    return content


def forget(database: Database, before: datetime) -> int:
    """Take away files that were not brought in within a day, and rows left out before a moment; return of how many."""
    day_ago = utc_now() - UPLOADS_KEPT
    given_up = (ImportRow.state == ImportState.UPLOADED.value, ImportRow.started_at < day_ago)
    broken_off = (ImportRow.content.is_not(None), ImportRow.started_at < day_ago)
    old = (ImportRow.left_out != NO_ROWS, ImportRow.started_at < before)
    with database.writing() as session:
        gone = session.scalars(delete(ImportRow).where(*given_up).returning(ImportRow.id)).all()
        for which, nothing in ((broken_off, {"content": None}), (old, {"left_out": NO_ROWS})):
            emptied = update(ImportRow).where(*which).values(**nothing).returning(ImportRow.id)
            gone = [*gone, *session.scalars(emptied).all()]
        return len(set(gone))


def forget_rows(store: RecordStore, import_id: str) -> None:
    """Take away the rows that an import left out, since somebody in them wishes it or nobody needs them.

    Raises:
        UnknownImportError: there is none of that number.
    """
    import_of(store, import_id)
    with store.database.writing() as session:
        session.execute(update(ImportRow).where(ImportRow.id == import_id).values(left_out=NO_ROWS))
    store.database.leave_no_trace()


def rows_naming(database: Database, names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return by import the rows that it left out and in which one of some names stands, however it is cased."""
    wanted = [name.casefold() for name in names if name]
    with database.reading() as session:
        runs = session.execute(select(ImportRow.id, ImportRow.left_out).where(ImportRow.left_out != NO_ROWS)).all()
    found = {import_id: [row for row in json.loads(rows) if _names(row, wanted)] for import_id, rows in runs}
    return {import_id: rows for import_id, rows in found.items() if rows}


def forget_rows_naming(session: Session, names: Iterable[str]) -> int:
    """Take away the rows that imports left out and that hold one of some names; return how many."""
    wanted = [name.casefold() for name in names if name]
    gone = 0
    for run in session.scalars(select(ImportRow).where(ImportRow.left_out != NO_ROWS)):
        rows = json.loads(run.left_out)
        kept = [row for row in rows if not _names(row, wanted)]
        if len(kept) < len(rows):
            gone += len(rows) - len(kept)
            run.left_out = json.dumps(kept, ensure_ascii=False)
    return gone


def forget_rows_by_id(session: Session, ids: Iterable[str]) -> None:
    """Take away all rows that imports left out."""
    session.execute(update(ImportRow).where(ImportRow.id.in_(list(ids))).values(left_out=NO_ROWS))


def _names(row: dict[str, Any], names: Iterable[str]) -> bool:
    text = json.dumps(row, ensure_ascii=False).casefold()
    return any(json.dumps(name, ensure_ascii=False)[1:-1] in text for name in names)


def choose(store: RecordStore, import_id: str, options: dict[str, Any]) -> None:
    """Keep what somebody chose for an upload."""
    with store.database.writing() as session:
        text = json.dumps(options, ensure_ascii=False)
        session.execute(update(ImportRow).where(ImportRow.id == import_id).values(options=text))
