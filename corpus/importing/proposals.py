"""What imports offer in place of what people wrote, and what people decided.

Invariant: an offer is taken by a person, or not at all; one that was declined is not made again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select, update

from corpus.clock import utc_now
from corpus.curation import write_one
from corpus.errors import InvalidRecordError
from corpus.files import parse_record, to_plain
from corpus.importing.errors import UnknownImportError
from corpus.importing.fields import values_of, with_values
from corpus.records import Kind
from corpus.store import RecordStore
from corpus.tables import FieldOriginRow, MappingRow, ProposalRow, SameBodyRow


class Proposal(NamedTuple):
    """A value that an import offers."""

    number: int
    record_id: str
    path: str
    source: str
    as_of: date
    offered: Any


class FieldOrigin(NamedTuple):
    """Which import a value is from."""

    path: str
    source: str
    as_of: date
    import_id: str


class SavedMapping(NamedTuple):
    """Which column of a kind of spreadsheet is which field."""

    kind: Kind
    columns: dict[str, str]


def proposals(store: RecordStore, record_id: str | None = None) -> list[Proposal]:
    """Return what is offered and not decided, of one record or of all, the oldest first."""
    wanted = select(ProposalRow).where(ProposalRow.state == "open").order_by(ProposalRow.id).limit(500)
    if record_id is not None:
        wanted = wanted.where(ProposalRow.record_id == record_id)
    with store.database.reading() as session:
        return [
            Proposal(row.id, row.record_id, row.path, row.source, row.as_of, json.loads(row.offered))
            for row in session.scalars(wanted)
        ]


def decide(store: RecordStore, number: int, take: bool, by: str) -> str:
    """Take or decline what is offered, and return the record that it is of.

    Raises:
        UnknownImportError: it is not offered any more.
        InvalidRecordError: the record would not fit with it; nothing is changed.
    """
    with store.database.reading() as session:
        row = session.get(ProposalRow, number)
        if row is None or row.state != "open":
            raise UnknownImportError(f"The proposal {number} is decided already, or was taken back.")
        record_id, path, offered, source = row.record_id, row.path, json.loads(row.offered), row.source
    if take:
        stored = store.get(record_id)
        plain = with_values(to_plain(stored.record), {path: offered})
        record, problems = parse_record(plain)
        if record is None:
            raise InvalidRecordError("\n".join(map(str, problems)), problems)
        write_one(store, record, by, expected_version=stored.version, note=f"{path} as offered by {source}")
    with store.database.writing() as session:
        state = "taken" if take else "declined"
        session.execute(update(ProposalRow).where(ProposalRow.id == number).values(state=state))
    return record_id


def origins(store: RecordStore, record_id: str) -> list[FieldOrigin]:
    """Return which values of a record are as an import wrote them, and from where, in the order of their paths."""
    from corpus.importing.fields import digest

    payload = store.payloads([record_id]).get(record_id)
    present = values_of(json.loads(payload[1])) if payload else {}
    wanted = select(FieldOriginRow).where(FieldOriginRow.record_id == record_id).order_by(FieldOriginRow.id)
    with store.database.reading() as session:
        newest = {row.path: row for row in session.scalars(wanted)}
        return [
            FieldOrigin(path, row.source, row.as_of, row.import_id)
            for path, row in sorted(newest.items())
            if path in present and digest(present[path]) == row.value_hash
        ]


def decide_same(store: RecordStore, key: str, record_id: str | None, by: str) -> None:
    """Remember which record a row is of, or that it is of none of those there, for every later import."""
    if record_id is not None:
        store.get(record_id)
    row = SameBodyRow(key=key, record_id=record_id, decided_by=by, decided_at=utc_now())
    with store.database.writing() as session:
        session.merge(row)


def mappings(store: RecordStore) -> dict[str, SavedMapping]:
    """Return the mappings of columns that were saved, by name."""
    with store.database.reading() as session:
        rows = session.scalars(select(MappingRow).order_by(MappingRow.name)).all()
        return {row.name: SavedMapping(Kind(row.kind), json.loads(row.columns)) for row in rows}


def save_mapping(store: RecordStore, name: str, kind: Kind, columns: Mapping[str, str]) -> None:
    """Save a mapping of columns under a name, in place of one of that name."""
    with store.database.writing() as session:
        session.merge(
            MappingRow(name=name[:80], kind=kind.value, columns=json.dumps(dict(columns), ensure_ascii=False))
        )
