"""What somebody means by their next words in a thread: a need, or something said or asked of the answer before.

Invariant: reading a turn never fails. Words are taken for something said of an answer only where they hold no subject
of their own; what is neither that nor a need is unclear, and is asked about rather than guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from assistant.dialogue.base import Base, NoBase
from assistant.dialogue.choices import choice_label, chosen
from assistant.dialogue.conversation import Aspect, Intent, Item, State, Turn
from assistant.dialogue.cues import FRAME, Cues, Way, cues_of
from assistant.dialogue.facts import facts_of_place, stage_named, told_facts
from assistant.dialogue.facts_told import told
from assistant.dialogue.framing import bare_need, new_topic, parted, subjects, tells_need
from assistant.dialogue.glossary import term_in
from assistant.dialogue.places import place_named, read_places, wish_for
from assistant.dialogue.slots import NUMERALS, Rows, kind_in, left_out, meant_rows, rows_in, types_in, unknown_bodies
from assistant.funding.verdicts import Facts
from corpus.places import Place, load_places
from corpus.records import Kind
from corpus.text import Language
from index.analysis import STOPWORDS, normalise, words

SHORT = 12
"""Words of a turn that may still be said of an answer."""
SAME_NEED = 0.34
"""The likeness from which an added sentence is of the need before it."""
_LANGUAGES = {
    "bokmål": Language.NB, "norsk": Language.NB, "norwegian": Language.NB,
    "nynorsk": Language.NN, "engelsk": Language.EN, "english": Language.EN,
}  # fmt: skip
_PLAIN_ACTS = {
    "restart": Intent.RESTART,
    "undo": Intent.UNDO,
    "identity": Intent.IDENTITY,
    "help": Intent.HELP,
    "human": Intent.CONTACT,
    "write_application": Intent.APPLICATION,
    "save": Intent.SAVE,
}
_ROW_ACTS: dict[str, tuple[Intent, Kind | None]] = {
    "draft": (Intent.DRAFT, Kind.ACTOR),
    "compare": (Intent.COMPARE, None),
    "why_not": (Intent.WHY_NOT, None),
    "why": (Intent.WHY, None),
    "peers": (Intent.PEERS, Kind.IDEA),
    "outcome": (Intent.OUTCOME, Kind.IDEA),
    "qualify": (Intent.QUALIFY, Kind.INSTRUMENT),
    "may_apply": (Intent.TERMS, Kind.INSTRUMENT),
    "deadline": (Intent.TERMS, Kind.INSTRUMENT),
    "amount": (Intent.TERMS, Kind.INSTRUMENT),
    "reach": (Intent.REACH, Kind.ACTOR),
    "more_about": (Intent.ABOUT, None),
}
"""What each act about suggestions is, and of which kind where none is named."""
_ASPECTS = {"may_apply": Aspect.APPLICANTS, "deadline": Aspect.DEADLINE, "amount": Aspect.AMOUNT}
_ANYWHERE = re.compile(
    r"(?:(?:i |in )?(?:hele landet|heile landet|hele norge|heile noreg|the whole country|all of norway)"
    r"|(?:hvor|kor) som helst|anywhere|uansett (?:sted|stad|hvor|kor))"
)
_MORE_LIKE = re.compile(
    r"\b(?:another one like|(?:noe|noko|noen|nokon|something)\b.*\b(?:ala|ligner|liknar)|ligner på|liknar på)\b|\b(?:fl(?:ere|eire)|mer|meir|more|noe|noko|something|andre|others?|lignende|liknande)\b.*\b(?:som|like|à la|a la|likhet)\b"
    r"|\b(?:lignende|liknande|similar to|samme type som|same kind as)\b"
)
_MORE = re.compile(r"\b(?:fl(?:ere|eire)|mer|meir|more|neste|next|resten|another|andre|others)\b")
_MEANT = re.compile(
    r"^(?:nei|no|neida|ikke|ikkje|not|unnskyld|sorry|ops|oi|beklager|feil)?[\s,.!:–-]*(?P<not>(?:ikke|ikkje|not) (?P<was>[^,.;]{2,60})[,.;]\s*)?"
    r"(?:men |but )?(?:jeg|eg|æ|e|ej|i|vi|we|det)?\s*(?:mente|meinte|meint|mener|meiner|meant|mean|tenkte|tenkt|tenkjer|tenkte på|skulle være"
    r"|skulle vere|was thinking of)\b\s*(?:egentlig|eigentleg|heller|selvfølgelig|actually|rather|jo|da|på|om)*\s*[:,]?\s*(?P<what>.{2,200})$",
    re.IGNORECASE,
)
_NOT_BUT = re.compile(
    r"^(?:nei|no)?[\s,.!–-]*(?:ikke|ikkje|not) (?P<was>[^,.;]{2,60}?)[,.;]?\s+(?:men|but|heller|rather)\s+(?P<what>.{2,120})$",
    re.IGNORECASE,
)
_MEANT_LAST = re.compile(
    r"^(?:nei|no|neida)?[\s,.!:–-]*(?P<what>.{2,80}?),?\s+(?:mente|meinte|tenkte|meant)\s+(?:jeg|eg|æ|vi|me|i)\W*$|^i meant (?P<was>)$",
    re.IGNORECASE,
)
_OR_MEANT = re.compile(r"[,.;]?\s*(?:ikke|ikkje|not)\s+(?P<was>.{2,60})$", re.IGNORECASE)
_ADDS = re.compile(
    r"^(?:og|men|and|but|altså|eller|or|det gjelder|det gjeld|særlig|serleg|særleg|spesielt|especially|for|med|with|også|also|dessuten"
    r"|mest|helst|it concerns|this is for|mainly)\b",
    re.IGNORECASE,
)
_WHAT_ABOUT = re.compile(
    r"^(?:og |men |and |but )?(?:hva|kva|ka|what|how)(?: så)? (?:med|om|about)\s+(?P<what>.+)$", re.IGNORECASE
)
_ASKS = re.compile(r"\?\s*$")
_VAGUE = frozenset(
    {"ja", "jo", "nei", "yes", "no", "jepp", "yep", "nope", "hm", "hmm", "hæ", "hva", "kva", "what", "huh", "eh", "tja"}
)


class Said(NamedTuple):
    """A turn with what every step of reading looks at."""

    text: str
    """What was written, without what stands around it."""
    plain: str
    """The same, normalised, without marks at its ends."""
    cues: Cues
    state: State
    base: Base
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
            and not _is_small(token)
            and token[:_STEM] not in old
            and not token.isdecimal()
            and token not in NUMERALS
            and self.base.is_subject(token)
        ]


_STEM = 6


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
            return _need(choice.values["text"], base)
        if choice.key == "add":
            return Turn(intent=Intent.ADDITION, text=choice.values["text"])
        text = choice_label(choice, state.language or Language.NB)
    bare = bare_need(text)
    plain = normalise(bare).strip(" .!,;:?")
    said = Said(bare, plain, cues_of(bare, base.knows), state, base, text)
    courtesy = _courtesy(text, cues_of(text, base.knows))
    if courtesy is not None:
        return courtesy
    topic = new_topic(bare)
    if topic == "":
        return Turn(intent=Intent.RESTART)
    if topic is not None:
        told = Said(topic, normalise(topic), cues_of(topic, base.knows), state, base)
        # What comes after "by the way" may be a fact as well as a need.
        return _facts(told) or _need(topic, base).model_copy(update={"announced": True})
    found = _of_itself(said)
    if found is None:
        found = _of_answer(said) if state.question is not None else _of_nothing(said)
    return found or _fresh(said)


def _is_small(word: str) -> bool:
    return any(word in some for some in STOPWORDS.values())


_NO_COURTESY = (
    "ONLY", "MONEY", "CALL", "DEADLINE", "AMOUNT", "APPLY", "LANG", "WHY", "OUTCOME", "LIKE", "COMPARE", "DRAFT", "SAVE",
    "NOTIFY", "ROBOT", "WHO_ARE_YOU", "UNDO", "RESTART", "OTHERS", "MUNICIPALITIES", "MEANS", "ABOUT", "NOT", "WITHOUT",
    "OTHER_TOPIC", "WRITE", "MEANT", "UNSUITABLE", "WHO", "QUALIFIES", "OPEN", "BROKER", "TALK", "PASS_ON",
)  # fmt: skip
"""Words that ask for something, however politely."""


_QUESTION_WORDS = frozenset({"hva", "kva", "ka", "what", "hvilke", "which", "hvor", "kor", "where"})


def _courtesy(text: str, cues: Cues) -> Turn | None:
    """Return a turn of nothing but courtesy."""
    if not cues.tokens or len(cues.tokens) > SHORT or "?" in text.strip()[:-1]:
        return None
    wanted = cues.any(*_NO_COURTESY) and not cues.only("GREET", "THANK", "PRAISE")
    if wanted:
        return None
    if cues.has("HELP_ME") and cues.only("HELP_ME", "SELF", "CAN", "GREET") and len(cues.tokens) <= 3:
        return Turn(intent=Intent.HELP)
    if _QUESTION_WORDS & set(cues.tokens):
        return None
    if cues.has("THANK") and cues.only("THANK", "PRAISE", "GREET", FRAME, "SELF", "THAT"):
        return Turn(intent=Intent.THANKS)
    if cues.has("GREET") and cues.only("GREET", "SELF") and cues.tokens[0] not in {"there", "igjen", "alle"}:
        return Turn(intent=Intent.GREETING)
    if cues.has("TEST") and cues.only("TEST", "GREET", "SELF", FRAME):
        return Turn(intent=Intent.GREETING)
    if cues.has("CAN_YOU_DO") and not cues.has("GREET"):
        return None
    if cues.has("PRAISE") and cues.only("PRAISE", "GREET", "SELF", FRAME, "THAT", "ARE") and "?" not in text:
        return Turn(intent=Intent.THANKS)
    return None


_LOOSE = frozenset(
    "why reach deadline amount may_apply qualify more_about compare draft identity save undo restart human outcome".split()
)
"""Acts whose own words say so much that a word beside them hardly makes a need."""
_ABOUT = frozenset("om about for med with on innen regarding rundt concerning mot av of hvordan how".split())
"""Words that a subject follows."""


def _fits(way: Way, said: Said, taken: set[int] | frozenset[int], *, tied: bool = False) -> bool:
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
    if way.act not in _LOOSE or len(said.cues.tokens) > _LOOSE_WORDS:
        return False
    tokens = said.cues.tokens
    followed = {tokens[place] for place in range(1, len(tokens)) if tokens[place - 1] in _ABOUT}
    subject = [word for word in rest if word in followed]
    return len(subject) <= way.rest and len(rest) <= way.rest + (2 if tied else 1)


_LOOSE_WORDS = 10


def _of_itself(said: Said) -> Turn | None:
    """Return a turn that means the same wherever it is said."""
    if (turn := _language(said)) is not None:
        return turn
    if len(said.cues.tokens) > 2 * SHORT:
        return None
    first = _first_clause(said)
    if (turn := _plain_act(said)) is not None:
        left = said.text[len(first.text) :].strip(" ,.;:!?–") if first is not None else ""
        if turn.intent is Intent.RESTART and subjects(left, said.base):
            return _need(left, said.base).model_copy(update={"announced": True})
        return turn
    if first is not None and (turn := _plain_act(first)) is not None and turn.intent in _ALONE:
        left = said.text[len(first.text) :].strip(" ,.;:!?–")
        if turn.intent is Intent.RESTART and subjects(left, said.base):
            return _need(left, said.base).model_copy(update={"announced": True})
        return turn
    return _glossary(said)


_ALONE = {Intent.UNDO, Intent.RESTART, Intent.CONTACT, Intent.SAVE}
"""What is meant by its clause alone, whatever reason is given after it."""
_CLAUSE_END = re.compile(r"[,.;:!?–]\s")


def _first_clause(said: Said) -> Said | None:
    """Return a turn's first clause, where it has several."""
    match = _CLAUSE_END.search(said.text)
    if match is None:
        return None
    text = said.text[: match.start()]
    return Said(text, normalise(text), cues_of(text, said.base.knows), said.state, said.base)


def _plain_act(said: Said) -> Turn | None:
    for way in said.cues.ways():
        intent = _PLAIN_ACTS.get(way.act)
        if intent is None or (intent is Intent.CONTACT and len(said.cues.tokens) > SHORT):
            continue
        rows = rows_in(said.text, said.cues, said.state, said.base)
        if not _fits(way, said, rows.places):
            continue
        if intent in {Intent.HELP, Intent.IDENTITY} and (
            rows.items or said.cues.any("OUTCOME", "DEADLINE", "AMOUNT", "MONEY")
        ):
            continue
        if intent is Intent.SAVE and said.state.question is None:
            continue
        if intent is Intent.CONTACT and rows.items:
            continue
        return Turn(intent=intent, text=said.text, items=rows.items)
    return None


def _language(said: Said) -> Turn | None:
    for part in (said, _first_clause(said)):
        if part is None:
            continue
        named = [word for word in part.cues.tokens if word in _LANGUAGES]
        if (
            named
            and len(part.cues.tokens) <= SHORT
            and not part.rest()
            and part.cues.only(
                "LANG",
                "ANSWER_IN",
                FRAME,
                "THANK",
                "SHOW",
                "CAN",
                "SELF",
                "PRAISE",
                "MORE",
                "THAT",
                "WE",
                "SAME",
                "ONLY",
            )
        ):
            return Turn(intent=Intent.LANGUAGE, language=_LANGUAGES[named[-1]])
    return None


def _glossary(said: Said) -> Turn | None:
    """Return a turn that asks what a word means."""
    found = term_in(said.cues.tokens)
    if said.cues.has("MEANT"):
        return None
    if not said.cues.has("MEANS"):
        # A word of the trade alone, with a question mark, asks for the same.
        alone = found is not None and len(found[1]) == len(said.cues.tokens) and _ASKS.search(said.text)
        return Turn(intent=Intent.GLOSSARY, term=found[0].id) if found and alone else None
    if found is not None and not said.rest(set(found[1])):
        return Turn(intent=Intent.GLOSSARY, term=found[0].id)
    rows = rows_in(said.text, said.cues, said.state, said.base)
    if rows.items and not said.rest(rows.places) and not said.cues.any(*_ASKS_MORE, "QUALIFIES", "WHY", "DRAFT"):
        return Turn(intent=Intent.ABOUT, items=rows.items[:1])
    asked = [
        word for place, word in enumerate(said.cues.tokens) if place not in said.cues.covered() and not _is_small(word)
    ]
    if 1 <= len(asked) <= _WORDS_OF_TERM and len(said.cues.tokens) <= _SHORT_ASK + 2 and not said.cues.any(*_ASKS_MORE):
        means = re.search(
            r"\b(?:betyr|tyder|menes|mener|means?|meaning|stands? for|står for|forklar|explain)\b", said.plain
        )
        article = re.search(
            r"\b(?:hva|kva|ka|what)(?:'s| er| is| e)(?: egentlig| eigentleg)? (?:en|ein|ei|et|eit|a|an)\b", said.plain
        )
        if means or (article and said.state.question is not None):
            return Turn(intent=Intent.GLOSSARY, text=" ".join(asked))
    return None


_ASKS_MORE = ("DEADLINE", "AMOUNT", "OUTCOME", "MONEY", "COMPARE", "CALL")
_WORDS_OF_TERM = 2


_SHORT_ASK = 6


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
        intent, kind = _ROW_ACTS[way.act]
        rows = rows_in(said.text, said.cues, said.state, said.base, kind)
        if rows.items and not said.rest(rows.places) and len(said.cues.tokens) <= SHORT:
            return _told(said, way, intent, rows, kind)
    return None if tells_need(said.text) else _facts(said)


def _of_answer(said: Said) -> Turn | None:
    """Return a turn that is about the answer before it."""
    steps: tuple[Callable[[Said], Turn | None], ...] = (
        _asked_of_rules, _pending, _plain_facts, _like, _plainly_narrowed, _act_on_rows, _meant, _left_out, _narrowed, _facts,
        _dismissal, _more, _placed_or_kind,
        _named_alone, _addition,
    )  # fmt: skip
    for step in steps:
        if (turn := step(said)) is not None:
            return turn
    return None


_OF_RULES = {Intent.QUALIFY, Intent.TERMS}


def _asked_of_rules(said: Said) -> Turn | None:
    """Return a turn that asks about a scheme's rules, which often tells a fact in the same breath."""
    return _act_on_rows(said, _OF_RULES) if said.state.pending else None


def _pending(said: Said) -> Turn | None:
    """Return a turn that answers a question back."""
    if not said.state.pending or _ASKS.search(said.text) or len(said.cues.tokens) > 2 * SHORT:
        return None
    if said.cues.any(*_NO_REPLY) or left_out(said.text, said.base).without:
        return None
    wider = told_facts(said.text)
    for missing in said.state.pending:
        facts = told(missing, said.text, said.state.language or Language.NB)
        if facts is not None:
            return Turn(intent=Intent.FACT, text=said.text, facts=_both(wider, facts), settled=missing)
    return None


_NO_REPLY = (
    "ONLY",
    "WITHOUT",
    "WHY",
    "MEANT",
    "COMPARE",
    "DRAFT",
    "OUTCOME",
    "LIKE",
    "MEANS",
    "AMOUNT",
    "LANG",
    "UNDO",
    "SAVE",
)
"""Words that no answer to a question back holds."""


def _both(one: Facts, other: Facts) -> Facts:
    from assistant.funding.verdicts import merge_facts

    return merge_facts(one, other)


def _like(said: Said) -> Turn | None:
    if (
        not _MORE_LIKE.search(said.plain)
        or said.cues.any("DID", "WHY", "MUNICIPALITIES")
        or said.cues.has("UNSUITABLE")
    ):
        return None
    rows = rows_in(said.text, said.cues, said.state, said.base)
    items = rows.items or (
        meant_rows(said.cues, said.state, None) if said.cues.has("THAT") and not rows.is_told else ()
    )
    if not items or said.rest(rows.places):
        return None
    return Turn(intent=Intent.LIKE, items=items[:1])


def _act_on_rows(said: Said, among: set[Intent] | None = None) -> Turn | None:
    """Return a turn that asks something of suggestions; only of some sort, where that is given."""
    if len(said.cues.tokens) > 2 * SHORT:
        return None
    for way in said.cues.ways():
        if way.act not in _ROW_ACTS:
            continue
        intent, kind = _ROW_ACTS[way.act]
        if among is not None and intent not in among:
            continue
        rows = rows_in(said.text, said.cues, said.state, said.base, kind)
        unknown = unknown_bodies(said.text, said.base, municipalities=True)
        places = _place_tokens(said)
        taken = set(rows.places) | places | _unknown_tokens(said, unknown)
        tied = bool(rows.items) or said.cues.any("THAT", "ONES")
        if not _fits(way, said, taken, tied=tied):
            continue
        if intent is Intent.REACH and said.cues.has("HUMAN") and not rows.items:
            return Turn(intent=Intent.CONTACT)
        turn = _told(said, way, intent, rows, kind, unknown if not rows.items else ())
        # Where nobody is shown to be called, the broker is.
        return turn if turn.items or turn.unknown or intent is not Intent.REACH else Turn(intent=Intent.CONTACT)
    return None


def _told(said: Said, way: Way, intent: Intent, rows: Rows, kind: Kind | None, unknown: tuple[str, ...] = ()) -> Turn:
    """Return a turn that asks something of suggestions, with those it speaks of."""
    kind = kind_in(said.cues.tokens) if intent in {Intent.WHY, Intent.COMPARE, Intent.ABOUT} else kind
    items = rows.items
    if not items and not rows.is_told and not unknown:
        items = _implied(said, intent, kind)
    aspects = tuple(_ASPECTS[one.act] for one in said.cues.ways() if one.act in _ASPECTS)
    facts = told_facts(said.text)
    return Turn(
        intent=intent,
        text=said.text,
        items=items,
        aspects=tuple(dict.fromkeys(aspects)) or ((_ASPECTS[way.act],) if way.act in _ASPECTS else ()),
        unknown=unknown,
        facts=facts if facts != Facts() and intent is Intent.QUALIFY else None,
    )


_FEW = 3


def _implied(said: Said, intent: Intent, kind: Kind | None) -> tuple[Item, ...]:
    """Return the suggestions meant where none is named."""
    shown = said.state.shown
    of_kind = tuple(item for item in shown if item.kind is kind)
    if intent in {Intent.TERMS, Intent.QUALIFY}:
        focused = tuple(item for item in said.state.focus if item.kind is Kind.INSTRUMENT)
        return focused or of_kind[:_FEW]
    if intent is Intent.COMPARE:
        return (of_kind or tuple(item for item in shown if item.kind is (shown[0].kind if shown else None)))[:2]
    if intent in {Intent.PEERS, Intent.OUTCOME}:
        focused = tuple(item for item in said.state.focus if item.kind is Kind.IDEA)
        return focused or of_kind[:_FEW]
    if intent is Intent.WHY and not said.cues.has("THAT") and not said.state.focus:
        return tuple(item for item in shown if item.kind is (kind or shown[0].kind))[:_FEW] if shown else ()
    if intent is Intent.REACH and said.state.focus:
        return said.state.focus
    return meant_rows(said.cues, said.state, kind)


def _meant(said: Said) -> Turn | None:
    """Return a turn that corrects what was understood of the need."""
    match = _MEANT.match(said.text) or _NOT_BUT.match(said.text)
    if match is None:
        match = _MEANT_LAST.match(said.text)
    if match is None:
        return None
    what, was = match["what"].strip(" .!?"), match.groupdict().get("was")
    if also := _OR_MEANT.search(what):
        what, was = what[: also.start()].strip(" ,.;"), also["was"]
    facts = told_facts(f"vi er {what}")
    if place_named(what) is not None and not said.base.is_subject(what):
        return None
    rows = rows_in(what, cues_of(what, said.base.knows), said.state, said.base)
    if rows.items and len(cues_of(what).tokens) <= _SHORT_ASK:
        return Turn(intent=Intent.ABOUT, items=rows.items[:1])
    if facts.applicant_type is not None and not [w for w in said.rest() if not types_in(w)]:
        return Turn(intent=Intent.FACT, text=said.text, facts=facts)
    text = _replaced(said.state.question or "", what, was, said.base)
    return Turn(intent=Intent.MEANT, text=text, bare=bare_need(text))


_REPLACED_FROM = 0.3


def _replaced(question: str, what: str, was: str | None, base: Base) -> str:
    """Return a need with the word in it that something else was meant by put right."""
    tokens = re.findall(r"[^\W_][\w'’-]*", question)
    if was:
        wanted = normalise(was)
        spans = re.search(rf"\b{re.escape(wanted)}\w*", question, re.IGNORECASE)
        if spans:
            return f"{question[: spans.start()]}{what}{question[spans.end() :]}"
    nearest = max(
        ((base.likeness(token, what), token) for token in tokens if len(token) > 3 and not _is_small(token.casefold())),
        default=(0.0, ""),
    )
    if nearest[0] >= _REPLACED_FROM:
        # A phrase such as "videregående skole" goes as a whole.
        return re.sub(rf"\b{re.escape(nearest[1])}(?: skole\w*)?", what, question, count=1)
    return f"{question.rstrip(' .?!')} – {what}"


def _left_out(said: Said) -> Turn | None:
    """Return a turn that says what is not wanted."""
    found = left_out(said.text, said.base)
    if not found.without:
        return None
    rest = Said(found.text, normalise(found.text), cues_of(found.text, said.base.knows), said.state, said.base)
    if rest.rest():
        return None
    shown = tuple(item for item in said.state.shown if item.id in found.without.records)
    if shown and len(shown) == len(found.without.records):
        return Turn(intent=Intent.DISMISS, items=shown, without=found.without)
    return Turn(intent=Intent.EXCLUDE, without=found.without)


def _plainly_narrowed(said: Said) -> Turn | None:
    """Return a turn that wants less, or only what is open, though it speaks of dates or amounts."""
    if not said.cues.any("ONLY", "CHEAPER", "SMALLER") or not said.cues.any("AMOUNT", "DEADLINE"):
        return None
    return None if said.cues.any("WHY", "COMPARE", "APPLY", "QUALIFIES") else _narrowed(said)


def _narrowed(said: Said) -> Turn | None:
    """Return a turn that wants only some of what was shown."""
    first = _first_clause(said)
    if first is not None and first.cues.any("SMALLER", "CHEAPER", "OPEN") and (turn := _narrowed(first)) is not None:
        return turn
    tokens, cues = said.cues.tokens, said.cues
    if len(tokens) > SHORT or (cues.has("WE") and not cues.has("ONLY")):
        return None
    place = _place(said)
    rest = said.rest(_place_tokens(said))
    if cues.has("CHEAPER") or (cues.has("SMALLER") and len(tokens) <= _SHORT_ASK):
        if not [word for word in rest if kind_in((word,)) is None]:
            return Turn(intent=Intent.FILTER, smallest=True)
        return None
    if cues.has("OPEN") and not [word for word in rest if kind_in((word,)) is None]:
        if not cues.any("ONLY", "SHOW", "MONEY", "WHO") and len(tokens) > _SHORT_ASK:
            return None
        return Turn(intent=Intent.FILTER, open_now=True)
    types = types_in(said.text) if place is None or not _names_unit(said, place) else ()
    instead = re.search(r"\b(?:i stedet|i staden|isteden|heller|instead|rather)\b", said.plain)
    if (types and (cues.any("ONLY", "SHOW", "MEANT", "OTHERS") or instead)) or (
        types and _WHAT_ABOUT.match(said.plain)
    ):
        if [word for word in rest if not types_in(word)]:
            return None
        wish = wish_for(place, required=True) if place else None
        return Turn(intent=Intent.FILTER, types=types, place=wish)
    return None


def _names_unit(said: Said, place: Place) -> bool:
    """Tell whether a kind of body only stands there as part of a place's name."""
    return bool(
        re.search(
            rf"{re.escape(normalise(place.name))}s? (?:fylkes)?kommun|{re.escape(normalise(place.name))} (?:county|municip)",
            said.plain,
        )
    )


def _plain_facts(said: Said) -> Turn | None:
    """Return a turn that does nothing but tell a fact, whatever its words would ask elsewhere."""
    asks = said.cues.any("WHO", "WHY", "HOW", "WHEN", "MEANS", "COMPARE", "DRAFT", "CAN", "UNDO", "RESTART", "WRITE")
    asks = asks or bool(_INTERROGATIVE.match(said.plain)) or 0 in said.cues.found.get("NOT", ())
    return None if asks or said.cues.any("UNSUITABLE", "WITHOUT") else _facts(said)


_INTERROGATIVE = re.compile(
    r"(?:og |men |ok |and |but )?(?:hva|kva|ka|hvilke\w*|kva for|hvor|kor|hvem|kven|kem|hvordan|korleis|what|which|where|who|how|any|er det"
    r"|finnes|finst|har (?:noen|nokon|andre|nabo\w*|dere|de|du|det)|er (?:vi|me|det (?:noen|nokon|andre)|du|de)|kan|får|is there|are there|does|do|did)\b"
)


def _facts(said: Said) -> Turn | None:
    """Return a turn that tells something of who asks or of the project, and nothing else."""
    if _ASKS.search(said.text) or len(said.cues.tokens) > 2 * SHORT or left_out(said.text, said.base).without:
        return None
    if tells_need(said.text) and len(said.cues.tokens) > SHORT:
        return None
    if _MORE_LIKE.search(said.plain) and said.cues.has("MORE"):
        return None
    facts = told_facts(said.text)
    if facts == Facts() or (said.cues.has("ONLY") and not facts.parties):
        return None
    rows = rows_in(said.text, said.cues, said.state, said.base)
    taken = _place_tokens(said) | set(rows.places) | _after_prepositions(said)
    rest = [word for word in said.rest(taken) if not types_in(word) and word[:5] not in _FACT_WORDS]
    if rest and not _is_plainly_fact(said, rest):
        return None
    named = tuple(item for item in rows.items if item.kind is Kind.ACTOR and facts.partners)
    return Turn(intent=Intent.FACT, text=said.text, facts=facts, items=named)


_PREPOSITIONS = frozenset({"i", "på", "in", "fra", "frå", "from", "ved", "nær", "near", "rundt", "around", "at"})


def _after_prepositions(said: Said) -> set[int]:
    """Return where words stand that tell a place we do not know: the one after "in" or "at"."""
    tokens = said.cues.tokens
    return {place for place in range(1, len(tokens)) if tokens[place - 1] in _PREPOSITIONS}


def _is_plainly_fact(said: Said, rest: list[str]) -> bool:
    """Tell whether a turn begins by saying who asks, and hardly goes on."""
    begins = re.match(r"(?:nei|no|ja|yes|og|and|men|but|vi|me|i|we|det|dette|this|it)\b", said.plain)
    return bool(begins) and len(rest) == 1 and len(said.cues.tokens) <= SHORT and not said.base.knows(rest[0])


_FACT_WORDS = frozenset(
    word[:5]
    for word in """
    oppstart starter start startar begynner prosjektet prosjekt varer varar høsten våren hausten vinteren sommeren autumn spring
    summer winter måneder månader months years holder held representerer represent jobber jobbar arbeider works samarbeider
    sammen saman partner partnere medlem ansatt rådgiver rådgjevar avdeling enhet eining innbyggere innbyggjarar erfaring forskning
    egenandel prosent percent bidra dekke lokalisert located based ligger ligg forskere forskarar laget
    januar februar mars april juni juli august september oktober november desember january february march june july october
    december sommer winter vinter påske tidligst seinest senest earliest latest etter before after tenker tenkjer plan planlegger
    planlegg planning regner reknar vare
    """.split()
)


def _dismissal(said: Said) -> Turn | None:
    """Return a turn that turns down suggestions."""
    cues = said.cues
    if not cues.any("UNSUITABLE", "DROP") and not (
        cues.any("NOT", "WITHOUT") and (cues.any("THAT", "ONES") or _numbered(said))
    ):
        return None
    kind = kind_in(cues.tokens)
    rows = rows_in(said.text, cues, said.state, said.base, kind)
    if said.rest(rows.places) or len(cues.tokens) > SHORT:
        return None
    if rows.items:
        return Turn(
            intent=Intent.DISMISS, items=tuple(item for item in rows.items if item in said.state.shown) or rows.items
        )
    if rows.is_told:
        return Turn(intent=Intent.UNCLEAR, text=said.text)
    focused = tuple(item for item in said.state.focus if item in said.state.shown)
    if focused and not re.search(r"\b(?:disse|desse|these|those|de|dei|noen|nokon|any)\b", said.plain):
        return Turn(intent=Intent.DISMISS, items=focused)
    meant = kind or (said.state.shown[0].kind if said.state.shown else None)
    one = re.search(r"\b(?:den|that one|this one|denne)\b", said.plain)
    items = tuple(item for item in said.state.shown if item.kind is meant)
    return Turn(intent=Intent.DISMISS, items=items[:1] if one else items) if items else None


def _numbered(said: Said) -> bool:
    return rows_in(said.text, said.cues, said.state, said.base).is_told


def _more(said: Said) -> Turn | None:
    if not said.cues.has("MORE") or said.cues.any("DID", "ABOUT", "UNSUITABLE", "APPLY", "NOT", "WHY"):
        return None
    if said.rest() or len(said.cues.tokens) > _SHORT_ASK or _place(said) or not _MORE.search(said.plain):
        return None
    return Turn(intent=Intent.MORE, kind=kind_in(said.cues.tokens))


def _place(said: Said) -> Place | None:
    return place_named(said.text) if len(said.cues.tokens) <= SHORT else None


def _place_tokens(said: Said) -> set[int]:
    """Return where a turn names places."""
    found = load_places().find(said.text)
    if (asker := read_places(said.text).asker) is not None:
        found = (*found, asker)
    if len(said.cues.tokens) <= SHORT and (place := place_named(said.text)) is not None:
        found = (*found, place)
    names = {
        word
        for place in found
        for name in (place.name, *place.other_names, *(one.name for one in place.former))
        for word in words(normalise(name))
    }
    names |= {f"{name}s" for name in names}
    if found and told_facts(said.text).parties:
        names |= _every_place()
    return {number for number, token in enumerate(said.cues.tokens) if token in names}


@cache
def _every_place() -> frozenset[str]:
    """Return the words that are names of municipalities, for a list of those that go together."""
    return frozenset(word for place in load_places().municipalities for word in words(normalise(place.name)))


def _unknown_tokens(said: Said, unknown: tuple[str, ...]) -> set[int]:
    names = {word for name in unknown for word in words(normalise(name))}
    return {number for number, token in enumerate(said.cues.tokens) if token in names}


def _placed_or_kind(said: Said) -> Turn | None:
    """Return a turn that wants answers of a kind, or near a place."""
    if _ANYWHERE.fullmatch(said.plain):
        return Turn(intent=Intent.PLACE)
    if len(said.cues.tokens) > SHORT:
        return None
    place = _place(said)
    rest = said.rest(_place_tokens(said))
    if [word for word in rest if kind_in((word,)) is None and not types_in(word) and stage_named(word) is None]:
        return None
    kind = kind_in(said.cues.tokens)
    if place is not None and _tells_own_place(said):
        return Turn(intent=Intent.FACT, text=said.text, facts=facts_of_place(place))
    if place is not None:
        required = said.cues.has("ONLY")
        return Turn(intent=Intent.PLACE, place=wish_for(place, required=required), kind=kind if not required else None)
    return Turn(intent=Intent.KIND, kind=kind) if kind is not None else None


def _tells_own_place(said: Said) -> bool:
    """Tell whether a place that stands alone is where somebody is: nobody told that yet, and nothing is asked of it."""
    if said.state.facts.place is not None or said.cues.any("ONLY", "OTHERS", "WHO") or _ASKS.search(said.text):
        return False
    return read_places(said.text).asker is not None and not re.match(r"(?:i|in|hva|kva|what|og|and)\b", said.plain)


def _named_alone(said: Said) -> Turn | None:
    """Return a turn that names a suggestion and says nothing of it."""
    rows = rows_in(said.text, said.cues, said.state, said.base)
    shown = tuple(item for item in rows.items if item in said.state.shown)
    few = len(said.rest(rows.places)) <= (1 if shown else 0) and len(said.cues.tokens) <= _LOOSE_WORDS
    if few and len(shown) > 1:
        return Turn(intent=Intent.COMPARE, items=shown)
    if few and rows.items and (shown or len(said.cues.tokens) <= _SHORT_ASK):
        return Turn(intent=Intent.ABOUT, items=(shown or rows.items)[:1])
    unknown = unknown_bodies(said.text, said.base, municipalities=True)
    if unknown and not said.rest(_unknown_tokens(said, unknown)) and len(said.cues.tokens) <= _SHORT_ASK:
        return Turn(intent=Intent.ABOUT, unknown=unknown)
    return None


def _addition(said: Said) -> Turn | None:
    """Return a turn that tells more of the same need."""
    tokens = said.cues.tokens
    if said.state.wants_words and len(tokens) <= 4 * SHORT and said.rest():
        return Turn(intent=Intent.ADDITION, text=said.text)
    if match := _WHAT_ABOUT.match(said.plain):
        near = said.base.likeness(match["what"], said.state.bare or said.state.question or "")
        return Turn(intent=Intent.ADDITION, text=said.text) if near >= SAME_NEED else None
    if (
        _ADDS.match(said.plain)
        and 1 < len(tokens) <= SHORT
        and subjects(said.text, said.base)
        and not _ASKS.search(said.text)
    ):
        return Turn(intent=Intent.ADDITION, text=said.text)
    return None


def _fresh(said: Said) -> Turn:
    """Return a turn that is a need of its own, or that nothing can be made of."""
    rest = said.rest()
    subjects = [
        token
        for place, token in enumerate(said.cues.tokens)
        if not _is_small(token)
        and (said.base.knows(token) or said.base.is_subject(token))
        and not said.cues.only(FRAME)
    ]
    started = said.state.question is not None
    if started and not rest and len(said.cues.tokens) <= 2 * SHORT:
        return Turn(intent=Intent.UNCLEAR, text=said.text)
    if not started and said.plain in _VAGUE:
        return Turn(intent=Intent.UNCLEAR, text=said.text)
    if (
        started
        and len(rest) == 1
        and len(said.cues.tokens) <= _SHORT_ASK
        and not said.base.knows(rest[0])
        and len(rest[0]) < _COMPOUND
        and not said.base.named(said.text)
    ):
        return Turn(intent=Intent.UNCLEAR, text=said.text)
    if not subjects and len(said.cues.tokens) <= SHORT and said.cues.tokens:
        return Turn(intent=Intent.UNCLEAR, text=said.text)
    what = _what(said)
    return _need(what, said.base).model_copy(update={"announced": what is not said.whole})


_COMPOUND = 11
"""Letters of a word that says what a need is about even if no record uses it."""


def _what(said: Said) -> str:
    match = _WHAT_ABOUT.match(said.text)
    return match["what"] if match and said.state.question else said.whole or said.text


def _need(text: str, base: Base) -> Turn:
    """Return a turn that tells a need, parted from what is said around it."""
    found = parted(text, base)
    first, *others = found.needs
    out = left_out(first, base)
    bare = bare_need(out.text)
    return Turn(
        intent=Intent.QUESTION,
        text=first,
        bare=bare if bare != first else None,
        without=out.without,
        unknown=unknown_bodies(first, base),
        quote=found.quote,
        further=tuple(others),
    )


def read_need(text: str, base: Base | None = None) -> Turn:
    """Return a text as one need whatever it says, since a program asks; the text stays the question."""
    turn = _need(text, base or NoBase())
    if turn.further:
        bare = bare_need(left_out(text, base or NoBase()).text)
        return turn.model_copy(update={"text": text, "bare": bare, "further": ()})
    bare = turn.bare or turn.text
    return turn.model_copy(update={"text": text, "bare": bare if bare != text else None})
