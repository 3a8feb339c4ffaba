"""What the broker's desk shows, whatever it is shown on.

Invariant: everything here is read from records, cases and the log as they are; nothing is kept.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from assistant.answers import Outcome
from assistant.cases import Case, CaseAction, CaseEvent, CaseState
from assistant.letters import Letter
from assistant.matchlog import EntryKind
from assistant.messages import Messages
from assistant.opening import Runtime
from assistant.render.cases import case_title, reminder_sentence, state_sentence
from assistant.schemes import current_call, has_ended
from corpus.files import Record
from corpus.records import Actor, CurationState, FundingInstrument, Kind, ProjectIdea
from corpus.text import Language

SOON = timedelta(days=30)
"""How far ahead deadlines are told."""
CHECKED_EVERY = timedelta(days=365)
"""How long a record holds before somebody should hold it against its sources again."""
_SHOWN = 20


class Line(NamedTuple):
    """A case in a list."""

    case: Case
    title: str
    told: str
    due_on: date | None


class Unanswered(NamedTuple):
    """A question that nothing fitted well."""

    at: datetime
    question: str
    outcome: Outcome


class Coming(NamedTuple):
    """A deadline that is near."""

    scheme_id: str
    name: str
    on: date


class Today(NamedTuple):
    """What waits today."""

    new: Sequence[Line]
    due: Sequence[Line]
    unanswered: Sequence[Unanswered]
    deadlines: Sequence[Coming]
    drafts: Sequence[str]
    to_check: int
    """Records that nobody has held against their sources for a year."""


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
    contact: str | None
    """How the asker wants to be reached, where they said so."""
    due_on: date | None
    onward: Sequence[tuple[CaseState, str]]
    steps: Sequence[Step]
    letter: Letter


def today_at_desk(runtime: Runtime, today: date, catalog: Messages) -> Today:
    """Return what waits for the brokers on a day."""
    new = runtime.referrals.cases(states=[CaseState.ASKED])
    due = runtime.followup.due(today)
    return Today(
        new=_lines(runtime, [(one, None) for one in new], catalog),
        due=[
            Line(one.case, _title(runtime, one.case, catalog), reminder_sentence(one, catalog), one.due_on)
            for one in due
        ],
        unanswered=_unanswered(runtime),
        deadlines=_deadlines(runtime, today, catalog),
        drafts=runtime.store.ids(state=CurationState.DRAFT),
        to_check=sum(_is_due(record, today) for record in runtime.store.records()),
    )


def board(runtime: Runtime, today: date, catalog: Messages) -> list[Column]:
    """Return the cases by state, those first that are due first; states without cases are left out."""
    due = {case.id: on for case, on in runtime.followup.queue(today)}
    cases = sorted(runtime.referrals.cases(), key=lambda one: (due.get(one.id) or date.max, one.opened_at))
    columns = []
    for state in CaseState:
        here = [(one, due.get(one.id)) for one in cases if one.state is state]
        if here:
            columns.append(Column(state, catalog.text(f"case.state.{state}"), _lines(runtime, here, catalog)))
    return columns


def case_file(runtime: Runtime, case_id: str, catalog: Messages, language: Language | None) -> CaseFile:
    """Return a case with everything a broker needs of it; the letter is in the language given, or the receiver's.

    Raises:
        UnknownCaseError: no case has that id.
    """
    case = runtime.referrals.get(case_id)
    return CaseFile(
        case=case,
        title=_title(runtime, case, catalog),
        state=state_sentence(case, catalog),
        municipality=runtime.municipality_name(case.kommunenummer, catalog.language) or case.kommunenummer,
        contact=contact_of(case),
        due_on=runtime.followup.due_on(case) if case.onward else None,
        onward=[(state, catalog.text(f"case.move.{state}")) for state in case.onward],
        steps=[_step(event, catalog) for event in runtime.referrals.events(case_id)],
        letter=runtime.letter(case_id, language),
    )


def contact_of(case: Case) -> str | None:
    """Return how an asker wants to be reached, where they wrote it; None where only their channel reaches them."""
    try:
        kept = json.loads(case.reply_to or "{}")
    except ValueError:
        return None
    return str(kept["contact"]) if isinstance(kept, dict) and kept.get("contact") else None


def _title(runtime: Runtime, case: Case, catalog: Messages) -> str:
    return case_title(case, runtime.store.find(case.record_id), catalog)


def _lines(runtime: Runtime, cases: Sequence[tuple[Case, date | None]], catalog: Messages) -> list[Line]:
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


def _unanswered(runtime: Runtime) -> list[Unanswered]:
    from assistant.service import Shown

    log = runtime.service.log
    entries = [
        entry
        for outcome in (Outcome.NO_MATCH, Outcome.UNCERTAIN)
        for entry in log.entries(kind=EntryKind.ANSWER, outcome=outcome, newest_first=True, limit=_SHOWN)
    ]
    found = [
        Unanswered(entry.at, Shown.model_validate_json(entry.text).question, Outcome(entry.outcome))
        for entry in entries
        if entry.text is not None
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:_SHOWN]


def _deadlines(runtime: Runtime, today: date, catalog: Messages) -> list[Coming]:
    coming = []
    for record in runtime.store.records(Kind.INSTRUMENT):
        if isinstance(record, FundingInstrument) and not has_ended(record, today):
            call = current_call(record, today)
            deadline = call.next_deadline(today) if call else None
            if deadline and deadline <= today + SOON:
                coming.append(Coming(record.id, record.name.best(catalog.language).text, deadline))
    return sorted(coming, key=lambda one: (one.on, one.scheme_id))


def _is_due(record: Record, today: date) -> bool:
    if not isinstance(record, Actor | FundingInstrument | ProjectIdea):
        return False
    return record.checked_on is None or record.checked_on + CHECKED_EVERY < today
