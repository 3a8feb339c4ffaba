"""The reply to a turn: what is answered, noted beside it and asked back, and what the thread comes to by it.

Invariant: nothing is stored here; the same turn of the same asker in the same state gets the same reply, but for the
log id that it is given.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dialogue.conversation import MAX_ASKS, Intent, Item, State, Turn, read_turn, refined
from assistant.dialogue.facts import facts_of_municipality
from assistant.dialogue.understanding import Question, has_words
from assistant.funding.verdicts import Facts, applicant_facts, merge_facts
from assistant.history.askers import AskerRecord
from assistant.matching.answers import Answer, Outcome
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.keys import opaque_id
from assistant.platform.tracing import traced
from assistant.service.turn import Interpretation, TurnContext, TurnResult
from assistant.service.turns import Note, Reply, ReplyKind
from corpus.text import Language

_NAMED = 2
"""Suggestions named when several are left out at once."""
_REPLY_KINDS = {
    Intent.HELP: ReplyKind.HELP,
    Intent.GREETING: ReplyKind.GREETING,
    Intent.THANKS: ReplyKind.THANKS,
    Intent.CONTACT: ReplyKind.CONTACT,
    Intent.RESTART: ReplyKind.HELP,
}


class Replier:
    """Makes the reply to a turn: interprets the message, looks up the answer, composes the reply."""

    def __init__(self, matchmaker: Matchmaker) -> None:
        self._matchmaker = matchmaker

    def reply(self, context: TurnContext) -> TurnResult:
        """Return the reply to a message, and what its thread comes to."""
        meant = interpret(context)
        if meant.reply is not None:
            return TurnResult(meant.turn, meant.reply, meant.state)
        return self.answer(meant, context.asker, context.message.top_k)

    def answer(self, meant: Interpretation, asker: AskerRecord, top_k: int) -> TurnResult:
        """Return the reply to a need in the state that a turn has brought a thread to, and what that comes to."""
        state = meant.state
        chosen = None if meant.turn.intent is Intent.LANGUAGE else asker.profile.language
        question = Question(
            text=state.question or "", language=chosen or state.language, shortened=meant.turn.shortened
        )
        answer = self._matchmaker.answer(question, top_k, state.refinement, _facts(asker, state))
        # What was added to a question that is as long as it may be is left unread, and not kept.
        kept = state.model_copy(update={"question": question.text if state.question else None})
        return composed(meant._replace(state=kept), answer)


@traced("interpret")
def interpret(context: TurnContext) -> Interpretation:
    """Return what a message means in its thread; what needs no answer looked up has its reply already."""
    text, asker, state = context.text, context.asker, context.thread.state
    turn = Turn(intent=Intent.QUESTION, text=text.text)
    if not context.message.is_question:
        turn = read_turn(text.text, state)
    turn = turn.model_copy(update={"shortened": context.message.shortened})
    notes = _first_notes(context)
    language = asker.profile.language or state.language or Language.NB
    if turn.intent is Intent.QUESTION and not has_words(text.text):
        return Interpretation(turn, state, reply=Reply(kind=ReplyKind.EMPTY, language=language, notes=notes))
    match turn.intent:
        case Intent.HELP | Intent.GREETING | Intent.THANKS | Intent.CONTACT:
            return Interpretation(turn, state, reply=_plain(turn, context))
        case Intent.LANGUAGE:
            chosen = turn.language or language
            state = state.model_copy(update={"language": chosen, "chosen_language": True})
            reply = None if state.question else Reply(kind=ReplyKind.LANGUAGE_SET, language=chosen)
            return Interpretation(turn, state, notes, reply)
        case Intent.RESTART:
            reply = None if turn.text else Reply(kind=ReplyKind.HELP, language=language)
            return Interpretation(turn, _new_need(state, turn.text or None, state.language), notes, reply)
        case Intent.QUESTION:
            keep = state.language if state.chosen_language else None
            return Interpretation(turn, _new_need(state, turn.text, keep), notes)
        case _:
            return Interpretation(turn, refined(state, turn), notes + refined_notes(turn))


def composed(meant: Interpretation, answer: Answer) -> TurnResult:
    """Return an answer as the reply to a turn, with what is asked back, and what the thread comes to by it."""
    asks = _questions_back(answer, meant.state)
    reply = Reply(
        kind=ReplyKind.ANSWER,
        language=answer.language,
        log_id=opaque_id(),
        answer=answer,
        notes=meant.notes,
        asks=asks,
    )
    state = meant.state.model_copy(
        update={
            "language": answer.language,
            "shown": items_of(answer),
            "answer_id": reply.log_id,
            "asked": (*meant.state.asked, *(ask.key for ask in asks)),
            "pending": (*meant.state.pending, *(ask.missing for ask in asks if ask.missing)),
            "facts": _carried_on(answer.facts),
            "wants_words": any(ask.key == "problem" for ask in asks),
        }
    )
    return TurnResult(meant.turn, reply, state)


def _new_need(state: State, question: str | None, language: Language | None) -> State:
    """Return the state of a thread in which a need begins: who asks is kept, the need before is not."""
    return State(
        question=question, language=language, chosen_language=state.chosen_language, facts=applicant_facts(state.facts)
    )


def _plain(turn: Turn, context: TurnContext) -> Reply:
    """Return a reply that looks nothing up."""
    from assistant.platform.language import detect_language

    language = context.asker.profile.language or context.thread.state.language
    # The broker can be asked from there.
    log_id = opaque_id() if turn.intent is Intent.CONTACT else None
    return Reply(kind=_REPLY_KINDS[turn.intent], language=language or detect_language(context.text.text), log_id=log_id)


def _facts(asker: AskerRecord, state: State) -> Facts:
    """Return what is known of an asker: from what they chose, and from the thread."""
    number = asker.profile.kommunenummer
    return state.facts if number is None else merge_facts(facts_of_municipality(number), state.facts)


def _first_notes(context: TurnContext) -> tuple[Note, ...]:
    told = {
        "thread_full": context.thread.continues and context.thread.version == 0,
        "first_time": context.asker.pseudonym is None,
        "redacted": context.text.removed,
        "personal_data": context.text.personal and not context.text.removed,
    }
    return tuple(Note(key=key) for key, is_so in told.items() if is_so)


def refined_notes(turn: Turn) -> tuple[Note, ...]:
    """Return what is noted of a turn that refines an answer."""
    match turn:
        case Turn(intent=Intent.PLACE, place=None):
            return (Note(key="refined.anywhere"),)
        case Turn(intent=Intent.PLACE, place=place) if place is not None:
            key = "refined.place_only" if place.required else "refined.place"
            return (Note(key=key, values={"place": place.name}),)
        case Turn(intent=Intent.LIKE, items=(item, *_)):
            return (Note(key="refined.like", values={"name": item.name}),)
        case Turn(intent=Intent.DISMISS, items=items):
            return (_without(items),)
        case Turn(intent=Intent.MORE):
            return (Note(key="refined.more"),)
        case Turn(intent=Intent.ADDITION):
            return (Note(key="refined.added"),)
        case Turn(intent=Intent.FACT):
            return (Note(key="refined.fact"),)
        case _:
            return ()


def _without(items: Sequence[Item]) -> Note:
    named = "; ".join(item.name for item in items[:_NAMED])
    if len(items) <= _NAMED:
        return Note(key="refined.without", values={"names": named})
    return Note(key="refined.without_more", values={"names": named, "count": str(len(items) - _NAMED)})


def _carried_on(facts: Facts) -> Facts:
    """Return the facts that a thread remembers: not the words of the need, which it keeps as they are."""
    return facts.model_copy(update={"words": None})


def _questions_back(answer: Answer, state: State) -> tuple[Note, ...]:
    """Return what would change the answer if it were known, at most `MAX_ASKS` for one need.

    They are the Research Council's three: where nothing fits well, what the problem is and what has to be known;
    where money is asked for, what would settle a scheme's rules, above all who takes part.
    """
    if answer.outcome is not Outcome.MATCHED:
        asks = [Note(key="problem"), Note(key="knowledge")]
    else:
        asks = [Note(key=one.fact.value, missing=one) for one in answer.asks]
    left = max(MAX_ASKS - len(state.asked), 0)
    return tuple([ask for ask in asks if ask.key not in state.asked][:left])


def items_of(answer: Answer) -> tuple[Item, ...]:
    """Return the suggestions of an answer as they stand there, in the answer's language."""
    return tuple(
        Item(id=one.id, kind=kind, name=one.name.best(answer.language).text)
        for kind in answer.order
        for one in answer.suggestions(kind)
    )
