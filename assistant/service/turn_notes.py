"""What is noted beside an answer: that part of a message was left unread, and what it changed of the need.

Invariant: a note says only what the message said, and how it was taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dialogue.conversation import Intent, ListedSuggestion, Turn
from assistant.dialogue.turn_facts import bodies_in
from assistant.funding.verdicts import Facts
from assistant.service.messages import Note
from assistant.service.turn_context import TurnContext
from corpus.places import load_places

_NAMED = 2
"""Suggestions named when several are left out at once."""


def first_notes(context: TurnContext) -> tuple[Note, ...]:
    """Return what is noted before all else: that a thread is full, who asks is new, or words were left out."""
    notes = {
        "thread_full": context.thread.continues and context.thread.version == 0,
        "first_time": context.asker.pseudonym is None,
        "redacted": context.text.removed,
        "personal_data": context.text.personal and not context.text.removed,
    }
    return tuple(Note(key=key) for key, is_so in notes.items() if is_so)


def need_notes(turn: Turn) -> tuple[Note, ...]:
    """Return what is noted of a need: what of a longer text was taken for it, what is left out, who is not known."""
    notes = [Note(key="found_need", values={"quote": turn.quote})] if turn.quote else []
    notes += [Note(key="refined.excluded", without=turn.without)] if turn.without else []
    notes += [Note(key="not_in_base", values={"names": "; ".join(turn.unknown)})] if turn.unknown else []
    return tuple(notes)


def refined_notes(turn: Turn) -> tuple[Note, ...]:
    """Return what is noted of a turn that refines an answer."""
    match turn:
        case Turn(intent=Intent.PLACE, place=None):
            return (Note(key="refined.anywhere"),)
        case Turn(intent=Intent.PLACE, place=place) if place is not None:
            key = "refined.place_only" if place.required else "refined.place"
            return (Note(key=key, values={"place": place.name}),)
        case Turn(intent=Intent.LIKE, items=(item, *_)):
            return (Note(key="refined.like", values={"name": item.name}),)
        case Turn(intent=Intent.DISMISS, items=items):
            return (_without(items),)
        case Turn(intent=Intent.EXCLUDE, without=without):
            return (Note(key="refined.excluded", without=without),)
        case Turn(intent=Intent.FILTER):
            where = {"place": turn.place.name} if turn.place else {}
            key = "only_types" if turn.types else "open_now" if turn.open_now else "smallest"
            return (Note(key=f"refined.{key}{'_in' if where else ''}", types=turn.types, values=where),)
        case Turn(intent=Intent.MORE):
            return (Note(key="refined.more"),)
        case Turn(intent=Intent.ADDITION):
            return (Note(key="refined.added"),)
        case Turn(intent=Intent.MEANT):
            return (Note(key="refined.meant", values={"need": turn.text}),)
        case Turn(intent=Intent.FACT):
            return (noted_facts(turn),)
        case _:
            return ()


def noted_facts(turn: Turn) -> Note:
    """Return the confirmation of what was told; who takes part is called by the name that was said."""
    facts = turn.facts
    if turn.denied and facts == Facts():
        places = (load_places().municipality(number) or load_places().county(number) for number in turn.denied)
        return Note(key="refined.not_there", values={"place": "; ".join(one.name for one in places if one)})
    joined = bodies_in(turn.text) if facts is not None and facts.partners and facts.parties is None else ()
    names = [item.name for item in turn.items] or list(joined)
    named = {"named": "; ".join(names)} if names else {}
    return Note(key="refined.facts", facts=turn.facts, values=named)


def _without(items: Sequence[ListedSuggestion]) -> Note:
    named = "; ".join(item.name for item in items[:_NAMED])
    if len(items) <= _NAMED:
        return Note(key="refined.without", values={"names": named})
    return Note(key="refined.without_more", values={"names": named, "count": str(len(items) - _NAMED)})
