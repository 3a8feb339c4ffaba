"""Sessions: which browser a request comes from, and who is logged in there.

Invariant: the cookie holds a random id and nothing else; its SHA-256 is the key of a row in the database. Logging in
or out makes a new id, so that one planted beforehand is worth nothing. Nothing is written for a visitor who only reads.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from assistant.access.accounts import Account, AccountRole, AuditEvent, account_of, digest
from assistant.access.tables import AccountRow, AuditRow, SessionRow
from assistant.platform.settings import Settings
from corpus.clock import utc_now
from corpus.database import Database

_TOUCHED_AFTER = timedelta(minutes=5)
"""A session in use is written at most this often."""
_LOGGED_IN_AT_MOST = timedelta(days=30)
"""However busy somebody is, they log in again after this long."""
_MAX_FLASHES = 5


class FlashKind(StrEnum):
    """How a message to the user is meant; the names are those of the design system's alerts."""

    SUCCESS = "success"
    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"


class Flash(NamedTuple):
    """A message for the next page: a key of the catalogs and the values to fill in."""

    kind: FlashKind
    key: str
    values: Mapping[str, str]


class StoredSession(NamedTuple):
    """A session as it was read."""

    id_hash: str
    visitor: str
    account: Account | None
    data: dict[str, Any]
    created_at: datetime
    seen_at: datetime


class Sessions:
    """Sessions in a database."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._idle = timedelta(hours=settings.web_session_hours)
        self._visitor = timedelta(days=settings.web_visitor_days)

    def read(self, token: str) -> StoredSession | None:
        """Return the session of a cookie, or None where there is none that still holds."""
        now = utc_now()
        query = (
            select(SessionRow, AccountRow)
            .outerjoin(AccountRow, AccountRow.id == SessionRow.account_id)
            .where(SessionRow.id_hash == digest(token), SessionRow.expires_at > now)
        )
        with self._database.reading() as session:
            found = session.execute(query).first()
            if found is None:
                return None
            row, account = found
            if row.account_id is not None and (account is None or not account.active):
                return None
            return StoredSession(
                row.id_hash,
                row.visitor,
                account_of(account) if account else None,
                json.loads(row.data),
                row.created_at,
                row.seen_at,
            )

    def begin(self, account: Account | None = None, replaces: StoredSession | None = None) -> tuple[str, StoredSession]:
        """Begin a session under a new id and end the one it replaces; returns what the cookie is to hold, and it.

        A login is written to the audit log together with its session.
        """
        token, now = secrets.token_urlsafe(32), utc_now()
        stored = StoredSession(digest(token), secrets.token_hex(16), account, {}, now, now)
        with self._database.writing() as session:
            if replaces is not None:
                session.execute(delete(SessionRow).where(SessionRow.id_hash == replaces.id_hash))
            session.add(
                SessionRow(
                    id_hash=stored.id_hash,
                    account_id=account.id if account else None,
                    visitor=stored.visitor,
                    data="{}",
                    created_at=now,
                    seen_at=now,
                    expires_at=now + self.lifetime(account),
                )
            )
            if account is not None:
                row = session.get(AccountRow, account.id)
                if row is not None:
                    row.last_login_at = now
                session.add(_audit_row(AuditEvent.LOGIN, account, now, {"issuer": account.issuer}))
        return token, stored

    def save(self, stored: StoredSession) -> None:
        """Write what a session holds."""
        with self._database.writing() as session:
            row = session.get(SessionRow, stored.id_hash)
            if row is not None:
                row.data = json.dumps(stored.data, ensure_ascii=False)

    def touch(self, stored: StoredSession) -> bool:
        """Prolong a session in use; tells whether that was due, so that the cookie is prolonged with it."""
        now = utc_now()
        if now - stored.seen_at < _TOUCHED_AFTER:
            return False
        expires = now + self.lifetime(stored.account)
        if stored.account is not None:
            expires = min(expires, stored.created_at + _LOGGED_IN_AT_MOST)
        with self._database.writing() as session:
            row = session.get(SessionRow, stored.id_hash)
            if row is None:
                return False
            row.seen_at, row.expires_at = now, expires
        return True

    def end(self, stored: StoredSession) -> None:
        """End a session; a logout is written to the audit log together with it."""
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.id_hash == stored.id_hash))
            if stored.account is not None:
                session.add(_audit_row(AuditEvent.LOGOUT, stored.account, utc_now(), {}))

    def purge(self) -> int:
        """Delete the sessions that have expired and return how many there were."""
        with self._database.writing() as session:
            gone = delete(SessionRow).where(SessionRow.expires_at <= utc_now()).returning(SessionRow.id_hash)
            return len(session.scalars(gone).all())

    def lifetime(self, account: Account | None) -> timedelta:
        """Return how long a session lasts without use."""
        return self._visitor if account is None else self._idle


def _audit_row(event: AuditEvent, account: Account, now: datetime, detail: dict[str, str]) -> AuditRow:
    return AuditRow(at=now, event=event, account_id=account.id, by=account.id, detail=json.dumps(detail))


class Visit:
    """One request's browser: its session, read when first asked for, and the cookies the answer is to set."""

    def __init__(self, token: str | None) -> None:
        self._token = token
        self._sessions: Sessions | None = None
        self._stored: StoredSession | None = None
        self.new_token: str | None = None
        """What the answer's cookie is to hold; empty where the cookie is to go."""
        self.max_age = 0

    def open(self, sessions: Sessions) -> None:
        """Read the session, once."""
        if self._sessions is not None:
            return
        self._sessions = sessions
        self._stored = sessions.read(self._token) if self._token else None
        if self._token and self._stored is not None and sessions.touch(self._stored):
            self._hand_out(self._token)

    @property
    def account(self) -> Account | None:
        """Who is logged in."""
        return self._stored.account if self._stored else None

    @property
    def stored(self) -> StoredSession | None:
        """The session, if there is one."""
        return self._stored

    def role(self) -> AccountRole | None:
        """Return what the visitor may do, beyond what everyone may."""
        return self.account.role if self.account else None

    def asker_id(self) -> str:
        """Return who this is to the service: the account, or else the session, begun where there was none."""
        if self.account:
            return f"account:{self.account.id}"
        return f"visitor:{self.begun().visitor}"

    def known_asker_id(self) -> str | None:
        """Return who this is to the service, or None for a visitor without a session, who cannot have asked."""
        return self.asker_id() if self._stored else None

    def begun(self) -> StoredSession:
        """Return the session, begun where there was none."""
        if self._stored is None:
            self._begin(None)
        assert self._stored is not None  # noqa: S101 (begun in the line above)
        return self._stored

    def log_in(self, account: Account) -> None:
        """Go on as an account, in a session with a new id."""
        self._begin(account)

    def log_out(self) -> None:
        """End the session and take the cookie back."""
        if self._stored is not None:
            self._opened().end(self._stored)
        self._stored = None
        self.new_token, self.max_age = "", 0

    def save(self) -> None:
        """Write what the session holds."""
        if self._stored is not None:
            self._opened().save(self._stored)

    def flash(self, key: str, kind: FlashKind = FlashKind.SUCCESS, **values: str) -> None:
        """Leave a message, a key of the catalogs, for the next page."""
        data = self.begun().data
        data["flashes"] = [*data.get("flashes", []), [kind.value, key, values]][-_MAX_FLASHES:]
        self.save()

    def take_flashes(self) -> list[Flash]:
        """Return the messages left for this page, and forget them."""
        if self._stored is None or not self._stored.data.get("flashes"):
            return []
        taken = self._stored.data.pop("flashes")
        self.save()
        return [Flash(FlashKind(kind), key, values) for kind, key, values in taken]

    def _begin(self, account: Account | None) -> None:
        token, self._stored = self._opened().begin(account, replaces=self._stored)
        self._hand_out(token)

    def _hand_out(self, token: str) -> None:
        self.new_token = token
        self.max_age = int(self._opened().lifetime(self.account).total_seconds())

    def _opened(self) -> Sessions:
        if self._sessions is None:
            raise AssertionError("the session was not opened: depend on `access.visit`")
        return self._sessions
