"""What the web keeps: accounts, sessions, login links and the audit log.

Invariant: no secret is kept, only its SHA-256: who reads the database can neither take over a session nor use a link.
Rows of the audit log are only ever added, and taken away when their time is up.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Double, ForeignKey, Integer, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from corpus.tables import NAMES, Day, UtcDateTime


class Base(DeclarativeBase):
    """The tables of the web."""

    metadata = MetaData(naming_convention=NAMES)


class AccountRow(Base):
    """Somebody who can log in."""

    __tablename__ = "web_account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(255))
    """Who vouches for them: the issuer of the provider, or ``local`` for those added on the command line."""
    subject: Mapped[str] = mapped_column(String(255))
    """Who they are to the issuer."""
    name: Mapped[str] = mapped_column(Text)
    """How they are named to others."""
    role: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(Boolean)
    area: Mapped[str] = mapped_column(Text, default="", server_default="")
    """The numbers of the counties and municipalities that they follow, separated by spaces; empty for all."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionRow(Base):
    """One browser, logged in or not."""

    __tablename__ = "web_session"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of what the cookie holds."""
    account_id: Mapped[str | None] = mapped_column(ForeignKey("web_account.id", ondelete="CASCADE"), index=True)
    visitor: Mapped[str] = mapped_column(String(32))
    """Who somebody without an account is to the service; means nothing outside this table."""
    data: Mapped[str] = mapped_column(Text)
    """JSON: messages to show on the next page, and logins under way."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LoginLinkRow(Base):
    """A link that logs somebody in once."""

    __tablename__ = "web_login_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("web_account.id", ondelete="CASCADE"), index=True)
    loopback_only: Mapped[bool] = mapped_column(Boolean)
    """Whether it works on this machine alone."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditRow(Base):
    """Something about access that has to be known afterwards."""

    __tablename__ = "web_audit"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    event: Mapped[str] = mapped_column(String(32))
    account_id: Mapped[str | None] = mapped_column(String(32), index=True)
    """Whom it is about; outlives the account, hence no foreign key."""
    by: Mapped[str] = mapped_column(Text)
    """Who did it: an account, or the user of a command line."""
    detail: Mapped[str] = mapped_column(Text)
    """JSON: what else is known, such as the role before and after."""


class TokenRow(Base):
    """What lets a program use the API."""

    __tablename__ = "web_token"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(Text)
    """What it may do, separated by spaces."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RateRow(Base):
    """How often a caller did something in a while; used where several machines share a server."""

    __tablename__ = "web_rate"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A hash of who did what in which while, that nobody can make without the installation's secret."""
    count: Mapped[int] = mapped_column(Integer)
    until: Mapped[float] = mapped_column(Double)
    """Seconds since 1970 after which it is nothing any more."""


class ProfileRow(Base):
    """How a broker signs, how they are reached, and when they are away."""

    __tablename__ = "web_profile"

    account_id: Mapped[str] = mapped_column(ForeignKey("web_account.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    """As letters are signed; empty where it is the account's."""
    title: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    absent_from: Mapped[date | None] = mapped_column(Day)
    absent_until: Mapped[date | None] = mapped_column(Day)
    """The last day away."""
    deputy: Mapped[str] = mapped_column(Text)
    """The name of the colleague who has the cases meanwhile."""
    language: Mapped[str | None] = mapped_column(String(2))
    """In which they are told what is new; None where they chose none."""
