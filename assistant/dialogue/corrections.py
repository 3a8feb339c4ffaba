"""Turns that say that another thing was meant than what was understood, or written.

Invariant: a correction keeps the rest of the need; only what was put right in it changes. An opinion ("I mean that this
matters") and a question of what we mean correct nothing.
"""

from __future__ import annotations

import re

from assistant.dialogue.conversation import Intent, ListedSuggestion, Turn
from assistant.dialogue.cues import cues_of, tokens_of
from assistant.dialogue.framing import bare_need, subjects, tells_need
from assistant.dialogue.knowledge_base import KnowledgeBase
from assistant.dialogue.places import place_named
from assistant.dialogue.slots import GENERIC, suggestions_in, tells_apart, types_in
from assistant.dialogue.turn_facts import facts_of_turn
from assistant.dialogue.turn_text import ASKS, FEW_WORDS, TurnText, place_tokens
from index.analysis import is_stopword, normalise

_SOFT = (
    r"(?:nei|no|neida|nope|niks|altså|hei|hi|hey|oi|oj|ops|oops|ups|hm+|men|but|og|ja|du|well|vent|wait|sorry|unnskyld"
    r"|orsak|beklager|beklagar|my bad|my mistake|min feil)"
)
_OPENING = rf"(?:{_SOFT}\b[\s,.!:–-]*+){{0,5}}"
"""What is said before somebody puts something right."""
_I = r"(?:jeg|eg|æ|e|ej|i|vi|me|we)"
_ADVERB = (
    r"(?:egentlig|eigentleg|heller|selvfølgelig|sjølvsagt|actually|really|rather|only|just|bare|berre|jo|da|då|mer|meir"
    r"|mest|more|altså|særlig|spesielt)"
)
_MISTAKEN = (
    r"(?:(?:du|dere|de|you)(?: har| ha|'ve| have)? (?:misforst\w+|missforst\w+|misunderstood|got (?:it|me|that) wrong)"
    r"(?: meg| me| oss| us)?|misforståelse|mistyding|misunderstanding|(?:(?:jeg|eg|i|vi|me) )?(?:skrev|skreiv|skriv"
    r"|wrote)"
    r" (?:feil|gale|it wrong)|skrive?feil|tastefeil|typo|(?:det|that|it) (?:ble|blei|vart|var|was|came out)(?: out)?"
    r" (?:feil|gale|wrong)|(?:that's|that is|it's|det (?:er|var)) (?:not|ikke|ikkje) (?:what|det) (?:i|jeg|eg|vi|me|we)"
    r" (?:asked|meant|wanted|mente|meinte|spurte om|spurde om)(?: for| about)?|rettelse|retting|korreksjon|correction"
    r"|feil ord|wrong word|feil|wrong)"
)
"""What somebody says where we, or they themselves, got it wrong."""
_MEANT_VERB = (
    rf"(?:(?:'m|am|was|er|var|have|har) )?(?:{_ADVERB} ){{0,3}}(?:mente|meinte|meint|ment|mener|meiner|meant|mean"
    rf"|siktet|sikta|sikter|siktar|refer(?:red|ring)|spurte|spurde|asked|asking"
    rf"|(?:talking|talked|snakker|snakkar|snakka|snakket|prater|pratar)(?= (?:om|about))"
    rf"|tenkte(?= (?:{_ADVERB} ){{0,2}}på)|tenkt(?= (?:{_ADVERB} ){{0,2}}på)|tenkjer(?= (?:{_ADVERB} )?på)"
    rf"|thinking|thought(?= of)|ute|after)\b"
)
_TO = r"(?: (?:på|om|of|about|to|til|after|etter|for|med))?"
_DETAILS = r"(?:det er|det var|det gjelder|det gjeld|det handler om|det handlar om|it's|it is|it was|it's about)"
_SHOULD_BE = (
    r"(?:(?:det )?(?:skulle|skal|should)(?: have)?(?: ha)? (?:være|vere|vært|vore|stå|stått|skrevet|skrive|said"
    r"|written|been"
    r"|be|read))"
)
_WHAT = r"(?P<what>.{2,200})"
_WAS = r"(?P<was>[^,.;–]{2,60}?)"
_GOING_ON = rf"(?:{_ADVERB}\b\s*+){{0,5}}[:,]?\s*+"

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "no, I meant X", "not Y, I was thinking of X"
        (
            rf"^{_OPENING}(?:(?:ikke|ikkje|not) {_WAS}[,.;]\s*+)?{_OPENING}(?:{_I}(?:\s|(?='m))|(?:det|it) (?=mente"
            rf"|meinte))?"
            rf"\s*+{_MEANT_VERB}{_TO}\s++{_GOING_ON}{_WHAT}$"
        ),
        rf"^{_OPENING}{_SHOULD_BE}\s++{_WHAT}$",
        # "it is really about X"
        (
            rf"^{_OPENING}(?:{_DETAILS} (?:altså |nå |no )?(?:egentlig|eigentleg|heller|really|actually|rather)"
            rf"|(?:egentlig|eigentleg|actually|really) (?:gjelder|gjeld|handler|handlar|er) det(?: om)?)\s++{_WHAT}$"
        ),
        # After saying that something went wrong.
        (
            rf"^{_OPENING}{_MISTAKEN}(?:\s*+[,.!:;–-][\s,.!:;–-]*+|\s++(?={_I}\s++{_MEANT_VERB}|{_SHOULD_BE}|{_DETAILS}))"
            rf"(?:og |and )?(?:(?:{_DETAILS}|(?:{_I}\s*+)?{_MEANT_VERB}{_TO}|{_SHOULD_BE})\s++)?{_GOING_ON}{_WHAT}$"
        ),
        # "what I meant was X"
        (
            rf"^{_OPENING}(?:what|det|that which) {_I} (?:{_ADVERB} ){{0,2}}(?:mente|meinte|mener|meiner|meant|mean"
            rf"|vil|vil ha|want|wanted"
            rf"|am after|was after|er ute etter|var ute etter|lurer på|lurar på|lurte på|wonder(?:ed)? about"
            rf"|spurte om|spurde om|asked)"
            rf"(?: about)?,? (?:er|var|is|was) (?:at |that )?{_WHAT}$"
        ),
        # "it was not Y I meant but X"
        (
            rf"^{_OPENING}(?:det|it) (?:er|var|is|was) (?:ikke|ikkje|not) {_WAS} (?:som "
            rf"|that )?{_I} (?:\w+ ){{1,3}}?(?:(?:etter|på"
            rf"|om|about|of|til) ?)?,? (?:men|but) {_WHAT}$"
        ),
        rf"^{_OPENING}(?:ikke|ikkje|not) {_WAS}[,.;]?\s++(?:men|but|heller|rather)\s++{_WHAT}$",
    )
)
_MEANT_LAST = re.compile(
    rf"^{_OPENING}(?:(?:det (?:er|var|e)|it (?:is|was)|it's) )?(?P<what>.{{2,80}}?),?\s++"
    rf"(?:(?:mente|meinte|tenkte|meant)\s++{_I}(?: på)?|(?:som |that )?{_I} {_MEANT_VERB}{_TO}"
    rf"|(?:that )?i had in mind|(?:det er|det var) [^,.]{{2,40}} det (?:gjelder|gjeld))"
    r"(?P<more>[,.]? (?:og )?(?:ikke|ikkje|not) .{2,40})?\W*$",
    re.IGNORECASE,
)
_OPINION = re.compile(
    rf"^{_OPENING}{_I} (?:{_ADVERB} )?(?:mener|meiner|mean|think) (?:{_ADVERB} )?"
    r"(?:at|that|det|dette|vi|me|de|dei|den|du|dere|this|it|we|they|you|everyone|alle)\b",
    re.IGNORECASE,
)
_ASKS_US = re.compile(
    r"^(?:og |men |and |but )?(?:hva|kva|ka|what|which|hvilke\w*|hvem|kven|who|hvordan|korleis|how"
    r"|(?:mente|meinte|mener|meiner)(?= (?:du|dere|de|dykk)\b)|do|did|er|is)\b(?! (?:jeg|eg|i|vi|me|we)\b)",
    re.IGNORECASE,
)
_NOT_THIS = re.compile(
    rf"^{_OPENING}(?:ikke|ikkje|not) (?P<was>[^,;–-]{{3,40}})[,;–-]\s*+(?P<what>[^,;]{{3,60}})$", re.IGNORECASE
)
"""What the need said, and what it should say."""
_THIS_NOT = re.compile(
    rf"^{_OPENING}(?P<what>[^,;–-]{{3,60}})[,;–-]\s*+(?:og )?(?:ikke|ikkje|not) (?P<was>[^,;]{{3,40}})$", re.IGNORECASE
)
"""What the need should say, and what it said."""
_NO_BUT = re.compile(
    r"^(?:nei|neida|nei nei|niks|no|nope)(?: altså| du| men)?[\s,.!–-]++(?:altså )?"
    r"(?P<what>[^\s,.!?]++(?:\s++[^\s,.!?]++){0,2})\s*+[.!]*+$",
    re.IGNORECASE,
)
"""A "no" with a word or two that put it right."""
_OR_MEANT = re.compile(
    r"(?:[,.;]\s*+|(?<!\bsom)(?<!\bder)(?<!\bthat)(?<!\bwho)(?<!\ber)(?<!\bhar)(?<!\bkan)(?<!\bvil)(?<!\bfår)(?<!\bdo)\s)"
    r"(?:og )?(?:ikke|ikkje|not)\s++(?P<was>.{2,60})$",
    re.IGNORECASE,
)
"""What was not meant, said after what was; "children who do not get a place" tells of no such thing."""
_OF_WHOM = re.compile(r"\w (?:som|that|who) \w", re.IGNORECASE)
"""How somebody tells more of those that they mean, which no word of the need before is put right by."""
_DESCRIBED = 2
"""Words beyond which somebody has told whom they mean."""
_STEM = 5
_REPLACED_FROM = 0.3
_CALLED_FROM = 0.5
"""The share of a name's own words from which it is the row that was meant."""


def parse_correction(said: TurnText) -> Turn | None:
    """Return a turn that corrects what was understood of the need."""
    if _OPINION.match(said.text) or _ASKS_US.match(said.plain):
        return None
    match = next((found for pattern in _PATTERNS if (found := pattern.match(said.text))), None)
    match = match or _MEANT_LAST.match(said.text) or _put_right(said)
    if match is None:
        return None
    groups = match.groupdict()
    what, was = match["what"].strip(" .!?,"), groups.get("was")
    if also := _OR_MEANT.search(what) or _OR_MEANT.search(groups.get("more") or ""):
        what, was = what[: also.start()].strip(" ,.;") if also.string == what else what, also["was"]
    if place_named(what) is not None and not said.base.is_subject(what):
        return None
    rows = suggestions_in(what, cues_of(what, said.base.knows), said.state, said.base)
    first = rows.items[0] if rows.items else None
    is_row = first is not None and (rows.is_numbered or _is_called(first, what))
    if is_row and first is not None and len(cues_of(what).tokens) <= FEW_WORDS:
        return Turn(intent=Intent.ABOUT, items=(first,))
    facts = facts_of_turn(f"vi er {what}")
    if facts.applicant_type is not None and not [word for word in said.rest() if not types_in(word)]:
        return Turn(intent=Intent.FACT, text=said.text, facts=facts)
    text = _replaced(said.state.question or "", what, was, said.base)
    return Turn(intent=Intent.MEANT, text=text, bare=bare_need(text))


def _is_called(item: ListedSuggestion, what: str) -> bool:
    """Tell whether words are what a row is called, and not only a word that its name holds as well."""
    if not tells_apart(item.name, what):
        return False
    said = set(tokens_of(what))
    if said & {normalise(word) for word in re.findall(r"\b[A-ZÆØÅ][A-ZÆØÅ]+\w*", item.name)}:
        return True
    named = [token for token in tokens_of(item.name) if not is_stopword(token) and token not in GENERIC]
    return bool(named) and sum(token in said for token in named) >= _CALLED_FROM * len(named)


def _put_right(said: TurnText) -> re.Match[str] | None:
    """Return a text of nothing but what the need should have said, and perhaps what it said."""
    if said.state.pending and not _THIS_NOT.match(said.text):
        return None
    for pattern in (_NOT_THIS, _NO_BUT, _THIS_NOT):
        match = pattern.match(said.text)
        if match is None or ASKS.search(said.text):
            continue
        # What is said last not to be meant is a correction only where the need holds it.
        if pattern is _THIS_NOT and not _is_of_need(match["was"], said.state.question or ""):
            continue
        words_left = said.rest() or (subjects(match["what"], said.base) if pattern is _THIS_NOT else [])
        named = suggestions_in(said.text, said.cues, said.state, said.base)
        if not words_left or any(named.is_numbered or _is_called(item, said.text) for item in named.items):
            continue
        if not place_tokens(said) and not types_in(match["what"]):
            return match
    return None


def _is_of_need(words: str, question: str) -> bool:
    """Tell whether what was not meant stands in the need."""
    asked = {token[:_STEM] for token in tokens_of(question)}
    return any(len(token) >= _STEM - 1 and token[:_STEM] in asked for token in tokens_of(words))


def _replaced(question: str, what: str, was: str | None, base: KnowledgeBase) -> str:
    """Return a need with the word in it that something else was meant by put right."""
    tokens = re.findall(r"[^\W_][\w'’-]*", question)
    if was:
        wanted = normalise(was)
        spans = re.search(rf"\b{re.escape(wanted)}\w*", question, re.IGNORECASE)
        if spans:
            return f"{question[: spans.start()]}{what}{_without_repeat(what, question[spans.end() :])}"
    described = _OF_WHOM.search(what) and len(what.split()) > _DESCRIBED
    if described or (tells_need(what) and subjects(what, base)):
        # A whole need takes the place of the one before.
        return what
    nearest = max(
        (
            (base.likeness(token, what), token)
            for token in tokens
            if len(token) > 3 and not is_stopword(token.casefold())
        ),
        default=(0.0, ""),
    )
    if nearest[0] >= _REPLACED_FROM:
        # A phrase such as "videregående skole" goes as a whole.
        spans = re.search(rf"\b{re.escape(nearest[1])}(?: skole\w*)?", question)
        if spans is not None:
            return f"{question[: spans.start()]}{what}{_without_repeat(what, question[spans.end() :])}"
    return f"{question.rstrip(' .?!')} – {what}"


def _without_repeat(what: str, after: str) -> str:
    """Return the end of a need without the words that what was put right ends with as well."""
    ends = what.casefold().split()
    for length in range(len(ends), 0, -1):
        begins = after.casefold().split()[:length]
        if begins == ends[-length:]:
            return " ".join(["", *after.split()[length:]]) if after.split()[length:] else ""
    return after
