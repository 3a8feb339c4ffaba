"""The rows that Teams needs besides those of the service.

Invariant: the inbox holds one row for each thing that Teams told us, however often it tells it, and what was said only
until it is dealt with. Of people nothing else is kept here. Change a row here and write a migration.
"""

from __future__ import annotations

from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from assistant.channels.inbox import InboxColumns
from corpus.tables import NAMES


class Base(DeclarativeBase):
    """The tables of Teams."""

    metadata = MetaData(naming_convention=NAMES)


class InboxRow(InboxColumns, Base):
    """One message or click."""

    __tablename__ = "teams_inbox"


class CaseMessageRow(Base):
    """Where the brokers see a case."""

    __tablename__ = "teams_case_message"

    case_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    thread: Mapped[str] = mapped_column(String(512))
    """The thread in the brokers' channel."""
    message: Mapped[str] = mapped_column(String(128))
