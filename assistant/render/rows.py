"""Suggestions as rows of dense lists, the same for all channels: a name, one fact, what a rule says, a date or a step.

Invariant: a row holds facts of the record and of the asker only; that words are alike is no fact of a row, nor is what
we do not know, but for one thing at most that would settle a scheme. Numbers are those of the answer, so that "number
two" means the same wherever it is said. What is only possible is folded away wherever something better is shown.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from assistant.funding.schemes import SchemeStatus
from assistant.funding.verdicts import Verdict, rules_among
from assistant.matching.answers import Answer, Idea, Partner, Scheme, Suggestion
from assistant.platform.messages import Messages
from assistant.render.sentences import SIGNS, name_of, rule_word, status_sentences, suits, where_to_look
from assistant.render.shortening import LINE, shortened, telling_sentence, telling_words
from corpus.records import Kind
from corpus.text import LangText, Localised
from index.analysis import language_group
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import ReasonKind

HEADINGS = {Kind.ACTOR: "heading.partners", Kind.INSTRUMENT: "heading.schemes", Kind.IDEA: "heading.ideas"}
OPEN = 4
"""Rows of a kind that are shown before somebody asks for more."""
_SIGNS_TOLD = {Verdict.MET: 2, Verdict.UNMET: 2, Verdict.UNKNOWN: 1}
"""How many rules of each verdict a row names, in the order in which it names them."""


class TagTone(StrEnum):
    """What a tag's colour says besides its words."""

    GOOD = "good"
    SOON = "soon"
    PLAIN = "plain"
    OVER = "over"


class Tag(NamedTuple):
    """The step, state or date at the end of a row."""

    text: str
    tone: TagTone


class RuleTag(NamedTuple):
    """How one rule of a scheme stands, in a word or two."""

    verdict: Verdict
    text: str

    def __str__(self) -> str:
        """Return the sign with what it is about."""
        return f"{SIGNS[self.verdict]} {self.text}"


class SuggestionRow(NamedTuple):
    """One suggestion in a list."""

    suggestion: Suggestion
    kind: Kind
    position: int
    """Its number among the answer's suggestions of its kind, from 1."""
    name: Localised
    line: Localised
    """One fact that makes it fit."""
    meta: tuple[str, ...]
    """Where it is, when it was, and who checked it when."""
    signs: tuple[RuleTag, ...]
    tag: Tag
    url: str | None

    @property
    def is_weak(self) -> bool:
        """Tell whether it is folded away where something better is shown; a scheme is judged by its rules and dates."""
        return self.kind is not Kind.INSTRUMENT and not self.suggestion.is_sure

    @property
    def site(self) -> str | None:
        """Return the name of the site that its address leads to."""
        try:
            host = urlsplit(self.url).hostname if self.url else None
        except ValueError:
            # Such as half an address of IPv6.
            return None
        return host.removeprefix("www.") if host else None


class RowSection(NamedTuple):
    """The rows of one kind."""

    kind: Kind
    rows: tuple[SuggestionRow, ...]
    more: tuple[SuggestionRow, ...]
    """Rows beyond those that are open, as good as they."""
    weak: tuple[SuggestionRow, ...]

    @property
    def all(self) -> tuple[SuggestionRow, ...]:
        """Return every row, those that are open first."""
        return self.rows + self.more + self.weak


def sections_of(answer: Answer, messages: Messages, shown: int | None = None) -> list[RowSection]:
    """Return the rows of an answer by kind, what was asked for first; kinds without any are left out.

    Args:
        answer: The answer.
        messages: The catalog of the language to tell it in.
        shown: At most so many suggestions of each kind, where fewer than all are wanted.
    """
    made = [(kind, _rows(answer, kind, messages, shown)) for kind in answer.order]
    # Where there is nothing better at all, what is possible is the answer.
    better = any(not row.is_weak for _, rows in made for row in rows)
    return [_section(kind, rows, better) for kind, rows in made if rows]


def _section(kind: Kind, rows: list[SuggestionRow], better: bool) -> RowSection:
    strong = [row for row in rows if not (better and row.is_weak)]
    weak = [row for row in rows if better and row.is_weak]
    return RowSection(kind, tuple(strong[:OPEN]), tuple(strong[OPEN:]), tuple(weak))


def _rows(answer: Answer, kind: Kind, messages: Messages, shown: int | None) -> list[SuggestionRow]:
    suggestions = answer.suggestions(kind)[:shown]
    return [_row(one, kind, position, answer, messages) for position, one in enumerate(suggestions, start=1)]


def _row(suggestion: Suggestion, kind: Kind, position: int, answer: Answer, messages: Messages) -> SuggestionRow:
    line = line_of(suggestion, answer, messages)
    return SuggestionRow(
        suggestion=suggestion,
        kind=kind,
        position=position,
        name=name_of(suggestion, messages),
        line=line._replace(text=shortened(line.text)),
        meta=tuple(_meta(suggestion, messages)),
        signs=tuple(rule_tags_of(suggestion, messages)) if isinstance(suggestion, Scheme) else (),
        tag=tag_of(suggestion, messages),
        url=suggestion.url if isinstance(suggestion, Partner | Scheme) else None,
    )


def line_of(suggestion: Suggestion, answer: Answer, messages: Messages) -> Localised:
    """Return the one fact that makes a suggestion fit."""
    text = None
    match suggestion:
        case Partner(dissolved_on=str()) | Scheme(status=SchemeStatus.ENDED):
            text = " ".join(status_sentences(suggestion, messages))
        case Partner():
            text = _part(suggestion, answer, messages)
        case Scheme(suitability=suitability) if suitability is not None:
            text = " ".join(suits(suitability, messages))
    fact = Localised(text, messages.language) if text else _own_fact(suggestion, answer, messages)
    former = suggestion.predecessor if isinstance(suggestion, Partner | Scheme) else None
    if former is None:
        return fact
    key = "why.succeeds" if isinstance(suggestion, Scheme) else "why.succeeded"
    return fact._replace(text=f"{messages.text(key, name=name_of(former, messages).text)} {fact.text}")


def _part(partner: Partner, answer: Answer, messages: Messages) -> str | None:
    """Return what a partner did in an idea or runs, where that is what it was found by."""
    best = partner.evidence[0].record_id if partner.evidence else None
    # Where nothing of its own is shared, what it did in a project like this one is what makes it fit.
    is_tied_only = all(reason.kind not in {ReasonKind.SHARED, ReasonKind.NAMED} for reason in partner.reasons)
    alike = {idea.id for idea in answer.ideas if idea.is_sure}
    for reason in partner.reasons:
        about = reason.idea or reason.scheme
        if about is None or (name := answer.names.get(about)) is None:
            continue
        if best not in {about, None} and not (is_tied_only and about in alike):
            continue
        label = shortened(name.best(messages.language).text, LINE // 2)
        if reason.kind is ReasonKind.TOOK_PART and reason.role:
            return messages.text(f"row.took_part.{reason.role}", idea=label, when=_year(about, answer))
        if reason.kind is ReasonKind.RUNS:
            return messages.text("why.runs", scheme=label)
    return None


def _year(idea_id: str, answer: Answer) -> str:
    year = next((idea.years for idea in answer.ideas if idea.id == idea_id), None)
    return f" ({year})" if year else ""


def _own_fact(suggestion: Suggestion, answer: Answer, messages: Messages) -> Localised:
    """Return the sentence of a record that tells most of what was asked for, in the reader's language if it can be."""
    language = messages.language
    summary = suggestion.summary.best(language)
    own = [Localised(one.quote, one.language) for one in suggestion.evidence if one.record_id == suggestion.id]
    readable = [one for one in own if language_group(one.language) == language_group(language)]
    chosen = (readable or [summary] if summary.language is language else own or [summary])[0]
    labels = [label for reason in suggestion.reasons for label in reason.labels]
    about = telling_words([*labels, answer.question], chosen.language)
    return chosen._replace(
        text=telling_sentence(chosen.text, about, chosen.language, besides=_name_in(suggestion.name, chosen))
    )


def _name_in(name: LangText, text: Localised) -> str:
    return name.get(text.language) or ""


def _meta(suggestion: Suggestion, messages: Messages) -> list[str]:
    parts: list[str | None] = []
    match suggestion:
        case Partner():
            parts = [suggestion.place, _checked(suggestion.checked_on, messages)]
        case Scheme():
            parts = [_checked(suggestion.checked_on, messages)]
        case Idea():
            owner = suggestion.problem_owner
            parts = [suggestion.event.best(messages.language).text, name_of(owner, messages).text if owner else None]
    return [one for one in parts if one]


def _checked(on: date | None, messages: Messages) -> str | None:
    return messages.text("row.checked", date=messages.short_date(on.isoformat()[:7])) if on else None


def tag_of(suggestion: Suggestion, messages: Messages) -> Tag:
    """Return the step, the state or the date of a suggestion."""
    match suggestion:
        case Scheme():
            return _scheme_tag(suggestion, messages)
        case Idea():
            return Tag(suggestion.years or messages.text("tag.read", year=suggestion.on[:4]), TagTone.PLAIN)
        case Partner(dissolved_on=str()):
            return Tag(messages.text("tag.gone"), TagTone.OVER)
    tone = TagTone.GOOD if suggestion.confidence is MatchConfidence.STRONG else TagTone.PLAIN
    return Tag(messages.text(f"confidence.{suggestion.confidence}"), tone)


def _scheme_tag(scheme: Scheme, messages: Messages) -> Tag:
    def dated(key: str, on: str) -> str:
        return messages.text(key, date=messages.short_date(on))

    expected = scheme.suitability.expected if scheme.suitability else None
    match scheme:
        case Scheme(status=SchemeStatus.ENDED):
            return Tag(messages.text("tag.ended"), TagTone.OVER)
        case Scheme(deadline=deadline) if deadline is not None:
            return Tag(dated("tag.deadline", deadline.isoformat()), TagTone.GOOD)
        case Scheme(status=SchemeStatus.ROLLING | SchemeStatus.OPEN as status):
            return Tag(messages.text(f"tag.{status}"), TagTone.GOOD)
        case Scheme(status=SchemeStatus.PLANNED, opens_on=str(opens_on)):
            return Tag(dated("tag.planned", opens_on), TagTone.SOON)
    if expected is not None:
        return Tag(dated("tag.due" if expected.is_due else "tag.expected", expected.on), TagTone.SOON)
    if scheme.last_call is not None:
        return Tag(dated("tag.last", scheme.last_call), TagTone.PLAIN)
    return Tag(where_to_look(scheme, messages), TagTone.PLAIN)


def rule_tags_of(scheme: Scheme, messages: Messages) -> list[RuleTag]:
    """Return how a scheme's rules stand, each in a word or two: those met, those broken, and one that is open."""
    tags: list[RuleTag] = []
    for verdict, most in _SIGNS_TOLD.items():
        judged = (one for one in rules_among(scheme.eligibility) if one.verdict is verdict)
        texts = dict.fromkeys(text for one in judged if (text := rule_word(one, messages)))
        tags += [RuleTag(verdict, text) for text in list(texts)[:most]]
    return tags
