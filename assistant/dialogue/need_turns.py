"""Turns that tell a need, parted from what is said around it.

Invariant: a need keeps the words it was told in.
"""

from __future__ import annotations

from assistant.dialogue.asides import without_asides
from assistant.dialogue.base import Base, NoBase
from assistant.dialogue.conversation import Intent, Turn
from assistant.dialogue.framing import bare_need, parted
from assistant.dialogue.left_out import left_out, unknown_bodies
from assistant.dialogue.spelling import mended


def need_told(text: str, base: Base) -> Turn:
    """Return a turn that tells a need, parted from what is said around it; facts told beside it hold for all of it."""
    aside = without_asides(text, base)
    found = parted(aside.text, base)
    first, *others = found.needs
    whole = text if first == aside.text else first
    out = left_out(first, base)
    bare = mended(bare_need(out.text), base)
    return Turn(
        intent=Intent.QUESTION,
        text=whole,
        bare=bare if bare != whole else None,
        without=out.without,
        unknown=unknown_bodies(first, base),
        facts=aside.facts,
        quote=found.quote,
        further=tuple(others),
    )


def read_need(text: str, base: Base | None = None) -> Turn:
    """Return a text as one need whatever it says, since a program asks; the text stays the question."""
    base = base or NoBase()
    turn = need_told(text, base)
    if turn.further:
        bare = mended(bare_need(left_out(without_asides(text, base).text, base).text), base)
        return turn.model_copy(update={"text": text, "bare": bare, "further": ()})
    bare = turn.bare or turn.text
    return turn.model_copy(update={"text": text, "bare": bare if bare != text else None})
