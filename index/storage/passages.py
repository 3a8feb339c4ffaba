"""What of a record can be found: one passage for each facet, statement and language.

Invariant: a passage holds text of one record in one language, and names the source that text came from. Prose
and tags are apart, and what an actor took part in (evidence) is apart from what it says of itself (profile), so
that an answer can tell which of the two it rests on. Passages are derived: the same records give the same
passages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from corpus.files import Record
from corpus.records import Actor, Call, FundingInstrument, Kind, Participation, ProjectIdea, Role, Source, Statement
from corpus.text import LangText, Language

SEARCHED_KINDS = (Kind.ACTOR, Kind.INSTRUMENT, Kind.IDEA)
"""The kinds that questions are matched with; concepts only help to understand them."""


SEED_TITLE = "TFoU-arbeidsnotat 2017:106"
"""What the report is called that records cite as ``seed``."""


class Facet(StrEnum):
    """The part of a record that a passage shows."""

    NAME = "name"
    SUMMARY = "summary"
    EXPERTISE = "expertise"
    OFFER = "offer"
    SEEK = "seek"
    PURPOSE = "purpose"
    FACT = "fact"
    RULE = "rule"
    PROBLEM = "problem"
    NEED = "need"
    KNOWLEDGE = "knowledge"
    FOLLOW_UP = "follow_up"
    ASKED = "asked"
    """An everyday question that the record answers; found by, never quoted."""
    WHOLE = "whole"
    """All that the record says of itself, in one language; found by, never quoted."""
    EVIDENCE = "evidence"
    """An idea that an actor took part in."""


PROJECTS_TOLD = 40
"""Newest projects of a register that are told of an actor one by one; the largest took part in thousands."""
_TOOK_PART = {
    Language.NB: "Deltok i {count} prosjekter i registeret, sist i {event} om «{title}» ({year}).",
    Language.NN: "Deltok i {count} prosjekt i registeret, sist i {event} om «{title}» ({year}).",
    Language.EN: "Took part in {count} projects in the register, most recently in {event} on “{title}” ({year}).",
}
UNQUOTED = frozenset({Facet.NAME, Facet.ASKED, Facet.WHOLE})
"""Facets that are no evidence: a name states nothing, nor does a question, and the whole is too long."""


class Passage(NamedTuple):
    """A text by which a record can be found and that an answer can quote."""

    record_id: str
    facet: Facet
    language: Language
    text: str
    source: str
    """Where the text rests, as a reference to read."""
    about: str | None = None
    """For evidence: the idea that was taken part in."""
    role: Role | None = None
    """For evidence: the role in it."""


class ProjectParticipation(NamedTuple):
    """An actor's part in an idea, with the idea it was."""

    idea: ProjectIdea
    participation: Participation


def reference(source: Source) -> str:
    """Return a source as one readable reference."""
    ref = source.ref.removeprefix("seed ")
    title = source.title or (SEED_TITLE if ref != source.ref else None)
    return ", ".join(part for part in (title, ref) if part)


def passages_of(record: Record, taken_part: Iterable[ProjectParticipation] = ()) -> list[Passage]:
    """Return the passages of a record; those of an actor include the ideas it took part in."""
    match record:
        case Actor():
            own = [*_common(record), *_actor(record)]
            return [*own, *_whole_texts(own), *_evidence(record, taken_part)]
        case FundingInstrument():
            own = [*_common(record), *_instrument(record)]
            return [*own, *_whole_texts(own)]
        case ProjectIdea():
            own = [*_common(record), *_idea(record)]
            return [*own, *_whole_texts(own)]
        case _:
            return []


def _texts(record_id: str, facet: Facet, text: LangText | None, source: Source) -> Iterator[Passage]:
    if text is not None:
        for localised in text.items():
            yield Passage(record_id, facet, localised.language, localised.text, reference(source))


def _statements(record_id: str, facet: Facet, statements: Iterable[Statement]) -> Iterator[Passage]:
    for statement in statements:
        yield from _texts(record_id, facet, statement.text, statement.source)


def _main_source(record: Actor | FundingInstrument | ProjectIdea) -> Source:
    """Return the source that tells what a record is: the report where it does, not the register of its number."""
    return next((source for source in record.sources if source.ref.startswith("seed ")), record.sources[0])


def _common(record: Actor | FundingInstrument | ProjectIdea) -> Iterator[Passage]:
    source = _main_source(record)
    yield from _texts(record.id, Facet.NAME, record.name, source)
    yield from _texts(record.id, Facet.SUMMARY, record.summary, record.summary_source or source)
    for question in record.asked_as:
        yield from _texts(record.id, Facet.ASKED, question, source)


def _whole_texts(own: Sequence[Passage]) -> Iterator[Passage]:
    for language in Language:
        texts = [passage.text for passage in own if passage.language is language]
        if texts:
            yield own[0]._replace(facet=Facet.WHOLE, language=language, text="\n".join(texts))


def _actor(actor: Actor) -> Iterator[Passage]:
    yield from _statements(actor.id, Facet.EXPERTISE, actor.expertise)
    yield from _statements(actor.id, Facet.OFFER, actor.offers)
    yield from _statements(actor.id, Facet.SEEK, actor.seeks)


def _evidence(actor: Actor, taken_part: Iterable[ProjectParticipation]) -> Iterator[Passage]:
    by_registry: dict[str, list[ProjectParticipation]] = defaultdict(list)
    statements = []
    for one in taken_part:
        if one.idea.origin.registry is None:
            statements.append(one)
        else:
            by_registry[one.idea.origin.registry].append(one)
    for parts in by_registry.values():
        newest = sorted(
            parts, key=lambda part: (part.idea.started_on or part.idea.origin.on, part.idea.id), reverse=True
        )
        yield from _record_of(actor, newest)
        statements += newest[:PROJECTS_TOLD]
    for idea, part in statements:
        source = reference(part.source or _main_source(idea))
        for language in Language:
            name, summary = idea.name.get(language), idea.summary.get(language)
            if name and summary:
                text = f"{name}. {summary}"
                yield Passage(actor.id, Facet.EVIDENCE, language, text, source, about=idea.id, role=part.role)


def _record_of(actor: Actor, newest: Sequence[ProjectParticipation]) -> Iterator[Passage]:
    """Yield how many projects of a register an actor took part in, and what the newest was about."""
    idea, part = newest[0]
    title, year = idea.name.best(Language.EN).text, (idea.started_on or idea.origin.on)[:4]
    for language, sentence in _TOOK_PART.items():
        text = sentence.format(count=len(newest), event=idea.origin.event.best(language).text, title=title, year=year)
        yield Passage(
            actor.id, Facet.EVIDENCE, language, text, reference(idea.sources[0]), about=idea.id, role=part.role
        )


def _instrument(instrument: FundingInstrument) -> Iterator[Passage]:
    yield from _statements(instrument.id, Facet.PURPOSE, [instrument.purpose])
    yield from _statements(instrument.id, Facet.FACT, instrument.facts)
    for call in instrument.calls:
        yield from _call(instrument.id, call)


def _call(instrument_id: str, call: Call) -> Iterator[Passage]:
    yield from _texts(instrument_id, Facet.NAME, call.title, call.sources[0])
    yield from _statements(instrument_id, Facet.RULE, (*call.applicants, *call.partners, *call.conditions))


def _idea(idea: ProjectIdea) -> Iterator[Passage]:
    source = _main_source(idea)
    yield from _texts(idea.id, Facet.PROBLEM, idea.problem, source)
    yield from _texts(idea.id, Facet.NEED, idea.need, source)
    yield from _texts(idea.id, Facet.NEED, idea.work, source)
    yield from _statements(idea.id, Facet.FOLLOW_UP, idea.results)
    yield from _texts(idea.id, Facet.KNOWLEDGE, idea.knowledge_need, source)
    yield from _texts(idea.id, Facet.FOLLOW_UP, idea.follow_up, source)
