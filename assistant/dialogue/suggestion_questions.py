"""Turns that ask something of suggestions: why, how to reach them, when they close, what came of them.

Invariant: what is asked is asked of what was shown or named; a need of its own is left to be one.
"""

from __future__ import annotations

import re
from collections import Counter

from assistant.dialogue.conversation import Aspect, Intent, ListedSuggestion, Turn
from assistant.dialogue.cues import ActPattern, tokens_of
from assistant.dialogue.exclusions import unknown_bodies
from assistant.dialogue.slots import (
    GENERIC,
    NUMBER_WORDS,
    NUMERALS,
    SuggestionMentions,
    implied_suggestions,
    kind_in,
    suggestions_in,
    types_in,
)
from assistant.dialogue.turn_facts import facts_of_turn
from assistant.dialogue.turn_text import (
    ASKS,
    FEW_WORDS,
    GOES_ON,
    LOOSE_WORDS,
    SHORT,
    TurnText,
    has_words_of_its_own,
    matches_act,
    place_tokens,
    unknown_tokens,
)
from assistant.funding.verdicts import Facts
from corpus.records import ActorType, Kind
from index.analysis import is_stopword, normalise

SUGGESTION_ACTS: dict[str, tuple[Intent, Kind | None]] = {
    "draft": (Intent.DRAFT, Kind.ACTOR),
    "compare": (Intent.COMPARE, None),
    "why_not": (Intent.WHY_NOT, None),
    "why": (Intent.WHY, None),
    "peers": (Intent.PEERS, Kind.IDEA),
    "outcome": (Intent.OUTCOME, Kind.IDEA),
    "qualify": (Intent.QUALIFY, Kind.INSTRUMENT),
    "may_apply": (Intent.TERMS, Kind.INSTRUMENT),
    "deadline": (Intent.TERMS, Kind.INSTRUMENT),
    "own_share": (Intent.TERMS, Kind.INSTRUMENT),
    "amount": (Intent.TERMS, Kind.INSTRUMENT),
    "reach": (Intent.REACH, Kind.ACTOR),
    "more_about": (Intent.ABOUT, None),
}
"""What each act about suggestions is, and of which kind where none is named."""


def _list_of(said: TurnText, rows: SuggestionMentions) -> Kind | None:
    """Return the list that a number alone was taken to be of; None where no other list has it."""
    if not rows.is_numbered or not rows.items:
        return None
    kind = rows.items[0].kind
    place = [item for item in said.state.shown if item.kind is kind].index(rows.items[0])
    others = Counter(item.kind for item in said.state.shown if item.kind is not kind)
    return kind if any(count > place for count in others.values()) else None


_EITHER = re.compile(r"\b(?:eller|or|vs|versus|best\w*|better|bedre|betre)\b")


_ASPECTS = {
    "may_apply": Aspect.APPLICANTS,
    "deadline": Aspect.DEADLINE,
    "own_share": Aspect.OWN_SHARE,
    "amount": Aspect.AMOUNT,
}


MORE_LIKE = re.compile(
    r"\b(?:another one like|(?:noe|noko|noen|nokon|something)\b.*\b(?:ala|ligner|liknar)|ligner på|liknar på)\b"
    r"|\b(?:fl(?:ere|eire)|mer|meir|more|noe|noko|something|andre|others?|lignende|liknande)\b.*\b(?:som|like|à"
    r" la|a la|likhet)\b"
    r"|\b(?:lignende|liknande|similar to|samme type som|same kind as)\b"
)


_NAME = re.compile(r"[A-ZÆØÅ][a-zæøå]{3,}$")
_OF_RULES = {Intent.QUALIFY, Intent.TERMS}


def parse_rules_question(said: TurnText) -> Turn | None:
    """Return a turn that asks about a scheme's rules, which often tells a fact in the same breath."""
    if not said.state.pending or said.cues.any("ONLY", "SMALLER", "CHEAPER"):
        return None
    return parse_suggestion_question(said, _OF_RULES)


def parse_more_like(said: TurnText) -> Turn | None:
    """Return a turn that wants more like a suggestion."""
    if not MORE_LIKE.search(said.plain) or said.cues.any("DID", "WHY", "MUNICIPALITIES") or said.cues.has("UNSUITABLE"):
        return None
    rows = suggestions_in(said.text, said.cues, said.state, said.base)
    items = rows.items or (
        implied_suggestions(said.cues, said.state, None) if said.cues.has("THAT") and not rows.is_told else ()
    )
    if rows.is_told and not items:
        return Turn(intent=Intent.ABOUT)
    if not items or said.rest(rows.places):
        return None
    # "Do you have similar projects" wants projects, whoever was spoken of.
    if not rows.items and kind_in(said.cues.tokens) is Kind.IDEA:
        return None
    return Turn(intent=Intent.LIKE, items=items[:1])


def parse_suggestion_question(said: TurnText, among: set[Intent] | None = None) -> Turn | None:
    """Return a turn that asks something of suggestions; only of some sort, where that is given."""
    if len(said.cues.tokens) > 2 * SHORT:
        return None
    for way in said.cues.ways():
        if way.act not in SUGGESTION_ACTS:
            continue
        intent, kind = SUGGESTION_ACTS[way.act]
        if among is not None and intent not in among:
            continue
        if _means_something_else(way, intent, said):
            continue
        rows = suggestions_in(said.text, said.cues, said.state, said.base, kind)
        places = place_tokens(said)
        if not rows.is_told and places and intent in _OF_BODIES:
            rows = _rows_at(said, places, kind)
        unknown = unknown_bodies(said.text, said.base, municipalities=True)
        if not unknown and not rows.is_told and intent in _OF_BODIES:
            unknown = unknown_names(said, places)
        taken = set(rows.places) | places | unknown_tokens(said, unknown)
        tied = bool(rows.items) or said.cues.any("THAT", "ONES")
        if not matches_act(way, said, taken, tied=tied):
            continue
        if intent is Intent.REACH and said.cues.has("HUMAN") and not rows.items:
            return Turn(intent=Intent.CONTACT)
        turn = suggestion_turn(said, way, intent, rows, kind, unknown if not rows.items else ())
        # Where nobody is shown to be called, the broker is.
        return turn if turn.items or turn.unknown or intent is not Intent.REACH else Turn(intent=Intent.CONTACT)
    return None


def _means_something_else(way: ActPattern, intent: Intent, said: TurnText) -> bool:
    """Tell whether words that could ask something of suggestions say something else."""
    # "I do not see why" asks why, not why not.
    if intent is Intent.WHY_NOT and way.all == ("WHY", "NOT") and _PUZZLED.match(said.plain):
        return True
    # Somebody who can measure an effect is looked for; no project is asked for its own.
    if intent is Intent.OUTCOME and SEEKS_SOMEBODY.match(said.plain):
        return True
    # Results of a matter of its own are a need: somebody is looked for who knows about it.
    if intent is Intent.OUTCOME and _tells_matter(said):
        return True
    # Whoever was spoken to before is turned down, and not to be reached.
    if intent in {Intent.REACH, Intent.OUTCOME, Intent.ABOUT} and tells_tried(said):
        return True
    # "We struggle to get hold of teachers" asks for no number.
    if intent is Intent.REACH and _STRUGGLES.search(said.plain) and has_words_of_its_own(said):
        return True
    # Which universities work on it is asked of the list, not of other municipalities.
    municipal = {ActorType.MUNICIPALITY, ActorType.COUNTY_MUNICIPALITY}
    if intent is Intent.PEERS and set(types_in(said.text)) - municipal:
        return True
    # Whoever tells what they can pay themselves, or how much there is, asks nothing.
    told = facts_of_turn(said.text) if way.act in {"own_share", "amount", "more_about"} else Facts()
    return told.own_share is not None or told.budget is not None


_STRUGGLES = re.compile(
    r"\b(?:sliter|slit|strever|strevar|får ikke|får ikkje|struggl\w*|trouble|vanskelig|vanskeleg|umulig)\b"
)
_BRIEFLY_TRIED = re.compile(
    r"\b(?:ikke|ikkje|aldri|not|never|haven't|n't|noen|nokon|andre|hvem|kven|who|anyone|somebody)\b(?:\W+\w+){0,2}\W+"
    r"(?:snakk\w*|prat\w*|prøv\w*|test\w*|brukt|spurt|kontakt\w*|talked|spoken|tried|asked|used)\b"
)
"""Who was not spoken to yet, or was by others."""
_PERFECT = re.compile(r"\b(?:har|ha|have|ve)\b|\bwe(?:'ve| already)\b|\balready\b")


def tells_tried(said: TurnText) -> bool:
    """Tell whether somebody says that they have spoken to, tried or worked with what was suggested before."""
    cues = said.cues
    if not cues.has("TRIED") or ASKS.search(said.text) or cues.any("WHY", "HOW", "WHO", "WHEN"):
        return False
    if not _PERFECT.search(said.plain) or _BRIEFLY_TRIED.search(said.plain) or len(cues.tokens) > SHORT:
        return False
    named = suggestions_in(said.text, cues, said.state, said.base)
    return (bool(named.items) or cues.has("THAT")) and not said.rest(named.places)


def _tells_matter(said: TurnText) -> bool:
    """Tell whether a turn speaks of something besides what was shown and what was asked, and of nothing that was."""
    rows = suggestions_in(said.text, said.cues, said.state, said.base)
    if rows.is_told or said.cues.any("THAT", "ONES") or kind_in(said.cues.tokens) is Kind.IDEA:
        return False
    taken = said.cues.covered() | rows.places | place_tokens(said)
    asked = {token[:_ASKED_STEM] for token in tokens_of(said.state.question or "")}
    return any(
        place not in taken
        and not is_stopword(token)
        and len(token) >= _MATTER
        and token[:_ASKED_STEM] not in asked
        and said.base.knows(token)
        for place, token in enumerate(said.cues.tokens)
    )


_ASKED_STEM = 6
_MATTER = 5
"""Letters from which a word may be a matter of its own."""


def suggestion_turn(
    said: TurnText,
    way: ActPattern,
    intent: Intent,
    rows: SuggestionMentions,
    kind: Kind | None,
    unknown: tuple[str, ...] = (),
) -> Turn:
    """Return a turn that asks something of suggestions, with those it speaks of."""
    kind = kind_in(said.cues.tokens) if intent in {Intent.WHY, Intent.COMPARE, Intent.ABOUT} else kind
    items, is_told = rows.items, rows.is_told
    if intent is Intent.QUALIFY:
        # Whoever asks whether they qualify asks it of a scheme, whatever body or place they name of themselves.
        items = tuple(item for item in items if item.kind is Kind.INSTRUMENT)
        is_told = is_told and (bool(items) or not rows.items)
    if not items and not is_told and not unknown:
        items = _implied(said, intent, kind)
    aspects = tuple(_ASPECTS[way.act] for way in said.cues.ways() if way.act in _ASPECTS)
    if Aspect.OWN_SHARE in aspects:
        aspects = tuple(aspect for aspect in aspects if aspect is not Aspect.AMOUNT)
    # Whoever asks who two bodies are, or which is best, wants them side by side.
    if intent is Intent.ABOUT and len(items) > 1 and is_told and _EITHER.search(said.plain):
        intent = Intent.COMPARE
    facts = facts_of_turn(said.text)
    return Turn(
        intent=intent,
        text=said.text,
        items=items,
        numbered=_list_of(said, rows) if kind is None and items == rows.items else None,
        aspects=tuple(dict.fromkeys(aspects)) or ((_ASPECTS[way.act],) if way.act in _ASPECTS else ()),
        unknown=unknown,
        facts=facts if facts != Facts() and intent is Intent.QUALIFY else None,
    )


SEEKS_SOMEBODY = re.compile(
    r"(?:og |men |and |but )?(?:(?:finnes|finst|fins|er|is|are) (?:det|there) |(?:kjenner|kjenn|vet|veit|har|do|know)"
    r" (?:du|dere|dykk|de|you)(?: know)? (?:om |til |of )?)?"
    r"(?:noen|nokon|nån|someone|somebody|anyone|anybody|hvem|kven|kem|who)"
    r" (?:(?:der )?(?:ute )?(?:som|who|that|else) )?(?:kan|kunne|vil|could|can|might)\b"
)
"""How a question begins that looks for somebody who can do something."""
_PUZZLED = re.compile(
    r"(?:jeg |eg |æ |e |i |vi |me |we )?(?:skjønner|skjønar|forstår|fatter|fattar|ser|veit|vet|do|don't|can't|cannot)"
    r" (?:t )?(?:ikke|ikkje|not|quite|helt|heilt|see|understand|get)\b"
)
"""How somebody begins who does not see why."""


def _rows_at(said: TurnText, places: set[int], kind: Kind | None) -> SuggestionMentions:
    """Return the suggestion that is called after a place, where a place is all that names it."""
    named = {said.cues.tokens[place].removesuffix("s") for place in places}
    called = [
        item
        for item in said.state.shown
        if not named.isdisjoint({token.removesuffix("s") for token in tokens_of(item.name)})
    ]
    of_kind = [item for item in called if item.kind is kind] or called
    return SuggestionMentions(tuple(of_kind[:1]), frozenset(places) if of_kind else frozenset(), is_told=bool(of_kind))


_OF_BODIES = {Intent.WHY, Intent.WHY_NOT, Intent.REACH, Intent.ABOUT, Intent.DRAFT, Intent.TERMS, Intent.OUTCOME}
"""What is asked of a body, a scheme or a project, so that a name beside it is one."""
_STRANGER = 5
"""Letters from which a word in small letters, that nobody knows, may be a name."""
_BRIEFLY = 4
"""Words of a turn in which it may."""


def unknown_names(said: TurnText, places: set[int]) -> tuple[str, ...]:
    """Return the name beside what is asked that no record has: with a capital, or unknown to all in a brief turn.

    Args:
        said: The turn.
        places: Where it names places.
    """
    tokens = said.cues.tokens
    covered = said.cues.covered() | places
    written = {normalise(word): word for word in _CAPITAL.findall(said.text)}
    free = [
        place
        for place, token in enumerate(tokens)
        if place > 0
        and place not in covered
        and not (is_stopword(token) or token.isdecimal() or token in NUMERALS or token in GENERIC or types_in(token))
        and kind_in((token,)) is None
        and not said.base.named(token)
    ]
    capitals = [place for place in free if tokens[place] in written]
    if capitals and 2 * len(written) <= len(tokens) + 1:
        first = last = capitals[0]
        # A name of several words is one, whatever else its words mean.
        while first > 1 and tokens[first - 1] in written:
            first -= 1
        while last + 1 < len(tokens) and tokens[last + 1] in written:
            last += 1
        return (" ".join(written[token] for token in tokens[first : last + 1]),)
    if len(free) == 1 and len(tokens) <= _BRIEFLY:
        word = tokens[free[0]]
        return (word,) if len(word) >= _STRANGER and not said.base.knows(word) else ()
    return ()


_CAPITAL = re.compile(r"(?<![\w-])[A-ZÆØÅ][\w]+")


def parse_missing_number(said: TurnText) -> Turn | None:
    """Return a turn that is the number of a suggestion, and there is none of that number."""
    rows = suggestions_in(said.text, said.cues, said.state, said.base)
    if rows.items or not rows.is_told or not said.state.shown:
        return None
    numbers = [token for token in said.cues.tokens if token.isdecimal() or token in NUMERALS]
    others = [
        token
        for token in said.cues.tokens
        if token not in numbers and token not in NUMBER_WORDS and not is_stopword(token)
    ]
    marked = any(token in NUMBER_WORDS for token in said.cues.tokens)
    return Turn(intent=Intent.ABOUT) if not others and (marked or len(said.cues.tokens) == 1) else None


_FEW = 3
_WHICH = re.compile(r"\b(?:hva|kva|ka|hvilke\w*|kva for|what|which|any|alle|all)\b")
"""Words that ask which schemes, not whether one."""


def _implied(said: TurnText, intent: Intent, kind: Kind | None) -> tuple[ListedSuggestion, ...]:
    """Return the suggestions meant where none is named."""
    shown = said.state.shown
    of_kind = tuple(item for item in shown if item.kind is kind)
    if intent in {Intent.TERMS, Intent.QUALIFY}:
        if intent is Intent.QUALIFY and _WHICH.search(said.plain):
            return of_kind[:_FEW]
        focused = tuple(item for item in said.state.focus if item.kind is Kind.INSTRUMENT)
        return focused or of_kind[: 1 if intent is Intent.QUALIFY else _FEW]
    if intent is Intent.COMPARE:
        return (of_kind or tuple(item for item in shown if item.kind is (shown[0].kind if shown else None)))[:2]
    if intent in {Intent.PEERS, Intent.OUTCOME}:
        focused = tuple(item for item in said.state.focus if item.kind is Kind.IDEA)
        return focused or of_kind[:_FEW]
    if intent is Intent.WHY and not said.cues.has("THAT") and not said.state.focus:
        return tuple(item for item in shown if item.kind is (kind or shown[0].kind))[:_FEW] if shown else ()
    if intent is Intent.REACH and said.state.focus:
        return said.state.focus
    return implied_suggestions(said.cues, said.state, kind)


def parse_bare_name(said: TurnText) -> Turn | None:
    """Return a turn that names a suggestion and says nothing of it."""
    rows = suggestions_in(said.text, said.cues, said.state, said.base)
    shown = tuple(item for item in rows.items if item in said.state.shown)
    few = len(said.rest(rows.places)) <= (1 if shown else 0) and len(said.cues.tokens) <= LOOSE_WORDS
    # One word of a name in "preferably outdoors on a farm" names nothing.
    if not ASKS.search(said.text) and GOES_ON.match(said.plain) and len(rows.places) == 1 and len(said.cues.tokens) > 2:
        return None
    if few and len(shown) > 1:
        return Turn(intent=Intent.COMPARE, items=shown)
    if few and rows.items and (shown or len(said.cues.tokens) <= FEW_WORDS):
        return Turn(intent=Intent.ABOUT, items=(shown or rows.items)[:1])
    if few and rows.is_told and not rows.items:
        # A number that no row has; what can be meant is told.
        return Turn(intent=Intent.ABOUT, text=said.text)
    unknown = unknown_bodies(said.text, said.base, municipalities=True)
    if unknown and not said.rest(unknown_tokens(said, unknown)) and len(said.cues.tokens) <= FEW_WORDS:
        return Turn(intent=Intent.ABOUT, unknown=unknown)
    return None
