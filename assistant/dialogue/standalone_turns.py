"""Turns that mean the same wherever they are said: courtesy, language, going back, who the assistant is, words.

Invariant: a turn with a subject of its own is none of these.
"""

from __future__ import annotations

import re

from assistant.dialogue.calendar_turns import facts_asked_for, parse_calendar
from assistant.dialogue.conversation import Intent, Turn
from assistant.dialogue.cues import FRAME, ActPattern, Cues
from assistant.dialogue.errands import parse_errand
from assistant.dialogue.framing import subjects, tells_need
from assistant.dialogue.glossary import term_in
from assistant.dialogue.need_turns import parse_need
from assistant.dialogue.slots import suggestions_in
from assistant.dialogue.turn_text import (
    ASKS,
    BACK_TO_LIFE,
    FEW_WORDS,
    SHORT,
    TurnText,
    first_clause,
    frames_matter,
    matches_act,
    place_tokens,
)
from corpus.records import Kind
from corpus.text import Language
from index.analysis import is_stopword

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
    "calendar": Intent.CALENDAR,
}


_NO_COURTESY = (
    "ONLY", "MONEY", "CALL", "DEADLINE", "AMOUNT", "OWN_SHARE", "APPLY", "LANG", "WHY", "OUTCOME", "LIKE", "COMPARE",
    "DRAFT", "SAVE",
    "NOTIFY", "ROBOT", "WHO_ARE_YOU", "UNDO", "RESTART", "OTHERS", "MUNICIPALITIES", "MEANS", "ABOUT", "NOT",
    "WITHOUT",
    "OTHER_TOPIC", "WRITE", "MEANT", "UNSUITABLE", "WHO", "QUALIFIES", "OPEN", "BROKER", "TALK", "PASS_ON",
)  # fmt: skip
"""Words that ask for something, however politely."""


_QUESTION_WORDS = frozenset({"hva", "kva", "ka", "what", "hvilke", "which", "hvor", "kor", "where"})


def parse_courtesy(text: str, cues: Cues) -> Turn | None:
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
    if cues.has("THANK") and cues.only("THANK", "PRAISE", "GREET", FRAME, "SELF", "THAT", "ARE", "WE"):
        return Turn(intent=Intent.THANKS)
    if cues.has("GREET") and cues.only("GREET", "SELF") and cues.tokens[0] not in {"there", "igjen", "alle"}:
        return Turn(intent=Intent.GREETING)
    if cues.has("TEST") and cues.only("TEST", "GREET", "SELF", FRAME):
        return Turn(intent=Intent.GREETING)
    if cues.has("CAN_YOU_DO") and not cues.has("GREET"):
        return None
    if cues.has("PRAISE") and cues.only("PRAISE", "GREET", "SELF", FRAME, "THAT", "ARE", "WE") and "?" not in text:
        return Turn(intent=Intent.THANKS)
    return None


def parse_standalone(said: TurnText) -> Turn | None:
    """Return a turn that means the same wherever it is said."""
    if (turn := _language(said)) is not None:
        return turn
    if len(said.cues.tokens) > 2 * SHORT:
        return None
    if (turn := _refusal(said) or parse_calendar(said) or parse_errand(said)) is not None:
        return turn
    first = first_clause(said)
    if (turn := _plain_act(said)) is not None:
        left = said.text[len(first.text) :].strip(" ,.;:!?–") if first is not None else ""
        if turn.intent is Intent.RESTART and subjects(left, said.base):
            return parse_need(left, said.base).model_copy(update={"announced": True})
        return turn
    if first is not None and (turn := _plain_act(first)) is not None and turn.intent in _ALONE:
        if turn.intent is Intent.UNDO and _PUTS_RIGHT.search(said.plain):
            return None
        left = said.text[len(first.text) :].strip(" ,.;:!?–")
        if turn.intent is Intent.RESTART and subjects(left, said.base):
            return parse_need(left, said.base).model_copy(update={"announced": True})
        return turn
    return _glossary(said)


_ALONE = {Intent.UNDO, Intent.RESTART, Intent.CONTACT, Intent.SAVE}
"""What is meant by its clause alone, whatever reason is given after it."""


def _plain_act(said: TurnText) -> Turn | None:
    for way in said.cues.ways():
        intent = _PLAIN_ACTS.get(way.act)
        if intent is None or (intent is Intent.CONTACT and len(said.cues.tokens) > SHORT):
            continue
        rows = suggestions_in(said.text, said.cues, said.state, said.base)
        taken = rows.places | place_tokens(said) if intent is Intent.CALENDAR else rows.places
        if not matches_act(way, said, taken):
            continue
        if (
            intent in {Intent.HELP, Intent.IDENTITY}
            and _OF_US.isdisjoint(way.all)
            and (rows.items or said.cues.any("OUTCOME", "DEADLINE", "AMOUNT", "OWN_SHARE", "MONEY"))
        ):
            continue
        if _means_another_thing(intent, way, said):
            continue
        if intent is Intent.CONTACT and rows.items:
            continue
        # In a thread such words are said of the schemes that were shown.
        if intent is Intent.CALENDAR:
            if said.state.question is not None or any(item.kind is Kind.INSTRUMENT for item in rows.items):
                continue
            return Turn(intent=intent, text=said.text, facts=facts_asked_for(said.text))
        return Turn(intent=intent, text=said.text, items=rows.items)
    return None


_OF_US = frozenset({"MY_WORDS", "YOUR_FACTS", "USE_YOU", "FRESH", "READS"})
"""Words that say that something is asked of us, though they speak of dates or prices."""
_WITHOUT_SUBJECT = (
    FRAME,
    "SELF",
    "WE",
    "CAN",
    "ARE",
    "THAT",
    "WHO",
    "GREET",
    "THANK",
    "PRAISE",
    "BROKER",
    "HUMAN",
    "TALK",
)
"""Words that tell no subject in a first message that asks something of us."""


def _tells_subject(way: ActPattern, said: TurnText) -> bool:
    """Tell whether a first message holds a subject besides the words that mean an act: *KI i skolen*."""
    if way.act == "write_application":
        return False
    of_act = (*way.all, *_WITHOUT_SUBJECT, *(_OF_CALENDAR if way.act == "calendar" else ()))
    taken = said.cues.places(of_act) | place_tokens(said)
    tokens, base = said.cues.tokens, said.base
    return any(
        place not in taken
        and not is_stopword(token)
        and (base.is_subject(token) or (place > 0 and tokens[place - 1] in _WHERE and base.knows(token)))
        for place, token in enumerate(tokens)
    )


_OF_CALENDAR = ("MONEY", "DEADLINE", "OPEN", "COMING", "SHOW", "APPLY", "WHEN", "MUNICIPALITIES", "MORE", "QUALIFIES")
_WHERE = frozenset("i på hos for innen etter in at on within after".split())
"""Words that what something is about follows, be it as common as a school."""


_GOES_BACK = re.compile(
    r"(?:vi|me|we) (?:vil|skal|ønsker å|ønskjer å|want to|would like to|plan to) .*\b(?:tilbake|attende"
    r"|back) (?:til|to) "
    r"(?!that|the (?:last|previous|first)|det|den|de|dei|forrige|førre|lista|listen|svaret|start)"
    r"|(?:og |and )?(?:hva|kva|what) (?:var|was)\b|(?:når|when|hvem|kven|who)\b"
)
"""What somebody goes back to, or asks of what was before, who takes nothing back."""
_PUTS_RIGHT = re.compile(
    r"\b(?:jeg|eg|æ|vi|me|i|we) (?:mente|meinte|mener|meiner|meant|mean|tenkte på|tenkjer på|was thinking of) \w{3,}"
    r"|\b(?:det gjelder|det gjeld|it is about|it's about) \w{3,}"
)
"""How somebody says what should have been understood instead, whom taking back would leave without it."""


def _means_another_thing(intent: Intent, way: ActPattern, said: TurnText) -> bool:
    """Tell whether words that could ask something of us are said of something else."""
    if intent is Intent.UNDO and (BACK_TO_LIFE.search(said.plain) or _GOES_BACK.match(said.plain)):
        return True
    if intent is Intent.UNDO and _PUTS_RIGHT.search(said.plain):
        return True
    if said.state.question is None and (intent is Intent.SAVE or _tells_subject(way, said)):
        return True
    return intent is Intent.APPLICATION and _asks_for_help_with_writing(said)


def _refusal(said: TurnText) -> Turn | None:
    """Return a turn that tells us not to do something: *ikkje samanlikn dei*, *no draft, please*."""
    if _POLITE.match(said.plain) or ASKS.search(said.text) or said.cues.any("WHY", "WHEN"):
        return None
    for way in said.cues.ways():
        if way.act not in _DONE_BY_US or not _is_negated(way, said):
            continue
        rows = suggestions_in(said.text, said.cues, said.state, said.base)
        if len(said.rest(rows.places | place_tokens(said))) <= 1 and len(said.cues.tokens) <= SHORT:
            return Turn(intent=Intent.DECLINED, text=said.text)
    return None


_DONE_BY_US = {"draft", "compare", "reach", "restart", "undo", "human", "write_application", "save"}
"""Acts that are done where they are asked for, and so can be refused."""
_POLITE = re.compile(
    r"(?:og |men |and |but )?(?:kan|kunne|vil|ville|can|could|will|would|why|hvorfor|kvifor)(?: ikke| ikkje)? "
    r"(?:du|dere|de|dykk|you|vi|me|we|don)\b"
)
"""How somebody begins who asks for something by asking whether it could not be done."""
_NEGATIONS = frozenset(
    "ikke ikkje ikkj itj itte ittj inte not don dont never aldri no ingen inga uten utan without".split()
)
_REFUSES = 4
"""Words before an act within which a "not" is said of it: *jeg vil ikke lagre dette*."""


def _is_negated(way: ActPattern, said: TurnText) -> bool:
    """Tell whether a turn says that an act is not wanted."""
    tokens, begins = said.cues.tokens, min(said.cues.places(way.all), default=0)
    # "No, undo that" and "never mind, show all" ask for it.
    if tokens[:2] == ("never", "mind") or (way.act in {"undo", "restart"} and begins > 0 and tokens[0] == "no"):
        return False
    return any(tokens[place] in _NEGATIONS for place in range(max(begins - _REFUSES, 0), begins))


def _asks_for_help_with_writing(said: TurnText) -> bool:
    """Tell whether a first message looks for somebody who helps to write about something, and does not tell us to."""
    opens = said.state.question is None and not said.cues.any("SELF", "FOR_US")
    return opens and tells_need(said.text) and bool(subjects(said.text, said.base))


_LACKS_LANGUAGE = re.compile(
    r"\b(?:(?:don't|do not|dont|can't|cannot|cant|not) (?:really )?(?:understand|speak|read|know|write|get) (?:any "
    r"|much )?"
    r"(?P<one>norwegian|english)|my (?P<two>norwegian|english) (?:is (?:not|bad|poor|rusty|weak|limited|terrible)"
    r"|isn't)"
    r"|(?:kan|forstår|snakker|leser|skjønner|skjønar|snakkar|les) (?:ikke|ikkje) (?:så (?:godt|mye|mykje) )?"
    r"(?P<three>norsk|engelsk|english|norwegian))\b"
)
_TRANSLATE = re.compile(r"(?:can you |could you |please )*translate(?: (?:this|it|that|the answer))?(?: please)?")


def _lacks_language(said: TurnText) -> Turn | None:
    """Return a turn by which somebody says which language they do not read, or asks for a translation."""
    if len(said.cues.tokens) > SHORT or said.rest():
        return None
    lacking = _LACKS_LANGUAGE.search(said.plain)
    if lacking is None:
        return Turn(intent=Intent.LANGUAGE, language=Language.EN) if _TRANSLATE.fullmatch(said.plain) else None
    # Residents who do not speak it are a need.
    if not re.match(
        r"(?:(?:sorry|beklager|unnskyld|hi|but|men),? )*(?:i|we|jeg|eg|vi|me|my)\b", said.plain.replace(",", "")
    ):
        return None
    word = lacking["one"] or lacking["two"] or lacking["three"]
    return Turn(intent=Intent.LANGUAGE, language=Language.EN if word.startswith("no") else Language.NB)


def _language(said: TurnText) -> Turn | None:
    if (turn := _lacks_language(said)) is not None:
        return turn
    for part in (said, first_clause(said)):
        # Whoever asks what language to apply in, or teaches one, does not ask for an answer in it.
        if part is None or part.cues.any("APPLY") or frames_matter(part):
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
                "UNDO",
                "NOT",
            )
        ):
            return Turn(intent=Intent.LANGUAGE, language=_LANGUAGES[named[-1]])
    return None


def _glossary(said: TurnText) -> Turn | None:
    """Return a turn that asks what a word means."""
    found = term_in(said.cues.tokens)
    if said.cues.has("MEANT"):
        return None
    if not said.cues.has("MEANS"):
        # A word of the trade alone, with a question mark, asks for the same.
        alone = found is not None and len(found[1]) == len(said.cues.tokens) and ASKS.search(said.text)
        return Turn(intent=Intent.GLOSSARY, term=found[0].id) if found and alone else None
    if found is not None and not said.rest(set(found[1])):
        asks = said.cues.places(_ASKS_TERMS) - set(found[1])
        if not asks:
            return Turn(intent=Intent.GLOSSARY, term=found[0].id)
    rows = suggestions_in(said.text, said.cues, said.state, said.base)
    if rows.items and not said.rest(rows.places) and not said.cues.any(*_ASKS_MORE, "QUALIFIES", "WHY", "DRAFT"):
        return Turn(intent=Intent.ABOUT, items=rows.items[:1])
    asked = [
        word
        for place, word in enumerate(said.cues.tokens)
        if place not in said.cues.covered() and not is_stopword(word)
    ]
    # What one thing means for another is a need to know.
    is_of_two = len(asked) > 1 and not {"for", "to"}.isdisjoint(said.cues.tokens)
    if (
        1 <= len(asked) <= _WORDS_OF_TERM
        and not is_of_two
        and len(said.cues.tokens) <= FEW_WORDS + 2
        and not said.cues.any(*_ASKS_MORE)
    ):
        means = re.search(
            r"\b(?:betyr|tyder|menes|mener|means?|meaning|stands? for|står for|forklar|explain)\b", said.plain
        )
        # Of a word that no record uses, "what is it" asks the same.
        if means is None and not any(said.base.knows(word) for word in asked):
            means = re.match(r"(?:og |men |and |but )?(?:hva|kva|ka|what)(?:'s| er| is| e)\b", said.plain)
        article = re.search(
            r"\b(?:hva|kva|ka|what)(?:'s| er| is| e)(?: egentlig| eigentleg)? (?:en|ein|ei|et|eit|a|an)\b", said.plain
        )
        if means or (article and said.state.question is not None):
            return Turn(intent=Intent.GLOSSARY, text=" ".join(asked))
    return None


_ASKS_TERMS = ("DEADLINE", "AMOUNT", "OWN_SHARE", "OUTCOME", "COMPARE")
_ASKS_MORE = ("DEADLINE", "AMOUNT", "OWN_SHARE", "OUTCOME", "MONEY", "COMPARE", "CALL")


_WORDS_OF_TERM = 2
