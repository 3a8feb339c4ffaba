"""What somebody should hold against its sources, why, and since when.

Invariant: the day is given in, never read from a clock here. A call is due by its own dates, a record by how long it
holds, counted from the day somebody checked it, or else from the newest date that any of its sources bears: what rests
on a page of last week is not due, what rests on one of 2022 is. What cannot change any more (an ended scheme, a
finished project) and what a register keeps is never due, unless its address is dead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from assistant.funding.calendar import expected_round
from assistant.funding.schemes import current_call, has_ended
from assistant.platform.settings import Settings
from corpus.files import Record, iter_models, kind_of
from corpus.links import Link, addresses
from corpus.records import Actor, CurationState, FundingInstrument, IdeaStage, Kind, ProjectIdea
from corpus.terms import Source
from corpus.text import LangText, PartialDate, first_day, last_day


class DueReason(StrEnum):
    """Why somebody should look, the most pressing first."""

    DEAD_LINK = "dead_link"
    OPENED = "opened"
    """A call that was planned should have opened."""
    EXPECTED = "expected"
    """A round that comes back is near."""
    PASSED = "passed"
    """The last deadline known has passed."""
    INTERVAL = "interval"
    """It was checked, but long ago."""
    OLD_SOURCE = "old_source"
    """Nobody has checked it, and its newest source is older than it holds."""
    NEVER = "never"
    """Nobody has checked it, and none of its sources bears a date."""


_PRESSING = {reason: number for number, reason in enumerate(DueReason)}


class CheckIntervals(NamedTuple):
    """How many days records hold."""

    scheme: int = 90
    actor: int = 365
    project: int = 365
    call: int = 60
    """Days before an expected deadline from which it is due."""

    @classmethod
    def of(cls, settings: Settings) -> CheckIntervals:
        """Return those that are set."""
        return cls(
            settings.check_scheme_days,
            settings.check_actor_days,
            settings.check_project_days,
            settings.check_call_days,
        )


class DueRecord(NamedTuple):
    """A record that is due."""

    record_id: str
    kind: Kind
    name: LangText
    reason: DueReason
    since: date | None
    """From when; None where nothing tells."""
    checked_on: date | None
    dead: tuple[str, ...] = ()
    """Its addresses that are dead."""


class RecordUsage(NamedTuple):
    """What rests on a record."""

    cases: tuple[str, ...] = ()
    """Ids of open cases about it."""
    needs: int = 0
    """Needs of late whose answer showed it."""
    saved: int = 0
    """Saved needs whose askers hear of it."""

    @property
    def is_used(self) -> bool:
        """Whether anything rests on it: somebody may be told it this week."""
        return bool(self.cases or self.needs or self.saved)


def newest_source(record: Record) -> PartialDate | None:
    """Return the newest date that any source of a record bears, as precisely as it is known; None where none does."""
    dates = [model.as_of for _, model in iter_models(record) if isinstance(model, Source) and model.as_of]
    return max(dates, key=first_day, default=None)


def due(
    records: Sequence[Record],
    dead: Mapping[str, Link],
    today: date,
    intervals: CheckIntervals = CheckIntervals(),  # noqa: B008
) -> list[DueRecord]:
    """Return the records that are due on a day, in the order of their ids."""
    due_records = []
    for record in records:
        # Nobody is told what is not published.
        if (
            not isinstance(record, Actor | FundingInstrument | ProjectIdea)
            or record.state is not CurationState.PUBLISHED
        ):
            continue
        gone = tuple(address for address in addresses(record) if address in dead) if dead else ()
        reason = _why(record, gone, dead, today, intervals)
        if reason is not None:
            due_records.append(
                DueRecord(record.id, kind_of(record.id), record.name, reason[0], reason[1], record.checked_on, gone)
            )
    return sorted(due_records, key=lambda one: one.record_id)


def in_order(some: Sequence[DueRecord], touched: Mapping[str, RecordUsage]) -> list[DueRecord]:
    """Return what is due with what is needed most first: dead links, what open cases rest on, then by reason."""
    nothing = RecordUsage()

    def weight(one: DueRecord) -> tuple[object, ...]:
        rests = touched.get(one.record_id, nothing)
        schemes_first = 0 if one.kind is Kind.INSTRUMENT else 1
        pressing = _PRESSING[one.reason]
        return (
            one.reason is not DueReason.DEAD_LINK,
            not rests.cases,
            schemes_first,
            pressing,
            -rests.saved,
            -rests.needs,
            # Of deadlines that passed the latest comes first: that scheme is most likely to be announced again.
            (one.since or date.max).toordinal() * (-1 if one.reason is DueReason.PASSED else 1),
            one.record_id,
        )

    return sorted(some, key=weight)


def may_be_due(plain: Mapping[str, object]) -> bool:
    """Tell whether a record given as plain data may ever be due, dead links aside, without reading it whole."""
    match kind_of(str(plain["id"])):
        case Kind.CONCEPT:
            return False
        case Kind.IDEA:
            origin = plain.get("origin")
            imported = isinstance(origin, Mapping) and origin.get("registry")
            return plain.get("stage") == IdeaStage.RUNNING and not imported
    return True


def _why(
    record: Actor | FundingInstrument | ProjectIdea,
    gone: Sequence[str],
    dead: Mapping[str, Link],
    today: date,
    intervals: CheckIntervals,
) -> tuple[DueReason, date | None] | None:
    # Who looked at a record since has seen that the address is dead.
    fresh = [dead[one].checked_at.date() for one in gone]
    if fresh and (record.checked_on is None or record.checked_on <= max(fresh)):
        return DueReason.DEAD_LINK, min(dead[one].failing_since or dead[one].checked_at.date() for one in gone)
    match record:
        case FundingInstrument():
            if has_ended(record, today):
                return None
            dates = sorted(_dates(record, today, intervals.call), key=lambda one: _PRESSING[one[0]])
            if dates:
                return dates[0]
            days = intervals.scheme
        case Actor():
            if record.dissolved_on and last_day(record.dissolved_on) < today:
                return None
            days = intervals.actor
        case ProjectIdea():
            if record.stage is not IdeaStage.RUNNING or record.origin.registry:
                return None
            days = intervals.project
    held = _held_on(record)
    if held is None:
        return DueReason.NEVER, None
    since = held + timedelta(days=days)
    if since > today:
        return None
    return (DueReason.INTERVAL if record.checked_on else DueReason.OLD_SOURCE), since


def _held_on(record: Actor | FundingInstrument | ProjectIdea) -> date | None:
    """Return the day until which a record is known to have held: when it was checked, or what its sources tell of."""
    newest = newest_source(record)
    return record.checked_on or (first_day(newest) if newest else None)


def _dates(scheme: FundingInstrument, today: date, ahead: int) -> Iterator[tuple[DueReason, date]]:
    """Yield the dates of a scheme's calls that came since it was checked, or since what its sources tell of."""
    checked = _held_on(scheme) or date.min
    call = current_call(scheme, today)
    deadlines = [one.on for one in (deadline for call in scheme.calls for deadline in call.deadlines)]
    passed = max((on for on in deadlines if on < today), default=None)
    if passed is not None and checked <= passed and not any(on >= today for on in deadlines):
        yield DueReason.PASSED, passed + timedelta(days=1)
    if call is not None and call.opens_on and checked < (on := first_day(call.opens_on)) <= today:
        yield DueReason.OPENED, on
    expected = expected_round(scheme, today)
    if expected is not None:
        near = first_day(expected.on) - timedelta(days=ahead)
        if checked < near <= today and not any(on >= today for on in deadlines):
            yield DueReason.EXPECTED, near
