"""What somebody means by their next words in a thread: a need, or something said or asked of the answer before.

Invariant: reading a turn never fails. Words are taken for something said of an answer only where they hold no subject
of their own; what is neither that nor a need is unclear, and is asked about rather than guessed at.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.dialogue.asked_by_name import asked_by_name
from assistant.dialogue.asked_of_rows import (
    ROW_ACTS,
    act_on_rows,
    asked_of_rules,
    more_like,
    named_alone,
    no_such_row,
    told_of,
)
from assistant.dialogue.base import Base, NoBase
from assistant.dialogue.changing import (
    WHAT_ABOUT,
    addition,
    dismissal,
    leaves_out,
    meant_otherwise,
    narrowed,
    placed_or_kind,
    plainly_narrowed,
    wants_more,
)
from assistant.dialogue.choices import choice_label, chosen
from assistant.dialogue.conversation import Intent, State, Turn
from assistant.dialogue.cues import FRAME, cues_of
from assistant.dialogue.framing import bare_need, new_topic, tells_need
from assistant.dialogue.needs import need_told
from assistant.dialogue.plain_acts import courtesy_told, of_itself
from assistant.dialogue.said import COMPOUND, FEW_WORDS, SHORT, Said, has_words_of_its_own, is_small
from assistant.dialogue.slots import rows_in
from assistant.dialogue.telling_facts import answers_question, fact_told, plain_facts
from corpus.text import Language
from index.analysis import normalise

_VAGUE = frozenset(
    {"ja", "jo", "nei", "yes", "no", "jepp", "yep", "nope", "hm", "hmm", "hæ", "hva", "kva", "what", "huh", "eh", "tja"}
)


def read_turn(text: str, state: State, base: Base | None = None) -> Turn:
    """Return what a turn is.

    Args:
        text: What was written.
        state: What the thread has come to.
        base: What knows the words and names of the records.
    """
    base = base or NoBase()
    if (choice := chosen(text, state)) is not None:
        if choice.key == "new":
            return need_told(choice.values["text"], base)
        if choice.key == "add":
            return Turn(intent=Intent.ADDITION, text=choice.values["text"])
        text = choice_label(choice, state.language or Language.NB)
    if text.strip() == "?":
        return Turn(intent=Intent.HELP)
    bare = bare_need(text)
    plain = normalise(bare).strip(" .!,;:?")
    said = Said(bare, plain, cues_of(bare, base.knows), state, base, text)
    courtesy = courtesy_told(text, said.cues if bare == text else cues_of(text, base.knows))
    if courtesy is not None:
        return courtesy
    topic = new_topic(bare)
    if topic == "":
        return Turn(intent=Intent.RESTART)
    if topic is not None:
        told = Said(topic, normalise(topic), cues_of(topic, base.knows), state, base)
        # What comes after "by the way" may be a fact as well as a need.
        return fact_told(told) or need_told(topic, base).model_copy(update={"announced": True})
    found = of_itself(said)
    if found is None:
        found = asked_by_name(said)
    if found is None:
        found = _of_answer(said) if state.question is not None else _of_nothing(said)
    return found or _fresh(said)


def _of_nothing(said: Said) -> Turn | None:
    """Return a turn before anything was asked: what is known of who asks, or something asked of a record by name."""
    for way in said.cues.ways():
        if way.act not in {
            "reach",
            "more_about",
            "deadline",
            "amount",
            "may_apply",
            "qualify",
            "why",
            "why_not",
            "outcome",
        }:
            continue
        intent, kind = ROW_ACTS[way.act]
        rows = rows_in(said.text, said.cues, said.state, said.base, kind)
        if rows.items and not said.rest(rows.places) and len(said.cues.tokens) <= SHORT:
            return told_of(said, way, intent, rows, kind)
    return None if tells_need(said.text) else fact_told(said)


def _of_answer(said: Said) -> Turn | None:
    """Return a turn that is about the answer before it."""
    steps: tuple[Callable[[Said], Turn | None], ...] = (
        asked_of_rules, answers_question, no_such_row, plain_facts, more_like, plainly_narrowed, act_on_rows,
        meant_otherwise, leaves_out, narrowed, fact_told,
        dismissal, wants_more, placed_or_kind,
        named_alone, addition,
    )  # fmt: skip
    for step in steps:
        if (turn := step(said)) is not None:
            return turn
    return None


def _fresh(said: Said) -> Turn:
    """Return a turn that is a need of its own, or that nothing can be made of."""
    rest = said.rest()
    about = [
        token
        for place, token in enumerate(said.cues.tokens)
        if not is_small(token) and (said.base.knows(token) or said.base.is_subject(token)) and not said.cues.only(FRAME)
    ]
    started = said.state.question is not None
    # Whoever tells the need once more asks it anew.
    again = tells_need(said.text) and has_words_of_its_own(said)
    if started and not rest and not again and len(said.cues.tokens) <= 2 * SHORT:
        return Turn(intent=Intent.UNCLEAR, text=said.text)
    if not started and said.plain in _VAGUE:
        return Turn(intent=Intent.UNCLEAR, text=said.text)
    if (
        started
        and len(rest) == 1
        and len(said.cues.tokens) <= FEW_WORDS
        and not said.base.knows(rest[0])
        and len(rest[0]) < COMPOUND
        and not said.base.named(said.text)
    ):
        return Turn(intent=Intent.UNCLEAR, text=said.text)
    if not about and len(said.cues.tokens) <= SHORT and said.cues.tokens:
        return Turn(intent=Intent.UNCLEAR, text=said.text)
    what = _what(said)
    return need_told(what, said.base).model_copy(update={"announced": what is not said.whole})


def _what(said: Said) -> str:
    match = WHAT_ABOUT.match(said.text)
    return match["what"] if match and said.state.question else said.whole or said.text
