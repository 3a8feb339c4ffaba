"""A turn as every step of reading looks at it.

Invariant: nothing here says what a turn means.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.dialogue.conversation import ConversationState
from assistant.dialogue.cues import FRAME, ActPattern, Cues, cues_of
from assistant.dialogue.knowledge_base import KnowledgeBase
from assistant.dialogue.places import place_named, read_places
from assistant.dialogue.slots import NUMERALS, every_place_word
from assistant.dialogue.turn_facts import facts_of_turn
from corpus.places import Place, load_places
from index.analysis import is_stopword, normalise, words

SHORT = 12
"""Words of a turn that may still be said of an answer."""


ASKS = re.compile(r"\?\s*$")
GOES_ON = re.compile(
    r"^(?:og|men|and|but|altså|eller|or|det gjelder|det gjeld|særlig|serleg|særleg|spesielt|especially|for|med"
    r"|(?:vi|me|jeg|eg) (?:tenker|tenkjer|mener|meiner) (?:særlig|særleg|mest|spesielt|først og fremst) på"
    r"|with|også|also|dessuten|mest|helst|gjerne|fortrinnsvis|først og fremst|først og fremst|i hovedsak|hovedsakelig"
    r"|it concerns|this is for|mainly|mostly|preferably|ideally|particularly|in particular)\b",
    re.IGNORECASE,
)
"""How somebody begins who goes on about the same need."""


BACK_TO_LIFE = re.compile(
    r"(?:tilbake|tilbakeføring|back) (?:til|på|i|to|into|in) (?:jobb\w*|arbeid\w*|skol\w+|skul\w+|work\w*|school\w*"
    r"|utdanning\w*|samfunn\w*|kommun\w+|hverdag\w*|kvardag\w*|society|education)\b"
)
"""What people come back to who ask nothing of us."""


class TurnText(NamedTuple):
    """A turn with what every step of reading looks at."""

    text: str
    """What was written, without what stands around it."""
    plain: str
    """The same, normalised, without marks at its ends."""
    cues: Cues
    state: ConversationState
    base: KnowledgeBase
    whole: str = ""
    """What was written as it was."""

    def rest(self, *but: frozenset[int] | set[int]) -> list[str]:
        """Return the words with a subject of their own, besides those at some places."""
        taken = self.cues.covered().union(*but)
        old = {word[:_STEM] for word in words(normalise(self.state.question or ""))}
        return [
            token
            for place, token in enumerate(self.cues.tokens)
            if place not in taken
            and not is_stopword(token)
            and token[:_STEM] not in old
            and not token.isdecimal()
            and token not in NUMERALS
            and self.base.is_subject(token)
        ]


_STEM = 6


_LOOSE = frozenset(
    """
    why reach deadline amount may_apply qualify more_about compare draft identity save undo restart human outcome
    """.split()
)
"""Acts whose own words say so much that a word beside them hardly makes a need."""


_ABOUT = frozenset("om about for med with on innen regarding rundt concerning mot av of hvordan how".split())
"""Words that a subject follows."""


def matches_act(way: ActPattern, said: TurnText, taken: set[int] | frozenset[int], *, tied: bool = False) -> bool:
    """Tell whether what stands beside an act's words is little enough for it.

    Args:
        way: The words that mean the act.
        said: The turn.
        taken: Where it names suggestions, places and such.
        tied: Whether it speaks of a suggestion that was shown.
    """
    rest = said.rest(taken)
    if len(rest) <= way.rest:
        return True
    if way.act not in _LOOSE or len(said.cues.tokens) > LOOSE_WORDS:
        return False
    tokens = said.cues.tokens
    followed = {tokens[place] for place in range(1, len(tokens)) if tokens[place - 1] in _ABOUT}
    subject = [word for word in rest if word in followed]
    return len(subject) <= way.rest and len(rest) <= way.rest + (2 if tied else 1)


LOOSE_WORDS = 10


_CLAUSE_END = re.compile(r"[,.;:!?–]\s")


def first_clause(said: TurnText) -> TurnText | None:
    """Return a turn's first clause, where it has several."""
    match = _CLAUSE_END.search(said.text)
    if match is None:
        return None
    text = said.text[: match.start()]
    return TurnText(text, normalise(text), cues_of(text, said.base.knows), said.state, said.base)


FEW_WORDS = 6


def single_place(said: TurnText) -> Place | None:
    """Return the one place that a short turn names."""
    return place_named(said.text) if len(said.cues.tokens) <= SHORT else None


def place_tokens(said: TurnText) -> set[int]:
    """Return where a turn names places."""
    mentions = load_places().mentions(said.text)
    found = [mention.place for mention in mentions]
    if (asker := read_places(said.text).asker) is not None:
        found.append(asker)
    if len(said.cues.tokens) <= SHORT and (place := place_named(said.text)) is not None:
        found.append(place)
    names = {
        word
        for place in found
        for name in (place.name, *place.other_names, *(one.name for one in place.former))
        for word in words(normalise(name))
    }
    names |= {word for mention in mentions for word in mention.written.split()}
    names |= {f"{name}s" for name in names}
    if found and facts_of_turn(said.text).parties:
        names |= every_place_word()
    return {number for number, token in enumerate(said.cues.tokens) if token in names}


def unknown_tokens(said: TurnText, unknown: tuple[str, ...]) -> set[int]:
    """Return where a turn names bodies that the base does not hold."""
    names = {word for name in unknown for word in words(normalise(name))}
    return {number for number, token in enumerate(said.cues.tokens) if token in names}


COMPOUND = 11
"""Letters of a word that says what a need is about even if no record uses it."""


def has_words_of_its_own(said: TurnText) -> bool:
    """Tell whether a turn holds a word that is not one of those people use of any answer."""
    covered = said.cues.covered()
    return any(place not in covered and not is_stopword(token) for place, token in enumerate(said.cues.tokens))


_NOUN = 7
"""Letters from which a word that only frames other words may be what a first message is about."""


def frames_matter(said: TurnText) -> bool:
    """Tell whether one of the words that hold a sentence together is one that a need may be about: *grunnskolen*."""
    others = said.cues.places(name for name in said.cues.found if name != FRAME)
    return any(
        place not in others and len(token) >= _NOUN and not is_stopword(token) and said.base.knows(token)
        for place, token in enumerate(said.cues.tokens)
    )
