"""The needs that an asker has saved, where no more is wanted than to count them or to forget them all.

Invariant: whoever forgets a need takes back the words of what was to be mailed about it, in the same transaction.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assistant.history.tables import SavedNeedRow, saved_reference
from assistant.mail.queue import forget_mail


def count_saved(session: Session, pseudonym: str | None) -> int:
    """Return how many needs somebody has saved; nobody without a pseudonym has any."""
    if pseudonym is None:
        return 0
    return session.scalar(select(func.count()).where(SavedNeedRow.asker == pseudonym)) or 0


def forget_saved(session: Session, pseudonym: str) -> int:
    """Forget the needs that somebody has saved, and the letters about them, in the caller's transaction.

    Return how many there were.
    """
    ids = session.scalars(select(SavedNeedRow.id).where(SavedNeedRow.asker == pseudonym)).all()
    forget_mail(session, map(saved_reference, ids))
    session.execute(delete(SavedNeedRow).where(SavedNeedRow.asker == pseudonym))
    return len(ids)
