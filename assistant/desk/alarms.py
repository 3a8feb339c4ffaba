"""Partners and schemes that things go badly with: no reply, declined, or not for those who asked.

Invariant: an alarm tells of what happened, in numbers, and how many it is of; who asked is not told. One that a broker
has seen comes back only when more of the same has happened.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import delete, func, select

from assistant.cases.cases import CaseState
from assistant.history.log_entries import EntryKind
from assistant.history.tables import CaseRow, LogRow, MarkRow
from assistant.platform.messages import Messages
from assistant.service.container import Runtime
from assistant.service.messages import ActionType
from corpus.clock import utc_now

_NOT_SENT = {CaseState.ASKED.value, CaseState.DROPPED.value}
"""States of cases that say nothing of the partner."""


class AlarmKind(StrEnum):
    """What went badly."""

    NO_REPLY = "no_reply"
    DECLINED = "declined"
    NOT_FOR_US = "not_for_us"
    """Those who asked turned it down."""


class Alarm(NamedTuple):
    """Something that went badly more often than the installation wants."""

    record_id: str
    kind: AlarmKind
    times: int
    of: int
    """Of how many: cases where a letter was sent, or times that somebody decided on the suggestion."""


def alarms(runtime: Runtime, record_id: str | None = None, *, unseen: bool = False) -> list[Alarm]:
    """Return what went badly of late, the worst first.

    Args:
        runtime: What stands behind the desk.
        record_id: The record that is looked at; all where None.
        unseen: Whether those that a broker has seen are left out.
    """
    settings = runtime.settings
    since = utc_now() - timedelta(days=settings.alarm_days)
    cases = select(CaseRow.record_id, CaseRow.state, func.count()).where(
        CaseRow.opened_at >= since, CaseRow.record_id != ""
    )
    acts = select(LogRow.record_id, LogRow.outcome, func.count()).where(
        LogRow.kind == EntryKind.ACT,
        LogRow.at >= since,
        LogRow.record_id.is_not(None),
        LogRow.outcome.in_([ActionType.NOT_FOR_US, ActionType.INTRODUCE]),
    )
    if record_id is not None:
        cases, acts = cases.where(CaseRow.record_id == record_id), acts.where(LogRow.record_id == record_id)
    with runtime.database.reading() as session:
        states = session.execute(cases.group_by(CaseRow.record_id, CaseRow.state)).all()
        decided = session.execute(acts.group_by(LogRow.record_id, LogRow.outcome)).all()
        seen = dict(
            session.execute(select(MarkRow.name, MarkRow.number).where(MarkRow.name.startswith("alarm:"))).all()
        )
    raised = [*_of_cases(states), *_of_acts(decided)]
    worst = [
        one
        for one in raised
        if one.times >= settings.alarm_cases
        and 100 * one.times >= settings.alarm_percent * one.of
        and not (unseen and one.times <= seen.get(_mark(one), 0))
    ]
    return sorted(worst, key=lambda one: (-one.times / one.of, -one.times, one.record_id, one.kind))


def see(runtime: Runtime, record_id: str) -> bool:
    """Note that a broker has seen what went badly with a record; tell whether there was anything to see."""
    unseen = alarms(runtime, record_id, unseen=True)
    with runtime.database.writing() as session:
        for one in unseen:
            session.merge(MarkRow(name=_mark(one), number=one.times))
    return bool(unseen)


def unsee(runtime: Runtime, record_id: str) -> bool:
    """Take back that a broker has seen it; tell whether anything was taken back."""
    names = [_mark(Alarm(record_id, kind, 0, 1)) for kind in AlarmKind]
    with runtime.database.writing() as session:
        gone = session.execute(delete(MarkRow).where(MarkRow.name.in_(names)).returning(MarkRow.name))
        return bool(gone.all())


def alarm_sentence(alarm: Alarm, catalog: Messages) -> str:
    """Return what went badly, in words: "Ikke svart på 4 av 6 henvendelser"."""
    return catalog.text(f"alarm.{alarm.kind}", count=alarm.times, of=alarm.of)


def _of_cases(states: Iterable[tuple[str, str, int]]) -> list[Alarm]:
    sent: Counter[str] = Counter()
    bad: Counter[tuple[str, AlarmKind]] = Counter()
    kinds = {CaseState.NO_REPLY.value: AlarmKind.NO_REPLY, CaseState.DECLINED.value: AlarmKind.DECLINED}
    for record_id, state, count in states:
        if state not in _NOT_SENT:
            sent[record_id] += count
        if state in kinds:
            bad[record_id, kinds[state]] += count
    return [Alarm(record_id, kind, count, sent[record_id]) for (record_id, kind), count in bad.items()]


def _of_acts(decided: Iterable[tuple[str | None, str, int]]) -> list[Alarm]:
    of: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for record_id, outcome, count in decided:
        if record_id is not None:
            of[record_id] += count
            refused[record_id] += count if outcome == ActionType.NOT_FOR_US else 0
    return [Alarm(one, AlarmKind.NOT_FOR_US, count, of[one]) for one, count in refused.items() if count]


def _mark(alarm: Alarm) -> str:
    return f"alarm:{hashlib.sha256(f'{alarm.record_id} {alarm.kind}'.encode()).hexdigest()[:24]}"
