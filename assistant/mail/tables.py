"""What the mail keeps: letters on their way, their attachments, and which incoming ones were read.

Invariant: whom a letter goes to and what it says are kept only until its time is up; that there was a letter, by which
reference and what became of it, stays longer.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from corpus.tables import NAMES, UtcDateTime


class Base(DeclarativeBase):
    """The tables of the mail."""

    metadata = MetaData(naming_convention=NAMES)


class OutgoingRow(Base):
    """A letter on its way, or what became of it."""

    __tablename__ = "mail_out"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    """What it is about, where the same is never to be sent twice."""
    reference: Mapped[str | None] = mapped_column(String(64), index=True)
    """What whoever enqueued it knows it by, such as ``case:1a2b``."""
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    """The same in every try, so that receivers can tell a second copy."""
    to_address: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    calendar: Mapped[str | None] = mapped_column(Text)
    """An invitation, as iCalendar."""
    automatic: Mapped[bool] = mapped_column(Boolean)
    """Whether nobody wrote it, so that no automatic reply is wanted."""
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Not before."""
    owner: Mapped[str | None] = mapped_column(String(16))
    """The process that has it under way."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    fault: Mapped[str | None] = mapped_column(Text)
    """What the mail server said, where it did not take it."""


class OutgoingFileRow(Base):
    """An attachment of a letter on its way."""

    __tablename__ = "mail_out_file"

    mail_id: Mapped[str] = mapped_column(ForeignKey("mail_out.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class IncomingRow(Base):
    """A letter that was read, so that it is not read again."""

    __tablename__ = "mail_in"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The hash of what tells it from others; no address and no word of it is kept here."""
    kind: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str | None] = mapped_column(String(64), index=True)
    """What it answers; None where nobody knows."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
