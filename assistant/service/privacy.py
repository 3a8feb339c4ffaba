"""What is kept of people, given out or taken away.

Invariant: taking away leaves the log whole and its figures right; only words, and the tie to whoever wrote them, go.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, select

from assistant.history.tables import AskerRow, ConversationRow, LogRow
from corpus.database import Database

if TYPE_CHECKING:
    from assistant.history.matchlog import MatchLog
    from assistant.platform.people import Asker
    from assistant.service.container import Runtime


class Erased(NamedTuple):
    """What was taken away."""

    texts: int
    cases: int


def purge(database: Database, log: MatchLog, before: datetime) -> int:
    """Take away texts and threads from before a moment; return how many texts."""
    with database.writing() as session:
        session.execute(delete(ConversationRow).where(ConversationRow.updated_at < before))
        return log.forget_texts(session, before)


def kept_of(runtime: Runtime, asker: Asker) -> dict[str, Any]:
    """Return everything that is kept of somebody."""
    pseudonym = runtime.service.pseudonym_of(asker)
    if pseudonym is None:
        return {"profile": None, "log": [], "cases": []}
    cases = runtime.referrals.cases(asker=pseudonym)
    return {
        "profile": runtime.service.profile(asker).model_dump(mode="json"),
        "log": [entry.model_dump(mode="json") for entry in runtime.service.log.entries(asker=pseudonym)],
        "cases": [
            case.model_dump(mode="json")
            | {"events": [event.model_dump(mode="json") for event in runtime.referrals.events(case.id)]}
            for case in cases
        ],
    }


def erase(runtime: Runtime, asker: Asker, by: str) -> Erased | None:
    """Take away what somebody wrote and the tie to them; return what, or None where nothing is kept of them."""
    pseudonym = runtime.service.pseudonym_of(asker)
    if pseudonym is None:
        return None
    with runtime.database.writing() as session:
        texts = runtime.service.log.forget_texts_of(session, pseudonym)
        cases = runtime.referrals.erase(session, pseudonym, by)
        threads = select(LogRow.conversation).where(LogRow.asker == pseudonym)
        session.execute(delete(ConversationRow).where(ConversationRow.key.in_(threads)))
        session.execute(delete(AskerRow).where(AskerRow.pseudonym == pseudonym))
    return Erased(texts, cases)
