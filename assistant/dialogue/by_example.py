"""Turns that no rule reads, taken for what turns like them were.

Invariant: a turn with a subject that neither its thread nor any example has is a need, and is left to be one.
"""

from __future__ import annotations

from assistant.dialogue.conversation import Intent, Turn
from assistant.dialogue.cues import ActPattern
from assistant.dialogue.examples import NAME, NUMBER, PLACE, is_said_of_answers, likely_act
from assistant.dialogue.exclusions import unknown_bodies
from assistant.dialogue.places import wish_for
from assistant.dialogue.slots import SuggestionMentions, suggestions_in, types_in
from assistant.dialogue.suggestion_questions import SUGGESTION_ACTS, suggestion_turn
from assistant.dialogue.turn_text import BACK_TO_LIFE, SHORT, TurnText, frames_matter, place_tokens, single_place

_PLAIN = {
    "undo": Intent.UNDO,
    "restart": Intent.RESTART,
    "identity": Intent.IDENTITY,
    "help": Intent.HELP,
    "human": Intent.CONTACT,
    "write_application": Intent.APPLICATION,
    "save": Intent.SAVE,
    "thanks": Intent.THANKS,
}
_REFUSED = frozenset({"undo", "restart", "human", "write_application", "save"})
"""Acts that do something, so that a "not" in a turn is taken to be said of them."""
_FEWEST = 3
"""Words without which nothing is likened to anything."""


def by_example(said: TurnText) -> Turn | None:
    """Return what a turn most likely is, by others like it; None where that is not clear."""
    if said.state.question is None or not _FEWEST <= len(said.cues.tokens) <= SHORT:
        return None
    # Who decides, how likely it is and what is nearest no record tells.
    if said.cues.any("DECIDES", "NEAREST") or BACK_TO_LIFE.search(said.plain):
        return None
    rows = suggestions_in(said.text, said.cues, said.state, said.base)
    places = place_tokens(said)
    if [word for word in said.rest(rows.places | places) if not is_said_of_answers(word) and not types_in(word)]:
        return None
    act = likely_act(_masked(said, rows, places))
    # Examples know no refusals: what is not to be saved is not saved.
    if act is None or (act in _REFUSED and said.cues.has("NOT")):
        return None
    # A robot that helps in home care is not us.
    if act == "identity" and frames_matter(said):
        return None
    return _as(act, said)


def _masked(said: TurnText, rows: SuggestionMentions, places: set[int]) -> list[str]:
    """Return the words of a turn with names, places and numbers alike."""
    return [
        NUMBER if token.isdecimal() else NAME if place in rows.places else PLACE if place in places else token
        for place, token in enumerate(said.cues.tokens)
    ]


def _as(act: str, said: TurnText) -> Turn | None:
    if act in SUGGESTION_ACTS:
        intent, kind = SUGGESTION_ACTS[act]
        rows = suggestions_in(said.text, said.cues, said.state, said.base, kind)
        unknown = () if rows.items else unknown_bodies(said.text, said.base, municipalities=True)
        return suggestion_turn(said, ActPattern(act, (), (), 0), intent, rows, kind, unknown)
    if act in _PLAIN:
        return Turn(intent=_PLAIN[act], text=said.text)
    types, place = types_in(said.text), single_place(said)
    if act == "only" and types:
        return Turn(intent=Intent.FILTER, types=types, place=wish_for(place, required=True) if place else None)
    if act == "only" and place is not None:
        return Turn(intent=Intent.PLACE, place=wish_for(place, required=said.cues.has("ONLY")))
    if act == "open":
        return Turn(intent=Intent.FILTER, open_now=True)
    if act == "smaller":
        return Turn(intent=Intent.FILTER, smallest=True)
    return None
