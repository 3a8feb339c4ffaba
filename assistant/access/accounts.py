"""Who may log in, as what, and what is remembered of it.

Invariant: a change of access and its row in the audit log are written together or not at all. A login link works
once, until it expires.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from assistant.access.tables import AccountRow, AuditRow, LoginLinkRow, SessionRow
from assistant.platform.areas import Area
from corpus.clock import utc_now
from corpus.database import Database
from corpus.errors import MellomromError
from corpus.text import Frozen

LOCAL = "local"
"""The issuer of accounts that are added on the command line."""
LINK_MINUTES = 30
"""Minutes that a login link works."""
MAX_NAME = 200
"""Characters of a name that are kept."""


class AccountRole(StrEnum):
    """What an account may do; each role may do what those before it may."""

    CONTACT = "contact"
    BROKER = "broker"
    ADMIN = "admin"

    def covers(self, needed: AccountRole) -> bool:
        """Tell whether this role may do what another is needed for."""
        ranks = list(AccountRole)
        return ranks.index(self) >= ranks.index(needed)


class AuditEvent(StrEnum):
    """What the audit log tells of."""

    ACCOUNT_ADDED = "account_added"
    ROLE_CHANGED = "role_changed"
    AREA_CHANGED = "area_changed"
    LINK_MADE = "link_made"
    LOGIN = "login"
    LOGIN_REFUSED = "login_refused"
    LOGOUT = "logout"


class Account(Frozen):
    """Somebody who can log in."""

    id: str
    issuer: str
    subject: str
    name: str
    role: AccountRole
    active: bool
    area: Area = Area()
    """What pages of the desk show them unless they ask for more."""
    last_login_at: datetime | None = None


class AuditEntry(Frozen):
    """One row of the audit log."""

    number: int
    at: datetime
    event: AuditEvent
    account_id: str | None
    by: str
    detail: dict[str, Any]


class AccountError(MellomromError):
    """An account cannot be found or changed as asked."""


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Accounts:
    """Accounts, login links and the audit log in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: AccountRole, by: str) -> Account:
        """Add an account that logs in by links made on the command line.

        Raises:
            AccountError: the name is empty or taken.
        """
        name = " ".join(name.split())
        if not name or len(name) > MAX_NAME:
            raise AccountError(f"Got the name {name[:40]!r}, expected 1 to {MAX_NAME} characters. Give another one.")
        with self._database.writing() as session:
            if _local(session, name) is not None:
                raise AccountError(f"There is an account named {name!r} already. Use `mellomrom users role`.")
            row = _new_account(session, LOCAL, name, name, role, by)
            return account_of(row)

    def ensure_local(self, name: str, role: AccountRole, by: str) -> Account:
        """Return the account of that name, added with that role if there is none."""
        with self._database.writing() as session:
            row = _local(session, name) or _new_account(session, LOCAL, name, name, role, by)
            return account_of(row)

    def sign_in(self, issuer: str, subject: str, name: str, role: AccountRole | None, by: str) -> Account:
        """Return the account of somebody whom a provider vouches for, added or brought up to date.

        Args:
            issuer: The provider.
            subject: Who they are to it.
            name: How they are named to others.
            role: What the provider's claims make them; None where claims do not decide: who is new is then a contact.
            by: Who does it, for the audit log.

        Raises:
            AccountError: the account was closed here.
        """
        with self._database.writing() as session:
            row = session.scalar(select(AccountRow).where(AccountRow.issuer == issuer, AccountRow.subject == subject))
            if row is None:
                row = _new_account(session, issuer, subject, name, role or AccountRole.CONTACT, by)
            elif not row.active:
                raise AccountError("The account is closed. Ask the administrator to open it.")
            row.name = name[:MAX_NAME]
            if role is not None:
                _set_role(session, row, role, by)
            return account_of(row)

    def get(self, account_id: str) -> Account | None:
        """Return an account by its id."""
        with self._database.reading() as session:
            row = session.get(AccountRow, account_id)
            return account_of(row) if row else None

    def list(self) -> list[Account]:
        """Return all accounts by name."""
        with self._database.reading() as session:
            return [account_of(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.name))]

    def find(self, name: str) -> Account:
        """Return the account with that id or name.

        Raises:
            AccountError: there is none, or more than one.
        """
        with self._database.reading() as session:
            accounts = session.scalars(select(AccountRow)).all()
            rows = [row for row in accounts if row.id == name or _folded(row.name) == _folded(name)]
            rows = [row for row in rows if row.name == name or row.id == name] or rows
            if len(rows) == 1:
                return account_of(rows[0])
        if rows:
            ids = ", ".join(row.id for row in rows)
            raise AccountError(f"Several accounts are named {name!r}. Give the id of one of them: {ids}.")
        raise AccountError(f"No account is named {name!r}. See `mellomrom users list`.")

    def set_role(self, account_id: str, role: AccountRole, by: str) -> Account:
        """Change what an account may do; it holds from the account's next page on."""
        with self._database.writing() as session:
            row = _required(session, account_id)
            _set_role(session, row, role, by)
            return account_of(row)

    def set_active(self, account_id: str, active: bool, by: str) -> Account:
        """Close an account, which logs it out everywhere, or open it again."""
        with self._database.writing() as session:
            row = _required(session, account_id)
            if row.active != active:
                row.active = active
                _audit(session, AuditEvent.ROLE_CHANGED, row.id, by, {"active": active})
                session.execute(delete(SessionRow).where(SessionRow.account_id == row.id))
            return account_of(row)

    def set_area(self, account_id: str, area: Area, by: str) -> Account:
        """Change what an account is shown unless it asks for more; it may still see all that its role may."""
        with self._database.writing() as session:
            row = _required(session, account_id)
            before, row.area = row.area, " ".join(area.places)
            if row.area != before:
                _audit(session, AuditEvent.AREA_CHANGED, row.id, by, {"from": before, "to": row.area})
            return account_of(row)

    def make_link(self, account_id: str, by: str, *, loopback_only: bool) -> str:
        """Return the secret of a new link that logs an account in once."""
        token = secrets.token_urlsafe(32)
        now = utc_now()
        with self._database.writing() as session:
            row = _required(session, account_id)
            session.execute(delete(LoginLinkRow).where(LoginLinkRow.expires_at < now - timedelta(days=1)))
            session.add(
                LoginLinkRow(
                    token_hash=digest(token),
                    account_id=row.id,
                    loopback_only=loopback_only,
                    created_at=now,
                    expires_at=now + timedelta(minutes=LINK_MINUTES),
                )
            )
            _audit(session, AuditEvent.LINK_MADE, row.id, by, {"loopback_only": loopback_only})
        return token

    def link_works(self, token: str, *, from_loopback: bool) -> bool:
        """Tell whether a link would log somebody in, without using it."""
        with self._database.reading() as session:
            row = session.get(LoginLinkRow, digest(token))
            return row is not None and _usable(row, from_loopback)

    def use_link(self, token: str, *, from_loopback: bool) -> Account | None:
        """Use a link up and return whom it logs in, or None where it does not work."""
        now = utc_now()
        with self._database.writing() as session:
            row = session.get(LoginLinkRow, digest(token))
            if row is None or not _usable(row, from_loopback):
                _audit(session, AuditEvent.LOGIN_REFUSED, row.account_id if row else None, "link", {"why": "link"})
                return None
            taken = session.execute(
                update(LoginLinkRow)
                .where(LoginLinkRow.token_hash == row.token_hash, LoginLinkRow.used_at.is_(None))
                .values(used_at=now)
                .returning(LoginLinkRow.account_id)
            ).scalar()
            account = session.get(AccountRow, taken) if taken else None
            return account_of(account) if account is not None and account.active else None

    def record(self, event: AuditEvent, account_id: str | None, by: str, **detail: object) -> None:
        """Add a row to the audit log."""
        with self._database.writing() as session:
            _audit(session, event, account_id, by, detail)

    def purge(self, audit_days: int) -> int:
        """Delete login links that have expired and rows of the audit log older than so many days; return how many."""
        now = utc_now()
        with self._database.writing() as session:
            links = delete(LoginLinkRow).where(LoginLinkRow.expires_at < now).returning(LoginLinkRow.token_hash)
            rows = delete(AuditRow).where(AuditRow.at < now - timedelta(days=audit_days)).returning(AuditRow.id)
            return len(session.scalars(links).all()) + len(session.scalars(rows).all())

    def audit(self, limit: int = 100) -> Sequence[AuditEntry]:
        """Return the newest rows of the audit log, newest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(limit))
            return [
                AuditEntry(
                    number=row.id,
                    at=row.at,
                    event=AuditEvent(row.event),
                    account_id=row.account_id,
                    by=row.by,
                    detail=json.loads(row.detail),
                )
                for row in rows
            ]


def _usable(row: LoginLinkRow, from_loopback: bool) -> bool:
    return row.used_at is None and row.expires_at > utc_now() and (from_loopback or not row.loopback_only)


def account_of(row: AccountRow) -> Account:
    """Return an account as it stands in its row."""
    return Account(
        id=row.id,
        issuer=row.issuer,
        subject=row.subject,
        name=row.name,
        role=AccountRole(row.role),
        active=row.active,
        area=Area(places=tuple(row.area.split())),
        last_login_at=row.last_login_at,
    )


def _local(session: Session, name: str) -> AccountRow | None:
    local = session.scalars(select(AccountRow).where(AccountRow.issuer == LOCAL))
    return next((row for row in local if _folded(row.subject) == _folded(name)), None)


def _folded(name: str) -> str:
    """Return a name as people tell it from others: they do not tell Åse from åse, however either was typed.

    Databases differ in this: SQLite knows the letters A to Z alone.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _required(session: Session, account_id: str) -> AccountRow:
    row = session.get(AccountRow, account_id)
    if row is None:
        raise AccountError(f"No account has the id {account_id!r}. See `mellomrom users list`.")
    return row


def _new_account(session: Session, issuer: str, subject: str, name: str, role: AccountRole, by: str) -> AccountRow:
    row = AccountRow(
        id=uuid4().hex,
        issuer=issuer,
        subject=subject,
        name=name[:MAX_NAME],
        role=role,
        active=True,
        created_at=utc_now(),
    )
    session.add(row)
    session.flush()
    _audit(session, AuditEvent.ACCOUNT_ADDED, row.id, by, {"role": role})
    return row


def _set_role(session: Session, row: AccountRow, role: AccountRole, by: str) -> None:
    if row.role != role:
        _audit(session, AuditEvent.ROLE_CHANGED, row.id, by, {"from": row.role, "to": role})
        row.role = role


def _audit(session: Session, event: AuditEvent, account_id: str | None, by: str, detail: dict[str, Any]) -> None:
    packed = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    session.add(AuditRow(at=utc_now(), event=event, account_id=account_id, by=by, detail=packed))
