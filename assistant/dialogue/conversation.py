"""What somebody means by their next words in a thread: a question, or something said of the answer before.

Invariant: reading a turn never fails and never drops a question: whatever is not plainly something else is one. Words
are only taken as a refinement where there is an answer to refine, and where nothing but a refinement is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from assistant.dialogue.facts_told import told
from assistant.dialogue.places import place_named, wish_for
from assistant.dialogue.refining import Refinement
from assistant.funding.verdicts import Facts, Missing, merge_facts
from corpus.places import Place
from corpus.records import Kind
from corpus.text import Frozen, Language
from index.analysis import normalise, words
from index.retrieval.need import PlaceWish

MAX_ASKS = 2
"""Questions back for one need."""


class Item(Frozen):
    """A suggestion as it stood in an answer, for "number two"."""

    id: str
    kind: Kind
    name: str


class State(Frozen):
    """What a thread has come to; without a question, nothing was asked yet."""

    question: str | None = None
    """The need so far, in the asker's words."""
    language: Language | None = None
    """The language of the question, or the one chosen in the thread."""
    chosen_language: bool = False
    refinement: Refinement = Refinement()
    facts: Facts = Facts()
    """What the asker told of themselves in the thread."""
    asked: tuple[str, ...] = ()
    """What was asked back for this need, by key."""
    pending: tuple[Missing, ...] = ()
    """Facts that the last reply asked for."""
    wants_words: bool = False
    """Whether the last reply asked for more about the problem itself."""
    shown: tuple[Item, ...] = ()
    """The suggestions of the last answer, in the order they were shown."""
    answer_id: str | None = None
    """The log id of the last answer."""


class Intent(StrEnum):
    """What a turn is."""

    QUESTION = "question"
    ADDITION = "addition"
    """More words about the same need."""
    FACT = "fact"
    """What a question back asked for."""
    PLACE = "place"
    KIND = "kind"
    LIKE = "like"
    DISMISS = "dismiss"
    MORE = "more"
    LANGUAGE = "language"
    CONTACT = "contact"
    HELP = "help"
    GREETING = "greeting"
    THANKS = "thanks"
    RESTART = "restart"


class Turn(Frozen):
    """A turn read."""

    intent: Intent
    text: str = ""
    """The words that the need takes on, where it does."""
    shortened: bool = False
    """Whether the end of what was written was left unread."""
    place: PlaceWish | None = None
    kind: Kind | None = None
    items: tuple[Item, ...] = ()
    """The suggestions spoken of."""
    language: Language | None = None
    facts: Facts | None = None
    """What was told in answer to a question back."""
    settled: Missing | None = None
    """The question that was answered."""


_HELP = re.compile(
    r"(?:/?(?:hjelp|help)(?: meg| me)?|\?|hva (?:kan du|gjør du|er dette|kan jeg spørre om)(?: .{0,30})?"
    r"|kva (?:kan du|gjer du|er dette|kan eg spørje om)(?: .{0,30})?|hvordan (?:virker|bruker jeg) (?:du|deg|dette)"
    r"|korleis (?:verkar|brukar eg) (?:du|deg|dette)|what (?:can|do) you do(?: .{0,30})?|what is this"
    r"|how (?:do you work|does this work))"
)
_GREETING = re.compile(r"(?:hei|hallo|heisann|hei hei|god (?:morgen|morgon|dag|kveld)|hi|hello|good (?:morning|day))")
_THANKS = re.compile(
    r"(?:(?:tusen |mange )?takk(?: skal du ha| for (?:all )?(?:hjelpen|hjelpa|det|svar\w*|meg|no|nå))?"
    r"|thank you(?: very much)?|thanks(?: a lot)?"
    r"|supert?|flott|fint|great|perfekt|perfect)(?: (?:takk|thanks))?"
)
_LANGUAGE = re.compile(
    r"(?:(?:kan du |can you )?(?:svar\w*|skriv\w*|ta det|answer|write|reply)?\s*(?:meg )?(?:på|in|to)?\s*)"
    r"(?P<language>bokmål|nynorsk|norsk|engelsk|english|norwegian)(?:,? (?:takk|please|er du snill))?"
)
_LANGUAGES = {
    "bokmål": Language.NB,
    "norsk": Language.NB,
    "norwegian": Language.NB,
    "nynorsk": Language.NN,
    "engelsk": Language.EN,
    "english": Language.EN,
}
_CONTACT = re.compile(
    r"\b(?:(?:hvem|kven) (?:hos|i|frå|fra) (?:dere|dykk)\b.*|(?:hvem|kven) (?:hos dere |hos dykk )?kan (?:jeg|eg|vi) "
    r"(?:snakke|snakk|prate|ringe|kontakte)\w*(?: med)?(?: hos (?:dere|dykk))?"
    r"|(?:kan|får|vil) (?:jeg|eg|vi|me) (?:gjerne )?(?:få )?(?:snakke|prate|ringe) (?:med|til) "
    r"(?:(?:et|eit|en|ein|noen|nokon)(?: .{0,20})?)?"
    r"(?:menneske|person|megler\w*|meklar\w*|hos (?:dere|dykk)|levende|ordentlig|kompetansem\w+)\w*"
    r"|(?:snakke|prate) med (?:et menneske|eit menneske|megleren|meklaren|kompetansemegleren|kompetansemeklaren)"
    r"|(?:can i |could i |i want to |i'd like to )?(?:talk|speak) (?:to|with) (?:a human|a person|someone|somebody|you"
    r"|the broker|anyone)(?: .{0,20})?"
    r"|who (?:at your end |there )?(?:can|could) i (?:talk|speak) (?:to|with)(?: .{0,30})?)$"
)
_RESTART = re.compile(
    r"(?:nytt spørsmål|ny sak|start på nytt|begynn på nytt|new question|start over|glem det|forget it)\b"
)
_NUMBERS = {
    "en": 1, "ein": 1, "første": 1, "fyrste": 1, "one": 1, "first": 1,
    "to": 2, "andre": 2, "two": 2, "second": 2,
    "tre": 3, "tredje": 3, "three": 3, "third": 3,
    "fire": 4, "fjerde": 4, "four": 4, "fourth": 4,
    "fem": 5, "femte": 5, "five": 5, "fifth": 5,
}  # fmt: skip
_NUMBER = rf"(?P<number>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_NTH = rf"(?:nummer|nr\.?|no\.?|number|#|punkt|den|det|the)?\s*{_NUMBER}(?:\.|e)?(?: (?:der|there|one))?"
_OF_KIND: dict[Kind, str] = {
    Kind.ACTOR: (
        r"partn(?:er|ar)\w*|samarbeidspart\w*|partners?|forsk(?:er|ar)\w*|fagmiljø\w*|aktør\w*|folk|hvem|kven|who"
    ),
    Kind.INSTRUMENT: (
        r"penger|pengar|midler|midlar|støtte\w*|finansiering\w*|ordning\w*|tilskudd\w*|tilskot\w*|utlysning\w*"
        r"|utlysing\w*|virkemid\w*|verkemid\w*|funding|money|schemes?|grants?|calls?"
    ),
    Kind.IDEA: (
        r"ide(?:er|ar|en|ene|ane)?|idé\w*|prosjekt\w*|lignende|liknande|similar|erfaring\w*|ideas?|projects?|examples?"
        r"|eksempler|døme"
    ),
}
_ANY_KIND = "|".join(f"(?P<{kind.name}>{pattern})" for kind, pattern in _OF_KIND.items())
_LIKE = re.compile(
    rf"(?:(?:vis |gi |show |give )?(?:meg |me )?)?(?:fl(?:ere|eire)|mer|meir|more|noe|noko|something|andre)"
    rf"(?: (?:{_ANY_KIND}))? (?:som|like|a la|à la|i likhet med) (?:(?:{'|'.join(_OF_KIND.values())}) )?{_NTH}"
)
_THIS = r"(?:dette|det|denne|den|disse|desse|this|that|these|those|dei|de)"
_NOT = r"(?:ikke|ikkje|not|uten|utan|dropp|without|skip)"
_DISMISS = re.compile(
    rf"(?:nei,? |no,? )?(?:{_NOT} (?:(?:{'|'.join(_OF_KIND.values())}) )?(?:{_THIS}|{_NTH})"
    r"(?: (?:her|here|forslaget|eine|ene))?"
    r"|(?:noe|noko|something) (?:annet|anna|else)|(?:noen|nokon|someone|somebody) (?:andre|else))"
)
_MORE = re.compile(
    rf"(?:(?:vis|gi|show|give) (?:meg |me )?)?(?:noen |nokre |some )?(?:fl(?:ere|eire)|mer|meir|more)"
    rf"(?: (?:{_ANY_KIND}|forslag|suggestions))?(?: (?:takk|please))?"
)
_FRAMING = frozenset(
    """
    hva kva med om og men da også så what about and but how then also any finnes finst det er are there is noen nokon
    nokre some bare berre kun only just i in på frå fra from at the til for nå no now takk please heller gjerne vis meg
    show me kan du can you give gi enn noe noko vi har treng trenger need kommune kommunen fylke fylket county
    municipality som er dem dei de them those ones
    """.split()
)
"""Words that only frame a refinement."""
_ONLY = frozenset({"bare", "berre", "kun", "only", "just"})
_ANYWHERE = re.compile(
    r"(?:(?:i |in )?(?:hele landet|heile landet|the whole country)|(?:hvor|kor) som helst|anywhere"
    r"|uansett (?:sted|stad))"
)
_ADDS = re.compile(
    r"(?:og|men|and|but|altså|eller|or|det gjelder|det gjeld|særlig|spesielt|especially|hva med|kva med|what about"
    r"|for|med|with)\b"
)
_ASKS = re.compile(
    r"(?:hvem|kven|hva|kva|hvor|kor|hvordan|korleis|hvilke\w*|who|what|how|where|which|is there|are there|finnes"
    r"|finst|har (?:noen|nokon)|has any\w*|kan (?:vi|noen|nokon)|can (?:we|any\w*))\b"
)
"""How a question begins that answers nothing."""
_SHORT = 8
"""Words of a turn that may still be no question of its own."""


def read_turn(text: str, state: State) -> Turn:
    """Return what a turn is.

    Args:
        text: What was written.
        state: What the thread has come to.
    """
    said = normalise(text).strip(" .!,;:")
    found = _of_itself(said)
    if found is None and state.question is not None:
        found = _of_answer(text, said, state)
    return found or Turn(intent=Intent.QUESTION, text=text)


def _of_itself(said: str) -> Turn | None:
    """Return a turn that means the same wherever it is said."""
    for pattern, intent in (
        (_HELP, Intent.HELP),
        (_GREETING, Intent.GREETING),
        (_THANKS, Intent.THANKS),
        (_CONTACT, Intent.CONTACT),
    ):
        if pattern.fullmatch(said.rstrip("? ") or said):
            return Turn(intent=intent)
    if match := _LANGUAGE.fullmatch(said.rstrip("? ")):
        return Turn(intent=Intent.LANGUAGE, language=_LANGUAGES[match["language"]])
    if match := _RESTART.match(said):
        return Turn(intent=Intent.RESTART, text=said[match.end() :].strip(" :,.-"))
    return None


def _of_answer(text: str, said: str, state: State) -> Turn | None:
    """Return a turn that is about the answer before it."""
    bare = said.rstrip("? ")
    if match := _LIKE.fullmatch(bare):
        items = _numbered(match["number"], _kind_in(bare), state)
        return Turn(intent=Intent.LIKE, items=items) if items else None
    if _DISMISS.fullmatch(bare):
        return _dismissal(bare, state)
    if match := _MORE.fullmatch(bare):
        return Turn(intent=Intent.MORE, kind=_kind_in(bare))
    if turn := _named_item(bare, state):
        return turn
    if turn := _fact(text, bare, state):
        return turn
    return _placed_or_kind(text, bare) or _addition(text, bare, state)


def _fact(text: str, said: str, state: State) -> Turn | None:
    """Return a turn that answers one of the questions back."""
    if text.rstrip().endswith("?") or _ASKS.match(said) or len(words(said)) > 2 * _SHORT:
        return None
    for missing in state.pending:
        facts = told(missing, text, state.language or Language.NB)
        if facts is not None:
            return Turn(intent=Intent.FACT, text=text, facts=facts, settled=missing)
    return None


def _placed_or_kind(text: str, said: str) -> Turn | None:
    if _ANYWHERE.fullmatch(said):
        return Turn(intent=Intent.PLACE)
    asked = words(said)
    if len(asked) > _SHORT:
        return None
    place = place_named(text)
    framing = _FRAMING | set(_words_of(place) if place else ())
    rest = [word for word in asked if word not in framing]
    kind = _kind_in(" ".join(rest)) if rest else None
    if any(not re.fullmatch("|".join(_OF_KIND.values()), word) for word in rest):
        return None
    if place is not None:
        return Turn(intent=Intent.PLACE, place=wish_for(place, required=bool(_ONLY & set(asked))), kind=kind)
    return Turn(intent=Intent.KIND, kind=kind) if kind else None


def _words_of(place: Place) -> list[str]:
    names = [place.name, *place.other_names, *(one.name for one in place.former)]
    return [word for name in names for word in words(normalise(name))]


def _kind_in(said: str) -> Kind | None:
    for kind, pattern in _OF_KIND.items():
        if re.search(rf"\b(?:{pattern})\b", said):
            return kind
    return None


def _numbered(number: str, kind: Kind | None, state: State) -> tuple[Item, ...]:
    """Return the suggestion with that number, in the list of that kind or else the first list."""
    if not state.shown:
        return ()
    meant = kind or state.shown[0].kind
    listed = [item for item in state.shown if item.kind is meant]
    position = int(number) if number.isdecimal() else _NUMBERS[number]
    return (listed[position - 1],) if 1 <= position <= len(listed) else ()


def _dismissal(said: str, state: State) -> Turn | None:
    kind = _kind_in(said)
    if match := re.search(rf"\b(?:{_NTH})$", said):
        if items := _numbered(match["number"], kind, state):
            return Turn(intent=Intent.DISMISS, items=items)
        return None
    meant = kind or (state.shown[0].kind if state.shown else None)
    return Turn(intent=Intent.DISMISS, items=tuple(item for item in state.shown if item.kind is meant))


def _named_item(said: str, state: State) -> Turn | None:
    """Return a turn that names a suggestion: "not NTNU", "more like NTNU"."""
    more = r"(?:flere|fleire|mer|meir|more) (?P<like>som|like)"
    match = re.fullmatch(rf"(?:nei,? |no,? )?(?P<not>{_NOT})? ?(?:{more})? ?(?P<name>.+)", said)
    if match is None or not (match["not"] or match["like"]):
        return None
    for item in state.shown:
        if match["name"] == normalise(item.name):
            return Turn(intent=Intent.LIKE if match["like"] else Intent.DISMISS, items=(item,))
    return None


def _addition(text: str, said: str, state: State) -> Turn | None:
    asked = words(said)
    if state.wants_words and len(asked) <= 4 * _SHORT:
        return Turn(intent=Intent.ADDITION, text=text)
    if _ADDS.match(said) and 1 < len(asked) <= _SHORT:
        return Turn(intent=Intent.ADDITION, text=text)
    return None


def refined(state: State, turn: Turn) -> State:
    """Return a thread's state after a turn about its answer; the question stays the same."""
    refinement = state.refinement
    match turn.intent:
        case Intent.PLACE:
            changed = {"place": turn.place, "like": None} | ({"kind": turn.kind} if turn.kind else {})
            refinement = refinement.model_copy(update=changed)
        case Intent.KIND:
            refinement = refinement.model_copy(update={"kind": turn.kind, "like": None})
        case Intent.LIKE:
            like = turn.items[0]
            refinement = refinement.model_copy(
                update={"like": like.id, "kind": like.kind, "without": _added(refinement.without, turn.items)}
            )
        case Intent.DISMISS:
            refinement = refinement.model_copy(update={"without": _added(refinement.without, turn.items)})
        case Intent.MORE:
            kind = turn.kind or (state.shown[0].kind if state.shown else None)
            seen = [item for item in state.shown if item.kind is kind]
            refinement = refinement.model_copy(update={"kind": kind, "without": _added(refinement.without, seen)})
        case Intent.FACT if turn.facts is not None:
            facts = merge_facts(state.facts, turn.facts)
            pending = tuple(one for one in state.pending if one != turn.settled)
            return state.model_copy(update={"facts": facts, "pending": pending})
        case Intent.ADDITION:
            state = state.model_copy(update={"question": f"{state.question}\n{turn.text}"})
            refinement = refinement.model_copy(update={"like": None})
    return state.model_copy(update={"refinement": refinement, "wants_words": False, "pending": ()})


def _added(ids: Sequence[str], items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*ids, *(item.id for item in items))))
