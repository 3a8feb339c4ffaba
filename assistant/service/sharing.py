"""Answers that their askers have shared, and shares that were taken back.

Invariant: of the acts that share an answer or take its share back, the latest holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.history.log_entries import EntryKind, NewLogEntry, UnknownEntryError
from assistant.history.matchlog import MatchLog
from assistant.platform.keys import opaque_id
from assistant.service.messages import ActionType, LoggedAnswer, UnknownAnswerError
from assistant.service.stored_answers import StoredAnswer

if TYPE_CHECKING:
    from assistant.platform.people import Asker
    from assistant.service.container import Runtime

SHARES = {ActionType.SHARE, ActionType.UNSHARE}


def is_shared(log: MatchLog, log_id: str) -> bool:
    """Tell whether an answer may be seen by whoever has its address."""
    acts = log.entries(kind=EntryKind.ACT, about=log_id, newest_first=True)
    return next((act.outcome == ActionType.SHARE for act in acts if act.outcome in SHARES), False)


def shared_by(runtime: Runtime, asker: Asker) -> list[LoggedAnswer]:
    """Return the answers that somebody has shared and not taken back."""
    log, pseudonym = runtime.service.log, runtime.service.pseudonym_of(asker)
    if pseudonym is None:
        return []
    shares = log.entries(kind=EntryKind.ACT, asker=pseudonym, outcome=ActionType.SHARE)
    log_ids = list(dict.fromkeys(entry.about for entry in shares if entry.about))
    found = log.having([log_id for log_id in log_ids if is_shared(log, log_id)])
    return [shown.logged(entry, mine=True) for entry in found if (shown := StoredAnswer.read(entry))]


def unshare(runtime: Runtime, log_id: str) -> bool:
    """Take back the share of an answer in its asker's stead; tell whether there was one.

    Raises:
        UnknownAnswerError: there is no such answer.
    """
    log = runtime.service.log
    try:
        entry = log.get(log_id)
    except UnknownEntryError as error:
        raise UnknownAnswerError(f"There is no answer {log_id[:40]!r}.") from error
    if not is_shared(log, log_id):
        return False
    taken_back = NewLogEntry(
        key=f"unshare {opaque_id()}",
        kind=EntryKind.ACT,
        about=log_id,
        outcome=ActionType.UNSHARE,
        **entry.model_dump(include={"channel", "tenant", "asker", "conversation", "kommunenummer", "language"}),
    )
    with runtime.database.writing() as session:
        log.append(session, taken_back)
    return True
