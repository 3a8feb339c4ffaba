"""One turn as a value passed down the steps: receive, interpret, answer, compose, save.

Invariant: nothing here is changed after it is made; each step takes what the one before made and adds its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from assistant.dialogue.conversation import ConversationState, Turn
from assistant.history.askers import AskerRecord
from assistant.matching.answers import Answer
from assistant.platform.redaction import Redacted
from assistant.service.messages import Note, Reply, UserMessage
from corpus.text import Frozen


class ThreadState(Frozen):
    """A thread as it was read, with the version that a change has to follow on."""

    key: str
    state: ConversationState
    version: int
    continues: bool = False
    """Whether it goes on for another one that was as long as it may grow."""


class Looked(NamedTuple):
    """What may be looked up for a turn in what was logged, only where it is wanted."""

    last_answer: Callable[[ConversationState], Answer | None]
    """The last answer of the thread; None once its time is up."""
    others: Callable[[str], int]
    """How many other municipalities asked for something like a need; 0 where there are too few to be told."""
    saved: Callable[[], int]
    """How many needs the asker has saved to hear about."""


class TurnContext(NamedTuple):
    """A message with everything that was read for it, once."""

    message: UserMessage
    key: str
    """What tells its event from any other."""
    text: Redacted
    asker: AskerRecord
    thread: ThreadState
    look: Looked


class Interpretation(NamedTuple):
    """What a message means where it was said."""

    turn: Turn
    state: ConversationState
    """What the thread comes to by it, before it is answered."""
    notes: tuple[Note, ...] = ()
    """What is told above the answer."""
    reply: Reply | None = None
    """The reply, where nothing has to be looked up for it."""


class TurnResult(NamedTuple):
    """What a turn came to, ready to be saved."""

    turn: Turn
    reply: Reply
    state: ConversationState
