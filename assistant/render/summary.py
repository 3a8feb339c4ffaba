"""The answer in two sentences at most: whom to talk to first, and what money comes when.

Invariant: each sentence is a whole one of the catalogs, filled in with names and dates of the answer; nothing is said
that its rows do not show, and where nothing was found, that is what is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from assistant.funding.schemes import NamedRecord, SchemeStatus
from assistant.funding.verdicts import Verdict
from assistant.matching.answers import Answer, Idea, Outcome, Partner, Scheme, Suggestion
from assistant.platform.messages import Messages
from assistant.render.shortening import shortened
from corpus.records import Kind
from corpus.text import LangText, Localised
from index.scoring.explain import ReasonKind
from index.scoring.ranking import MatchConfidence

_WITHOUT_A_DATE = {"summary.money.undated", "summary.money.last", "summary.money.due"}
"""Sentences on money that name no date to come."""
_TITLE = 90
"""Characters of a name within a sentence."""


class SummarySentence(NamedTuple):
    """A sentence, as its key in the catalogs with what is filled in."""

    key: str
    values: dict[str, str | Localised]
    """Dates, and names with the language that they are in."""

    def text(self, messages: Messages) -> str:
        """Return the sentence."""
        told = {name: one.text if isinstance(one, Localised) else one for name, one in self.values.items()}
        return messages.text(self.key, **told)


def summary_of(answer: Answer, messages: Messages, only: Kind | None = None) -> list[SummarySentence]:
    """Return what an answer comes to, in two sentences at most.

    Args:
        answer: The answer.
        messages: The catalog of the language to say it in.
        only: The one kind that was looked for, where it was no more than one and the answer does not hold it itself.
    """
    if answer.outcome is Outcome.NO_MATCH:
        return [SummarySentence("outcome.no_match", {}), SummarySentence("outcome.no_match_advice", {})]
    if answer.outcome is Outcome.UNCERTAIN:
        nearest = next(suggestion for kind in answer.order for suggestion in answer.suggestions(kind))
        return [
            SummarySentence("outcome.uncertain", {}),
            SummarySentence("summary.nearest", {"name": _name_within(nearest, messages)}),
        ]
    tell: dict[Kind, Callable[[Answer, Messages], SummarySentence]] = {
        Kind.ACTOR: _partner,
        Kind.INSTRUMENT: _money,
        Kind.IDEA: _idea,
    }
    only = only or answer.only
    if only is not None:
        return [tell[only](answer, messages)]
    if not answer.partners and not answer.schemes:
        return [_idea(answer, messages), SummarySentence("summary.neither", {})]
    return [tell[kind](answer, messages) for kind in answer.order if kind is not Kind.IDEA]


def summary_text(answer: Answer, messages: Messages, only: Kind | None = None) -> str:
    """Return what an answer comes to as one text."""
    return " ".join(said.text(messages) for said in summary_of(answer, messages, only))


def _name_within(one: Suggestion | NamedRecord, messages: Messages) -> Localised:
    """Return the name of a record as it stands within a sentence."""
    return _title(one.name, messages)


def _title(name: LangText, messages: Messages) -> Localised:
    best = name.best(messages.language)
    return best._replace(text=shortened(best.text, _TITLE))


def _sure(suggestions: tuple[Suggestion, ...]) -> list[Suggestion]:
    return [suggestion for suggestion in suggestions if suggestion.confidence is not MatchConfidence.POSSIBLE]


def _partner(answer: Answer, messages: Messages) -> SummarySentence:
    if not answer.partners:
        return SummarySentence("summary.partner.none", {})
    sure = _sure(answer.partners)
    if not sure:
        return SummarySentence("summary.partner.weak", {"name": _name_within(answer.partners[0], messages)})
    first = sure[0]
    values: dict[str, str | Localised] = {"name": _name_within(first, messages)}
    if isinstance(first, Partner) and first.dissolved_on:
        if first.successor:
            return SummarySentence(
                "summary.partner.succeeded", values | {"other": _name_within(first.successor, messages)}
            )
        return SummarySentence("summary.partner.gone", values)
    shown = {scheme.id for scheme in answer.schemes}
    for reason in first.reasons:
        if reason.scheme in shown:
            # That scheme is told of with the money.
            continue
        name = answer.names.get(reason.idea or reason.scheme or "")
        if name is None:
            continue
        title = _title(name, messages)
        if reason.kind is ReasonKind.TOOK_PART and reason.role:
            return SummarySentence(f"summary.partner.{reason.role}", values | {"idea": title})
        if reason.kind is ReasonKind.RUNS:
            return SummarySentence("summary.partner.runs", values | {"scheme": title})
    if len(sure) > 1:
        return SummarySentence("summary.partner.two", values | {"other": _name_within(sure[1], messages)})
    return SummarySentence("summary.partner.one", values)


def _money(answer: Answer, messages: Messages) -> SummarySentence:
    if not answer.schemes:
        return SummarySentence("summary.money.none", {})
    # What has ended is only shown to who asks for it by name.
    if (ended := next((scheme for scheme in answer.schemes if scheme.status is SchemeStatus.ENDED), None)) is not None:
        return _ended(ended, messages)
    fitting = [scheme for scheme in answer.schemes if scheme.overall is not Verdict.UNMET]
    if not fitting:
        return SummarySentence("summary.money.unmet", {"scheme": _name_within(answer.schemes[0], messages)})
    sure = [one for one in fitting if one.confidence is not MatchConfidence.POSSIBLE]
    if not sure:
        return SummarySentence("summary.money.weak", {"scheme": _name_within(fitting[0], messages)})
    told = [_dated(one, messages) for one in sure]
    return next((said for said in told if said.key not in _WITHOUT_A_DATE), told[0])


def _ended(scheme: Scheme, messages: Messages) -> SummarySentence:
    values: dict[str, str | Localised] = {"scheme": _name_within(scheme, messages)}
    if scheme.successor is None:
        return SummarySentence("summary.money.ended", values)
    return SummarySentence("summary.money.succeeded", values | {"other": _name_within(scheme.successor, messages)})


def _dated(scheme: Scheme, messages: Messages) -> SummarySentence:
    """Return what a scheme could pay when."""
    values: dict[str, str | Localised] = {"scheme": _name_within(scheme, messages)}
    expected = scheme.suitability.expected if scheme.suitability else None
    match scheme:
        case Scheme(deadline=deadline) if deadline is not None:
            return SummarySentence("summary.money.deadline", values | {"date": messages.date(deadline.isoformat())})
        case Scheme(status=SchemeStatus.ROLLING | SchemeStatus.OPEN as status):
            return SummarySentence(f"summary.money.{status}", values)
        case Scheme(status=SchemeStatus.PLANNED, opens_on=str(opens_on)):
            return SummarySentence("summary.money.planned", values | {"date": messages.date(opens_on)})
    if expected is not None:
        key = "summary.money.due" if expected.is_due else "summary.money.expected"
        return SummarySentence(key, values | {"date": messages.date(expected.on)})
    if scheme.last_call is not None:
        last = messages.date(scheme.last_call[:7] if scheme.last_deadline else scheme.last_call)
        return SummarySentence("summary.money.last", values | {"date": last})
    return SummarySentence("summary.money.undated", values)


def _idea(answer: Answer, messages: Messages) -> SummarySentence:
    if not answer.ideas:
        return SummarySentence("summary.idea.none", {})
    idea: Idea = answer.ideas[0]
    return SummarySentence("summary.idea.found", {"idea": _name_within(idea, messages), "date": idea.on[:4]})
