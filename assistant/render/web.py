"""An answer as what a page shows of it: pure, from data to sentences in one language; markup stands in the templates.

Invariant: nothing is said that the answer does not hold, and nothing is told by a sign or a colour alone.
"""

from __future__ import annotations

from typing import NamedTuple

from assistant.funding.verdicts import Verdict
from assistant.matching.answers import Partner, Scheme, Suggestion
from assistant.platform.messages import Messages
from assistant.platform.user_text import MAX_QUESTION
from assistant.render.assumptions import Assumption, assumptions_of
from assistant.render.replies import note_sentences, questions_back, summary_of_reply
from assistant.render.rows import HEADINGS, SuggestionRow, sections_of
from assistant.render.sentences import SIGNS, next_step, rules, status_sentences, why
from assistant.render.summary import SummarySentence
from assistant.service.messages import ActionType, PastAction, Reply
from corpus.records import Kind
from corpus.text import Language, Localised


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


class Explanation(NamedTuple):
    """What stands behind a row, for whoever asks."""

    reasons: list[str]
    standing: list[str]
    rules: list[RuleLine]
    quotes: list[Quote]
    next_step: str | None
    contact: str | None
    """The function to ask for."""
    email: str | None
    phone: str | None


class AnswerLine(NamedTuple):
    """A row on a page."""

    row: SuggestionRow
    anchor: str
    """Its id on the page."""
    signs: list[RuleLine]
    why: Explanation
    done: dict[str, PastAction]
    """What its asker did with it, the latest of each verb."""


class AnswerGroup(NamedTuple):
    """The rows of one kind."""

    kind: Kind
    heading: str
    total: int
    lines: list[AnswerLine]
    folded: list[tuple[str, list[AnswerLine]]]
    """What is folded away, each part with what it is called."""


class AnswerView(NamedTuple):
    """What a page shows of one reply that is an answer."""

    language: Language
    question: str
    notes: list[str]
    summary: list[SummarySentence]
    taken: list[Assumption]
    groups: list[AnswerGroup]
    asks: list[str]
    found: int


def view_of(reply: Reply, log_id: str, catalog: Messages, done: tuple[PastAction, ...] = ()) -> AnswerView | None:
    """Return what to show of a reply in the catalog's language; None for one that is no answer."""
    answer = reply.answer
    if answer is None:
        return None
    notes = note_sentences(reply, catalog)
    if answer.shortened:
        notes.append(catalog.text("note.shortened", limit=MAX_QUESTION))
    maker = _LineMaker(reply, log_id, catalog, done)
    groups = [
        AnswerGroup(
            kind=section.kind,
            heading=catalog.text(HEADINGS[section.kind]),
            total=len(section.all),
            lines=[maker.line(row) for row in section.rows],
            folded=[
                (_folded(key, len(rows), catalog), [maker.line(row) for row in rows])
                for key, rows in (("more", section.more), ("weak", section.weak))
                if rows
            ],
        )
        for section in sections_of(answer, catalog)
    ]
    return AnswerView(
        language=catalog.language,
        question=answer.question,
        notes=notes,
        summary=summary_of_reply(reply, catalog),
        taken=assumptions_of(answer, catalog),
        groups=groups,
        asks=questions_back(reply, catalog.language),
        found=sum(group.total for group in groups),
    )


def _folded(key: str, count: int, catalog: Messages) -> str:
    return catalog.text("row.weak.one" if key == "weak" and count == 1 else f"row.{key}", count=count)


class _LineMaker:
    """Makes the rows of one answer; a quote that stands above already is not told twice."""

    def __init__(self, reply: Reply, log_id: str, catalog: Messages, done: tuple[PastAction, ...]) -> None:
        self._reply = reply
        self._log_id = log_id
        self._catalog = catalog
        self._done = done
        self._quoted: set[str] = set()

    def line(self, row: SuggestionRow) -> AnswerLine:
        return AnswerLine(
            row=row,
            anchor=f"c-{self._log_id}-{row.kind}-{row.position}",
            signs=[self._rule(sign.verdict, sign.text) for sign in row.signs],
            why=self._why(row.suggestion),
            done={one.verb.value: one for one in self._done if one.record_id == row.suggestion.id},
        )

    def _rule(self, verdict: Verdict, sentence: str) -> RuleLine:
        return RuleLine(verdict, SIGNS[verdict], self._catalog.text(f"web.rule.{verdict}"), sentence)

    def _why(self, suggestion: Suggestion) -> Explanation:
        catalog, answer = self._catalog, self._reply.answer
        partner = suggestion if isinstance(suggestion, Partner) else None
        judged = rules(suggestion, catalog) if isinstance(suggestion, Scheme) else []
        return Explanation(
            reasons=why(suggestion, answer, catalog) if answer else [],
            standing=status_sentences(suggestion, catalog),
            rules=[self._rule(verdict, sentence) for verdict, sentence in judged],
            quotes=self._quotes(suggestion),
            next_step=next_step(suggestion, catalog),
            contact=partner.contact.best(catalog.language).text if partner and partner.contact else None,
            email=partner.email if partner else None,
            phone=partner.phone if partner else None,
        )

    def _quotes(self, suggestion: Suggestion) -> list[Quote]:
        quotes = []
        for evidence in suggestion.evidence:
            text = None if evidence.quote in self._quoted else Localised(evidence.quote, evidence.language)
            self._quoted.add(evidence.quote)
            quotes.append(Quote(text, self._catalog.text("evidence.source", source=evidence.source)))
        return quotes


def acts_on_whole(done: tuple[PastAction, ...]) -> dict[str, PastAction]:
    """Return what was done with an answer as a whole, the latest of each verb; a share that was taken back is none."""
    whole = {one.verb.value: one for one in done if one.record_id is None or one.verb is ActionType.SHARE}
    shares = [one.verb for one in done if one.verb in {ActionType.SHARE, ActionType.UNSHARE}]
    if shares and shares[-1] is ActionType.UNSHARE:
        del whole[ActionType.SHARE]
    return whole
