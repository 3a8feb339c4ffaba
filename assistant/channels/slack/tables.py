"""The rows that Slack needs besides those of the service.

Invariant: the inbox holds one row for each thing that Slack told us, however often it tells it, and what was said only
until it is dealt with. Tokens are never kept in the clear. Change a row here and write a migration.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from corpus.tables import NAMES, UtcDateTime


class Base(DeclarativeBase):
    """The tables of Slack."""

    metadata = MetaData(naming_convention=NAMES)


class InboxRow(Base):
    """One event, click or command."""

    __tablename__ = "slack_inbox"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    job: Mapped[str | None] = mapped_column(Text)
    """What is to be done, as JSON; gone when it is done."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    owner: Mapped[str | None] = mapped_column(String(32))
    """The process that has it under way."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When another process may take it over, unless its owner tells before then that it is still at work."""
    failure: Mapped[str | None] = mapped_column(String(32))
    """The reference that the user was given, where it could not be done."""


class InstallationRow(Base):
    """One workspace, or organisation of workspaces, that has installed the app."""

    __tablename__ = "slack_installation"

    workspace: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The id of the workspace, or of the organisation where it was installed for all of it."""
    name: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Text)
    """The installation with its tokens, encrypted."""
    installed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsentRow(Base):
    """An installation that somebody has begun and not finished."""

    __tablename__ = "slack_consent"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseMessageRow(Base):
    """Where the brokers see a case."""

    __tablename__ = "slack_case_message"

    case_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    ts: Mapped[str] = mapped_column(String(32))
