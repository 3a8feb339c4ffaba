"""Turns that tell a need, parted from what is said around it.

Invariant: a need keeps the words it was told in.
"""

from __future__ import annotations

from assistant.dialogue.asides import remove_asides
from assistant.dialogue.conversation import Intent, Turn
from assistant.dialogue.exclusions import parse_exclusions, unknown_bodies
from assistant.dialogue.framing import bare_need, split_needs
from assistant.dialogue.knowledge_base import EmptyKnowledgeBase, KnowledgeBase
from assistant.dialogue.spelling import correct_spelling


def parse_need(text: str, base: KnowledgeBase) -> Turn:
    """Return a turn that tells a need, parted from what is said around it; facts told beside it hold for all of it."""
    aside = remove_asides(text, base)
    found = split_needs(aside.text, base)
    first, *others = found.needs
    whole = text if first == aside.text else first
    out = parse_exclusions(first, base)
    bare = correct_spelling(bare_need(out.text), base)
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


def read_need(text: str, base: KnowledgeBase | None = None) -> Turn:
    """Return a text as one need whatever it says, since a program asks; the text stays the question."""
    base = base or EmptyKnowledgeBase()
    turn = parse_need(text, base)
    if turn.further:
        bare = correct_spelling(bare_need(parse_exclusions(remove_asides(text, base).text, base).text), base)
        return turn.model_copy(update={"text": text, "bare": bare, "further": ()})
    bare = turn.bare or turn.text
    return turn.model_copy(update={"text": text, "bare": bare if bare != text else None})
