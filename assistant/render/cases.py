"""Cases in words, the same for all channels.

Invariant: nothing is said of a case that it does not hold.
"""

from __future__ import annotations

import re

from assistant.cases.cases import (
    TRANSITIONS,
    Case,
    CaseError,
    CaseState,
    EmptyNoteError,
    NoReasonError,
    NoteError,
    StaleCaseError,
    TransitionError,
)
from assistant.cases.followup import Reminder
from assistant.cases.notes import MAX_NOTE
from assistant.platform.messages import Messages
from corpus.files import Record
from corpus.records import Actor, FundingInstrument, ProjectIdea


def case_title(case: Case, record: Record | None, catalog: Messages) -> str:
    """Return what a case is about: the name of what was suggested.

    Args:
        case: The case.
        record: What was suggested; None where the broker was asked, or it is no longer there.
        catalog: Of the reader's language.
    """
    if isinstance(record, Actor | FundingInstrument | ProjectIdea):
        return record.name.best(catalog.language).text
    return catalog.text("case.to_broker") if case.record_id is None else f"{case.record_id} {catalog.text('case.gone')}"


_WHO = re.compile(
    r"(?:(?:hei|hallo|heisann|hi|hello)\W+)?(?:vi|jeg|eg|we|i)\s+"
    r"(?:er|kommer fra|kjem frå|jobber i|jobbar i|arbeider i|arbeidar i|are|am|work in|work for)\s+"
    r"(?:\w[\w-]*\s+){1,4}(?:kommune|herad|fylkeskommune|municipality|county)\s*[.!:\u2013-]\s*(?=\S)",
    re.IGNORECASE,
)
"""A first sentence that tells who asks, and nothing else."""


def case_topic(question: str) -> str:
    """Return what a question is about, on one line, without a first sentence that only tells who asks."""
    flat = " ".join(question.split())
    return _WHO.sub("", flat, count=1) if _WHO.match(flat) else flat


def state_sentence(case: Case, catalog: Messages) -> str:
    """Return how a case stands."""
    return catalog.text(f"case.state.{case.state}")


def case_fault(error: CaseError, catalog: Messages) -> str:
    """Return why a case could not be changed, and what to do, in the reader's language."""
    match error:
        case NoReasonError(after=after):
            return catalog.text("case.fault.no_reason", state=catalog.text(f"case.state.{after}"))
        case TransitionError(before=before, after=after):
            ways = catalog.listed([catalog.text(f"case.state.{state}") for state in TRANSITIONS[before]])
            key = "case.fault.no_way" if ways else "case.fault.ended"
            states = {"before": catalog.text(f"case.state.{before}"), "after": catalog.text(f"case.state.{after}")}
            return catalog.text(key, **states, ways=ways)
        case StaleCaseError(state=state):
            return catalog.text("case.fault.stale", state=catalog.text(f"case.state.{state}"))
        case EmptyNoteError():
            return catalog.text("case.fault.note_empty")
        case NoteError():
            return catalog.text("case.fault.note_long", limit=catalog.number(MAX_NOTE))
        case _:
            return catalog.text("case.fault.unknown")


def reminder_sentence(reminder: Reminder, catalog: Messages) -> str:
    """Return what a case has waited for, and how long."""
    case = reminder.case
    key = case.state.value if case.state in {CaseState.ASKED, CaseState.SENT} else "waiting"
    return catalog.text(f"reminder.{key}", days=reminder.days, state=state_sentence(case, catalog))
