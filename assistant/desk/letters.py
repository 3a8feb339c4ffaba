"""The letter by which a broker brings two parties together, drafted from what is known.

Invariant: a draft says nothing that the case, the answer it began with and the records do not hold. It names no
person; the broker reads it, signs it and sends it.
"""

from __future__ import annotations

from assistant.cases.cases import Case
from assistant.matching.answers import Answer, Idea, Partner, Scheme, Suggestion
from assistant.platform.messages import Messages, messages
from assistant.render.cases import case_topic
from assistant.service.container import Runtime
from corpus.files import Record
from corpus.places import municipality_name
from corpus.records import Actor, FundingInstrument, ProjectIdea, Role
from corpus.store import RecordStore
from corpus.text import Frozen, Language
from index.analysis import language_group
from index.scoring.reasons import ReasonKind
from index.storage.passages import Facet

_TOPIC_CHARACTERS = 80
_FACTS = 2
"""Facts that a partner is told of itself."""
_KNOWN = {Facet.EXPERTISE, Facet.OFFER, Facet.SEEK}


class Letter(Frozen):
    """A draft."""

    subject: str
    body: str
    """Without who signs it."""
    language: Language
    closing: str = ""
    """Who signs, where that does not stand in the body."""

    @property
    def whole(self) -> str:
        """Return the body with who signs it."""
        return f"{self.body}\n\n{self.closing}".strip()


class Recipient(Frozen):
    """Whom a letter goes to: a function of an organisation, never a named person."""

    name: str
    record_id: str | None = None
    """Of the organisation."""
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    url: str | None = None
    others: tuple[str, ...] = ()
    """The addresses of its other functions."""


def receiver_of(store: RecordStore, record: Record | None, language: Language) -> Recipient | None:
    """Return whom a letter about a record goes to: the actor itself, who runs a scheme, or who put an idea forward."""
    match record:
        case FundingInstrument():
            record = store.find(record.administrator or record.owner)
        case ProjectIdea():
            own = next(
                (participant.actor for participant in record.participants if participant.role is Role.PROPOSER), None
            )
            record = store.find(own)
    if not isinstance(record, Actor):
        return None
    name = record.name.best(language).text
    reached = [contact for contact in record.contacts if contact.email] or list(record.contacts)
    if not reached:
        return Recipient(name=name, record_id=record.id, url=record.url)
    contact = reached[0]
    role = contact.role.best(language).text
    return Recipient(
        name=name,
        record_id=record.id,
        role=role,
        email=contact.email,
        phone=contact.phone,
        url=contact.url or record.url,
        others=tuple(one.email for one in reached[1:] if one.email and one.email != contact.email),
    )


def receiver_language(record: Record | None) -> Language:
    """Return the language in which a receiver is written to: English abroad, else bokmål.

    Which form a Norwegian body wants is not in the records; the broker can choose another.
    """
    place = record.place if isinstance(record, Actor) else None
    return Language.EN if place is not None and place.country != "NO" else Language.NB


def letter_of(runtime: Runtime, case_id: str, language: Language | None = None) -> Letter:
    """Return the draft of a case's letter of introduction.

    Raises:
        UnknownCaseError: no case has that id.
    """
    case = runtime.referrals.get(case_id)
    return draft_letter(
        case,
        runtime.store.find(case.record_id),
        runtime.service.answer_of(case.log_id),
        asker=municipality_name(case.kommunenummer),
        broker=runtime.settings.broker_contact,
        language=language,
    )


def draft_letter(
    case: Case,
    record: Record | None,
    answer: Answer | None,
    *,
    asker: str | None,
    broker: str | None,
    language: Language | None = None,
) -> Letter:
    """Return the letter of introduction of a case.

    Args:
        case: The case.
        record: What was suggested; None where it is no longer there, or the broker was asked and no record.
        answer: The answer that the case began with, as long as it is kept.
        asker: The name of the municipality that asks.
        broker: Who signs.
        language: The language of the letter; the receiver's if none is given.
    """
    language = language or receiver_language(record)
    catalog = messages(language)
    who = catalog.text("letter.municipality", name=asker) if asker else catalog.text("letter.asker_unknown")
    asked = case_topic(case.question) if asker else case.question
    parts = [
        catalog.text("letter.greeting"),
        f"{catalog.text('letter.intro', asker=who)}\n«{asked}»",
    ]
    if case.note:
        parts.append(f"{catalog.text('letter.note')}\n«{case.note}»")
    name = record.name.best(language).text if isinstance(record, Actor | FundingInstrument | ProjectIdea) else None
    if name:
        parts += _reason(name, case, record, answer, catalog)
    return Letter(
        subject=_subject(case, record, name, who, catalog),
        body="\n\n".join(parts),
        closing=catalog.text("letter.closing", broker=broker or catalog.text("letter.broker")),
        language=language,
    )


def _reason(name: str, case: Case, record: Record | None, answer: Answer | None, catalog: Messages) -> list[str]:
    match record:
        case FundingInstrument():
            return [catalog.text("letter.about_scheme", name=name), catalog.text("letter.ask_scheme")]
        case ProjectIdea():
            return [catalog.text("letter.about_idea", name=name), catalog.text("letter.ask")]
    facts = receiver_facts(_suggestion(answer, case.record_id), answer, catalog)
    return [*([" ".join(facts)] if facts else []), catalog.text("letter.ask")]


def receiver_facts(suggestion: Suggestion | None, answer: Answer | None, catalog: Messages) -> list[str]:
    """Return why a partner is written to, as facts for itself: what it did, runs or knows.

    Not that words are alike, nor what it is: it knows that better; and no place in a report.
    """
    if suggestion is None or answer is None:
        return []
    facts = []
    for reason in suggestion.reasons:
        about = reason.idea or reason.scheme
        name = answer.names.get(about) if about else None
        if name is None:
            continue
        label = name.best(catalog.language).text
        if reason.kind is ReasonKind.TOOK_PART and reason.role:
            facts.append(catalog.text(f"letter.fact.{reason.role}", name=label, when=_when(reason.idea, answer)))
        elif reason.kind is ReasonKind.RUNS:
            facts.append(catalog.text("letter.fact.runs", name=label))
    if facts:
        return facts[:_FACTS]
    group = language_group(catalog.language)
    known = (
        one.quote
        for one in suggestion.evidence
        if one.record_id == suggestion.id and one.facet in _KNOWN and language_group(one.language) == group
    )
    return [catalog.text("letter.fact.knows", quote=quote) for quote in list(known)[:1]]


def _when(idea_id: str | None, answer: Answer) -> str:
    year = next((idea.years for idea in answer.ideas if idea.id == idea_id), None)
    return f" ({year})" if year else ""


def _suggestion(answer: Answer | None, record_id: str | None) -> Suggestion | None:
    if answer is None or record_id is None:
        return None
    everything: tuple[Partner | Scheme | Idea, ...] = (*answer.partners, *answer.schemes, *answer.ideas)
    return next((one for one in everything if one.id == record_id), None)


def _subject(case: Case, record: Record | None, name: str | None, who: str, catalog: Messages) -> str:
    if isinstance(record, ProjectIdea) and name:
        return catalog.text("letter.subject_idea", asker=who, name=name)
    topic = case_topic(case.question)
    if len(topic) > _TOPIC_CHARACTERS:
        topic = topic[:_TOPIC_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return catalog.text("letter.subject", asker=who, topic=topic)
