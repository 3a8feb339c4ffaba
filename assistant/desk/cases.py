"""The cases as the brokers see them: the board, and one case with everything about it.

Invariant: everything here is read from cases and records as they are; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from assistant.cases.cases import Case, CaseAction, CaseEvent, CaseState
from assistant.desk.changed_calls import ChangedCall, changed_calls
from assistant.desk.letters import Letter, letter_of
from assistant.platform.messages import Messages
from assistant.render.cases import case_title, state_sentence
from assistant.service.container import Runtime
from corpus.places import municipality_name
from corpus.text import Language


class Line(NamedTuple):
    """A case in a list."""

    case: Case
    title: str
    told: str
    due_on: date | None


class Column(NamedTuple):
    """The cases in one state."""

    state: CaseState
    name: str
    lines: Sequence[Line]


class Step(NamedTuple):
    """Something that happened to a case."""

    at: datetime
    by: str
    told: str
    note: str | None


class CaseFile(NamedTuple):
    """A case with everything a broker needs of it."""

    case: Case
    title: str
    state: str
    municipality: str | None
    due_on: date | None
    onward: Sequence[tuple[CaseState, str]]
    steps: Sequence[Step]
    letter: Letter
    changed: Sequence[ChangedCall]
    """Changes of calls that it rests on, which no broker has seen to."""


def board(runtime: Runtime, today: date, catalog: Messages) -> list[Column]:
    """Return the cases by state, those first that are due first; states without cases are left out."""
    due = {case.id: on for case, on in runtime.followup.queue(today)}
    cases = sorted(runtime.referrals.cases(), key=lambda one: (due.get(one.id) or date.max, one.opened_at))
    columns = []
    for state in CaseState:
        here = [(one, due.get(one.id)) for one in cases if one.state is state]
        if here:
            columns.append(Column(state, catalog.text(f"case.state.{state}"), lines(runtime, here, catalog)))
    return columns


def case_file(runtime: Runtime, case_id: str, catalog: Messages, language: Language | None) -> CaseFile:
    """Return a case with everything a broker needs of it; the letter is in the language given, or the receiver's.

    Raises:
        UnknownCaseError: no case has that id.
    """
    case = runtime.referrals.get(case_id)
    return CaseFile(
        case=case,
        title=case_title(case, runtime.store.find(case.record_id), catalog),
        state=state_sentence(case, catalog),
        municipality=municipality_name(case.kommunenummer) or case.kommunenummer,
        due_on=runtime.followup.due_on(case) if case.onward else None,
        onward=[(state, catalog.text(f"case.move.{state}")) for state in case.onward],
        steps=[_step(event, catalog) for event in runtime.referrals.events(case_id)],
        letter=letter_of(runtime, case_id, language),
        changed=changed_calls(runtime, [case], catalog) if case.onward else (),
    )


def lines(runtime: Runtime, cases: Sequence[tuple[Case, date | None]], catalog: Messages) -> list[Line]:
    """Return cases, each with the day it is due on if it is, as they stand in a list."""
    records = runtime.store.get_many([case.record_id for case, _ in cases if case.record_id])
    return [
        Line(case, case_title(case, records.get(case.record_id or ""), catalog), state_sentence(case, catalog), due)
        for case, due in cases
    ]


def _step(event: CaseEvent, catalog: Messages) -> Step:
    by = catalog.text("desk.asker") if event.action is CaseAction.OPENED else event.by
    note = event.note
    match event.action:
        case CaseAction.MOVED if event.from_state and event.to_state:
            states = {name: catalog.text(f"case.state.{state}") for name, state in
                      (("from_state", event.from_state), ("to_state", event.to_state))}  # fmt: skip
            told = catalog.text("case.action.moved", **states)
            if event.reason:
                told = f"{told} ({catalog.text(f'case.reason.{event.reason}')})"
        case CaseAction.ASSIGNED | CaseAction.REMINDED:
            key = "unassigned" if event.action is CaseAction.ASSIGNED and not event.note else event.action.value
            told, note = catalog.text(f"case.action.{key}", note=event.note or ""), None
        case _:
            told = catalog.text(f"case.action.{event.action}")
    return Step(event.at, by, told, note)
