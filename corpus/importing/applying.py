"""An import done and told.

Invariant: what an import writes, and where each value came from, are one transaction for every batch of rows; an
import that was broken off goes on when the same file is imported again, under the same number.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from corpus.clock import utc_now
from corpus.importing.fields import digest
from corpus.importing.files import SourceFile
from corpus.importing.items import Outcome, RowRejection
from corpus.importing.planning import ImportOptions, Planned, Planner, RowOutcome
from corpus.importing.runs import ImportState, new_row
from corpus.store import RecordStore
from corpus.tables import FieldOriginRow, ImportChangeRow, ImportRow, ProposalRow, RecordRow

MOST_LEFT_OUT = 5_000
"""Rows that are kept as left out; their count is always whole."""
Progress = Callable[[int], None]
"""Called with the rows done so far."""


class ImportReport(NamedTuple):
    """What an import did, or would do."""

    import_id: str | None
    counts: Counter[str]
    """By verdict; ``published``, ``draft`` and ``offered`` among them."""
    left_out: list[dict[str, Any]]
    shown: list[Planned]
    """The first rows, whatever became of them."""


def dry_run(
    store: RecordStore,
    outcomes: Iterable[Outcome],
    wish: ImportOptions,
    shown: int = 200,
    progress: Progress | None = None,
) -> ImportReport:
    """Return what an import would do; nothing is written."""
    return _carried_out(Planner(store, wish), outcomes, shown, lambda _: None, progress)._replace(import_id=None)


def apply(
    store: RecordStore,
    file: SourceFile,
    outcomes: Iterable[Outcome],
    wish: ImportOptions,
    by: str,
    *,
    import_id: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import what a source says, and return what was done.

    Raises:
        EditConflictError: somebody edited a record meanwhile; import the file again, and it goes on from there.
    """
    planner = Planner(store, wish)
    import_id = _begin_import(store, file, wish, by, import_id)

    def write(planned: Sequence[Planned]) -> None:
        writes = [one.write for one in planned if one.write]
        if writes or any(one.offers for one in planned):
            store.write(writes, by=by, also=lambda session: _noted(session, import_id, wish, planned))

    report = _carried_out(planner, outcomes, 200, write, progress)
    done = {
        "state": ImportState.APPLIED.value,
        "counts": json.dumps(report.counts),
        "left_out": json.dumps(report.left_out, ensure_ascii=False),
        "content": None,
    }
    with store.database.writing() as session:
        session.execute(update(ImportRow).where(ImportRow.id == import_id).values(**done))
    return report._replace(import_id=import_id)


def _carried_out(
    planner: Planner,
    outcomes: Iterable[Outcome],
    most: int,
    write: Callable[[Sequence[Planned]], None],
    progress: Progress | None,
) -> ImportReport:
    counts: Counter[str] = Counter()
    left_out: list[dict[str, Any]] = []
    shown: list[Planned] = []
    done = 0
    for planned in planner.plan(outcomes):
        write(planned)
        done += len(planned)
        for one in planned:
            counts[one.verdict.value] += 1
            counts["offered"] += len(one.offers)
            if one.verdict is RowOutcome.NEW and one.write:
                counts[one.write.record.state.value] += 1
            if one.verdict in {RowOutcome.REFUSED, RowOutcome.REVIEW} and len(left_out) < MOST_LEFT_OUT:
                left_out.append(_left_out_row(one))
            if len(shown) < most:
                shown.append(one)
        if progress:
            progress(done)
    return ImportReport(None, counts, left_out, shown)


def _left_out_row(planned: Planned) -> dict[str, Any]:
    # Of a person not even the row is kept.
    nobody = planned.reason in {RowRejection.PERSON, RowRejection.SOLE_PROPRIETOR}
    return {
        "row": planned.row,
        "verdict": planned.verdict.value,
        "reason": planned.reason,
        "detail": planned.detail,
        "name": "" if nobody else planned.name,
        "key": planned.key,
        "maybe": list(planned.maybe),
        "cells": {} if nobody else dict(planned.raw),
    }


def _begin_import(store: RecordStore, file: SourceFile, wish: ImportOptions, by: str, import_id: str | None) -> str:
    """Note that an import has begun; one of the same file that was broken off goes on."""
    digest_of_file = file.digest()
    broken_off = select(ImportRow.id).where(
        ImportRow.file_hash == digest_of_file,
        ImportRow.source == wish.source,
        ImportRow.state == ImportState.RUNNING.value,
    )
    with store.database.writing() as session:
        found = import_id or session.scalar(broken_off)
        if found:
            session.execute(update(ImportRow).where(ImportRow.id == found).values(state=ImportState.RUNNING.value))
            return found
        row = new_row(file, wish.source, by, ImportState.RUNNING)
        row.file_hash = digest_of_file
        session.add(row)
        return row.id


def _noted(session: Session, import_id: str, wish: ImportOptions, planned: Sequence[Planned]) -> None:
    """Note what was written, where each value is from, and what is offered."""
    session.flush()
    written = {one.record_id: one for one in planned if one.write}
    now_there = select(RecordRow.id, RecordRow.version).where(RecordRow.id.in_(list(written)))
    versions = dict(session.execute(now_there).all())
    now = utc_now()
    common = {"import_id": import_id, "source": wish.source, "as_of": wish.as_of}
    changes = [
        {"import_id": import_id, "record_id": record_id, "version": version} for record_id, version in versions.items()
    ]
    if changes:
        session.execute(insert(ImportChangeRow), changes)
        # An import that goes on after it was broken off may write a value once more.
        session.execute(
            delete(FieldOriginRow).where(
                FieldOriginRow.import_id == import_id, FieldOriginRow.record_id.in_(list(versions))
            )
        )
    origins = [
        {**common, "record_id": record_id, "path": path, "value_hash": digest(value), "imported_at": now}
        for record_id, one in written.items()
        for path, value in one.written.items()
    ]
    if origins:
        session.execute(insert(FieldOriginRow), origins)
    offers = {
        (one.record_id, offer.path, digest(offer.value)): offer.value
        for one in planned
        for offer in one.offers
        if one.record_id
    }
    if offers:
        ids = sorted({record_id for record_id, _, _ in offers if record_id})
        columns = select(ProposalRow.record_id, ProposalRow.path, ProposalRow.offered_hash)
        known = {tuple(row) for row in session.execute(columns.where(ProposalRow.record_id.in_(ids)))}
        fresh = [
            {
                **common, "record_id": record_id, "path": path, "offered_hash": value_hash, "state": "open",
                "offered": json.dumps(value, ensure_ascii=False),
            }
            for (record_id, path, value_hash), value in offers.items()
            if (record_id, path, value_hash) not in known
        ]  # fmt: skip
        if fresh:
            session.execute(insert(ProposalRow), fresh)
