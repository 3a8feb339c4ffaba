"""What somebody means by their next words in a thread: a need, or something said or asked of the answer before.

Invariant: reading a turn never fails. Words are taken for something said of an answer only where they hold no subject
of their own; what is neither that nor a need is unclear, and is asked about rather than guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.dialogue.by_example import by_example
from assistant.dialogue.choices import choice_label, chosen
from assistant.dialogue.conversation import Choice, ConversationState, Intent, Turn
from assistant.dialogue.corrections import parse_correction
from assistant.dialogue.cues import FRAME, cues_of
from assistant.dialogue.fact_turns import parse_facts, parse_plain_facts, parse_question_reply, stage_told
from assistant.dialogue.framing import bare_need, new_topic, subjects, tells_need, tells_subject
from assistant.dialogue.knowledge_base import EmptyKnowledgeBase, KnowledgeBase
from assistant.dialogue.leaving import parse_leaving, parse_stopping
from assistant.dialogue.name_lookup import parse_name_lookup
from assistant.dialogue.need_turns import parse_need
from assistant.dialogue.quoted_mail import newest_of
from assistant.dialogue.refinement_turns import (
    WHAT_ABOUT,
    parse_addition,
    parse_dismissal,
    parse_exclusion,
    parse_more,
    parse_narrowing,
    parse_place_or_kind,
    parse_plain_narrowing,
)
from assistant.dialogue.slots import suggestions_in
from assistant.dialogue.standalone_turns import parse_courtesy, parse_standalone
from assistant.dialogue.suggestion_questions import (
    SUGGESTION_ACTS,
    parse_bare_name,
    parse_missing_number,
    parse_more_like,
    parse_rules_question,
    parse_suggestion_question,
    suggestion_turn,
)
from assistant.dialogue.turn_text import ASKS, COMPOUND, FEW_WORDS, SHORT, TurnText, has_words_of_its_own
from corpus.text import Language
from index.analysis import is_stopword, normalise

_VAGUE = frozenset(
    {"ja", "jo", "nei", "yes", "no", "jepp", "yep", "nope", "hm", "hmm", "hæ", "hva", "kva", "what", "huh", "eh", "tja"}
)


def parse_turn(text: str, state: ConversationState, base: KnowledgeBase | None = None) -> Turn:
    """Return what a turn is.

    Args:
        text: What was written.
        state: What the thread has come to.
        base: What knows the words and names of the records.
    """
    base = base or EmptyKnowledgeBase()
    if (picked := _picked(text, state, base)) is not None:
        return picked
    if (choice := chosen(text, state)) is not None:
        text = choice_label(choice, state.language or Language.NB)
    if text.strip() == "?":
        return Turn(intent=Intent.HELP)
    text = newest_of(text)
    bare = bare_need(text)
    plain = normalise(bare).strip(" .!,;:?")
    said = TurnText(bare, plain, cues_of(bare, base.knows), state, base, text)
    courtesy = parse_courtesy(text, said.cues if bare == text else cues_of(text, base.knows))
    if (plain_turn := parse_leaving(said) or courtesy) is not None:
        return plain_turn
    if state.question is not None and plain and plain == normalise(bare_need(state.question)).strip(" .!,;:?"):
        # Whoever tells the need once more asks it anew.
        return parse_need(text, base).model_copy(update={"announced": True})
    topic = new_topic(bare)
    if topic == "":
        return Turn(intent=Intent.RESTART)
    if topic is not None:
        told = TurnText(topic, normalise(topic), cues_of(topic, base.knows), state, base)
        # What comes after "by the way" may be a fact as well as a need.
        return parse_facts(told) or parse_need(topic, base).model_copy(update={"announced": True})
    found = parse_standalone(said)
    if found is None:
        found = parse_name_lookup(said)
    if found is None:
        found = _parse_follow_up(said) if state.question is not None else _parse_first_turn(said)
    return _likelier(found or _parse_new_need(said), said)


def _picked(text: str, state: ConversationState, base: KnowledgeBase) -> Turn | None:
    """Return the turn that a choice stands for; None where its words mean it, or nothing was chosen."""
    choice = chosen(text, state)
    if (stopping := parse_stopping(text, choice, state)) is not None:
        return stopping
    match choice.key if choice else None, choice:
        case "new", Choice(values=values):
            return parse_need(values["text"], base)
        case "add", Choice(values=values):
            return Turn(intent=Intent.ADDITION, text=values["text"])
    return None


def _likelier(turn: Turn, said: TurnText) -> Turn:
    """Return a turn, or what others like it were where nothing but a name, a kind or nothing at all was read in it."""
    weak = turn.intent in _WEAK and not turn.announced and not turn.further and turn.quote is None
    # A kind or a name is all that was read of a sentence.
    weak = weak or (turn.intent is Intent.KIND and len(said.cues.tokens) >= _SENTENCE)
    weak = weak or (turn.intent is Intent.ABOUT and bool(turn.items) and not turn.text and _is_sentence(said))
    return (by_example(said) if weak else None) or turn


_SENTENCE = 4


def _is_sentence(said: TurnText) -> bool:
    return len(said.cues.tokens) >= _SENTENCE and not said.cues.any("ABOUT", "MEANS")


_WEAK = {Intent.UNCLEAR, Intent.QUESTION}
"""What a turn is read as where no rule fits it."""


def _parse_first_turn(said: TurnText) -> Turn | None:
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
        intent, kind = SUGGESTION_ACTS[way.act]
        rows = suggestions_in(said.text, said.cues, said.state, said.base, kind)
        if rows.items and not said.rest(rows.places) and len(said.cues.tokens) <= SHORT:
            return suggestion_turn(said, way, intent, rows, kind)
    return None if tells_need(said.text) else parse_facts(said)


def _parse_follow_up(said: TurnText) -> Turn | None:
    """Return a turn that is about the answer before it."""
    steps: tuple[Callable[[TurnText], Turn | None], ...] = (
        parse_rules_question,
        parse_question_reply,
        parse_missing_number,
        parse_plain_facts,
        parse_more_like,
        parse_plain_narrowing,
        parse_correction,
        parse_suggestion_question,
        parse_exclusion,
        parse_narrowing,
        parse_facts,
        stage_told,
        parse_dismissal,
        parse_more,
        parse_place_or_kind,
        parse_bare_name,
        parse_addition,
    )
    for step in steps:
        if (turn := step(said)) is not None:
            return turn
    return None


def _parse_new_need(said: TurnText) -> Turn:
    """Return a turn that is a need of its own, or that nothing can be made of."""
    rest = said.rest()
    about = [
        token
        for place, token in enumerate(said.cues.tokens)
        if not is_stopword(token)
        and (said.base.knows(token) or said.base.is_subject(token))
        and not said.cues.only(FRAME)
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
    of_oneself = _OF_ONESELF.match(said.plain) and len(said.cues.tokens) <= SHORT and not tells_need(said.text)
    told = of_oneself or _OF_THE_CASE.match(said.plain)
    if started and told and not ASKS.search(said.text):
        return Turn(intent=Intent.UNCLEAR, text=said.text)
    if started and _IN_ANY_MATTER.search(said.plain) and not tells_subject(subjects(said.text, said.base)):
        return Turn(intent=Intent.ADDITION, text=said.text)
    what = _need_text(said)
    return parse_need(what, said.base).model_copy(update={"announced": what is not said.whole})


_OF_THE_CASE = re.compile(
    r"(?:og |men |and |but )?(?:rådmannen|kommunedirektøren|ordføreren|ordføraren|sjefen|lederen|leiaren|politikerne"
    r"|politikarane|saken|saka|møtet|the (?:mayor|boss|council|case|matter)|my boss|dette|det) "
    r"(?:vil ha|må ha|skal ha|trenger|treng|må|skal|wants|needs|must|goes|is going|has to|haster|hastar)\b"
    r"(?=.*\b(?:svar\w*|answer|innen|innan|før|by|before|opp i|up in|behandl\w*|handsam\w*|vedta\w*|haster|hastar)\b)"
)
"""How somebody tells of their case and its haste, of which nothing can be found."""


_OF_ONESELF = re.compile(
    r"(?:og |men |and |but )?(?:(?:vi|jeg|eg|me) er|we are|i am|(?:we|i)'(?:re|m)) (?:(?:en|ein|ei|et|eit|a|an|med i"
    r"|medlem|part of)\b|\w*student\b)"
    r"|(?:(?:vi|jeg|eg|me|we|i) )?(?:(?:vil|ønsker|ønskjer|ynskjer|trenger|treng|skal) (?:ikke|ikkje)|don't (?:want"
    r"|need))\b"
)
"""How somebody tells who they are, or what they do not want, which is no need of its own within a thread."""
_IN_ANY_MATTER = re.compile(
    r"\b(?:samarbeid\w*|evaluer\w*|følgeforsk\w*|cooperat\w*|collaborat\w*|evaluat\w*"
    r"|(?:sier|seier|viser|vet|veit) (?:forskning\w*|forsking\w*|forskerne|forskarane)|does (?:the )?research say"
    r"|(?:penger|pengar|midler|midlar|money) (?:til|for))\b"
)
"""What is wanted in whatever matter: to evaluate, to work together, to know what research says, to pay for somebody."""


def _need_text(said: TurnText) -> str:
    match = WHAT_ABOUT.match(said.text)
    return match["what"] if match and said.state.question else said.whole or said.text
