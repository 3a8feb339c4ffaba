"""The reply to a turn: what is answered, noted beside it and asked back, and what the thread comes to by it.

Invariant: nothing is stored here; the same turn of the same asker in the same state gets the same reply, but for the
log id that it is given.
"""

from __future__ import annotations

from assistant.dialogue.conversation import (
    MAX_ASKS,
    TELLING,
    Choice,
    ConversationState,
    Intent,
    ListedSuggestion,
    Turn,
    facts_told,
    gone_back,
    new_need,
    refined,
)
from assistant.dialogue.facts import facts_of_municipality
from assistant.dialogue.framing import is_asked, subjects, tells_need
from assistant.dialogue.knowledge_base import KnowledgeBase
from assistant.dialogue.leaving import STOP_CHOICES
from assistant.dialogue.need_turns import read_need
from assistant.dialogue.refinement import Refinement
from assistant.dialogue.turn_parser import parse_turn
from assistant.dialogue.understanding import Question, has_words
from assistant.funding.verdicts import Facts, merge_facts
from assistant.history.askers import AskerRecord
from assistant.matching.answers import Answer, Outcome
from assistant.matching.knowledge_base import IndexedKnowledgeBase
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.keys import opaque_id
from assistant.platform.language import detect_language, marked_language
from assistant.platform.people import Channel
from assistant.platform.tracing import traced
from assistant.service.follow_up import FollowUpAnswerer
from assistant.service.messages import FollowUpAnswer, Note, Reply, ReplyKind
from assistant.service.turn_context import Interpretation, TurnContext, TurnResult
from assistant.service.turn_notes import first_notes, need_notes, noted_facts, refined_notes
from corpus.files import kind_of
from corpus.records import ActorType, Kind
from corpus.text import Language
from index.analysis import words

_FOCUSED = 3
"""Suggestions that "they" and "that one" stand for at most."""
_REPLY_KINDS = {
    Intent.HELP: ReplyKind.HELP,
    Intent.GREETING: ReplyKind.GREETING,
    Intent.THANKS: ReplyKind.THANKS,
    Intent.CONTACT: ReplyKind.CONTACT,
    Intent.IDENTITY: ReplyKind.IDENTITY,
    Intent.DECLINED: ReplyKind.DECLINED,
    Intent.ERRAND: ReplyKind.ERRAND,
}
_DOUBTFUL = 10
"""Words of a turn up to which it is asked about where nothing was found for it."""
_COMPOUND = 11
"""Letters of a word that says what it is about even if no record uses it."""
_OFFERED = 3
"""Choices offered where a turn was not understood."""


class Replier:
    """Makes the reply to a turn: interprets the message, looks up the answer, composes the reply."""

    def __init__(self, matchmaker: Matchmaker) -> None:
        self._matchmaker = matchmaker
        self._follow_up_answerer = FollowUpAnswerer(matchmaker)

    def reply(self, context: TurnContext) -> TurnResult:
        """Return the reply to a message, and what its thread comes to."""
        base = self._matchmaker.base()
        meant = interpret(context, base)
        if meant.reply is not None:
            return TurnResult(meant.turn, meant.reply, meant.state)
        if meant.turn.intent in TELLING:
            return self._follow_up(meant, context)
        result = self.answer(meant, context.asker, context.message.top_k, base)
        if self._is_doubtful(meant, result, context):
            return self._unclear(meant.turn, context)
        for other in meant.turn.further:
            result = self._and(other, result, context, meant.turn.facts)
        return result

    def answer(
        self, meant: Interpretation, asker: AskerRecord, top_k: int, base: IndexedKnowledgeBase | None = None
    ) -> TurnResult:
        """Return the reply to a need in the state that a turn has brought a thread to, and what that comes to."""
        state = meant.state
        chosen = None if meant.turn.intent is Intent.LANGUAGE else asker.profile.language
        question = Question(
            text=state.question or "",
            language=chosen or state.language,
            shortened=meant.turn.shortened,
            bare=state.bare,
            is_settled=meant.turn.intent is not Intent.QUESTION,
        )
        answer = self._matchmaker.answer(question, top_k, state.refinement, _facts(asker, state), base)
        # What was added to a question that is as long as it may be is left unread, and not kept.
        kept = state.model_copy(update={"question": question.text if state.question else None})
        return compose(meant._replace(state=kept), answer)

    def _is_doubtful(self, meant: Interpretation, result: TurnResult, context: TurnContext) -> bool:
        """Tell whether a few words in a thread, of which nothing sure was found, may well have been meant otherwise."""
        turn, answer = meant.turn, result.reply.answer
        if turn.intent is not Intent.QUESTION or turn.announced or context.thread.state.question is None:
            return False
        if answer is None or answer.outcome is Outcome.MATCHED or context.message.is_question:
            return False
        if len(words(turn.text)) > _DOUBTFUL:
            return False
        if is_asked(turn.text):
            return True
        about = subjects(turn.text, self._matchmaker.base())
        plainly = len(about) > 2 or any(len(word) >= _COMPOUND for word in about)
        return not tells_need(turn.text) and not plainly

    def _unclear(self, turn: Turn, context: TurnContext) -> TurnResult:
        """Return the reply to what was not understood; the thread stays as it was."""
        state = context.thread.state
        doubtful = turn.model_copy(update={"intent": Intent.UNCLEAR})
        choices = _choices(doubtful, state, self._matchmaker.base())
        reply = _plain_reply(ReplyKind.UNCLEAR, context, _language(context, turn.text), choices=choices)
        return TurnResult(doubtful, reply, state.model_copy(update={"choices": choices}))

    def _and(self, other: str, result: TurnResult, context: TurnContext, facts: Facts | None) -> TurnResult:
        """Return a reply with that to another need of the same message after it; the thread goes on from there.

        What the message tells besides its needs holds for this one too.
        """
        turn = read_need(other, self._matchmaker.base())
        state = new_need(result.state, turn.text, result.state.language, turn.bare)
        state = state.model_copy(
            update={
                "refinement": Refinement().leaving_out(turn.without),
                "facts": merge_facts(state.facts, facts or Facts()),
            }
        )
        notes = (Note(key="second_need"), *need_notes(turn))
        second = self.answer(Interpretation(turn, state, notes), context.asker, context.message.top_k)
        reply = result.reply.model_copy(update={"further": (*result.reply.further, second.reply)})
        return TurnResult(result.turn, reply, second.state)

    def _follow_up(self, meant: Interpretation, context: TurnContext) -> TurnResult:
        """Return what is told to a turn that asks something; the need and its answer stay as they are."""
        turn, state = meant.turn, meant.state
        facts = _facts(context.asker, state)
        if turn.intent is Intent.CALENDAR:
            # Who asks for what another municipality may apply for is from where they were before.
            facts = merge_facts(facts, turn.facts or Facts())
        elif turn.facts is not None:
            state = state.model_copy(update={"facts": merge_facts(state.facts, turn.facts)})
            facts = _facts(context.asker, state)
        # A question for a word of the trade holds no text of a need, and is in a language all the same.
        language = _language(context, context.text.text)
        answer = context.look.last_answer(state)
        if turn.intent is Intent.PEERS and not turn.items:
            items = tuple(item for item in state.shown if item.kind is Kind.IDEA)
            turn = turn.model_copy(update={"items": items})
        others = context.look.others(state.question or "") if turn.intent is Intent.PEERS else 0
        if facts.applicant_type is None:
            facts = facts.model_copy(update={"applicant_type": ActorType.MUNICIPALITY})
        follow_up = self._follow_up_answerer.answer(turn, state, answer, facts, others)
        notes = (*meant.notes, Note(key=f"numbered.{turn.numbered}")) if turn.numbered else meant.notes
        focus = tuple(item for item in turn.items if item.kind is not Kind.CONCEPT)[:_FOCUSED]
        if turn.intent is Intent.CALENDAR:
            state = state.model_copy(update={"shown": _listed(follow_up, language)})
        state = state.model_copy(update={"focus": focus or state.focus, "choices": (), "pending": state.pending})
        reply = Reply(kind=ReplyKind.TOLD, language=language, log_id=opaque_id(), notes=notes, told=follow_up)
        return TurnResult(meant.turn, reply, state)


def _listed(follow_up: FollowUpAnswer, language: Language) -> tuple[ListedSuggestion, ...]:
    """Return the rows of what was told, for "number two"."""
    told = (row.suggestion for row in follow_up.rows)
    return tuple(ListedSuggestion(id=one.id, kind=kind_of(one.id), name=one.name.best(language).text) for one in told)


@traced("interpret")
def interpret(context: TurnContext, base: KnowledgeBase) -> Interpretation:
    """Return what a message means in its thread; what needs no answer looked up has its reply already."""
    text, state = context.text, context.thread.state
    turn = read_need(text.text, base) if context.message.is_question else parse_turn(text.text, state, base)
    turn = turn.model_copy(update={"shortened": context.message.shortened})
    notes = first_notes(context)
    language = _language(context, text.text)
    if not state.chosen_language and marked_language(text.text) is not None:
        state = state.model_copy(update={"language": language})
    if (reply := _beside(turn, context, language)) is not None:
        # What was offered before is not chosen any more.
        return Interpretation(turn, state.model_copy(update={"choices": reply.choices}), reply=reply)
    if not has_words(text.text) and turn.intent is Intent.QUESTION:
        return Interpretation(turn, state, reply=Reply(kind=ReplyKind.EMPTY, language=language, notes=notes))
    if turn.intent in TELLING:
        return Interpretation(turn, state, notes)
    match turn.intent:
        case Intent.LANGUAGE:
            chosen = turn.language or language
            state = state.model_copy(update={"language": chosen, "chosen_language": True})
            reply = None if state.question else Reply(kind=ReplyKind.LANGUAGE_SET, language=chosen)
            return Interpretation(turn, state, notes, reply)
        case Intent.UNCLEAR:
            choices = _choices(turn, state, base)
            reply = _plain_reply(ReplyKind.UNCLEAR, context, language, choices=choices)
            return Interpretation(turn, state.model_copy(update={"choices": choices}), reply=reply)
        case Intent.RESTART:
            begun = new_need(state, None, state.language)
            return Interpretation(turn, begun, reply=_plain_reply(ReplyKind.NEW_TOPIC, context, language))
        case Intent.UNDO:
            before = gone_back(state)
            if before is None:
                return Interpretation(turn, state, reply=_plain_reply(ReplyKind.NOTHING_BEFORE, context, language))
            return Interpretation(turn, before, (*notes, Note(key="refined.undone")))
        case Intent.FACT if state.question is None:
            facts = facts_told(state, turn)
            reply = _plain_reply(ReplyKind.NOTED, context, language, notes=(*notes, noted_facts(turn)))
            return Interpretation(turn, state.model_copy(update={"facts": facts}), reply=reply)
        case Intent.QUESTION:
            # A few words without a mark of their own go on in the language before them.
            begun = new_need(state, turn.text, state.language, turn.bare)
            begun = begun.model_copy(
                update={
                    "refinement": Refinement().leaving_out(turn.without),
                    "facts": merge_facts(begun.facts, turn.facts or Facts()),
                }
            )
            return Interpretation(turn, begun, notes + need_notes(turn))
        case _:
            return Interpretation(turn, refined(state, turn), notes + refined_notes(turn))


def compose(meant: Interpretation, answer: Answer) -> TurnResult:
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
            "shown": _listed_suggestions(meant, answer),
            "focus": (),
            "choices": (),
            "answer_id": reply.log_id,
            "asked": (*meant.state.asked, *(ask.key for ask in asks)),
            "pending": (*meant.state.pending, *(ask.missing for ask in asks if ask.missing)),
            "facts": _carried_on(answer.facts),
            "wants_words": any(ask.key == "problem" for ask in asks),
        }
    )
    return TurnResult(meant.turn, reply, state)


def _beside(turn: Turn, context: TurnContext, language: Language) -> Reply | None:
    """Return the reply to what has nothing to do with a need: courtesy, leave, what is kept; None to others."""
    if turn.intent in _REPLY_KINDS:
        return _plain(turn, context, language)
    if turn.intent is Intent.ERASE:
        code = context.asker.pseudonym
        if context.message.asker.channel in {Channel.WEB, Channel.EMBED}:
            return _plain_reply(ReplyKind.ERASURE, context, language)
        notes = (Note(key="erasure_code", values={"code": code}),) if code else ()
        return _plain_reply(ReplyKind.ERASURE_ASKED, context, language, notes)
    if turn.intent is not Intent.STOP_NEWS:
        return None
    if not context.look.saved():
        return _plain_reply(ReplyKind.NO_NEWS, context, language)
    if turn.is_sure:
        return _plain_reply(ReplyKind.NEWS_STOPPED, context, language)
    return _plain_reply(ReplyKind.STOP_NEWS, context, language, choices=STOP_CHOICES)


def _plain(turn: Turn, context: TurnContext, language: Language) -> Reply:
    """Return a reply that looks nothing up."""
    # The broker can be asked from there.
    log_id = opaque_id() if turn.intent is Intent.CONTACT else _own_id(context)
    # Who gave a number to be called on has to know that it was not kept.
    notes = (Note(key="redacted"),) if context.text.removed else ()
    return Reply(kind=_REPLY_KINDS[turn.intent], language=language, log_id=log_id, notes=notes)


def _plain_reply(
    kind: ReplyKind,
    context: TurnContext,
    language: Language,
    notes: tuple[Note, ...] = (),
    choices: tuple[Choice, ...] = (),
) -> Reply:
    log_id = opaque_id() if choices else _own_id(context)
    return Reply(kind=kind, language=language, log_id=log_id, notes=notes, choices=choices)


def _own_id(context: TurnContext) -> str | None:
    """Return an id for a reply that stands in a thread; None where there is no thread for it to stand in."""
    return opaque_id() if context.thread.version else None


def _language(context: TurnContext, text: str) -> Language:
    """Return the language to say something in: the one chosen, else that of what was written, else the thread's."""
    state = context.thread.state
    if context.asker.profile.language or (state.chosen_language and state.language):
        return context.asker.profile.language or state.language or Language.NB
    return marked_language(text) or state.language or detect_language(text)


def _choices(turn: Turn, state: ConversationState, base: KnowledgeBase) -> tuple[Choice, ...]:
    """Return what could be meant by what was not understood."""
    text = turn.text.strip()
    offered: list[Choice] = []
    if subjects(text, base) or any(len(word) >= _COMPOUND for word in words(text)):
        offered.append(Choice(key="new", values={"text": text}))
        offered += [Choice(key="add", values={"text": text})] if state.question else []
    if state.question:
        first = next((item for item in state.shown), None)
        offered += [Choice(key="about", values={"name": first.name})] if first else []
        offered += [Choice(key="money")] if len(offered) < _OFFERED - 1 else []
    else:
        offered.append(Choice(key="help"))
    return (*offered[: _OFFERED - 1], Choice(key="human"))


def _facts(asker: AskerRecord, state: ConversationState) -> Facts:
    """Return what is known of an asker: from what they chose, and from the thread."""
    number = asker.profile.kommunenummer
    return state.facts if number is None else merge_facts(facts_of_municipality(number), state.facts)


def _carried_on(facts: Facts) -> Facts:
    """Return the facts that a thread remembers: not the words of the need, which it keeps as they are."""
    return facts.model_copy(update={"words": None})


def _questions_back(answer: Answer, state: ConversationState) -> tuple[Note, ...]:
    """Return what would change the answer if it were known, at most `MAX_ASKS` for one need.

    They are the Research Council's three: where nothing fits well, what the problem is and what has to be known;
    where money is asked for, what would settle a scheme's rules, above all who takes part.
    """
    if answer.outcome is not Outcome.MATCHED:
        asks = [Note(key="problem"), Note(key="knowledge")]
    else:
        asks = [Note(key=ask.fact.value, missing=ask) for ask in answer.asks]
    left = max(MAX_ASKS - len(state.asked), 0)
    return tuple([ask for ask in asks if ask.key not in state.asked][:left])


def _listed_suggestions(meant: Interpretation, answer: Answer) -> tuple[ListedSuggestion, ...]:
    """Return the suggestions that can be spoken of: of kinds that an answer left aside, those before it."""
    now = items_of(answer)
    refinement = meant.state.refinement
    if meant.turn.intent is Intent.QUESTION or not refinement.only_kind:
        return now
    return (*now, *(item for item in meant.state.shown if item.kind is not refinement.kind))


def items_of(answer: Answer) -> tuple[ListedSuggestion, ...]:
    """Return the suggestions of an answer as they stand there, in the answer's language."""
    return tuple(
        ListedSuggestion(id=suggestion.id, kind=kind, name=suggestion.name.best(answer.language).text)
        for kind in answer.order
        for suggestion in answer.suggestions(kind)
    )
