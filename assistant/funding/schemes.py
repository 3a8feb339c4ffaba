"""What a scheme is on a given day, from its own dates.

Invariant: the day is given in, never read from a clock here; what is not known is said to be unconfirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from corpus.records import Call, CallStatus, Deadline, DeadlineType, FundingInstrument, Standing
from corpus.text import Frozen, LangText, PartialDate, first_day, last_day


class SchemeStatus(StrEnum):
    """What is known of a scheme on the day of the answer."""

    OPEN = "open"
    ROLLING = "rolling"
    PLANNED = "planned"
    CLOSED = "closed"
    RUNNING = "running"
    UNCONFIRMED = "unconfirmed"
    ENDED = "ended"


class NamedRecord(Frozen):
    """Another record that an answer speaks of."""

    id: str
    name: LangText
    since: PartialDate | None = None
    """For a successor: from when."""


def has_ended(scheme: FundingInstrument, today: date) -> bool:
    """Tell whether a scheme has ended by that day."""
    ended = scheme.ended_on is not None and last_day(scheme.ended_on) < today
    return ended or (scheme.standing is Standing.ENDED and scheme.ended_on is None)


def current_call(scheme: FundingInstrument, today: date) -> Call | None:
    """Return the open call that closes first, else the planned one that opens first, else None."""
    statuses = [(call, call.status(today)) for call in scheme.calls]
    opened = [call for call, status in statuses if status is CallStatus.OPEN]
    if opened:
        return min(opened, key=lambda call: (call.next_deadline(today) or date.max, call.id))
    planned = [call for call, status in statuses if status is CallStatus.PLANNED]
    return min(planned, key=lambda call: (first_day(call.opens_on or "9999"), call.id), default=None)


def call_deadlines(scheme: FundingInstrument) -> list[Deadline]:
    """Return every deadline of every call of a scheme."""
    return [deadline for call in scheme.calls for deadline in call.deadlines]


def scheme_status(scheme: FundingInstrument, today: date) -> SchemeStatus:
    """Return what a scheme is on that day."""
    if has_ended(scheme, today):
        return SchemeStatus.ENDED
    call = current_call(scheme, today)
    if call is not None:
        if call.status(today) is CallStatus.PLANNED:
            return SchemeStatus.PLANNED
        rolling = call.deadline_type in {DeadlineType.ROLLING, DeadlineType.UNTIL_SPENT}
        return SchemeStatus.ROLLING if rolling else SchemeStatus.OPEN
    if scheme.standing is Standing.UNCONFIRMED:
        return SchemeStatus.UNCONFIRMED
    known = [call for call in scheme.calls if call.status(today) is CallStatus.CLOSED]
    return SchemeStatus.CLOSED if known else SchemeStatus.RUNNING


def read_on(scheme: FundingInstrument) -> PartialDate | None:
    """Return the newest date at which anything told of the scheme was read."""
    sources = [scheme.standing_source, *scheme.sources, *(source for call in scheme.calls for source in call.sources)]
    dates = [source.as_of for source in sources if source.as_of]
    return max(dates, key=last_day, default=None)


def living_successor(
    scheme: FundingInstrument, records: Mapping[str, object], today: date
) -> tuple[FundingInstrument, PartialDate | None] | None:
    """Return the scheme that took over and still lives, with since when; follows chains of ended ones.

    Args:
        scheme: The scheme that ended.
        records: Records by id, those that took over among them.
        today: The day.
    """
    seen = {scheme.id}
    frontier = list(scheme.successors)
    while frontier:
        later = frontier.pop(0)
        found = records.get(later.instrument)
        if not isinstance(found, FundingInstrument) or found.id in seen:
            continue
        if not has_ended(found, today):
            return found, later.since
        seen.add(found.id)
        frontier.extend(found.successors)
    return None


def named_record(scheme: FundingInstrument, since: PartialDate | None = None) -> NamedRecord:
    """Return a scheme as something an answer speaks of."""
    return NamedRecord(id=scheme.id, name=scheme.name, since=since)
