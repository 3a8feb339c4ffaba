"""The answer in two sentences at most: whom to talk to first, and what money comes when.

Invariant: each sentence is a whole one of the catalogs, filled in with names and dates of the answer; nothing is said
that its rows do not show, and where nothing was found, that is what is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from assistant.funding.schemes import NamedRecord, SchemeStatus
from assistant.funding.verdicts import Verdict
from assistant.matching.answers import Answer, Idea, Outcome, Partner, Scheme, Suggestion
from assistant.platform.messages import Messages
from assistant.render.shortening import shortened
from corpus.records import Kind, Role
from corpus.text import LangText, Localised
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import ReasonKind

_TO_COME = {"deadline", "expected", "rolling"}
"""What is told of money that can be applied for now or at a known time to come."""
_WITHOUT_A_DATE = {"last", "due", "undated"}
"""What is told of money that names no date to come."""
_DID = frozenset(Role) - {Role.FUNDER, Role.DISCUSSANT}
"""The roles of those who did something; who may have paid, or sat at the table, says little of whom to talk to."""
_TITLE = 90
"""Characters of a name within a sentence."""


class SummarySentence(NamedTuple):
    """A sentence, as its key in the catalogs with what is filled in."""

    key: str
    values: dict[str, str | Localised]
    """Dates, and names with the language that they are in."""

    def text(self, messages: Messages) -> str:
        """Return the sentence."""
        values = {name: one.text if isinstance(one, Localised) else one for name, one in self.values.items()}
        return messages.text(self.key, **values)


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
    return " ".join(sentence.text(messages) for sentence in summary_of(answer, messages, only))


def _name_within(one: Suggestion | NamedRecord, messages: Messages) -> Localised:
    """Return the name of a record as it stands within a sentence."""
    return _title(one.name, messages)


def _title(name: LangText, messages: Messages) -> Localised:
    best = name.best(messages.language)
    return best._replace(text=shortened(best.text, _TITLE))


def _sure(suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    return [suggestion for suggestion in suggestions if suggestion.is_sure]


def _partner(answer: Answer, messages: Messages) -> SummarySentence:
    if not answer.partners or not answer.partners[0].is_sure:
        return _no_partner(answer, messages)
    first = answer.partners[0]
    values: dict[str, str | Localised] = {"name": _name_within(first, messages)}
    if first.dissolved_on:
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
        if reason.kind is ReasonKind.TOOK_PART and reason.role in _DID and _tells(first, reason.idea, answer):
            return SummarySentence(f"summary.partner.{reason.role}", values | {"idea": title})
        if reason.kind is ReasonKind.RUNS:
            return SummarySentence("summary.partner.runs", values | {"scheme": title})
    return _beside(first, answer, messages)


def _no_partner(answer: Answer, messages: Messages) -> SummarySentence:
    if _sure(answer.ideas[:1]):
        # Whoever is known to have done it is a partner, and is told as one.
        idea = answer.ideas[0]
        return SummarySentence("summary.partner.idea", _idea_values(idea, messages))
    if not answer.partners:
        return SummarySentence("summary.partner.none", {})
    return SummarySentence("summary.partner.weak", {"name": _name_within(answer.partners[0], messages)})


def _beside(first: Partner, answer: Answer, messages: Messages) -> SummarySentence:
    """Return whom to talk to first with who has been at the same, or else with the next who is as sure."""
    values: dict[str, str | Localised] = {"name": _name_within(first, messages)}
    idea = next((one for one in answer.ideas[:1] if one.confidence is MatchConfidence.STRONG), None)
    owner = idea.problem_owner if idea else None
    if idea is not None and owner is not None and owner.id != first.id:
        return SummarySentence(
            "summary.partner.alike",
            values | {"idea": _name_within(idea, messages), "owner": _name_within(owner, messages)},
        )
    second = next(iter(answer.partners[1:2]), None)
    if second is not None and second.confidence is first.confidence and not second.dissolved_on:
        return SummarySentence("summary.partner.two", values | {"other": _name_within(second, messages)})
    return SummarySentence("summary.partner.one", values)


def _tells(partner: Suggestion, idea_id: str | None, answer: Answer) -> bool:
    """Tell whether a project is what a partner was found by, or is itself like the need."""
    best = partner.evidence[0].record_id if partner.evidence else None
    alike = {idea.id for idea in answer.ideas if idea.is_sure}
    return idea_id == best or idea_id in alike


def _money(answer: Answer, messages: Messages) -> SummarySentence:
    if not answer.schemes:
        return SummarySentence("summary.money.none", {})
    # What has ended is only shown to who asks for it by name.
    if (ended := next((scheme for scheme in answer.schemes if scheme.status is SchemeStatus.ENDED), None)) is not None:
        return _ended(ended, messages)
    fitting = [scheme for scheme in answer.schemes if scheme.overall is not Verdict.UNMET]
    if not fitting:
        return SummarySentence("summary.money.unmet", {"scheme": _name_within(answer.schemes[0], messages)})
    # What heads the list is what is told, unless nobody has heard of it for long.
    first = fitting[0]
    values: dict[str, str | Localised] = {"scheme": _name_within(first, messages)}
    if not _is_wanted(first) or not (first.is_sure or _is_for_any(first)):
        return SummarySentence("summary.money.weak", values)
    when, date = _when(first, messages)
    dated = values | ({"date": date} if date else {})
    if _is_for_any(first):
        return SummarySentence(f"summary.money.any.{when}", dated)
    if first.is_stale and (newer := _dated_besides(filter(_is_for_any, fitting[1:]), messages)) is not None:
        return SummarySentence(f"summary.money.newer.{newer.key}", dated | newer.values)
    about = (one for one in fitting[1:] if one.is_sure and not _is_for_any(one))
    if when in _WITHOUT_A_DATE and (other := _dated_besides(about, messages)) is not None:
        return SummarySentence(f"summary.money.{when}_or_{other.key}", dated | other.values)
    return SummarySentence(f"summary.money.{when}", dated)


def _is_wanted(scheme: Scheme) -> bool:
    """Tell whether a scheme pays for the work that is wanted, as far as anybody told."""
    return scheme.suitability is None or not scheme.suitability.is_for_other_work


def _is_for_any(scheme: Scheme) -> bool:
    return scheme.suitability is not None and scheme.suitability.is_for_any


def _dated_besides(others: Iterable[Scheme], messages: Messages) -> SummarySentence | None:
    """Return the first of some schemes that pays for what is wanted and can be applied for at a known time."""
    for one in filter(_is_wanted, others):
        when, date = _when(one, messages)
        if when in _TO_COME:
            return SummarySentence(when, {"other": _name_within(one, messages)} | ({"later": date} if date else {}))
    return None


def _ended(scheme: Scheme, messages: Messages) -> SummarySentence:
    values: dict[str, str | Localised] = {"scheme": _name_within(scheme, messages)}
    if scheme.successor is None:
        return SummarySentence("summary.money.ended", values)
    return SummarySentence("summary.money.succeeded", values | {"other": _name_within(scheme.successor, messages)})


def _when(scheme: Scheme, messages: Messages) -> tuple[str, str | None]:
    """Return what is known of when a scheme pays, as the last part of a key, and the date told with it."""
    expected = scheme.suitability.expected if scheme.suitability else None
    match scheme:
        case Scheme(deadline=deadline) if deadline is not None:
            return "deadline", messages.date(deadline.isoformat())
        case Scheme(status=SchemeStatus.ROLLING | SchemeStatus.OPEN as status):
            return status.value, None
        case Scheme(status=SchemeStatus.PLANNED, opens_on=str(opens_on)):
            return "planned", messages.date(opens_on)
    if expected is not None:
        return ("due" if expected.is_due else "expected"), messages.date(expected.on)
    if scheme.last_call is not None:
        return "last", messages.date(scheme.last_call[:7] if scheme.last_deadline else scheme.last_call)
    return "undated", None


def _idea(answer: Answer, messages: Messages) -> SummarySentence:
    if not answer.ideas:
        return SummarySentence("summary.idea.none", {})
    idea: Idea = answer.ideas[0]
    kind = "project" if idea.is_project else "found"
    return SummarySentence(f"summary.idea.{kind}", _idea_values(idea, messages))


def _idea_values(idea: Idea, messages: Messages) -> dict[str, str | Localised]:
    return {"idea": _name_within(idea, messages), "years": f" ({idea.years})" if idea.years else ""}
