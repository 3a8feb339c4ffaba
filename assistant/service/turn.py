"""One turn as a value passed down the steps: receive, interpret, answer, compose, save.

Invariant: nothing here is changed after it is made; each step takes what the one before made and adds its own.
"""

from __future__ import annotations

from typing import NamedTuple

from assistant.dialogue.conversation import State, Turn
from assistant.history.askers import AskerRecord
from assistant.platform.redaction import Redacted
from assistant.service.turns import Note, Reply, UserMessage
from corpus.text import Frozen


class ThreadState(Frozen):
    """A thread as it was read, with the version that a change has to follow on."""

    key: str
    state: State
    version: int
    continues: bool = False
    """Whether it goes on for another one that was as long as it may grow."""


class TurnContext(NamedTuple):
    """A message with everything that was read for it, once."""

    message: UserMessage
    key: str
    """What tells its event from any other."""
    text: Redacted
    asker: AskerRecord
    thread: ThreadState


class Interpretation(NamedTuple):
    """What a message means where it was said."""

    turn: Turn
    state: State
    """What the thread comes to by it, before it is answered."""
    notes: tuple[Note, ...] = ()
    """What is told above the answer."""
    reply: Reply | None = None
    """The reply, where nothing has to be looked up for it."""


class TurnResult(NamedTuple):
    """What a turn came to, ready to be saved."""

    turn: Turn
    reply: Reply
    state: State
