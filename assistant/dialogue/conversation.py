"""What a thread has come to, and what a turn in it means for the need.

Invariant: a turn about an answer never changes what was asked; a new need keeps who asks and drops everything that was
said of the need before. What went before can be gone back to, a few steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from pydantic import Field

from assistant.dialogue.refinement import Exclusions, Refinement
from assistant.funding.calendar import CallPeriod
from assistant.funding.verdicts import Facts, Missing, applicant_facts, merge_facts
from corpus.records import ActorType, Kind
from corpus.text import Frozen, Language
from index.retrieval.need import PlaceWish

MAX_ASKS = 2
"""Questions back for one need."""
STEPS_KEPT = 5
"""Steps that a thread can be taken back."""


class ListedSuggestion(Frozen):
    """A suggestion as it stood in an answer, for "number two"."""

    id: str
    kind: Kind
    name: str


class Choice(Frozen):
    """Something offered where a turn was not understood: the key `choice.<key>` of the catalogs, with its values."""

    key: str
    values: dict[str, str] = Field(default_factory=dict)


class PastState(Frozen):
    """A need as it stood before a turn, to go back to."""

    question: str
    bare: str | None = None
    refinement: Refinement = Refinement()
    facts: Facts = Facts()
    asked: tuple[str, ...] = ()


class ConversationState(Frozen):
    """What a thread has come to; without a question, nothing was asked yet."""

    question: str | None = None
    """The need so far, in the asker's words."""
    bare: str | None = None
    """The words of the need without what was said around it; None where they are the whole."""
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
    shown: tuple[ListedSuggestion, ...] = ()
    """The suggestions of the last answer, in the order they were shown."""
    answer_id: str | None = None
    """The log id of the last answer."""
    focus: tuple[ListedSuggestion, ...] = ()
    """What was spoken of last, for "them" and "that one"."""
    before: tuple[PastState, ...] = ()
    """What the thread was before, the latest last."""
    choices: tuple[Choice, ...] = ()
    """What the last reply offered to choose from."""


class Intent(StrEnum):
    """What a turn is."""

    QUESTION = "question"
    ADDITION = "addition"
    """More words about the same need."""
    FACT = "fact"
    """Something of the asker or the project."""
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
    IDENTITY = "identity"
    """Who or what the assistant is."""
    EXCLUDE = "exclude"
    FILTER = "filter"
    """Only some of what was shown: of some kinds of body, that are open now, the smallest first."""
    MEANT = "meant"
    """Another thing than what was understood."""
    UNDO = "undo"
    WHY = "why"
    WHY_NOT = "why_not"
    REACH = "reach"
    """How a suggestion is reached."""
    TERMS = "terms"
    """When a scheme closes, how much it gives, who may apply."""
    CALENDAR = "calendar"
    """What can be applied for now, and what closes next."""
    QUALIFY = "qualify"
    GLOSSARY = "glossary"
    PEERS = "peers"
    """Who else did or asked the same."""
    OUTCOME = "outcome"
    """What came of a project."""
    ABOUT = "about"
    COMPARE = "compare"
    DRAFT = "draft"
    SAVE = "save"
    APPLICATION = "application"
    DECLINED = "declined"
    """Something that is not to be done."""
    ERRAND = "errand"
    """Something that an inhabitant has to ask their municipality."""
    ERASE = "erase"
    """What is kept of who asks is to be gone."""
    STOP_NEWS = "stop_news"
    """No more messages about saved needs."""
    UNCLEAR = "unclear"


class Aspect(StrEnum):
    """What is asked of a scheme."""

    DEADLINE = "deadline"
    AMOUNT = "amount"
    OWN_SHARE = "own_share"
    """What the applicant has to pay itself."""
    APPLICANTS = "applicants"


TELLING = frozenset(
    {
        Intent.WHY, Intent.WHY_NOT, Intent.REACH, Intent.TERMS, Intent.CALENDAR, Intent.QUALIFY, Intent.GLOSSARY,
        Intent.PEERS, Intent.OUTCOME, Intent.ABOUT, Intent.COMPARE, Intent.DRAFT, Intent.SAVE, Intent.APPLICATION,
    }
)  # fmt: skip
"""Turns that are answered with something told, and leave the need and its answer as they are."""


class Turn(Frozen):
    """A turn read."""

    intent: Intent
    text: str = ""
    """The words that the need takes on, where it does."""
    shortened: bool = False
    """Whether the end of what was written was left unread."""
    place: PlaceWish | None = None
    kind: Kind | None = None
    items: tuple[ListedSuggestion, ...] = ()
    """The suggestions spoken of."""
    language: Language | None = None
    facts: Facts | None = None
    """What was told of the asker or the project."""
    denied: tuple[str, ...] = ()
    """The numbers of the places where they said that they are not."""
    settled: Missing | None = None
    """The question back that was answered."""
    bare: str | None = None
    """The words of a need without what was said around it, where that was something."""
    without: Exclusions = Exclusions()
    """What is not to be suggested."""
    types: tuple[ActorType, ...] = ()
    """The only kinds of body that are wanted."""
    open_now: bool = False
    period: CallPeriod | None = None
    """The time in which what opens or closes is asked for."""
    smallest: bool = False
    aspects: tuple[Aspect, ...] = ()
    term: str | None = None
    """The id of the word that is asked about."""
    unknown: tuple[str, ...] = ()
    """Bodies that were named and that the base does not hold."""
    quote: str | None = None
    """The sentence that was taken for the need, where it stood in a longer text."""
    further: tuple[str, ...] = ()
    """Other needs that were told in the same message."""
    numbered: Kind | None = None
    """The list that a number alone was taken to be of, where other lists hold that number too."""
    is_sure: bool = False
    """Whether what takes something away was said again, when asked."""
    announced: bool = False
    """Whether it was said that another need comes, so that it is one whatever is found for it."""


def new_need(
    state: ConversationState, question: str | None, language: Language | None, bare: str | None = None
) -> ConversationState:
    """Return the state of a thread in which a need begins: who asks is kept, the need before can be gone back to."""
    return ConversationState(
        question=question,
        bare=bare,
        language=language,
        chosen_language=state.chosen_language,
        facts=applicant_facts(state.facts),
        before=_stepped(state),
    )


def gone_back(state: ConversationState) -> ConversationState | None:
    """Return a thread as it was before its last change; None where there is nothing to go back to."""
    if not state.before:
        return None
    step = state.before[-1]
    # Where the last step did nothing but tell facts, those are what is taken back.
    told_only = (step.question, step.refinement) == (state.question, state.refinement)
    return state.model_copy(
        update={
            "question": step.question,
            "bare": step.bare,
            "refinement": step.refinement,
            # Else what was told of the asker since holds on.
            "facts": step.facts if told_only else merge_facts(step.facts, applicant_facts(state.facts)),
            "asked": step.asked,
            "before": state.before[:-1],
            "pending": (),
            "choices": (),
            "focus": (),
            "wants_words": False,
        }
    )


def refined(state: ConversationState, turn: Turn) -> ConversationState:
    """Return a thread's state after a turn about its answer."""
    before, facts = _stepped(state), facts_told(state, turn)
    update: dict[str, object] = {
        "before": before,
        "facts": facts,
        "refinement": _refinement(state, turn),
        "pending": tuple(one for one in state.pending if one != turn.settled) if turn.settled else (),
        "wants_words": False,
        "choices": (),
    }
    if turn.intent is Intent.ADDITION:
        update |= {"question": f"{state.question}\n{turn.text}"}
        update |= {"bare": f"{state.bare} {turn.bare or turn.text}"} if state.bare else {}
    if turn.intent is Intent.MEANT:
        update |= {"question": turn.text, "bare": turn.bare}
    return state.model_copy(update=update)


def facts_told(state: ConversationState, turn: Turn) -> Facts:
    """Return what is known of the asker of a thread after a turn that tells something, or takes a place back."""
    facts = state.facts
    if not {facts.kommunenummer, facts.fylkesnummer}.isdisjoint(turn.denied):
        facts = facts.model_copy(update={"place": None, "kommunenummer": None, "fylkesnummer": None})
    return merge_facts(facts, turn.facts or Facts())


def _refinement(state: ConversationState, turn: Turn) -> Refinement:
    changed: dict[str, object] = {}
    refinement = state.refinement
    match turn.intent:
        case Intent.PLACE:
            changed = {"place": turn.place, "like": None}
            if turn.place is not None and turn.place.required:
                changed |= {"kind": Kind.ACTOR, "only_kind": True}
        case Intent.KIND:
            kept = tuple(one for one in refinement.without_kinds if one is not turn.kind)
            changed = {"kind": turn.kind, "like": None, "only_kind": True, "without_kinds": kept}
        case Intent.FILTER:
            changed = _filtered(turn)
        case Intent.LIKE:
            like = turn.items[0]
            changed = {"like": like.id, "kind": like.kind, "only_kind": False}
            changed |= {"without": _added(refinement.without, turn.items)}
        case Intent.DISMISS:
            changed = {"without": _added(refinement.without, turn.items)}
        case Intent.MORE:
            kind = turn.kind or (state.shown[0].kind if state.shown else None)
            seen = [item for item in state.shown if item.kind is kind]
            changed = {"kind": kind, "only_kind": kind is not None, "without": _added(refinement.without, seen)}
        case Intent.ADDITION | Intent.MEANT:
            changed = {"like": None, "only_kind": False, "kind": None}
    if turn.place is not None and turn.intent is not Intent.PLACE:
        changed |= {"place": turn.place}
    if turn.kind is not None and turn.intent is Intent.PLACE:
        changed |= {"kind": turn.kind, "only_kind": True}
    return refinement.model_copy(update=changed).leaving_out(turn.without)


def _filtered(turn: Turn) -> dict[str, object]:
    """Return what a turn changes that wants only some of what was shown."""
    kind = Kind.ACTOR if turn.types else Kind.INSTRUMENT
    changed: dict[str, object] = {"like": None, "kind": kind, "only_kind": True}
    told = {"types": turn.types, "open_now": turn.open_now, "smallest": turn.smallest}
    return changed | {name: value for name, value in told.items() if value}


def _stepped(state: ConversationState) -> tuple[PastState, ...]:
    if state.question is None:
        return state.before
    step = PastState(
        question=state.question,
        bare=state.bare,
        refinement=state.refinement,
        facts=state.facts,
        asked=state.asked,
    )
    return (*state.before, step)[-STEPS_KEPT:]


def _added(ids: Sequence[str], items: Iterable[ListedSuggestion]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*ids, *(item.id for item in items))))
