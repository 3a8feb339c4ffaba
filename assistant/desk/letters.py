"""The letter by which a broker brings two parties together, drafted from what is known.

Invariant: a draft says nothing that the case, the answer it began with and the records do not hold. It names no
person; the broker reads it, signs it and sends it.
"""

from __future__ import annotations

from assistant.cases.cases import Case
from assistant.matching.answers import Answer, Idea, Partner, Scheme, Suggestion
from assistant.platform.messages import Messages, messages
from assistant.render.sentences import why
from assistant.service.container import Runtime
from corpus.files import Record
from corpus.places import municipality_name
from corpus.records import Actor, FundingInstrument, ProjectIdea
from corpus.text import Frozen, Language

_TOPIC_CHARACTERS = 80


class Letter(Frozen):
    """A draft."""

    subject: str
    body: str
    language: Language


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
    parts = [catalog.text("letter.greeting"), f"{catalog.text('letter.intro', asker=who)}\n«{case.question}»"]
    if case.note:
        parts.append(f"{catalog.text('letter.note')}\n«{case.note}»")
    name = record.name.best(language).text if isinstance(record, Actor | FundingInstrument | ProjectIdea) else None
    if name:
        parts += _reason(name, case, record, answer, catalog)
    signed = broker or catalog.text("letter.broker")
    parts.append(catalog.text("letter.closing", broker=signed))
    return Letter(subject=_subject(case, record, name, who, catalog), body="\n\n".join(parts), language=language)


def _reason(name: str, case: Case, record: Record | None, answer: Answer | None, catalog: Messages) -> list[str]:
    match record:
        case FundingInstrument():
            opening, closing = "letter.why_scheme", "letter.ask_scheme"
        case ProjectIdea():
            opening, closing = "letter.why_idea", "letter.ask"
        case _:
            opening, closing = "letter.why_partner", "letter.ask"
    found = _suggestion(answer, case.record_id)
    told = [f"- {sentence}" for sentence in why(found, answer, catalog)] if found and answer else []
    quotes = (
        [f"- «{one.quote}» ({catalog.text('letter.source', source=one.source)})" for one in found.evidence]
        if found
        else []
    )
    reasons = "\n".join([catalog.text(opening, name=name), *told, *quotes])
    return [reasons, catalog.text(closing)]


def _suggestion(answer: Answer | None, record_id: str | None) -> Suggestion | None:
    if answer is None or record_id is None:
        return None
    everything: tuple[Partner | Scheme | Idea, ...] = (*answer.partners, *answer.schemes, *answer.ideas)
    return next((one for one in everything if one.id == record_id), None)


def _subject(case: Case, record: Record | None, name: str | None, who: str, catalog: Messages) -> str:
    if isinstance(record, ProjectIdea) and name:
        return catalog.text("letter.subject_idea", asker=who, name=name)
    topic = " ".join(case.question.split())
    if len(topic) > _TOPIC_CHARACTERS:
        topic = topic[:_TOPIC_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return catalog.text("letter.subject", asker=who, topic=topic)
