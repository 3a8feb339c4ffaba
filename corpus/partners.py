"""What a body says of its own record: links that let it, and what it proposes.

Invariant: a body changes nothing; what it says becomes proposals, which a broker takes or declines as those of imports.
A link works until its day is past or a broker takes it back, and for one record.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update

from corpus.clock import utc_now
from corpus.importing.fields import digest
from corpus.store import RecordStore
from corpus.tables import PartnerLinkRow, ProposalRow

SOURCE = "partner"
"""What proposals of bodies are marked with, where those of imports name the importer."""
MOST_OPEN = 60
"""Proposals of a record that wait at most; a link that got into the wrong hands fills no more than that."""


class PartnerLink(NamedTuple):
    """A link that works."""

    id: str
    record_id: str
    made_by: str
    ends_on: date


def make_link(store: RecordStore, record_id: str, by: str, ends_on: date) -> PartnerLink:
    """Make a link to a record.

    Raises:
        UnknownRecordError: there is no such record.
    """
    store.get(record_id)
    row = PartnerLinkRow(id=secrets.token_hex(8), record_id=record_id, made_by=by, made_at=utc_now(), ends_on=ends_on)
    with store.database.writing() as session:
        session.add(row)
        session.flush()
        return _link(row)


def link_of(store: RecordStore, link_id: str, today: date) -> PartnerLink | None:
    """Return a link that works on a day; None where there is none, or its day is past."""
    with store.database.reading() as session:
        row = session.get(PartnerLinkRow, link_id)
        return _link(row) if row and row.ends_on >= today else None


def links_of(store: RecordStore, record_id: str, today: date) -> list[PartnerLink]:
    """Return the links to a record that work on a day, the one that ends first on top."""
    wanted = select(PartnerLinkRow).where(PartnerLinkRow.record_id == record_id, PartnerLinkRow.ends_on >= today)
    with store.database.reading() as session:
        return [_link(row) for row in session.scalars(wanted.order_by(PartnerLinkRow.ends_on, PartnerLinkRow.id))]


def stop_link(store: RecordStore, link_id: str) -> None:
    """Take a link back."""
    with store.database.writing() as session:
        session.execute(delete(PartnerLinkRow).where(PartnerLinkRow.id == link_id))


def propose(store: RecordStore, link: PartnerLink, values: Mapping[str, Any], today: date) -> int:
    """Keep what a body proposes in place of values of its record; return how many are new.

    What was proposed before of the same value and not decided gives way; what was declined is not proposed again.
    """
    made = 0
    with store.database.writing() as session:
        of_record = select(ProposalRow).where(ProposalRow.record_id == link.record_id)
        known = {(row.path, row.offered_hash) for row in session.scalars(of_record)}
        waiting = {row.path for row in session.scalars(of_record.where(ProposalRow.state == "open"))}
        for path, value in values.items():
            if (path, digest(value)) in known or (path not in waiting and len(waiting) >= MOST_OPEN):
                continue
            session.execute(
                update(ProposalRow)
                .where(
                    ProposalRow.record_id == link.record_id,
                    ProposalRow.path == path,
                    ProposalRow.source == SOURCE,
                    ProposalRow.state == "open",
                )
                .values(state="replaced")
            )
            session.add(
                ProposalRow(
                    record_id=link.record_id,
                    path=path,
                    import_id=link.id,
                    source=SOURCE,
                    offered=json.dumps(value, ensure_ascii=False),
                    offered_hash=digest(value),
                    as_of=today,
                    state="open",
                )
            )
            waiting.add(path)
            made += 1
    return made


def _link(row: PartnerLinkRow) -> PartnerLink:
    return PartnerLink(row.id, row.record_id, row.made_by, row.ends_on)
