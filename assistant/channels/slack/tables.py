"""The rows that Slack needs besides those of the service.

Invariant: the inbox holds one row for each thing that Slack told us, however often it tells it, and what was said only
until it is dealt with. Tokens are never kept in the clear. Change a row here and write a migration.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from assistant.channels.inbox import InboxColumns
from corpus.tables import NAMES, UtcDateTime


class Base(DeclarativeBase):
    """The tables of Slack."""

    metadata = MetaData(naming_convention=NAMES)


class InboxRow(InboxColumns, Base):
    """One event, click or command."""

    __tablename__ = "slack_inbox"


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
