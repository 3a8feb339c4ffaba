"""What the pages of the chat show, worked out before any markup.

Invariant: sentences are those that every channel tells; what is here only puts them where a page wants them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from assistant.answers import Answer, Outcome, Scheme, Suggestion
from assistant.cases import Case, CaseEvent
from assistant.messages import Messages, messages
from assistant.opening import Runtime
from assistant.people import Asker
from assistant.render.cases import case_title, state_sentence
from assistant.render.replies import note_sentences, questions_back, reply_sentence
from assistant.render.sentences import name_of, next_step, rules, standing, why
from assistant.turns import Exchange, LoggedAnswer, ReplyKind, Verb
from assistant.understanding import MAX_QUESTION
from assistant.verdicts import Verdict
from corpus.records import Kind
from corpus.text import Language, Localised
from index.explain import Evidence
from index.ranking import MatchConfidence

_HEADINGS = {Kind.ACTOR: "heading.partners", Kind.INSTRUMENT: "heading.schemes", Kind.IDEA: "heading.ideas"}
_VERBS = {Kind.ACTOR: "chat.introduce", Kind.INSTRUMENT: "chat.pursue", Kind.IDEA: "chat.learn"}
_COLOURS = {MatchConfidence.STRONG: "success", MatchConfidence.GOOD: "info", MatchConfidence.POSSIBLE: "neutral"}


class CardView(NamedTuple):
    """One suggestion."""

    id: str
    number: int
    name: Localised
    summary: Localised
    confidence: str
    colour: str
    reasons: Sequence[str]
    standing: Sequence[str]
    rules: Sequence[tuple[Verdict, str]]
    evidence: Sequence[Evidence]
    next_step: str | None
    introduce: str
    """What the button says that opens a case."""
    introduced: bool
    turned_down: bool


class ListView(NamedTuple):
    """The suggestions of one kind."""

    heading: str
    kind: str
    cards: Sequence[CardView]


class ExchangeView(NamedTuple):
    """Something said, and the reply."""

    said: str | None
    log_id: str | None
    language: Language
    notes: Sequence[str]
    told: Sequence[str]
    """What is said instead of suggestions, or of them as a whole."""
    lists: Sequence[ListView]
    asks: Sequence[str]
    offers_broker: bool
    is_answer: bool
    broker_asked: bool
    is_shared: bool
    opinion: str | None


class StepView(NamedTuple):
    """Something that happened to a case, as its asker sees it."""

    at: datetime
    told: str


class CaseView(NamedTuple):
    """A case, as its asker sees it."""

    id: str
    title: str
    question: str
    state: str
    steps: Sequence[StepView]


def exchange_view(runtime: Runtime, asker: Asker | None, one: Exchange | LoggedAnswer) -> ExchangeView:
    """Return an exchange as a page shows it; without an asker, nothing of what was done with it."""
    reply = one.reply
    catalog = messages(reply.language)
    done = set(runtime.service.acts_on(one.log_id, asker)) if asker else set()
    answer = reply.answer
    told = _told(answer, catalog) if answer else [reply_sentence(reply, runtime.settings.broker_contact)]
    opinions = [verb.value for _, verb in done if verb in {Verb.HELPFUL, Verb.NOT_HELPFUL}]
    return ExchangeView(
        said=one.said if isinstance(one, Exchange) else one.question,
        log_id=reply.log_id,
        language=reply.language,
        notes=note_sentences(reply),
        told=told,
        lists=_lists(answer, catalog, done) if answer else (),
        asks=questions_back(reply),
        offers_broker=reply.log_id is not None and (answer is not None or reply.kind is ReplyKind.CONTACT),
        is_answer=answer is not None,
        broker_asked=(None, Verb.ASK_BROKER) in done,
        is_shared=(None, Verb.SHARE) in done,
        opinion=opinions[-1] if opinions else None,
    )


def _told(answer: Answer, catalog: Messages) -> list[str]:
    told = [catalog.text("note.shortened", limit=MAX_QUESTION)] if answer.shortened else []
    if answer.outcome is Outcome.NO_MATCH:
        return [*told, catalog.text("outcome.no_match"), catalog.text("outcome.no_match_advice")]
    return [*told, catalog.text("outcome.uncertain")] if answer.outcome is Outcome.UNCERTAIN else told


def _lists(answer: Answer, catalog: Messages, done: set[tuple[str | None, Verb]]) -> list[ListView]:
    return [
        ListView(
            heading=catalog.text(_HEADINGS[kind]),
            kind=kind.value,
            cards=[
                _card(number, one, kind, answer, catalog, done)
                for number, one in enumerate(answer.suggestions(kind), start=1)
            ],
        )
        for kind in answer.order
        if answer.suggestions(kind)
    ]


def _card(
    number: int,
    one: Suggestion,
    kind: Kind,
    answer: Answer,
    catalog: Messages,
    done: set[tuple[str | None, Verb]],
) -> CardView:
    return CardView(
        id=one.id,
        number=number,
        name=name_of(one, catalog),
        summary=one.summary.best(catalog.language),
        confidence=catalog.text(f"confidence.{one.confidence}"),
        colour=_COLOURS[one.confidence],
        reasons=why(one, answer, catalog),
        standing=standing(one, catalog),
        rules=rules(one, catalog) if isinstance(one, Scheme) else (),
        evidence=one.evidence,
        next_step=next_step(one, catalog),
        introduce=catalog.text(_VERBS[kind]),
        introduced=(one.id, Verb.INTRODUCE) in done,
        turned_down=(one.id, Verb.NOT_FOR_US) in done,
    )


def case_view(runtime: Runtime, case: Case, events: Sequence[CaseEvent]) -> CaseView:
    """Return a case as its asker sees it, in their language."""
    catalog = messages(case.language)
    record = runtime.store.get_many([case.record_id]).get(case.record_id) if case.record_id else None
    return CaseView(
        id=case.id,
        title=case_title(case, record, catalog),
        question=case.question,
        state=state_sentence(case, catalog),
        steps=[StepView(event.at, _step(event, catalog)) for event in events],
    )


def _step(event: CaseEvent, catalog: Messages) -> str:
    if event.to_state is None:
        return event.note or ""
    return catalog.text(f"case.state.{event.to_state}")
