"""What brokers write to each other about a record.

Invariant: a comment is no part of a record; it is shown to brokers alone, and goes when its time is up.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from corpus.clock import utc_now
from corpus.database import Database
from corpus.tables import CommentRow
from corpus.text import Frozen

LONGEST = 4_000
"""Characters of a comment that are kept."""


class Comment(Frozen):
    """One comment."""

    id: str
    record_id: str
    by: str
    at: datetime
    text: str


def add_comment(database: Database, record_id: str, text: str, by: str) -> Comment:
    """Keep a comment, and return it."""
    row = CommentRow(id=secrets.token_hex(8), record_id=record_id, by=by, at=utc_now(), text=text.strip()[:LONGEST])
    with database.writing() as session:
        session.add(row)
        session.flush()
        return _comment(row)


def comments_of(database: Database, record_id: str) -> list[Comment]:
    """Return the comments on a record, the oldest first."""
    wanted = select(CommentRow).where(CommentRow.record_id == record_id).order_by(CommentRow.at, CommentRow.id)
    with database.reading() as session:
        return [_comment(row) for row in session.scalars(wanted)]


def comments_naming(database: Database, names: Iterable[str]) -> list[Comment]:
    """Return the comments in which one of some names stands, however it is cased."""
    wanted = [name.casefold() for name in names if name]
    with database.reading() as session:
        rows = session.scalars(select(CommentRow).order_by(CommentRow.id))
        return [_comment(row) for row in rows if any(name in row.text.casefold() for name in wanted)]


def take_comment_back(database: Database, comment_id: str, by: str) -> bool:
    """Take a comment away if it was written by somebody; tell whether it was."""
    with database.writing() as session:
        gone = delete(CommentRow).where(CommentRow.id == comment_id, CommentRow.by == by)
        return bool(session.execute(gone.returning(CommentRow.id)).all())


def forget_comments(session: Session, before: datetime) -> int:
    """Take away comments from before a moment; return how many there were."""
    gone = delete(CommentRow).where(CommentRow.at < before)
    return len(session.execute(gone.returning(CommentRow.id)).all())


def forget_comments_by_id(session: Session, ids: Iterable[str]) -> int:
    """Take comments away; return how many there were."""
    gone = delete(CommentRow).where(CommentRow.id.in_(list(ids)))
    return len(session.execute(gone.returning(CommentRow.id)).all())


def _comment(row: CommentRow) -> Comment:
    return Comment(id=row.id, record_id=row.record_id, by=row.by, at=row.at, text=row.text)
