"""Checks that need more than one field or more than one record.

Invariant: a corpus without problems has unique ids, references that resolve, bokmål and English for every text
that is neither a draft nor read from a register, sources that say where, and dates in an order that time allows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator

from corpus.criteria import Criterion
from corpus.errors import Problem
from corpus.faults import Fault, display_value
from corpus.files import Located, Record, iter_models
from corpus.limits import over_limits
from corpus.records import Actor, Call, CurationState, FundingInstrument, ProjectIdea, RelationType, Source
from corpus.text import LangText, first_day, last_day
from corpus.vocabulary import Concept

References = Iterator[tuple[str, str]]
"""Pairs of a field's dotted path and the id that stands there."""
Faults = Iterator[tuple[str, Fault]]
"""Pairs of a field's dotted path and what is wrong there."""


def references(record: Record) -> References:
    """Yield every id of another record that a record holds, with the field it stands in."""
    match record:
        case Actor():
            yield from _references("relations.{}.target", (relation.target for relation in record.relations))
        case FundingInstrument():
            yield from _reference("owner", record.owner)
            yield from _reference("administrator", record.administrator)
            yield from _references("successors.{}.instrument", (later.instrument for later in record.successors))
            yield from _references("narrowed_to.{}", record.narrowed_to)
        case ProjectIdea():
            yield from _references("participants.{}.actor", (part.actor for part in record.participants))
            yield from _references("instruments.{}.instrument", (link.instrument for link in record.instruments))
            yield from _reference("part_of", record.part_of)
            yield from _references("related.{}", record.related)
        case Concept():
            yield from _references("broader.{}", record.broader)
            yield from _references("related.{}", record.related)


def _reference(field: str, target: str | None) -> References:
    if target:
        yield field, target


def _references(field: str, targets: Iterable[str]) -> References:
    for position, target in enumerate(targets):
        yield field.format(position), target


def check(located: Iterable[Located], beside: Container[str] = ()) -> list[Problem]:
    """Return everything wrong across records that are each valid alone, in the order of the files.

    Args:
        located: The records.
        beside: Ids of other records, sound already, that these may refer to.
    """
    located = list(located)
    known = Counter(item.record.id for item in located)
    problems: list[Problem] = []
    for file, record in located:
        if known[record.id] > 1:
            problems.append(Problem.of(file, record.id, "id", Fault("id_twice", {"got": display_value(record.id)})))
        for field, target in references(record):
            if target == record.id:
                problems.append(Problem.of(file, record.id, field, Fault("own_reference")))
            elif target not in known and target not in beside:
                problems.append(Problem.of(file, record.id, field, Fault("no_record", {"got": display_value(target)})))
        found = (*over_limits(record), *_texts(record), *_dates(record))
        problems.extend(Problem.of(file, record.id, field, fault) for field, fault in found)
    problems.extend(_repeated_calls(located))
    problems.extend(_repeated_criteria(located))
    problems.extend(_succession(located))
    problems.extend(_shared_labels(located))
    return problems


def _texts(record: Record) -> Faults:
    for field, value in iter_models(record):
        # A draft may be written in one language first; a register's own words are never translated by guessing.
        if isinstance(value, LangText) and record.state is not CurationState.DRAFT and not _is_from_register(record):
            for language in ("nb", "en"):
                if not getattr(value, language):
                    yield f"{field}.{language}", Fault("no_language")
        elif (
            isinstance(value, Source) and value.ref.startswith("seed") and not any(char.isdigit() for char in value.ref)
        ):
            yield f"{field}.ref", Fault("source_vague", {"got": display_value(value.ref)})


def _is_from_register(record: Record) -> bool:
    return isinstance(record, ProjectIdea) and record.origin.registry is not None


def _dates(record: Record) -> Faults:
    if not isinstance(record, FundingInstrument):
        return
    if record.began_on and record.ended_on and first_day(record.began_on) > last_day(record.ended_on):
        yield "ended_on", Fault("ends_first", {"end": record.ended_on, "begin": record.began_on})
    for position, call in enumerate(record.calls):
        yield from ((f"calls.{position}.{field}", fault) for field, fault in _call_dates(call))


def _call_dates(call: Call) -> Faults:
    for position, deadline in enumerate(call.deadlines):
        if call.opens_on and deadline.on < first_day(call.opens_on):
            yield f"deadlines.{position}.on", Fault("deadline_early", {"got": str(deadline.on), "begin": call.opens_on})
        if call.year and not call.year - 1 <= deadline.on.year <= call.year + 1:
            told = {"got": str(deadline.on), "year": str(call.year)}
            yield f"deadlines.{position}.on", Fault("deadline_year", told)


def _repeated_calls(located: list[Located]) -> Iterator[Problem]:
    seen: set[str] = set()
    for file, record in located:
        if isinstance(record, FundingInstrument):
            for position, call in enumerate(record.calls):
                if call.id in seen:
                    yield Problem.of(
                        file, record.id, f"calls.{position}.id", Fault("id_twice", {"got": display_value(call.id)})
                    )
                seen.add(call.id)


def criteria_of(scheme: FundingInstrument) -> Iterator[tuple[str, Criterion]]:
    """Yield every rule of a scheme and of its calls, with the field it stands in."""
    for position, criterion in enumerate(scheme.criteria):
        yield f"criteria.{position}", criterion
    for number, call in enumerate(scheme.calls):
        for position, criterion in enumerate(call.criteria):
            yield f"calls.{number}.criteria.{position}", criterion


def _repeated_criteria(located: list[Located]) -> Iterator[Problem]:
    seen: set[str] = set()
    for file, record in located:
        if isinstance(record, FundingInstrument):
            for field, criterion in criteria_of(record):
                if criterion.id in seen:
                    yield Problem.of(
                        file, record.id, f"{field}.id", Fault("id_twice", {"got": display_value(criterion.id)})
                    )
                seen.add(criterion.id)


def successors(record: Record) -> set[str]:
    """Return the ids of what took over from a scheme or a body."""
    match record:
        case FundingInstrument():
            return {succession.instrument for succession in record.successors}
        case Actor():
            return {link.target for link in record.relations if link.type is RelationType.SUCCEEDED_BY}
        case _:
            return set()


def _succession(located: list[Located]) -> Iterator[Problem]:
    follows: dict[str, set[str]] = defaultdict(set)
    for _, record in located:
        if isinstance(record, FundingInstrument | Actor):
            follows[record.id] |= successors(record)
    for file, record in located:
        reached: set[str] = set()
        frontier = set(follows[record.id]) if record.id in follows else set()
        while frontier:
            reached |= frontier
            frontier = {later for earlier in frontier for later in follows.get(earlier, ())} - reached
        if record.id in reached:
            yield Problem.of(file, record.id, "successors", Fault("succession_circle"))


def _shared_labels(located: list[Located]) -> Iterator[Problem]:
    owner: dict[tuple[str, str], str] = {}
    for file, record in located:
        if isinstance(record, Concept):
            for label in record.pref_label.items():
                key = (label.language, label.text.casefold())
                if owner.setdefault(key, record.id) != record.id:
                    taken = Fault("label_taken", {"got": display_value(label.text), "owner": owner[key]})
                    yield Problem.of(file, record.id, f"pref_label.{label.language}", taken)
