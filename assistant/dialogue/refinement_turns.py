"""Turns that want the answer changed: narrowed, turned, put right, with some left out or more added.

Invariant: a turn that brings a subject of its own changes nothing; it is a need.
"""

from __future__ import annotations

import re

from assistant.dialogue.conversation import Intent, Turn
from assistant.dialogue.cues import cues_of
from assistant.dialogue.exclusions import parse_exclusions
from assistant.dialogue.fact_turns import tells_own_place
from assistant.dialogue.facts import facts_of_place, stage_named
from assistant.dialogue.framing import bare_need, subjects, tells_need, tells_subject
from assistant.dialogue.places import wish_for
from assistant.dialogue.slots import kind_in, suggestions_in, types_in
from assistant.dialogue.suggestion_questions import SEEKS_SOMEBODY, tells_tried
from assistant.dialogue.turn_text import (
    ASKS,
    FEW_WORDS,
    GOES_ON,
    SHORT,
    TurnText,
    first_clause,
    has_words_of_its_own,
    place_tokens,
    single_place,
)
from corpus.places import Place
from corpus.records import Kind
from index.analysis import is_stopword, normalise

SAME_NEED = 0.34
"""The likeness from which an added sentence is of the need before it."""


_ANYWHERE = re.compile(
    r"(?:(?:i |in )?(?:hele landet|heile landet|hele norge|heile noreg|the whole country|all of norway)"
    r"|(?:hvor|kor) som helst|anywhere|uansett (?:sted|stad|hvor|kor))"
)


_MORE = re.compile(r"\b(?:fl(?:ere|eire)|mer|meir|more|neste|next|resten|another|andre|others)\b")


_WAY_ON = re.compile(r"\b(?:neste (?:steg|skritt|trinn)|next (?:steps?|move))\b")
"""What to do now, which is no wish for the next suggestions."""


WHAT_ABOUT = re.compile(
    r"^(?:og |men |and |but )?(?:hva|kva|ka|what|how)(?: så)? (?:med|om|about)\s+(?P<what>.+)$", re.IGNORECASE
)


def parse_exclusion(said: TurnText) -> Turn | None:
    """Return a turn that says what is not wanted."""
    # "No money for this?" asks whether there is any.
    if ASKS.search(said.text) and re.match(r"(?:no|ingen|inga|er det (?:ikke|ikkje|ingen)|is there no)\b", said.plain):
        return None
    rows = suggestions_in(said.text, said.cues, said.state, said.base)
    named = tuple(item for item in rows.items if item in said.state.shown)
    if named and said.cues.any("NOT", "WITHOUT", "DROP") and not said.rest(rows.places):
        return Turn(intent=Intent.DISMISS, items=named)
    found = parse_exclusions(said.text, said.base)
    if not found.without:
        return None
    rest = TurnText(found.text, normalise(found.text), cues_of(found.text, said.base.knows), said.state, said.base)
    if rest.rest():
        return None
    shown = tuple(item for item in said.state.shown if item.id in found.without.records)
    if shown and len(shown) == len(found.without.records):
        return Turn(intent=Intent.DISMISS, items=shown, without=found.without)
    return Turn(intent=Intent.EXCLUDE, without=found.without)


def parse_plain_narrowing(said: TurnText) -> Turn | None:
    """Return a turn that wants less, or only what is open, though it speaks of dates or amounts."""
    if _SHUT.search(said.plain) and _HIDES.search(said.plain):
        return parse_narrowing(said)
    if said.cues.has("OPEN") and _HIDES.search(said.plain) and not said.rest() and len(said.cues.tokens) <= SHORT:
        return Turn(intent=Intent.FILTER, open_now=True)
    if said.cues.has("OPEN") and (said.cues.any("ONLY", "SHOW") or _HIDES.search(said.plain)):
        return None if said.cues.any("WHEN", "WHY", "COMPARE") else parse_narrowing(said)
    if (
        said.cues.has("ONLY")
        and types_in(said.text)
        and not said.cues.any("WHO", "WHY", "APPLY", "CAN", "NOT", "WITHOUT")
    ):
        return parse_narrowing(said)
    if not said.cues.any("ONLY", "CHEAPER", "SMALLER") or not said.cues.any("AMOUNT", "OWN_SHARE", "DEADLINE"):
        return None
    return None if said.cues.any("WHY", "COMPARE", "APPLY", "QUALIFIES") else parse_narrowing(said)


_SOMETHING = re.compile(r"\b(?:anything|something|noe|noko|any)\b")
_HIDES = re.compile(r"\b(?:skjul|gjem|gøym|hide|uten|utan|without|ikke|ikkje|not|dropp|fjern|ta bort|ta vekk|remove)\b")
_SHUT = re.compile(
    r"\b(?:stengt|stengte|lukket|lukka|lukkede|closed|avslutt\w*|utgått\w*|utløpt\w*|ended|expired|nedlagt\w*)\b"
)


def parse_narrowing(said: TurnText) -> Turn | None:
    """Return a turn that wants only some of what was shown."""
    if _SHUT.search(said.plain) and _HIDES.search(said.plain) and len(said.cues.tokens) <= SHORT and not said.rest():
        return Turn(intent=Intent.FILTER, open_now=True)
    first = first_clause(said)
    if (
        first is not None
        and first.cues.any("SMALLER", "CHEAPER", "OPEN")
        and (turn := parse_narrowing(first)) is not None
    ):
        return turn
    tokens, cues = said.cues.tokens, said.cues
    of_us = (
        bool(cues.places(("WE",)) - cues.places(("SHOW",)))
        and not cues.any("ONLY", "OPEN")
        and not cues.has("MONEY", "SMALLER")
    )
    if len(tokens) > SHORT or of_us:
        return None
    place = single_place(said)
    rest = said.rest(place_tokens(said))
    if cues.has("CHEAPER") or (cues.has("SMALLER") and len(tokens) <= FEW_WORDS + 2):
        if not [word for word in rest if kind_in((word,)) is None] and not _brings_words(said):
            return Turn(intent=Intent.FILTER, smallest=True)
        return None
    if cues.has("OPEN") and not [word for word in rest if kind_in((word,)) is None]:
        if not cues.any("ONLY", "SHOW", "MONEY", "WHO", "APPLY") and len(tokens) > FEW_WORDS:
            return None
        return Turn(intent=Intent.FILTER, open_now=True)
    types = types_in(said.text) if place is None or not _names_unit(said, place) else ()
    instead = re.search(r"\b(?:i stedet|i staden|isteden|heller|instead|rather)\b", said.plain)
    if (types and (cues.any("ONLY", "SHOW", "MEANT", "OTHERS") or instead)) or (
        types and (WHAT_ABOUT.match(said.plain) or _ANY.match(said.plain) or _only_types(said))
    ):
        if [word for word in rest if not types_in(word)]:
            return None
        wish = wish_for(place, required=True) if place else None
        return Turn(intent=Intent.FILTER, types=types, place=wish)
    return None


def _only_types(said: TurnText) -> bool:
    """Tell whether a turn is nothing but the name of a kind of body."""
    return all(is_stopword(token) or types_in(token) or kind_in((token,)) is Kind.ACTOR for token in said.cues.tokens)


_ANY = re.compile(
    r"(?:og |men |and |but )?(?:any|noen|nokon|nokre|finnes det|finst det|er det|har (?:du|dere|de)"
    r"|is there|are there)\b"
)


def _brings_words(said: TurnText) -> bool:
    """Tell whether a turn goes on from the need with words of its own, as in "and preferably for small schools"."""
    return bool(GOES_ON.match(said.plain)) and has_words_of_its_own(said)


def _names_unit(said: TurnText, place: Place) -> bool:
    """Tell whether a kind of body only stands there as part of a place's name."""
    return bool(
        re.search(
            rf"{re.escape(normalise(place.name))}s? (?:fylke|kommun)|{re.escape(normalise(place.name))}"
            rf" (?:county|municip)",
            said.plain,
        )
    )


_OTHERS = re.compile(
    r"^(?:(?:noe|noko|nåkka|something|noen|nokon|nokre|someone|anyone|anybody|er det|finst det|finnes det|har du) )*+"
    r"(?:annet|anna|else|andre|(?:any )?others?|any more|hvem andre|kven andre|who else|ellers)(?: (?:da|då|then))?"
)


def parse_dismissal(said: TurnText) -> Turn | None:
    """Return a turn that turns down suggestions."""
    cues = said.cues
    if _NOT_YET.search(said.plain):
        return None
    if _OTHERS.fullmatch(said.plain):
        kind = said.state.shown[0].kind if said.state.shown else None
        return Turn(intent=Intent.DISMISS, items=tuple(item for item in said.state.shown if item.kind is kind))
    if _ASKS_WHETHER.match(said.plain) and not cues.has("DROP"):
        return None
    if (
        not tells_tried(said)
        and not cues.any("UNSUITABLE", "DROP")
        and not (cues.any("NOT", "WITHOUT") and (cues.any("THAT", "ONES") or _numbered(said)))
    ):
        return None
    kind = kind_in(cues.tokens)
    rows = suggestions_in(said.text, cues, said.state, said.base, kind)
    if said.rest(rows.places) or len(cues.tokens) > SHORT:
        return None
    if rows.items:
        return Turn(
            intent=Intent.DISMISS, items=tuple(item for item in rows.items if item in said.state.shown) or rows.items
        )
    if rows.is_told:
        return Turn(intent=Intent.ABOUT)
    focused = tuple(item for item in said.state.focus if item in said.state.shown)
    if focused and not re.search(
        r"\b(?:disse|desse|these|those|de|dei|noen|nokon|any|none|ingen\w*|nothing|noe av|noko av)\b", said.plain
    ):
        return Turn(intent=Intent.DISMISS, items=focused)
    meant = kind or (said.state.shown[0].kind if said.state.shown else None)
    one = re.search(r"\b(?:den|that one|this one|denne)\b", said.plain)
    items = tuple(item for item in said.state.shown if item.kind is meant)
    return Turn(intent=Intent.DISMISS, items=items[:1] if one else items) if items else None


_NOT_YET = re.compile(
    r"\b(?:har|have|ve)(?: (?:vi|me|jeg|eg|we|i))? (?:ikke|ikkje|ennå ikke|aldri|not|never)(?: \w+)? (?:snakk|prat"
    r"|prøv|talk|spok|tri)"
    r"|\bhaven't\b"
)
"""Who was not spoken to is not turned down for it."""
_ASKS_WHETHER = re.compile(
    r"(?:og |men |and |but )?(?:er|is|are|isn't|aren't|hvorfor|kvifor|why|how|når|when)\b(?! (?:ikke|ikkje|not)\b)"
)
"""How a question begins whether something fits, which turns nothing down."""


def _numbered(said: TurnText) -> bool:
    return suggestions_in(said.text, said.cues, said.state, said.base).is_told


def parse_more(said: TurnText) -> Turn | None:
    """Return a turn that wants more of a kind."""
    if not said.cues.has("MORE") or said.cues.any("DID", "ABOUT", "UNSUITABLE", "APPLY", "NOT", "WHY"):
        return None
    if _WAY_ON.search(said.plain):
        return None
    if said.rest() or len(said.cues.tokens) > FEW_WORDS or single_place(said) or not _MORE.search(said.plain):
        return None
    return Turn(intent=Intent.MORE, kind=kind_in(said.cues.tokens))


_ON_BEHALF = re.compile(
    r"(?:kommunen vår|kommunen min|our municipality|vår kommune) (?:heter|heiter|er|is called|is)\b|i(?:'m| am) with\b"
    r"|(?:(?:og |and )?(?:det|dette|it|this)(?: er|'s| is| gjelder| gjeld)? |(?:jeg |eg |i )?(?:spør|snakker|snakkar"
    r"|skriver|skriv|asking"
    r"|speaking|writing|spørsmål) )?(?:for|på vegne av|på vegner av|on behalf of)\b (?!.*\b(?:som|who|that)\b)"
)
"""How somebody says for which municipality they ask."""


def parse_place_or_kind(said: TurnText) -> Turn | None:
    """Return a turn that wants answers of a kind, or near a place."""
    if _ANYWHERE.fullmatch(said.plain):
        return Turn(intent=Intent.PLACE)
    if len(said.cues.tokens) > SHORT or said.cues.any("DECIDES", "NEAREST"):
        return None
    place = single_place(said)
    if place is not None and _ON_BEHALF.match(said.plain) and said.state.facts.place is None:
        return Turn(intent=Intent.FACT, text=said.text, facts=facts_of_place(place))
    rest = said.rest(place_tokens(said))
    if [word for word in rest if kind_in((word,)) is None and not types_in(word) and stage_named(word) is None]:
        return None
    kind = kind_in(said.cues.tokens)
    if place is not None and tells_own_place(said):
        return Turn(intent=Intent.FACT, text=said.text, facts=facts_of_place(place))
    if place is not None:
        required = said.cues.has("ONLY")
        return Turn(intent=Intent.PLACE, place=wish_for(place, required=required), kind=kind if not required else None)
    # Whoever tells the need once more asks it anew.
    again = tells_need(said.text) and has_words_of_its_own(said)
    return Turn(intent=Intent.KIND, kind=kind) if kind is not None and not again else None


_ALSO_NEEDS = re.compile(
    r"^(?:og|men|and|but|også|also|dessuten|i tillegg|in addition|besides|så|then)\b.*?\b(?:sliter|slit|strever"
    r"|strevar|treng\w*"
    r"|mangl\w*|har (?:også |òg )?(?:et |eit |store )?problem\w*|need|struggle|lack|have (?:trouble|problems)"
    r"|hvem kan|kven kan|who can)\b"
)
"""How somebody goes on with what else is wanted or wrong."""


def _is_need_of_its_own(said: TurnText) -> bool:
    """Tell whether a turn that goes on tells of what else is needed, which is unlike the need before."""
    if said.state.wants_words or not _ALSO_NEEDS.match(said.plain) or not has_words_of_its_own(said):
        return False
    about = subjects(said.text, said.base)
    return (
        tells_subject(about)
        and said.base.likeness(" ".join(about), said.state.bare or said.state.question or "") < SAME_NEED
    )


_ASKS_OF_US = re.compile(
    r"(?:og |men |and |but )?(?:hvem|kven|kem|who|hva|kva|ka|what|når|when|hvor|kor|where|hvilke\w*|which|finnes|finst"
    r"|fins|kan (?:vi|me|dere|de|du|dykk)|får (?:vi|me)|er (?:det|dere|de|vi|me|du)|is (?:there|it)"
    r"|are (?:we|you|there)|can (?:we|you)|do (?:we|you)|har (?:dere|de|du)|have you|vil (?:dere|de|du)"
    r"|will (?:you|we))\b"
)
"""How a question begins, which tells no more of a problem."""


_IS_ABOUT = re.compile(
    r"^(?:nei,? |altså,? |og |men |and |but )*+"
    r"(?:det gjelder|det gjeld|det handler om|det handlar om|it's about|it is about)"
    r" (?!(?:særl|spesi|mest|bare|berre|også|ofte|especially|mostly|only|also|mainly))(?P<what>.{3,})$"
)
"""How somebody says what it is about: more of the need where it is like it, else another."""
_AND_FOR = re.compile(
    r"^(?:og |men |and |but )?(?:(?:hva|kva|ka|what|how)(?: så)? (?:med|om|about)|(?:for|i|på|hos|in|at) )\s*+"
    r"(?P<what>[^?.!]{3,40})[?.!]*$"
)
"""How somebody asks the same of somebody or somewhere else: *og for barnehagen?*, *hva med videregående*."""


def _in_another_setting(said: TurnText) -> str | None:
    """Return the need for whom or where else it is asked, where nothing else is said; None for other turns."""
    need, match = said.state.question or "", _AND_FOR.match(said.plain)
    wanted = said.base.settings(match["what"]) if match else ()
    if match is None or not need or len(wanted) != 1:
        return None
    if [word for word in match["what"].split() if not is_stopword(word) and word not in wanted[0].split()]:
        return None
    before = said.base.settings(need)
    found = re.search(rf"\b{re.escape(before[0])}\b", need, re.IGNORECASE) if len(before) == 1 else None
    if found is None:
        return f"{need.rstrip(' .?!')} – {wanted[0]}"
    return f"{need[: found.start()]}{wanted[0]}{need[found.end() :]}"


_DONE_BEFORE = re.compile(
    r"(?:og |men |and |but )?(?:vi|me|jeg|eg|we|i)(?:'ve)? (?:har |have )?"
    r"(?:alt |allerede |allereie |already |også |og )?"
    r"(?:prøvd|prøvde|prøvt|testet|testa|tried|tested|snakket med|snakka med|pratet med|prata med|talked to|spoken to"
    r"|spurt|asked|kartlagt|kartlagde|mapped)\b"
)
"""How somebody tells what was done about the need before, which is no need of its own."""


def parse_addition(said: TurnText) -> Turn | None:
    """Return a turn that tells more of the same need."""
    tokens = said.cues.tokens
    about = subjects(said.text, said.base) if SEEKS_SOMEBODY.match(said.plain) and len(tokens) <= SHORT else []
    if about and not tells_subject(about):
        # Who can evaluate it, is asked of the same matter.
        return Turn(intent=Intent.ADDITION, text=said.text)
    if (
        said.state.question
        and _DONE_BEFORE.match(said.plain)
        and len(tokens) <= 2 * SHORT
        and not ASKS.search(said.text)
    ):
        return Turn(intent=Intent.ADDITION, text=said.text)
    if _is_need_of_its_own(said):
        return None
    asks = ASKS.search(said.text) or _ASKS_OF_US.match(said.plain)
    if said.state.wants_words and not asks and len(tokens) <= 4 * SHORT and said.rest():
        return Turn(intent=Intent.ADDITION, text=said.text)
    if (match := _IS_ABOUT.match(said.plain)) and tells_subject(subjects(match["what"], said.base)):
        near = said.base.likeness(match["what"], said.state.bare or said.state.question or "")
        return Turn(intent=Intent.ADDITION, text=said.text) if near >= SAME_NEED else None
    if (text := _in_another_setting(said)) is not None:
        return Turn(intent=Intent.MEANT, text=text, bare=bare_need(text))
    if match := WHAT_ABOUT.match(said.plain):
        near = said.base.likeness(match["what"], said.state.bare or said.state.question or "")
        return Turn(intent=Intent.ADDITION, text=said.text) if near >= SAME_NEED else None
    if (
        GOES_ON.match(said.plain)
        and 1 < len(tokens) <= SHORT
        and has_words_of_its_own(said)
        and not ASKS.search(said.text)
    ):
        return Turn(intent=Intent.ADDITION, text=said.text)
    return None
