"""The cases as the brokers see them, in lists; one with everything about it is a `case_page.CasePage`.

Invariant: everything here is read from cases and records as they are; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from assistant.cases.cases import Case, CaseState
from assistant.platform.messages import Messages
from assistant.render.cases import case_title, state_sentence
from assistant.service.container import Runtime


class CaseLine(NamedTuple):
    """A case in a list."""

    case: Case
    title: str
    told: str
    due_on: date | None


class Column(NamedTuple):
    """The cases in one state."""

    state: CaseState
    name: str
    lines: Sequence[CaseLine]


def board(runtime: Runtime, today: date, catalog: Messages) -> list[Column]:
    """Return the cases by state, those first that are due first; states without cases are left out."""
    due = {case.id: on for case, on in runtime.followup.queue(today)}
    cases = sorted(runtime.referrals.cases(), key=lambda case: (due.get(case.id) or date.max, case.opened_at))
    columns = []
    for state in CaseState:
        here = [(case, due.get(case.id)) for case in cases if case.state is state]
        if here:
            columns.append(Column(state, catalog.text(f"case.state.{state}"), lines(runtime, here, catalog)))
    return columns


def lines(runtime: Runtime, cases: Sequence[tuple[Case, date | None]], catalog: Messages) -> list[CaseLine]:
    """Return cases, each with the day it is due on if it is, as they stand in a list."""
    records = runtime.store.get_many([case.record_id for case, _ in cases if case.record_id])
    return [
        CaseLine(case, case_title(case, records.get(case.record_id or ""), catalog), state_sentence(case, catalog), due)
        for case, due in cases
    ]
