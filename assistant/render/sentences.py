"""The sentences of an answer, made from its data with the message catalogs; every channel takes them from here.

Invariant: nothing is said that the answer does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.funding.rule_sentences import verdict_sentence
from assistant.funding.schemes import Named, SchemeStatus
from assistant.funding.suitability import Suitability, TopicFit
from assistant.funding.verdicts import RANK, Verdict
from assistant.matching.answers import Answer, Idea, Partner, Scheme, Suggestion
from assistant.platform.messages import Messages
from corpus.los import LOS_THEMES
from corpus.text import LangText, Localised
from index.scoring.explain import Reason, ReasonKind
from index.storage.passages import reference

ACTIVITIES_TOLD = 3
"""Kinds of work that one sentence names."""
SIGNS = {Verdict.MET: "✓", Verdict.UNMET: "✗", Verdict.UNKNOWN: "?"}
"""The sign of a verdict, always beside a sentence that says the same."""


def name_of(suggestion: Suggestion | Named, messages: Messages) -> Localised:
    """Return a record's name, with the language it is in."""
    return suggestion.name.best(messages.language)


def why(suggestion: Suggestion, answer: Answer, messages: Messages) -> list[str]:
    """Return the reasons of a suggestion as sentences."""
    if isinstance(suggestion, Scheme) and suggestion.suitability is not None:
        named = [reason for reason in suggestion.reasons if reason.kind is ReasonKind.NAMED]
        sentences = [_reason(reason, answer.names, messages) for reason in named]
        sentences += suits(suggestion.suitability, messages)
        sentences = sentences or reason_sentences(suggestion, answer.names, messages)
    else:
        sentences = reason_sentences(suggestion, answer.names, messages)
    match suggestion:
        case Partner(predecessor=Named() as former):
            sentences.append(messages.text("why.succeeded", name=name_of(former, messages).text))
        case Scheme(predecessor=Named() as former):
            sentences.append(messages.text("why.succeeds", name=name_of(former, messages).text))
    return sentences


def suits(suitability: Suitability, messages: Messages) -> list[str]:
    """Return what makes a scheme suit a need: what it pays for and what it is about; nothing where nobody told."""
    activities = messages.listed([messages.text(f"activity.{one}") for one in suitability.activities[:ACTIVITIES_TOLD]])
    themes = messages.listed([theme_name(theme, messages) for theme in suitability.themes])
    about = {TopicFit.SAME: "topic", TopicFit.RELATED: "topic", TopicFit.ANY: "any"}.get(suitability.topic)
    if about == "topic" and not themes:
        about = None
    keys = [part for part, told in (("pays", activities), (about, about)) if told]
    return [messages.text(f"suits.{'_'.join(map(str, keys))}", activities=activities, themes=themes)] if keys else []


def theme_name(slug: str, messages: Messages) -> str:
    """Return what a theme of Los is called within a sentence."""
    name = LOS_THEMES[slug].name.best(messages.language).text
    return name[:1].lower() + name[1:]


def reason_sentences(suggestion: Suggestion, names: Mapping[str, LangText], messages: Messages) -> list[str]:
    """Return the reasons by which a record was found; names are those of the ideas and schemes they speak of."""
    return [_reason(reason, names, messages) for reason in suggestion.reasons]


def _reason(reason: Reason, names: Mapping[str, LangText], messages: Messages) -> str:
    if reason.kind is ReasonKind.TOOK_PART and reason.idea and reason.role:
        return messages.text(f"why.took_part.{reason.role}", idea=_shown(reason.idea, names, messages))
    if reason.kind is ReasonKind.RUNS and reason.scheme:
        return messages.text("why.runs", scheme=_shown(reason.scheme, names, messages))
    return messages.text(f"why.{reason.kind}", labels=messages.listed(reason.labels))


def _shown(record_id: str, names: Mapping[str, LangText], messages: Messages) -> str:
    name = names.get(record_id)
    return name.best(messages.language).text if name else record_id


def standing(suggestion: Suggestion, messages: Messages) -> list[str]:
    """Return what should be known of a suggestion besides its reasons: status, dates, what took over."""
    match suggestion:
        case Scheme():
            return _scheme_standing(suggestion, messages)
        case Partner(dissolved_on=str()):
            sentences = [messages.text("partner.former")]
            if suggestion.successor:
                name = name_of(suggestion.successor, messages).text
                sentences.append(messages.text("partner.successor", name=name))
            return sentences
        case Idea():
            event = suggestion.event.best(messages.language).text
            date = messages.date(suggestion.on)
            key = "idea.origin_undated" if date in event else "idea.origin"
            return [messages.text(key, event=event, date=date)]
        case _:
            return []


def _scheme_standing(scheme: Scheme, messages: Messages) -> list[str]:
    sentences = []
    match scheme:
        case Scheme(status=SchemeStatus.ENDED, ended_on=str(ended_on)):
            sentences.append(messages.text("status.ended_on", date=messages.date(ended_on)))
        case Scheme(status=SchemeStatus.PLANNED, opens_on=str(opens_on)):
            sentences.append(messages.text("status.planned", date=messages.date(opens_on)))
        case Scheme(status=SchemeStatus.CLOSED | SchemeStatus.RUNNING | SchemeStatus.UNCONFIRMED) if dates := _dates(
            scheme, messages
        ):
            sentences.append(dates)
        case _:
            sentences.append(messages.text(f"status.{scheme.status}"))
    if scheme.successor:
        name, since = name_of(scheme.successor, messages).text, scheme.successor.since
        key = "scheme.successor_since" if since else "scheme.successor"
        sentences.append(messages.text(key, name=name, date=messages.date(since) if since else ""))
    if scheme.deadline:
        sentences.append(messages.text("scheme.deadline", date=messages.date(scheme.deadline.isoformat())))
    if scheme.status is not SchemeStatus.ENDED:
        key = "scheme.as_of" if scheme.as_of else "scheme.check"
        sentences.append(messages.text(key, date=messages.date(scheme.as_of) if scheme.as_of else ""))
    return sentences


def _dates(scheme: Scheme, messages: Messages) -> str | None:
    """Return when a scheme that takes no applications today last closed, and when it is expected again."""
    last = messages.date(scheme.last_deadline.isoformat()) if scheme.last_deadline else ""
    expected = scheme.suitability.expected if scheme.suitability else None
    if expected is None:
        return messages.text("scheme.last_deadline", last=last) if last else None
    years = messages.listed([str(year) for year in expected.years])
    basis = "observed" if expected.basis == "observed" and years else "stated"
    return messages.text(
        f"scheme.expected_{basis}{'_last' if last else ''}", date=messages.date(expected.on), years=years, last=last
    )


def rules(scheme: Scheme, messages: Messages) -> list[tuple[Verdict, str]]:
    """Return how each rule of a scheme stands, those broken first; one that is, with what it says and where.

    What the scheme's dates say is left to `standing`.
    """
    told = []
    for one in sorted(scheme.eligibility[1:], key=lambda judged: RANK[judged.verdict]):
        sentence = verdict_sentence(one, messages.language)
        if one.verdict is Verdict.UNMET and one.rule:
            rule = one.rule.best(messages.language).text
            sentence = messages.text("rule.broken", sentence=sentence, rule=rule, source=reference(one.source))
        told.append((one.verdict, sentence))
    return told


def reached(suggestion: Suggestion, messages: Messages) -> list[str]:
    """Return how a partner is reached, in one line, or where the call of a scheme stands; nothing where nobody told."""
    told: list[str | None] = []
    match suggestion:
        case Partner():
            contact = suggestion.contact.best(messages.language).text if suggestion.contact else None
            told = [suggestion.email, suggestion.phone, suggestion.url]
            told = [contact, *told] if any(told) else []
        case Scheme():
            told = [suggestion.url]
    known = [one for one in told if one]
    return [f"{messages.text('reach.label')}: {', '.join(known)}"] if known else []


def next_step(suggestion: Suggestion, messages: Messages) -> str | None:
    """Return what to do now, or None where there is nothing to do."""
    match suggestion:
        case Partner(contact=contact) if contact is not None:
            return messages.text("next.partner_contact", contact=contact.best(messages.language).text)
        case Partner():
            return messages.text("next.partner")
        case Scheme(status=SchemeStatus.ENDED):
            return None
        case Scheme(owner=Named() as owner):
            return messages.text("next.scheme", name=name_of(owner, messages).text)
        case Scheme():
            return messages.text("next.scheme_plain")
        case Idea(problem_owner=Named() as owner):
            return messages.text("next.idea", name=name_of(owner, messages).text)
        case _:
            return messages.text("next.idea_plain")
