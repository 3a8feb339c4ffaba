"""What threads have come to, as it is stored.

Invariant: a thread goes on from the version that it was read in; its first is 1.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from assistant.dialogue.conversation import ConversationState
from assistant.history.packing import Kept, kept
from assistant.history.tables import Base, ConversationRow
from assistant.service.turn_context import ThreadState

# Statements are put together once; to do so takes longer than to run them.
_THREADS = Base.metadata.tables[ConversationRow.__tablename__]
_OF = _THREADS.c.key == bindparam("thread")
_READ = select(_THREADS.c.state, _THREADS.c.packed, _THREADS.c.version).where(_OF)
_VERSION = select(_THREADS.c.version).where(_OF)
_BEGIN, _GO_ON = insert(_THREADS), update(_THREADS).where(_OF)


class Threads:
    """The threads in a database, each call within a transaction of the caller's."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def read(self, session: Session, key: str) -> ThreadState:
        """Return a thread as it is; an empty one of version 0 where nothing was said in it yet."""
        row = session.connection().execute(_READ, {"thread": key}).one_or_none()
        if row is None:
            return ThreadState(key=key, state=ConversationState(), version=0)
        state = ConversationState.model_validate_json(Kept(row.state, row.packed).text)
        return ThreadState(key=key, state=state, version=row.version)

    def version(self, session: Session, key: str) -> int:
        """Return the version that a thread has; 0 where nothing was said in it yet."""
        return session.connection().execute(_VERSION, {"thread": key}).scalar_one_or_none() or 0

    def go_on(self, session: Session, key: str, version: int, state: ConversationState) -> None:
        """Write what a thread of some version has come to."""
        small = kept(state.model_dump_json(exclude_defaults=True))
        written = {"state": small.plain, "packed": small.packed, "version": version + 1, "updated_at": self._now()}
        if version:
            session.connection().execute(_GO_ON, {"thread": key, **written})
        else:
            session.connection().execute(_BEGIN, {"key": key, **written})
