"""Tokens by which programs use the API.

Invariant: a token is shown once, when it is made; what is kept is its SHA-256. It may do what its scopes say and no
more, until it expires or is revoked.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from assistant.access.accounts import digest
from assistant.access.tables import TokenRow
from assistant.platform.keys import opaque_id
from corpus.clock import utc_now
from corpus.database import Database
from corpus.errors import MellomromError
from corpus.text import Frozen

PREFIX = "mlm_"
"""What every token begins with, so that one that leaks is recognised."""
MAX_NAME = 100


class TokenScope(StrEnum):
    """What a token may do."""

    ASK = "ask"
    RECORDS_READ = "records:read"
    RECORDS_WRITE = "records:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    LOG_READ = "log:read"


class Token(Frozen):
    """A token as it is known, without what it is used by."""

    id: str
    name: str
    scopes: tuple[TokenScope, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None


class TokenError(MellomromError):
    """A token cannot be made or found as asked."""


class Tokens:
    """Tokens in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, scopes: Iterable[TokenScope], days: int, by: str) -> tuple[str, Token]:
        """Make a token; return what a program sends, which nobody can see again, and what is known of it.

        Raises:
            TokenError: it has no name, or may do nothing.
        """
        name, wanted = " ".join(name.split()), tuple(dict.fromkeys(scopes))
        if not name or len(name) > MAX_NAME:
            raise TokenError(f"Got the name {name[:40]!r}, expected 1 to {MAX_NAME} characters. Say what it is for.")
        if not wanted:
            raise TokenError(f"Got no scope, expected some of {', '.join(TokenScope)}. Say what it may do.")
        secret, now = PREFIX + secrets.token_urlsafe(32), utc_now()
        row = TokenRow(
            id=opaque_id(),
            name=name,
            token_hash=digest(secret),
            scopes=" ".join(wanted),
            created_at=now,
            created_by=by,
            expires_at=now + timedelta(days=days),
        )
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            return secret, _token(row)

    def find(self, secret: str) -> Token | None:
        """Return the token that a program sent, or None where it is none that holds."""
        with self._database.reading() as session:
            row = session.scalar(select(TokenRow).where(TokenRow.token_hash == digest(secret)))
            if row is None or row.revoked_at is not None or row.expires_at <= utc_now():
                return None
            return _token(row)

    def list(self) -> list[Token]:
        """Return all tokens, the newest first."""
        with self._database.reading() as session:
            return [_token(row) for row in session.scalars(select(TokenRow).order_by(TokenRow.created_at.desc()))]

    def revoke(self, token_id: str) -> Token:
        """Take a token back.

        Raises:
            TokenError: there is none with that id.
        """
        with self._database.writing() as session:
            row = session.get(TokenRow, token_id)
            if row is None:
                raise TokenError(f"There is no token {token_id[:40]!r}. `mellomrom tokens list` shows them.")
            row.revoked_at = row.revoked_at or utc_now()
            return _token(row)


def _token(row: TokenRow) -> Token:
    fields = {name: getattr(row, name) for name in Token.model_fields if name != "scopes"}
    return Token(**fields, scopes=tuple(TokenScope(scope) for scope in row.scopes.split()))
