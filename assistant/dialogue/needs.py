"""Turns that tell a need, parted from what is said around it.

Invariant: a need keeps the words it was told in.
"""

from __future__ import annotations

from assistant.dialogue.base import Base, NoBase
from assistant.dialogue.conversation import Intent, Turn
from assistant.dialogue.framing import bare_need, parted
from assistant.dialogue.left_out import left_out, unknown_bodies


def need_told(text: str, base: Base) -> Turn:
    """Return a turn that tells a need, parted from what is said around it."""
    found = parted(text, base)
    first, *others = found.needs
    out = left_out(first, base)
    bare = bare_need(out.text)
    return Turn(
        intent=Intent.QUESTION,
        text=first,
        bare=bare if bare != first else None,
        without=out.without,
        unknown=unknown_bodies(first, base),
        quote=found.quote,
        further=tuple(others),
    )


def read_need(text: str, base: Base | None = None) -> Turn:
    """Return a text as one need whatever it says, since a program asks; the text stays the question."""
    turn = need_told(text, base or NoBase())
    if turn.further:
        bare = bare_need(left_out(text, base or NoBase()).text)
        return turn.model_copy(update={"text": text, "bare": bare, "further": ()})
    bare = turn.bare or turn.text
    return turn.model_copy(update={"text": text, "bare": bare if bare != text else None})
