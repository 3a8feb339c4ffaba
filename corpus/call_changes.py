"""What changed in the calls of a scheme between two versions of its record: dates, amounts, rules.

Invariant: a change tells the old value and the new one as data; whoever shows it puts it into words. Sources, titles
and addresses are no change of a call.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import select

from corpus.criteria import Criterion
from corpus.database import Database
from corpus.records import Amount, Call, FundingInstrument, Kind
from corpus.tables import RevisionRow
from corpus.text import LangText

_MOST = 2_000
"""Revisions that are looked at, the newest."""


class Changed(StrEnum):
    """What of a call was changed."""

    NEW = "new"
    GONE = "gone"
    OPENS = "opens"
    DEADLINE = "deadline"
    AMOUNT = "amount"
    RULE = "rule"


class CallChange(NamedTuple):
    """A difference between two versions of a call."""

    what: Changed
    title: LangText
    """What the call is called."""
    old: tuple[str | LangText | Amount, ...]
    """Dates, amounts or texts as they were; none where there was nothing."""
    new: tuple[str | LangText | Amount, ...]


class SchemeChange(NamedTuple):
    """What somebody changed in the calls of a scheme, and when."""

    record_id: str
    version: int
    name: LangText
    at: datetime
    by: str
    changes: tuple[CallChange, ...]


def call_changes(old: FundingInstrument, new: FundingInstrument) -> tuple[CallChange, ...]:
    """Return what changed in the calls of a scheme."""
    before, after = {call.id: call for call in old.calls}, {call.id: call for call in new.calls}
    found: list[CallChange] = []
    for call_id, call in after.items():
        if call_id in before:
            found += _differences(before[call_id], call)
        else:
            found.append(CallChange(Changed.NEW, call.title, (), _days(call)))
    gone = (call for call_id, call in before.items() if call_id not in after)
    return (*found, *(CallChange(Changed.GONE, call.title, _days(call), ()) for call in gone))


def changes_since(database: Database, since: datetime) -> list[SchemeChange]:
    """Return what was changed in the calls of schemes since a moment, the newest first."""
    # By the index of the ids, so that a desk without changes costs what it shows.
    schemes = RevisionRow.record_id.between(f"{Kind.INSTRUMENT}:", f"{Kind.INSTRUMENT};")
    wanted = (
        select(RevisionRow)
        .where(schemes, RevisionRow.at >= since, RevisionRow.changes.contains('"calls"'))
        .order_by(RevisionRow.id.desc())
        .limit(_MOST)
    )
    found = []
    with database.reading() as session:
        for row in session.scalars(wanted):
            before = session.scalar(
                select(RevisionRow)
                .where(RevisionRow.record_id == row.record_id, RevisionRow.id < row.id)
                .order_by(RevisionRow.id.desc())
                .limit(1)
            )
            if before is None:
                continue
            old, new = _read(before.snapshot), _read(row.snapshot)
            if old and new and (changes := call_changes(old, new)):
                found.append(SchemeChange(row.record_id, row.version, new.name, row.at, row.actor, changes))
    return found


def _read(snapshot: str) -> FundingInstrument | None:
    """Return a version of a scheme; None for one that an older release wrote in a shape that is gone."""
    try:
        return FundingInstrument.model_validate_json(snapshot)
    except ValidationError:
        return None


def _differences(old: Call, new: Call) -> Iterator[CallChange]:
    pairs = (
        (Changed.OPENS, _as_tuple(old.opens_on), _as_tuple(new.opens_on)),
        (Changed.DEADLINE, _days(old), _days(new)),
    )
    for what, before, after in pairs:
        if before != after:
            yield CallChange(what, new.title, before, after)
    amounts = _amounts(old), _amounts(new)
    if amounts[0] != amounts[1]:
        yield CallChange(Changed.AMOUNT, new.title, *map(tuple, amounts))
    before_rules, after_rules = list(_rules(old)), list(_rules(new))
    removed = tuple(rule for rule in before_rules if rule not in after_rules)
    added = tuple(rule for rule in after_rules if rule not in before_rules)
    if removed or added:
        yield CallChange(Changed.RULE, new.title, removed, added)
    elif [_demand(criterion) for criterion in old.criteria] != [_demand(criterion) for criterion in new.criteria]:
        yield CallChange(Changed.RULE, new.title, (), tuple(criterion.text for criterion in new.criteria))


def _as_tuple(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _days(call: Call) -> tuple[str, ...]:
    return tuple(sorted(deadline.on.isoformat() for deadline in call.deadlines)) or _as_tuple(call.closed_on)


def _amounts(call: Call) -> list[Amount]:
    """Return the amounts of a call without what is no part of the sum."""
    if not call.amounts:
        return []
    source = call.amounts[0].source
    return [amount.model_copy(update={"source": source, "note": None}) for amount in call.amounts]


def _rules(call: Call) -> Iterator[LangText]:
    for statement in (*call.applicants, *call.partners, *call.conditions):
        yield statement.text


def _demand(criterion: Criterion) -> str:
    return criterion.model_dump_json(exclude={"source", "id"})
