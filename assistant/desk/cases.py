"""The cases as the brokers see them, in lists; one with everything about it is a `case_page.CasePage`.

Invariant: everything here is read from cases and records as they are; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from assistant.cases.cases import Case, CaseOutline, CaseState
from assistant.platform.areas import Area
from assistant.platform.messages import Messages
from assistant.render.cases import case_title, state_sentence
from assistant.service.container import Runtime


class CaseLine(NamedTuple):
    """A case in a list."""

    case: Case
    title: str
    told: str
    due_on: date | None


COLUMN = 20
"""Cases of a state that are shown beside those of others."""


class Column(NamedTuple):
    """The cases in one state."""

    state: CaseState
    name: str
    lines: Sequence[CaseLine]
    """The first ones of them."""
    total: int


class BoardQuery(NamedTuple):
    """Which cases are shown."""

    only: CaseState | None = None
    """The one state; of all, the first cases of each, where None."""
    page: int = 1
    """Of that one state, as many cases at a time as of each where all are shown."""
    area: Area = Area()
    broker: str | None = None
    """Whose cases are shown wherever they are from."""


def board(runtime: Runtime, today: date, catalog: Messages, wanted: BoardQuery) -> list[Column]:
    """Return the cases by state, those first that are due first; states without cases are left out."""
    here: dict[CaseState, list[tuple[CaseOutline, date | None]]] = {state: [] for state in CaseState}
    states = list(CaseState) if wanted.only is None else [wanted.only]
    for case, due_on in runtime.followup.in_order(runtime.referrals.outlines(states), today):
        if wanted.area.covers(case.kommunenummer) or (wanted.broker and case.assigned_to == wanted.broker):
            here[case.state].append((case, due_on))
    begin = COLUMN * (wanted.page - 1)
    shown = {state: some[begin : begin + COLUMN] for state, some in here.items()}
    due = {case.id: due_on for some in shown.values() for case, due_on in some}
    whole = [(case, due[case.id]) for case in runtime.referrals.having(due)]
    by_case = {one.case.id: one for one in lines(runtime, whole, catalog)}
    return [
        Column(
            state,
            catalog.text(f"case.state.{state}"),
            [by_case[case.id] for case, _ in shown[state] if case.id in by_case],
            len(some),
        )
        for state, some in here.items()
        if some
    ]


def lines(runtime: Runtime, cases: Sequence[tuple[Case, date | None]], catalog: Messages) -> list[CaseLine]:
    """Return cases, each with the day it is due on if it is, as they stand in a list."""
    records = runtime.store.get_many([case.record_id for case, _ in cases if case.record_id])
    return [
        CaseLine(case, case_title(case, records.get(case.record_id or ""), catalog), state_sentence(case, catalog), due)
        for case, due in cases
    ]
