"""What a case is, the states it can be in, and the ways between them.

Invariant: `TRANSITIONS` is the one table of what may follow what; everything that moves a case, or offers to, reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar

from corpus.errors import MellomromError
from corpus.text import Frozen, Language


class CaseState(StrEnum):
    """How far a case has come."""

    ASKED = "asked"
    """Somebody asked; the broker has not written to the partner yet."""
    SENT = "sent"
    TAKEN = "taken"
    """The partner said yes."""
    DECLINED = "declined"
    """The partner said that it is nothing for it."""
    NO_REPLY = "no_reply"
    MEETING = "meeting"
    APPLICATION = "application"
    GRANTED = "granted"
    REFUSED = "refused"
    RESUBMIT = "resubmit"
    """Refused once, and worked on for another try."""
    DROPPED = "dropped"


class CaseReason(StrEnum):
    """Why a case went no further."""

    CAPACITY = "capacity"
    TIMING = "timing"
    NOT_OUR_NEED = "not_our_need"
    NO_PARTNER = "no_partner"
    OWN_CONTRIBUTION = "own_contribution"
    NOT_ELIGIBLE = "not_eligible"
    SOLVED_OTHERWISE = "solved_otherwise"
    NO_ANSWER = "no_answer"
    QUALITY = "quality"
    OTHER = "other"


TRANSITIONS: Mapping[CaseState, tuple[CaseState, ...]] = {
    CaseState.ASKED: (CaseState.SENT, CaseState.DROPPED),
    CaseState.SENT: (CaseState.TAKEN, CaseState.DECLINED, CaseState.NO_REPLY, CaseState.DROPPED),
    CaseState.NO_REPLY: (CaseState.SENT, CaseState.TAKEN, CaseState.DECLINED, CaseState.DROPPED),
    CaseState.TAKEN: (CaseState.MEETING, CaseState.APPLICATION, CaseState.DROPPED),
    CaseState.MEETING: (CaseState.APPLICATION, CaseState.DROPPED),
    CaseState.APPLICATION: (CaseState.GRANTED, CaseState.REFUSED, CaseState.DROPPED),
    CaseState.REFUSED: (CaseState.RESUBMIT, CaseState.DROPPED),
    CaseState.RESUBMIT: (CaseState.APPLICATION, CaseState.DROPPED),
    CaseState.DECLINED: (),
    CaseState.GRANTED: (),
    CaseState.DROPPED: (),
}
"""Where a case can go from each state; nowhere once it has ended."""
NEEDS_REASON = frozenset({CaseState.DECLINED, CaseState.REFUSED, CaseState.DROPPED})
"""The states that a case comes to only with a reason."""
ENDED = frozenset(state for state, onward in TRANSITIONS.items() if not onward)
"""The states in which nothing more happens."""


class CaseAction(StrEnum):
    """What an event tells of."""

    OPENED = "opened"
    MOVED = "moved"
    NOTED = "noted"
    """A note among brokers."""
    TOLD = "told"
    """A note that the asker sees too."""
    ASSIGNED = "assigned"
    REMINDED = "reminded"
    SEEN = "seen"
    """A broker has seen what was changed in the call that the case rests on."""
    REPLIED = "replied"
    """The partner answered, by the link in the letter or by mail."""
    UNDONE = "undone"
    """The last move was taken back, before anybody outside was told."""
    CORRECTED = "corrected"
    """The last move was wrong, and the case is back where it was."""
    ERASED = "erased"
    """What somebody wrote was taken away, at their wish or because its time was up."""


TOLD_TO_ASKER = frozenset(
    {CaseAction.OPENED, CaseAction.MOVED, CaseAction.TOLD, CaseAction.CORRECTED, CaseAction.ERASED}
)
"""What an asker is told of a case; the rest is among brokers."""


class PartnerAnswer(StrEnum):
    """What a partner answers to a letter."""

    YES = "yes"
    MAYBE = "maybe"
    NOT_NOW = "not_now"
    NOT_FOR_US = "not_for_us"
    ASK_OTHER = "ask_other"
    """Somebody else should be asked."""
    WRITTEN = "written"
    """In words, by mail; what it comes to, the broker reads."""


REFUSALS: Mapping[PartnerAnswer, CaseReason] = {
    PartnerAnswer.NOT_NOW: CaseReason.TIMING,
    PartnerAnswer.NOT_FOR_US: CaseReason.NOT_OUR_NEED,
    PartnerAnswer.ASK_OTHER: CaseReason.OTHER,
}
"""The answers by which a case ends with this partner, and why."""


class Case(Frozen):
    """A suggestion that is followed up."""

    id: str
    log_id: str
    record_id: str | None
    """What was suggested; None where the broker is asked and no record."""
    question: str
    note: str | None
    """What the asker added."""
    asker: str
    """A pseudonym."""
    channel: str
    tenant: str
    reply_to: str | None
    kommunenummer: str | None
    language: Language
    """The language the asker reads."""
    state: CaseState
    state_since: date
    assigned_to: str | None
    opened_at: datetime
    updated_at: datetime
    version: int

    @property
    def onward(self) -> tuple[CaseState, ...]:
        """Return where it can go from here."""
        return TRANSITIONS[self.state]


class CountedCase(NamedTuple):
    """Of a case what figures are made of."""

    id: str
    state: CaseState
    opened_at: datetime
    kommunenummer: str | None


class CaseOutline(NamedTuple):
    """Of a case what lists of thousands are put in order by."""

    id: str
    log_id: str
    record_id: str | None
    assigned_to: str | None
    kommunenummer: str | None
    state: CaseState
    state_since: date
    opened_at: datetime


class CaseEvent(Frozen):
    """One thing that happened to a case."""

    id: int
    case_id: str
    at: datetime
    by: str
    action: CaseAction
    from_state: CaseState | None
    to_state: CaseState | None
    reason: CaseReason | None
    note: str | None


class AskerEvent(Frozen):
    """One thing that happened to a case, as its asker is told of it: not by whom, and no note among brokers."""

    at: datetime
    action: CaseAction
    to_state: CaseState | None
    reason: CaseReason | None
    note: str | None
    """What brokers wrote to them."""


def events_for_asker(events: Iterable[CaseEvent]) -> list[AskerEvent]:
    """Return what an asker is told of what happened to a case, on a page and in a file alike."""
    return [
        AskerEvent(
            at=event.at,
            action=event.action,
            to_state=event.to_state,
            reason=event.reason,
            note=event.note if event.action is CaseAction.TOLD else None,
        )
        for event in without_undone(events)
        if event.action in TOLD_TO_ASKER
    ]


class Move(NamedTuple):
    """A move of a case, or that one was taken back, as figures need it."""

    at: datetime
    action: CaseAction
    to_state: CaseState | None
    reason: CaseReason | None


Happened = TypeVar("Happened", CaseEvent, Move)


def without_undone(events: Iterable[Happened], *, corrected: bool = False) -> list[Happened]:
    """Return events without the moves that were taken back, and without that they were.

    Args:
        events: In order.
        corrected: Whether moves that were corrected later are left out too, as where moves are counted.
    """
    taken_back = {CaseAction.UNDONE, CaseAction.CORRECTED} if corrected else {CaseAction.UNDONE}
    kept: list[Happened] = []
    for event in events:
        if event.action not in taken_back:
            kept.append(event)
        elif (last := next((one for one in reversed(kept) if one.action == CaseAction.MOVED), None)) is not None:
            kept.remove(last)
    return kept


class NewCase(Frozen):
    """What a case is opened with."""

    log_id: str
    record_id: str | None
    question: str
    note: str | None
    asker: str
    channel: str
    tenant: str
    reply_to: str | None
    kommunenummer: str | None
    language: Language


class CaseError(MellomromError):
    """A case cannot be found or changed as asked."""


class UnknownCaseError(CaseError):
    """No case has that id."""


class NoteError(CaseError):
    """A note is empty or too long."""


class EmptyNoteError(NoteError):
    """A note says nothing."""


class TransitionError(CaseError):
    """A case cannot go from where it is to where it was asked to go, or not without a reason."""

    def __init__(self, told: str, before: CaseState, after: CaseState) -> None:
        super().__init__(told)
        self.before = before
        self.after = after


class NoReasonError(TransitionError):
    """A case can go there, but only with a reason."""


class StaleCaseError(CaseError):
    """Somebody else has changed the case since it was read."""

    def __init__(self, told: str, state: CaseState) -> None:
        super().__init__(told)
        self.state = state
        """How it stands now."""
