"""The sentences of an answer, made from its data with the message catalogs; every channel takes them from here.

Invariant: nothing is said that the answer does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assistant.funding.rule_sentences import is_code, verdict_sentence, worded
from assistant.funding.schemes import NamedRecord, SchemeStatus
from assistant.funding.suitability import Suitability, TopicFit
from assistant.funding.verdicts import RANK, Judgement, Verdict, rules_among
from assistant.matching.answers import Answer, Idea, Partner, Scheme, Suggestion
from assistant.platform.messages import Messages
from assistant.render.shortening import shortened
from corpus.los import LOS_THEMES
from corpus.text import LangText, Localised
from index.scoring.reasons import Reason, ReasonKind
from index.storage.passages import reference

ACTIVITIES_TOLD = 3
"""Kinds of work that one sentence names."""
_THEMES_TOLD = 2
YEARS_TOLD = 3
"""Years that a round was seen in that one sentence names, the newest."""
_NAMED_RULES = {"applicant_type", "applicant_place", "required_party", "stage"}
"""Rules whose value says more than what the rule is about."""
_RULE_CHARACTERS = 48
BETWEEN_CALLS = frozenset({SchemeStatus.CLOSED, SchemeStatus.RUNNING, SchemeStatus.UNCONFIRMED})
"""A scheme that takes no applications today, as far as is known, and has not ended."""
SIGNS = {Verdict.MET: "✓", Verdict.UNMET: "✗", Verdict.UNKNOWN: "?"}
"""The sign of a verdict, always beside a sentence that says the same."""


def name_of(suggestion: Suggestion | NamedRecord, messages: Messages) -> Localised:
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
        sentences = reason_sentences(suggestion, answer.names, messages, answer.themes)
    match suggestion:
        case Partner(predecessor=NamedRecord() as former):
            sentences.append(messages.text("why.succeeded", name=name_of(former, messages).text))
        case Scheme(predecessor=NamedRecord() as former):
            sentences.append(messages.text("why.succeeds", name=name_of(former, messages).text))
    return sentences


def suits(suitability: Suitability, messages: Messages) -> list[str]:
    """Return what makes a scheme suit a need: what it pays for and what it is about; nothing where nobody told."""
    activities = messages.listed(
        [messages.text(f"activity.{activity}") for activity in suitability.activities[:ACTIVITIES_TOLD]]
    )
    named = (suitability.main, *suitability.themes) if suitability.main else suitability.themes
    themes = messages.listed_subjects([theme_name(theme, messages) for theme in named])
    about = {TopicFit.SAME: "topic", TopicFit.RELATED: "topic", TopicFit.ANY: "any"}.get(suitability.topic)
    if about == "topic" and not themes:
        about = None
    keys = [part for part, value in (("pays", activities), (about, about)) if value]
    return [messages.text(f"suits.{'_'.join(map(str, keys))}", activities=activities, themes=themes)] if keys else []


def theme_name(slug: str, messages: Messages) -> str:
    """Return what a theme of Los is called within a sentence."""
    name = LOS_THEMES[slug].name.best(messages.language).text
    return name[:1].lower() + name[1:]


def reason_sentences(
    suggestion: Suggestion, names: Mapping[str, LangText], messages: Messages, asked: Sequence[str] = ()
) -> list[str]:
    """Return the reasons by which a record was found.

    Args:
        suggestion: The record.
        names: Those of the ideas and schemes that reasons speak of.
        messages: The catalog of the language to say it in.
        asked: The themes that were asked for; where no word is shared, those that the record has too are told.
    """
    shared = [theme for theme in asked if theme in suggestion.themes][:_THEMES_TOLD]
    if shared and suggestion.reasons and all(reason.kind is ReasonKind.ALIKE for reason in suggestion.reasons):
        key = "why.themes.partner" if isinstance(suggestion, Partner) else "why.themes"
        return [messages.text(key, themes=messages.listed_subjects([theme_name(theme, messages) for theme in shared]))]
    return [_reason(reason, names, messages) for reason in suggestion.reasons]


def _reason(reason: Reason, names: Mapping[str, LangText], messages: Messages) -> str:
    if reason.kind is ReasonKind.TOOK_PART and reason.idea and reason.role:
        return messages.text(f"why.took_part.{reason.role}", idea=_display_name(reason.idea, names, messages))
    if reason.kind is ReasonKind.RUNS and reason.scheme:
        return messages.text("why.runs", scheme=_display_name(reason.scheme, names, messages))
    return messages.text(f"why.{reason.kind}", labels=_labels(reason, messages))


def _labels(reason: Reason, messages: Messages) -> str:
    """Return what a reason tells of, in one list; a name is taken as it is."""
    listed = messages.listed_subjects if reason.kind is ReasonKind.SHARED else messages.listed
    return listed(reason.labels)


def _display_name(record_id: str, names: Mapping[str, LangText], messages: Messages) -> str:
    name = names.get(record_id)
    return name.best(messages.language).text if name else record_id


def status_sentences(suggestion: Suggestion, messages: Messages) -> list[str]:
    """Return what should be known of a suggestion besides its reasons: status, dates, what took over."""
    match suggestion:
        case Scheme():
            return scheme_standing(suggestion, messages).sentences
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


class SchemeStanding(NamedTuple):
    """How a scheme stands, in a sentence for each thing that is known of it."""

    state: str
    """Whether it takes applications, or when it last did and is expected to."""
    successor: str | None
    deadline: str | None
    read: str | None
    """When this was read, and where to look; None of a scheme that has ended and was not checked since."""

    @property
    def sentences(self) -> list[str]:
        """Return what is known, in the order to tell it."""
        return [sentence for sentence in self if sentence is not None]


def scheme_standing(scheme: Scheme, messages: Messages) -> SchemeStanding:
    """Return how a scheme stands, in sentences."""
    return SchemeStanding(
        state=_state(scheme, messages),
        successor=_successor(scheme.successor, messages) if scheme.successor else None,
        deadline=messages.text("scheme.deadline", date=messages.date(scheme.deadline.isoformat()))
        if scheme.deadline
        else None,
        read=_read(scheme, messages),
    )


def _state(scheme: Scheme, messages: Messages) -> str:
    match scheme:
        case Scheme(status=SchemeStatus.ENDED, ended_on=str(ended_on)):
            return messages.text("status.ended_on", date=messages.date(ended_on))
        case Scheme(status=SchemeStatus.PLANNED, opens_on=str(opens_on)):
            return messages.text("status.planned", date=messages.date(opens_on))
        case Scheme(status=status) if status in BETWEEN_CALLS:
            return between_calls(scheme, messages)
        case _:
            return messages.text(f"status.{scheme.status}")


def _successor(successor: NamedRecord, messages: Messages) -> str:
    name, since = name_of(successor, messages).text, successor.since
    key = "scheme.successor_since" if since else "scheme.successor"
    return messages.text(key, name=name, date=messages.date(since) if since else "")


def _read(scheme: Scheme, messages: Messages) -> str | None:
    if scheme.checked_on:
        return messages.text("past.checked", date=messages.date(scheme.checked_on.isoformat()))
    if scheme.status is SchemeStatus.ENDED:
        return None
    key = "scheme.as_of" if scheme.as_of else "scheme.check"
    return messages.text(key, date=messages.date(scheme.as_of) if scheme.as_of else "")


def between_calls(scheme: Scheme, messages: Messages) -> str:
    """Return what is known of a scheme that takes no applications today: when it last did, and when it is expected to.

    Where to look is part of it; that something is not known is not.
    """
    values, last = {"see": where_to_look(scheme, messages)}, ""
    if scheme.last_call:
        values, last = values | {"last": messages.date(scheme.last_call)}, "last"
    if scheme.last_call and scheme.last_deadline and is_last_call_told_by_deadline(scheme):
        values |= {"year": str(scheme.last_deadline.year), "day": messages.day_of_year(scheme.last_call)}
        last = "deadline"
    expected = scheme.suitability.expected if scheme.suitability else None
    if expected is None:
        return messages.text(f"past.{last or 'undated'}", **values)
    if expected.is_due:
        key = "_".join(filter(None, ("past.due", last)))
        return messages.text(key, **values, date=messages.date(expected.on))
    years = messages.listed([str(year) for year in sorted(expected.years)[-YEARS_TOLD:]])
    basis = "observed" if expected.basis == "observed" and years else "stated"
    key = "_".join(filter(None, (f"past.expected_{basis}", last)))
    return messages.text(key, **values, date=messages.date(expected.on), years=years)


def is_last_call_told_by_deadline(scheme: Scheme) -> bool:
    """Tell whether the deadline of its last call is the day by which that call is known."""
    return scheme.last_deadline is not None and scheme.last_call == scheme.last_deadline.isoformat()


def where_to_look(scheme: Scheme, messages: Messages) -> str:
    """Return where the next call of a scheme is found: at its address, or with who owns it."""
    if scheme.url:
        return messages.text("past.see_link")
    owner = name_of(scheme.owner, messages).text if scheme.owner else None
    return messages.text("past.see_owner", owner=owner) if owner else messages.text("past.see_plain")


def rules(scheme: Scheme, messages: Messages) -> list[tuple[Verdict, str]]:
    """Return how each rule of a scheme stands, those broken first; one that is, with what it says and where.

    What depends on facts that nobody has told is one sentence for all. What the scheme's dates say is left to
    `standing`.
    """
    told: list[tuple[Verdict, str]] = []
    for one in sorted(rules_among(scheme.eligibility), key=lambda judged: RANK[judged.verdict]):
        if one.verdict is Verdict.UNKNOWN:
            continue
        sentence = verdict_sentence(one, messages.language)
        if one.verdict is Verdict.UNMET and one.rule:
            rule = one.rule.best(messages.language).text
            sentence = messages.text("rule.broken", sentence=sentence, rule=rule, source=reference(one.source))
        told.append((one.verdict, sentence))
    open_still = [one for one in rules_among(scheme.eligibility) if one.verdict is Verdict.UNKNOWN]
    words = dict.fromkeys(rule_word(one, messages) or _plain_word(one, messages) for one in open_still)
    if words:
        depends = Verdict.UNKNOWN, messages.text("past.depends", things=messages.listed(words))
        told.insert(sum(verdict is Verdict.UNMET for verdict, _ in told), depends)
    return told


def _plain_word(judgement: Judgement, messages: Messages) -> str:
    """Return what a rule is about where its value is no word: the kind of applicant, or the place."""
    name = judgement.key.split(".")[1]
    return messages.text("sign.applicant_type" if name == "applies_to" else f"sign.{name}")


def rule_word(judgement: Judgement, messages: Messages) -> str | None:
    """Return what a rule is about in a word or two; None for one that says nothing of the asker."""
    name = judgement.key.split(".")[1]
    if name == "applies_to":
        return None
    if name in _NAMED_RULES and judgement.values:
        # That somebody is in Norway is no word for a place.
        if is_code(judgement.values[0]):
            return None
        return shortened(worded(judgement.values[0], messages.language), _RULE_CHARACTERS)
    return messages.text(f"sign.{name}")


def reached(suggestion: Suggestion, messages: Messages) -> list[str]:
    """Return how a partner is reached, in one line, or where the call of a scheme stands; nothing where nobody told."""
    ways: list[str | None] = []
    match suggestion:
        case Partner():
            contact = suggestion.contact.best(messages.language).text if suggestion.contact else None
            ways = [suggestion.email, suggestion.phone, suggestion.url]
            ways = [contact, *ways] if any(ways) else []
        case Scheme():
            ways = [suggestion.url]
    known = [one for one in ways if one]
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
        case Scheme(owner=NamedRecord() as owner):
            return messages.text("next.scheme", name=name_of(owner, messages).text)
        case Scheme():
            return messages.text("next.scheme_plain")
        case Idea(problem_owner=NamedRecord() as owner):
            return messages.text("next.idea", name=name_of(owner, messages).text)
        case _:
            return messages.text("next.idea_plain")
