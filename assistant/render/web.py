"""An answer as what a page shows of it: pure, from data to sentences in one language; markup stands in the templates.

Invariant: nothing is said that the answer does not hold, and nothing is told by a sign or a colour alone.
"""

from __future__ import annotations

from typing import NamedTuple

from assistant.funding.verdicts import Verdict
from assistant.matching.answers import Answer, Idea, Outcome, Partner, Scheme, Suggestion
from assistant.platform.messages import Messages
from assistant.platform.typed import MAX_QUESTION
from assistant.render.replies import questions_back
from assistant.render.sentences import SIGNS, name_of, next_step, rules, standing, why
from assistant.service.turns import Done, Reply, Verb
from corpus.records import Kind
from corpus.text import Language, Localised

HEADINGS = {Kind.ACTOR: "heading.partners", Kind.INSTRUMENT: "heading.schemes", Kind.IDEA: "heading.ideas"}
COLOURS = {Kind.ACTOR: "partner", Kind.INSTRUMENT: "funding", Kind.IDEA: "idea"}
"""The theme's colours of kinds; each kind is also named in words."""


class Quote(NamedTuple):
    """What a record says that made it fit."""

    text: Localised | None
    """None where the same words stand above already."""
    source: str


class RuleLine(NamedTuple):
    """How one rule of a scheme stands."""

    verdict: Verdict
    sign: str
    word: str
    """The sign in words."""
    sentence: str


class Card(NamedTuple):
    """One suggestion."""

    record_id: str
    anchor: str
    """Its id on the page."""
    kind: Kind
    colour: str
    position: int
    name: Localised
    summary: Localised
    confidence: str
    facts: list[tuple[str, str]]
    standing: list[str]
    rules: list[RuleLine]
    reasons: list[str]
    quotes: list[Quote]
    next_step: str | None
    done: dict[str, Done]
    """What its asker did with it, the latest of each verb."""


class Group(NamedTuple):
    """The suggestions of one kind."""

    kind: Kind
    heading: str
    cards: list[Card]


class AnswerView(NamedTuple):
    """What a page shows of one reply that is an answer."""

    language: Language
    question: str
    notes: list[str]
    verdict: list[str]
    """What is said where nothing fits for sure."""
    groups: list[Group]
    asks: list[str]
    found: int


def view_of(reply: Reply, log_id: str, catalog: Messages, done: tuple[Done, ...] = ()) -> AnswerView | None:
    """Return what to show of a reply in the catalog's language; None for one that is no answer."""
    answer = reply.answer
    if answer is None:
        return None
    notes = [catalog.text(f"note.{note.key}", **note.values) for note in reply.notes]
    if answer.shortened:
        notes.append(catalog.text("note.shortened", limit=MAX_QUESTION))
    quoted: set[str] = set()
    groups = [_group(kind, log_id, answer, catalog, done, quoted) for kind in answer.order if answer.suggestions(kind)]
    verdict = {
        Outcome.NO_MATCH: ["outcome.no_match", "outcome.no_match_advice"],
        Outcome.UNCERTAIN: ["outcome.uncertain"],
        Outcome.MATCHED: [],
    }[answer.outcome]
    return AnswerView(
        language=catalog.language,
        question=answer.question,
        notes=notes,
        verdict=[catalog.text(key) for key in verdict],
        groups=groups,
        asks=questions_back(reply, catalog.language),
        found=sum(len(group.cards) for group in groups),
    )


def _group(
    kind: Kind, log_id: str, answer: Answer, catalog: Messages, done: tuple[Done, ...], quoted: set[str]
) -> Group:
    cards = [
        _card(one, kind, position, f"c-{log_id}-{COLOURS[kind]}-{position}", answer, catalog, done, quoted)
        for position, one in enumerate(answer.suggestions(kind), start=1)
    ]
    return Group(kind, catalog.text(HEADINGS[kind]), cards)


def _card(
    suggestion: Suggestion,
    kind: Kind,
    position: int,
    anchor: str,
    answer: Answer,
    catalog: Messages,
    done: tuple[Done, ...],
    quoted: set[str],
) -> Card:
    ruled = rules(suggestion, catalog) if isinstance(suggestion, Scheme) else []
    return Card(
        record_id=suggestion.id,
        anchor=anchor,
        kind=kind,
        colour=COLOURS[kind],
        position=position,
        name=name_of(suggestion, catalog),
        summary=suggestion.summary.best(catalog.language),
        confidence=catalog.text(f"confidence.{suggestion.confidence}"),
        facts=_facts(suggestion, catalog),
        standing=_standing(suggestion, catalog),
        rules=[RuleLine(one, SIGNS[one], catalog.text(f"web.rule.{one}"), sentence) for one, sentence in ruled],
        reasons=why(suggestion, answer, catalog),
        quotes=_quotes(suggestion, catalog, quoted),
        next_step=next_step(suggestion, catalog),
        done={one.verb.value: one for one in done if one.record_id == suggestion.id},
    )


def _facts(suggestion: Suggestion, catalog: Messages) -> list[tuple[str, str]]:
    rows: list[tuple[str, str | None]] = []
    match suggestion:
        case Partner():
            rows = [("place", suggestion.place)]
        case Scheme():
            deadline = suggestion.deadline
            rows = [
                ("deadline", catalog.date(deadline.isoformat()) if deadline else None),
                ("owner", name_of(suggestion.owner, catalog).text if suggestion.owner else None),
            ]
        case Idea():
            owner = suggestion.problem_owner
            rows = [("problem_owner", name_of(owner, catalog).text if owner else None)]
    return [(catalog.text(f"web.card.{key}"), value) for key, value in rows if value]


def _standing(suggestion: Suggestion, catalog: Messages) -> list[str]:
    """Return what should be known besides; a deadline stands among the facts already."""
    told = standing(suggestion, catalog)
    if isinstance(suggestion, Scheme) and suggestion.deadline:
        deadline = catalog.text("scheme.deadline", date=catalog.date(suggestion.deadline.isoformat()))
        return [sentence for sentence in told if sentence != deadline]
    return told


def _quotes(suggestion: Suggestion, catalog: Messages, quoted: set[str]) -> list[Quote]:
    """Return quotes with their sources; one that stands above already is not told twice."""
    told = []
    for evidence in suggestion.evidence:
        text = None if evidence.quote in quoted else Localised(evidence.quote, evidence.language)
        quoted.add(evidence.quote)
        told.append(Quote(text, catalog.text("evidence.source", source=evidence.source)))
    return told


def acts_on_whole(done: tuple[Done, ...]) -> dict[str, Done]:
    """Return what was done with an answer as a whole, the latest of each verb; a share that was taken back is none."""
    whole = {one.verb.value: one for one in done if one.record_id is None or one.verb is Verb.SHARE}
    shares = [one.verb for one in done if one.verb in {Verb.SHARE, Verb.UNSHARE}]
    if shares and shares[-1] is Verb.UNSHARE:
        del whole[Verb.SHARE]
    return whole
