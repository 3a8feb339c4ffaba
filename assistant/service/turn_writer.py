"""What is kept of a turn: the log entry of its reply.

Invariant: the entry holds nobody's words; they stand in the text beside it.
"""

from __future__ import annotations

from assistant.history.log_entries import EntryKind, NewLogEntry, PendingEntry
from assistant.platform.keys import Keys
from assistant.platform.people import Asker
from assistant.service.messages import (
    Reply,
    ReplyKind,
)
from assistant.service.stored_answers import StoredAnswer, suggestions_of
from assistant.service.turn_context import TurnResult


class TurnWriter:
    """Makes what is kept of turns."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def event_key(self, purpose: str, key: str, asker: Asker) -> str:
        """Return what tells an event of a channel from any other, in the log."""
        return self._keys.hashed(purpose, asker.channel, asker.tenant, key)

    def answered(self, to: NewLogEntry, about: str | None, result: TurnResult, top_k: int) -> PendingEntry:
        """Return what the log keeps of a reply to a question or an act."""
        answer = result.reply.answer
        entry = to.model_copy(
            update={
                "key": self._keys.hashed("answer", to.key),
                "kind": EntryKind.ANSWER,
                "about": about,
                "record_id": None,
                "language": result.reply.language,
                "outcome": answer.outcome if answer else result.reply.kind,
                "fingerprint": answer.index.fingerprint if answer else None,
                "encoder": answer.index.encoder if answer else None,
                "payload": suggestions_of(answer, result.state) if answer else {},
            }
        )
        state = result.state
        if result.reply.kind is ReplyKind.UNCLEAR:
            # Whoever keeps the log sees what was not understood, not the need that it stood beside.
            state = state.model_copy(update={"question": result.turn.text})
        if result.reply.further and answer is not None:
            # The thread has gone on to the last of several needs; this answers the first.
            state = state.model_copy(update={"question": answer.question})
        shown = StoredAnswer.of(result.reply, state, top_k)
        return PendingEntry(entry, shown.written(), result.reply.log_id)

    def further(self, to: NewLogEntry, about: str | None, result: TurnResult, reply: Reply, top_k: int) -> PendingEntry:
        """Return what the log keeps of the reply to another need of the same message."""
        state = result.state
        if reply.answer is not None:
            state = state.model_copy(update={"question": reply.answer.question})
        answered = self.answered(to, about, TurnResult(result.turn, reply, state), top_k)
        key = self._keys.hashed("answer", to.key, reply.log_id or "")
        return answered._replace(entry=answered.entry.model_copy(update={"key": key}))
