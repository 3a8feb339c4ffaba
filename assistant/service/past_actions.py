"""What was done with an answer.

Invariant: only those who may see an answer are told what was done with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.history.log_entries import EntryKind, LogEntry
from assistant.service.messages import ActionType, PastAction

if TYPE_CHECKING:
    from assistant.platform.people import Asker
    from assistant.service.container import Runtime


def past_action_of(entry: LogEntry) -> PastAction:
    """Return what an entry of the log tells was done."""
    return PastAction(
        verb=ActionType(entry.outcome),
        record_id=entry.record_id,
        reason=entry.payload.get("reason"),
        case_id=entry.payload.get("case"),
        at=entry.at,
    )


def past_actions(runtime: Runtime, log_id: str, asker: Asker) -> tuple[PastAction, ...]:
    """Return what was done with an answer, in order, by all who may see it, for one of them.

    Raises:
        UnknownAnswerError: it is not there any more, or not for them.
    """
    runtime.service.logged(log_id, asker)
    return tuple(map(past_action_of, runtime.service.log.entries(kind=EntryKind.ACT, about=log_id)))
