"""The rows of the store, alike on SQLite and PostgreSQL.

Invariant: `revision.id` only ever grows, in the order of commits (writers take turns, see `corpus.database`), so
"what changed after revision n" never misses anything. A revision outlives its record, hence no foreign key.
Every constraint has a name, so that later migrations can find it. Change a row here and write a migration.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Date, DateTime, Dialect, Integer, LargeBinary, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from corpus.errors import UnreadableValueError

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Action(StrEnum):
    """What was done to a record."""

    CREATE = "create"
    EDIT = "edit"
    PUBLISH = "publish"
    RETIRE = "retire"
    RESTORE = "restore"
    SHIP = "ship"
    """Written from the records that come with a release."""
    DELETE = "delete"
    CHECK = "check"
    """Held against its sources by a person, and still true; or given a new date of a call."""


_Value = TypeVar("_Value")


class _ToldWhereUnreadable(TypeDecorator[_Value]):
    """A type of columns of which a value that is none is told as damage, never as a fault of the caller."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], _Value | None] | None:
        """Return what reads a value; where it cannot be one, it raises `UnreadableValueError`."""
        read = super().result_processor(dialect, coltype)
        if read is None:
            return None

        def process(value: object) -> _Value | None:
            try:
                return read(value)
            except ValueError:
                raise UnreadableValueError("a date that is none") from None

        return process


class UtcDateTime(_ToldWhereUnreadable[datetime]):
    """A moment in UTC; SQLite keeps no time zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn the moment into UTC; one without a time zone is refused, since it could be any."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"got {value!r}, expected a moment with a time zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], datetime | None] | None:
        """Return what reads a value; lists read thousands, so on SQLite its text is read in one step."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        parse = datetime.fromisoformat

        def process(value: Any) -> datetime | None:  # noqa: ANN401 (whatever stands in the column)
            if value is None:
                return None
            try:
                return parse(value).replace(tzinfo=UTC)
            except (ValueError, TypeError):
                raise UnreadableValueError("a date that is none") from None

        return process

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Day(_ToldWhereUnreadable[date]):
    """A day without a time."""

    impl = Date
    cache_ok = True


RECORD_ID = String(80).with_variant(String(80, collation="C"), "postgresql")
"""An id; both databases sort it byte by byte."""


class Base(DeclarativeBase):
    """The tables of the corpus."""

    metadata = MetaData(naming_convention=NAMES)


class RecordRow(Base):
    """A record as it is now."""

    __tablename__ = "record"

    id: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    payload: Mapped[str] = mapped_column(Text)
    """The record as canonical JSON, see `corpus.fingerprint`."""
    content_hash: Mapped[str] = mapped_column(String(80))
    shipped_hash: Mapped[str | None] = mapped_column(String(80))
    """The content hash as last shipped; equal to content_hash while nobody has edited the record."""
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(Text)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own pattern)


class RevisionRow(Base):
    """One change to a record: who, when, what, and how the record looked afterwards."""

    __tablename__ = "revision"
    # Without it SQLite would give the number of a deleted last row to the next one.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    record_id: Mapped[str] = mapped_column(RECORD_ID, index=True)
    version: Mapped[int] = mapped_column(Integer)
    actor: Mapped[str] = mapped_column(Text)
    """Who did it."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    """Why, if the one who did it said so."""
    changes: Mapped[str] = mapped_column(Text)
    """JSON: field -> [old, new]; empty for a new record, which the snapshot tells whole."""
    snapshot: Mapped[str] = mapped_column(Text)
    """The record after the change, as canonical JSON."""


class MetaRow(Base):
    """One fact about the store itself."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class ImportRow(Base):
    """One file that was brought in, or is about to be."""

    __tablename__ = "import_run"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    source: Mapped[str] = mapped_column(String(32))
    """The name of the importer."""
    file_name: Mapped[str] = mapped_column(Text)
    file_hash: Mapped[str] = mapped_column(String(80), index=True)
    """Of the bytes of the file, so that an import that was broken off is found again."""
    options: Mapped[str] = mapped_column(Text)
    """JSON: the kind, the columns chosen, what was decided of rows that may be of a record."""
    state: Mapped[str] = mapped_column(String(16), index=True)
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[str] = mapped_column(Text)
    """JSON: verdict -> how many."""
    left_out: Mapped[str] = mapped_column(Text)
    """JSON: the rows that were not written, each with its reason."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The file, only until it is brought in or given up."""


class ImportChangeRow(Base):
    """A version of a record that an import wrote."""

    __tablename__ = "import_change"
    __table_args__ = (UniqueConstraint("import_id", "record_id", "version"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    import_id: Mapped[str] = mapped_column(String(16))
    record_id: Mapped[str] = mapped_column(RECORD_ID, index=True)
    version: Mapped[int] = mapped_column(Integer)
    """The version that the import made; 1 where it made the record."""


class FieldOriginRow(Base):
    """Which import a value of a record is from, and what the value was then."""

    __tablename__ = "field_origin"
    __table_args__ = (UniqueConstraint("record_id", "path", "import_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    record_id: Mapped[str] = mapped_column(RECORD_ID)
    path: Mapped[str] = mapped_column(String(255))
    """The field, such as ``summary.nb`` or ``aliases[NTNU]``."""
    import_id: Mapped[str] = mapped_column(String(16), index=True)
    source: Mapped[str] = mapped_column(String(32))
    value_hash: Mapped[str] = mapped_column(String(80))
    """Of the value as imported; a value with another hash was edited since."""
    as_of: Mapped[date] = mapped_column(Day)
    """The date of the copy that it was read in."""
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProposalRow(Base):
    """A value that an import offers in place of one that a person wrote."""

    __tablename__ = "import_proposal"
    __table_args__ = (UniqueConstraint("record_id", "path", "offered_hash"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    record_id: Mapped[str] = mapped_column(RECORD_ID)
    path: Mapped[str] = mapped_column(String(255))
    import_id: Mapped[str] = mapped_column(String(16), index=True)
    source: Mapped[str] = mapped_column(String(32))
    offered: Mapped[str] = mapped_column(Text)
    """JSON: the value."""
    offered_hash: Mapped[str] = mapped_column(String(80))
    as_of: Mapped[date] = mapped_column(Day)
    state: Mapped[str] = mapped_column(String(16), index=True)


class SameBodyRow(Base):
    """What a person decided of a row that may be of a record: that it is, or that it is not."""

    __tablename__ = "import_decision"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    """What the source calls the thing."""
    record_id: Mapped[str | None] = mapped_column(RECORD_ID)
    """The record that it is; None where it is none of those there."""
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MappingRow(Base):
    """Which column of a kind of spreadsheet is which field, under a name."""

    __tablename__ = "import_mapping"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    columns: Mapped[str] = mapped_column(Text)
    """JSON: column -> field."""


class LinkRow(Base):
    """What an address said when it was last asked."""

    __tablename__ = "link_check"

    address: Mapped[str] = mapped_column(String(500), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    status: Mapped[int | None] = mapped_column(Integer)
    """The HTTP status; None where nobody answered."""
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failing_since: Mapped[date | None] = mapped_column(Day)
    """The first day of those in a row on which it was not there."""


class DraftRow(Base):
    """A record that somebody has begun and that lacks too much to be one."""

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
    """The id that the record is to have."""
    plain: Mapped[str] = mapped_column(Text)
    """JSON: what is known so far; anything may be missing or wrong."""
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(Text)


class ContactPersonRow(Base):
    """A named person at a body, for brokers alone, until a day that was set beforehand."""

    __tablename__ = "contact_person"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Random, so that it says nothing once this row is gone."""
    record_id: Mapped[str] = mapped_column(RECORD_ID, index=True)
    role: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    lawful_basis: Mapped[str] = mapped_column(String(24))
    source: Mapped[str] = mapped_column(Text)
    notified_on: Mapped[date] = mapped_column(Day)
    """When the person was told that they stand here."""
    ends_on: Mapped[date] = mapped_column(Day, index=True)
    """The last day that the row may be kept."""
    added_by: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CommentRow(Base):
    """What a broker wrote to the others about a record."""

    __tablename__ = "record_comment"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    record_id: Mapped[str] = mapped_column(RECORD_ID, index=True)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    text: Mapped[str] = mapped_column(Text)


class PartnerLinkRow(Base):
    """A link by which a body sees its own record and proposes changes, for a time."""

    __tablename__ = "partner_link"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    record_id: Mapped[str] = mapped_column(RECORD_ID, index=True)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_on: Mapped[date] = mapped_column(Day)
    """The last day that it works."""


class IndexGenerationRow(Base):
    """A whole search index, laid where all machines that share the database find it."""

    __tablename__ = "index_generation"

    id: Mapped[int] = mapped_column(primary_key=True)
    kin: Mapped[str] = mapped_column(String(32), index=True)
    """What it was made by and for; a machine takes those of its own kin only."""
    revision: Mapped[int]
    manifest: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IndexFileRow(Base):
    """A part of a file of an index, under the digest of the whole file."""

    __tablename__ = "index_file"

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class IndexVectorsRow(Base):
    """A table of vectors in the database, which is no table of ours by name since pgvector need not be there."""

    __tablename__ = "index_vectors"

    lineage: Mapped[str] = mapped_column(String(16), primary_key=True)
    """The end of the table's name."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
