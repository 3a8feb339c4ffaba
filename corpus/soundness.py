"""What makes a base last: sources that can be found again, dates that can be, one record for each thing.

Invariant: nothing here refuses a record; it tells who keeps the base what to mend, each fault with its record and how.
The day is given in, never read from a clock.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from corpus.errors import Problem
from corpus.faults import Fault, display_value
from corpus.files import Located, Record, iter_models
from corpus.places import load_places
from corpus.records import (
    Actor,
    Call,
    Confidence,
    CurationState,
    FundingInstrument,
    IdeaStage,
    Place,
    ProjectIdea,
    Reach,
    Recurrence,
    RelationType,
    SchemeScope,
    Source,
    Standing,
)
from corpus.text import first_day, last_day
from corpus.vocabulary import Concept

Faults = Iterator[tuple[str, Fault]]
"""Pairs of a field's dotted path and what is wrong there."""

_FOUND_AGAIN = re.compile(r"https?://|^seed |TFoU-arbeidsnotat")
_FARTHEST = timedelta(days=5 * 366)
"""How far ahead a date of a call may be."""
_OLDEST = 1990
"""The year before which nothing here was read or announced."""
_COUNTY_CODES_OF = {"county", "regional", "local"}


class SourceFigures(NamedTuple):
    """How many facts rest on how many sources."""

    facts: int
    sources: int
    most: tuple[str, str, int] | None
    """The record and the source that most facts rest on, and how many."""


def sound(located: Iterable[Located], today: date) -> list[Problem]:
    """Return what keeps records from lasting, in the order of the files."""
    located = [one for one in located if one.record.state is not CurationState.RETIRED]
    problems = [
        Problem.of(file, record.id, field, fault) for file, record in located for field, fault in _faults(record, today)
    ]
    return [*problems, *_twice(located)]


def source_figures(records: Iterable[Record]) -> SourceFigures:
    """Return how many facts of records rest on how many sources."""
    facts, sources = 0, 0
    most: tuple[str, str, int] | None = None
    for record in records:
        if isinstance(record, Concept):
            continue
        rests = Counter(
            model.ref for path, model in iter_models(record) if isinstance(model, Source) and _is_fact(path)
        )
        facts += rests.total()
        sources += len({source.ref for source in record.sources} | rests.keys())
        for ref, count in rests.most_common(1):
            if most is None or count > most[2]:
                most = record.id, ref, count
    return SourceFigures(facts, sources, most)


def _is_fact(path: str) -> bool:
    return not path.startswith("sources.")


def _faults(record: Record, today: date) -> Faults:
    if isinstance(record, Concept):
        return
    yield from _sources(record, today)
    marks = {source.mark for source in record.sources}
    if record.confidence is Confidence.VERIFIED and marks == {Confidence.SECONDARY}:
        yield "confidence", Fault("too_sure")
    yield from _places(record)
    if record.checked_on and record.checked_on > today:
        yield "checked_on", Fault("in_future", {"got": str(record.checked_on)})
    match record:
        case FundingInstrument():
            yield from _scheme(record, today)
        case Actor():
            yield from _actor(record, today)
        case ProjectIdea():
            yield from _project(record, today)


def _sources(record: Record, today: date) -> Faults:
    for path, model in iter_models(record):
        if not isinstance(model, Source):
            continue
        # What is assumed was read nowhere, and says so.
        if model.mark is not Confidence.ASSUMED and not _FOUND_AGAIN.search(model.ref):
            yield f"{path}.ref", Fault("no_address", {"got": display_value(model.ref)})
        if model.as_of and (first_day(model.as_of) > today or first_day(model.as_of).year < _OLDEST):
            yield f"{path}.as_of", Fault("in_future", {"got": model.as_of})


def _places(record: Record) -> Faults:
    places = load_places()
    for path, model in iter_models(record):
        if isinstance(model, Reach):
            wide = model.level in {"international", "national"}
            if wide and (model.fylkesnummer or model.kommunenummer):
                yield path, Fault("reach_too_narrow", {"got": model.level})
            if not wide and not (model.fylkesnummer or model.kommunenummer):
                yield path, Fault("reach_nowhere", {"got": model.level})
        if isinstance(model, Reach | Place | SchemeScope):
            counties = model.fylkesnummer
            for number in (counties,) if isinstance(counties, str) else counties or ():
                if places.county(number) is None and not _is_past(record):
                    yield f"{path}.fylkesnummer", Fault("no_such_county", {"got": display_value(number)})
        if isinstance(model, Reach | Place):
            numbers = model.kommunenummer
            for number in (numbers,) if isinstance(numbers, str) else numbers or ():
                if places.municipality(number) is None and not _is_past(record):
                    yield f"{path}.kommunenummer", Fault("no_such_municipality", {"got": display_value(number)})


def _is_past(record: Record) -> bool:
    """Tell whether a record is of what was, with the numbers of its time."""
    match record:
        case Actor():
            return record.dissolved_on is not None
        case FundingInstrument():
            return record.standing is Standing.ENDED
    return False


def _scheme(scheme: FundingInstrument, today: date) -> Faults:
    if scheme.standing is Standing.ENDED and not scheme.successors and not scheme.no_successor:
        yield "successors", Fault("no_successor")
    if scheme.no_successor and scheme.successors:
        yield "no_successor", Fault("successor_after_all")
    if scheme.ended_on and scheme.standing is Standing.RUNNING and last_day(scheme.ended_on) < today:
        yield "standing", Fault("ended_running", {"got": scheme.ended_on})
    for number, call in enumerate(scheme.calls):
        yield from ((f"calls.{number}.{field}", fault) for field, fault in _call(call, today))
    for number, one in enumerate(scheme.recurrence):
        yield from ((f"recurrence.{number}.{field}", fault) for field, fault in _recurrence(one, scheme.calls, today))


def _call(call: Call, today: date) -> Faults:
    for number, deadline in enumerate(call.deadlines):
        if deadline.on > today + _FARTHEST or deadline.on.year < _OLDEST:
            yield f"deadlines.{number}.on", Fault("unlikely_date", {"got": str(deadline.on)})
        read = deadline.source.as_of
        if read and deadline.on > last_day(read) + _FARTHEST:
            yield f"deadlines.{number}.on", Fault("unlikely_date", {"got": str(deadline.on)})
    if call.opens_on and call.closed_on and first_day(call.opens_on) > last_day(call.closed_on):
        yield "closed_on", Fault("ends_first", {"end": call.closed_on, "begin": call.opens_on})


def _recurrence(one: Recurrence, calls: Sequence[Call], today: date) -> Faults:
    if any(year > today.year + 1 or year < _OLDEST for year in one.years):
        yield "years", Fault("unlikely_date", {"got": ", ".join(map(str, one.years))})
    if one.basis != "observed":
        return
    seen = [deadline.on for call in calls for deadline in call.deadlines]
    undated = {call.year for call in calls if call.year and not call.deadlines}
    for year in one.years:
        months = {on.month for on in seen if on.year == year}
        if months and not any(_near(month, one.month) for month in months):
            yield "month", Fault("round_elsewhere", {"year": str(year), "month": str(one.month)})
        if not months and year not in undated and not any(call.year == year for call in calls):
            yield "years", Fault("round_unseen", {"year": str(year)})


def _near(month: int, other: int) -> bool:
    return min((month - other) % 12, (other - month) % 12) <= 1


def _actor(actor: Actor, today: date) -> Faults:
    succeeded = any(link.type is RelationType.SUCCEEDED_BY for link in actor.relations)
    if actor.dissolved_on and not succeeded and not actor.no_successor:
        yield "relations", Fault("no_successor")
    if actor.no_successor and succeeded:
        yield "no_successor", Fault("successor_after_all")
    if actor.dissolved_on and first_day(actor.dissolved_on) > today + _FARTHEST:
        yield "dissolved_on", Fault("unlikely_date", {"got": actor.dissolved_on})


def _project(idea: ProjectIdea, today: date) -> Faults:
    if idea.started_on and idea.ended_on and first_day(idea.started_on) > last_day(idea.ended_on):
        yield "ended_on", Fault("ends_first", {"end": idea.ended_on, "begin": idea.started_on})
    if idea.stage is IdeaStage.RUNNING and idea.ended_on and last_day(idea.ended_on) < today:
        yield "stage", Fault("ended_running", {"got": idea.ended_on})
    if idea.stage is IdeaStage.IDEA and (idea.grants or idea.work or idea.results or idea.started_on):
        yield "stage", Fault("only_an_idea")
    if first_day(idea.origin.on) > today:
        yield "origin.on", Fault("in_future", {"got": idea.origin.on})


def _twice(located: Sequence[Located]) -> Iterator[Problem]:
    """Yield the records that are the same thing as one before: by a register's number, or by name within a kind."""
    seen: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for file, record in located:
        for field, what, key in _marks(record):
            first = seen[field, what].setdefault(key, record.id)
            if first != record.id:
                yield Problem.of(
                    file, record.id, field, Fault("same_thing", {"got": display_value(key), "other": first})
                )


def _marks(record: Record) -> Iterator[tuple[str, str, str]]:
    """Yield what tells one thing from another: the field, what sort of mark it is, and the mark."""
    if isinstance(record, Concept):
        return
    for identifier in record.identifiers:
        yield "identifiers", identifier.scheme.value, identifier.value.casefold()
    if isinstance(record, Actor) and not record.dissolved_on and record.orgnr:
        yield "orgnr", "orgnr", record.orgnr
    if isinstance(record, ProjectIdea) or _is_past(record):
        return
    for name in dict.fromkeys(re.sub(r"[\W_]+", " ", one.text).casefold().strip() for one in record.name.items()):
        yield "name", f"name of {type(record).__name__}", name
