"""A new deadline of a scheme, written the way a curator would.

Invariant: a deadline carries the address it was read at and the day; rules and amounts are taken over from the last
call only where whoever gives the date says that they are the same, each with the source that it has; what names a
year, or is the frame of one call, is left behind.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from corpus.records import (
    AmountKind,
    Call,
    CallStatus,
    Deadline,
    DeadlineType,
    FundingInstrument,
    Recurrence,
    Standing,
    Statement,
)
from corpus.terms import Confidence, Source
from corpus.text import LangText, Language

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class NewDate(NamedTuple):
    """A deadline that somebody read on a page."""

    on: date
    address: str
    same_rules: bool
    """Whether rules and amounts are those of the last call."""


def with_deadline(scheme: FundingInstrument, told: NewDate, today: date) -> FundingInstrument:
    """Return a scheme with a new deadline: moved, where a call is open or planned, and else of a new call."""
    source = Source(ref=told.address, as_of=today.isoformat(), mark=Confidence.VERIFIED)
    deadline = Deadline(on=told.on, source=source)
    current = _current(scheme, today)
    if current is not None:
        calls = tuple(_moved(call, deadline, today) if call is current else call for call in scheme.calls)
    else:
        calls = (*scheme.calls, _new(scheme, told, deadline))
    fresh = scheme.model_copy(
        update={
            "calls": calls,
            "checked_on": today,
            "recurrence": tuple(_seen_again(one, told.on) for one in scheme.recurrence),
        }
    )
    if scheme.standing is Standing.UNCONFIRMED:
        fresh = fresh.model_copy(update={"standing": Standing.RUNNING, "standing_source": source})
    return FundingInstrument.model_validate(fresh.model_dump())


def _current(scheme: FundingInstrument, today: date) -> Call | None:
    """Return the call that is open or planned with a deadline to come, the first one to close."""
    alive = [
        call
        for call in scheme.calls
        if call.status(today) in {CallStatus.OPEN, CallStatus.PLANNED} and call.next_deadline(today)
    ]
    return min(alive, key=lambda call: call.next_deadline(today) or date.max, default=None)


def _moved(call: Call, deadline: Deadline, today: date) -> Call:
    first = call.next_deadline(today)
    kept = (deadline for deadline in call.deadlines if deadline.on != first)
    return call.model_copy(update={"deadlines": tuple(sorted((*kept, deadline), key=lambda one: one.on))})


def _new(scheme: FundingInstrument, told: NewDate, deadline: Deadline) -> Call:
    slug, year = scheme.id.partition(":")[2], told.on.year
    taken = {call.id for call in scheme.calls}
    names = (f"call:{slug[:60]}-{year}", *(f"call:{slug[:60]}-{year}-{number}" for number in range(2, 100)))
    call_id = next(name for name in names if name not in taken)
    call = Call(
        id=call_id,
        title=LangText(**{one.language.value: f"{one.text} {year}" for one in scheme.name.items()}),
        url=told.address,
        year=year,
        deadline_type=DeadlineType.FIXED,
        deadlines=(deadline,),
        sources=(deadline.source,),
    )
    last = max((call for call in scheme.calls if call.deadlines), key=lambda one: one.deadlines[-1].on, default=None)
    if last is None or not told.same_rules:
        return call
    mark = call_id.partition(":")[2]
    return call.model_copy(
        update={
            "applicants": _lasting(last.applicants),
            "partners": _lasting(last.partners),
            "conditions": _lasting(last.conditions),
            "amounts": tuple(
                amount for amount in last.amounts if amount.kind in {AmountKind.PER_PROJECT, AmountKind.FUNDING_RATE}
            ),
            "criteria": tuple(
                rule.model_copy(update={"id": f"criterion:{mark}-{number}", "valid_from": None, "valid_to": None})
                for number, rule in enumerate(last.criteria, start=1)
                if not _YEAR.search(rule.text.best(Language.NB).text)
            ),
        }
    )


def _lasting(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return the statements that name no year: those were of the last call alone."""
    return tuple(statement for statement in statements if not _YEAR.search(statement.text.best(Language.NB).text))


def _seen_again(round_: Recurrence, on: date) -> Recurrence:
    """Return a round with the year of a new deadline, where that is of it."""
    if round_.basis != "observed" or round_.month != on.month:
        return round_
    day = round_.day if round_.day == on.day else None
    return round_.model_copy(update={"years": tuple(sorted({*round_.years, on.year})), "day": day})
