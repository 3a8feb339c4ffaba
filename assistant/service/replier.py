"""The reply to a turn: what is answered, noted beside it and asked back, and what the thread comes to by it.

Invariant: nothing is stored here; the same turn of the same asker in the same state gets the same reply, but for the
log id that it is given.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dialogue.conversation import MAX_ASKS, Intent, Item, State, Turn, read_turn, refined
from assistant.dialogue.facts import facts_of_municipality
from assistant.dialogue.understanding import Question, has_words
from assistant.funding.rule_sentences import question_back
from assistant.funding.verdicts import Facts, Missing, joined, of_asker
from assistant.history.askers import Known
from assistant.matching.answers import Answer, Outcome
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.keys import opaque_id
from assistant.platform.messages import messages
from assistant.platform.redaction import Redacted
from assistant.service.turns import Incoming, Note, Reply, ReplyKind
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
    """Replies from what a matchmaker finds."""

    def __init__(self, matchmaker: Matchmaker) -> None:
        self._matchmaker = matchmaker

    def reply(self, incoming: Incoming, clean: Redacted, known: Known, state: State) -> tuple[Turn, Reply, State]:
        """Return what a turn is, the reply to it, and what the thread comes to."""
        turn = Turn(intent=Intent.QUESTION, text=clean.text)
        if not incoming.is_question:
            turn = read_turn(clean.text, state)
        turn = turn.model_copy(update={"shortened": incoming.shortened})
        language = known.profile.language or state.language or Language.NB
        if not has_words(clean.text) and turn.intent is Intent.QUESTION:
            return turn, Reply(kind=ReplyKind.EMPTY, language=language, notes=_first_notes(known, clean)), state
        notes = _first_notes(known, clean)
        match turn.intent:
            case Intent.HELP | Intent.GREETING | Intent.THANKS | Intent.CONTACT:
                return turn, self._plain(turn, clean, known, state), state
            case Intent.LANGUAGE:
                chosen = turn.language or language
                state = state.model_copy(update={"language": chosen, "chosen_language": True})
                if state.question is None:
                    return turn, Reply(kind=ReplyKind.LANGUAGE_SET, language=chosen), state
            case Intent.RESTART:
                state = State(
                    language=state.language, chosen_language=state.chosen_language, facts=of_asker(state.facts)
                )
                if not turn.text:
                    return turn, Reply(kind=ReplyKind.HELP, language=language), state
                state = state.model_copy(update={"question": turn.text})
            case Intent.QUESTION:
                keep = state.language if state.chosen_language else None
                state = State(
                    question=turn.text,
                    language=keep,
                    chosen_language=state.chosen_language,
                    facts=of_asker(state.facts),
                )
            case _:
                notes += refined_notes(turn)
                state = refined(state, turn)
        return turn, *self.answer(turn, known, state, notes, incoming.top_k)

    def answer(
        self, turn: Turn, known: Known, state: State, notes: tuple[Note, ...], top_k: int
    ) -> tuple[Reply, State]:
        """Return the reply to a need in the state that a turn has brought a thread to, and what that comes to."""
        language = state.language if turn.intent is Intent.LANGUAGE else known.profile.language or state.language
        question = Question(text=state.question or "", language=language, shortened=turn.shortened)
        answer = self._matchmaker.answer(question, top_k, state.refinement, self._facts(known, state))
        pending, asks = _questions_back(answer, state)
        reply = Reply(
            kind=ReplyKind.ANSWER, language=answer.language, log_id=opaque_id(), answer=answer, notes=notes, asks=asks
        )
        state = state.model_copy(
            update={
                # What was added to a question that is as long as it may be is left unread, and not kept.
                "question": question.text if state.question else None,
                "language": answer.language,
                "shown": items_of(answer),
                "answer_id": reply.log_id,
                "asked": (*state.asked, *(ask.key for ask in asks)),
                "pending": (*state.pending, *pending),
                "facts": _carried_on(answer.facts),
                "wants_words": any(ask.key == "problem" for ask in asks),
            }
        )
        return reply, state

    def _plain(self, turn: Turn, clean: Redacted, known: Known, state: State) -> Reply:
        """Return a reply that looks nothing up."""
        from assistant.platform.language import detect_language

        language = known.profile.language or state.language or detect_language(clean.text)
        # The broker can be asked from there.
        log_id = opaque_id() if turn.intent is Intent.CONTACT else None
        return Reply(kind=_REPLY_KINDS[turn.intent], language=language, log_id=log_id)

    def _facts(self, known: Known, state: State) -> Facts:
        """Return what is known of an asker: from what they chose, and from the thread."""
        number = known.profile.kommunenummer
        if number is None:
            return state.facts
        return joined(facts_of_municipality(number), state.facts)


def _first_notes(known: Known, clean: Redacted) -> tuple[Note, ...]:
    notes = []
    if known.pseudonym is None:
        notes.append(Note(key="first_time"))
    if clean.removed:
        notes.append(Note(key="redacted"))
    elif clean.personal:
        notes.append(Note(key="personal_data"))
    return tuple(notes)


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


def _questions_back(answer: Answer, state: State) -> tuple[tuple[Missing, ...], tuple[Note, ...]]:
    """Return what would change the answer if it were known, at most `MAX_ASKS` for one need, and as questions.

    They are the Research Council's three: where nothing fits well, what the problem is and what has to be known;
    where money is asked for, what would settle a scheme's rules, above all who takes part.
    """
    catalog = messages(answer.language)
    keys = ["problem", "knowledge"] if answer.outcome is not Outcome.MATCHED else []
    asks = [Note(key=key, values={"text": catalog.text(f"ask.{key}")}) for key in keys]
    missing = {one.fact.value: one for one in answer.asks} if not keys else {}
    asks += [Note(key=fact, values={"text": question_back(one, answer.language)}) for fact, one in missing.items()]
    left = max(MAX_ASKS - len(state.asked), 0)
    chosen = tuple([ask for ask in asks if ask.key not in state.asked][:left])
    return tuple(missing[ask.key] for ask in chosen if ask.key in missing), chosen


def items_of(answer: Answer) -> tuple[Item, ...]:
    """Return the suggestions of an answer as they stand there, in the answer's language."""
    return tuple(
        Item(id=one.id, kind=kind, name=one.name.best(answer.language).text)
        for kind in answer.order
        for one in answer.suggestions(kind)
    )
