"""What the store gives and takes: records with their versions, revisions, and writes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from corpus.files import Record
from corpus.records import CurationState
from corpus.tables import Action


class StoredRecord(NamedTuple):
    """A record with what the store knows of it."""

    record: Record
    version: int
    updated_at: datetime
    updated_by: str
    edited: bool
    """Whether it differs from what a release shipped."""


class Revision(NamedTuple):
    """One change to a record."""

    number: int
    record_id: str
    version: int
    by: str
    at: datetime
    action: Action
    note: str | None
    changes: dict[str, list[Any]]
    """Field by field, the old value and the new one; empty for a new record."""
    snapshot: str
    """The record after the change, as canonical JSON."""


class Listed(NamedTuple):
    """A record as a list shows it: read as it is stored, and not validated."""

    plain: dict[str, Any]
    """What differs from the defaults, as `corpus.files.to_plain` has it."""
    state: CurationState
    updated_at: datetime
    updated_by: str
    edited: bool
    """Whether it differs from what a release shipped."""


class RecordMark(NamedTuple):
    """What tells whether a record was changed, without reading it."""

    version: int
    content_hash: str
    shipped_hash: str | None

    @property
    def edited(self) -> bool:
        """Whether it differs from what a release shipped."""
        return self.content_hash != self.shipped_hash


class Write(NamedTuple):
    """A record to write, and what the writer knows of the one it replaces."""

    record: Record
    action: Action
    expected_version: int | None = None
    """The version the writer has seen; None where whatever is there is to be replaced."""
    note: str | None = None
