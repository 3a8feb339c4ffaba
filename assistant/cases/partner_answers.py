"""What a partner answers, and the signed links by which it does.

Invariant: a link is for one purpose and one thing, works until its day is over, and cannot be made by anybody without
the installation's secret. To look at what it leads to changes nothing; what was answered is always written down, and
moves the case only along `TRANSITIONS`.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from assistant.cases.cases import (
    REFUSALS,
    TRANSITIONS,
    Case,
    CaseAction,
    CaseReason,
    CaseState,
    PartnerAnswer,
    UnknownCaseError,
)
from assistant.cases.corrections import PARTNER
from assistant.cases.events import add_event, bump_version, case_of, case_row
from assistant.cases.notes import checked_note
from assistant.history.tables import CaseEventRow, CaseReplyRow
from assistant.platform.keys import Keys
from assistant.platform.workdays import norwegian_day
from corpus.clock import utc_now
from corpus.database import Database
from corpus.errors import MellomromError
from corpus.text import Frozen

MOST_ANSWERS = 20
"""Answers to one letter that are written down; more is nobody's doubt but a program."""
_MARK = re.compile(r"(?<![0-9a-z])m([0-9a-f]{16})([0-9a-f]{12})(?![0-9a-z])")
_TOKEN = re.compile(r"([0-9a-f]{16})-([0-9a-f]{1,6})-([0-9a-f]{32})")


class LinkPurpose(StrEnum):
    """What a link is for."""

    ANSWER = "partner-answer"
    """To answer a letter about a case."""
    TIMES = "meeting-times"
    """To choose a time of a meeting."""
    STOP = "stop-mail"
    """To be told no more by mail."""
    PAIR = "alike-needs"
    """To say whether one wants to do something together with another municipality."""


class LinkError(MellomromError):
    """A link was not made by us, is for something else, or does not work any more."""


class ExpiredLinkError(LinkError):
    """A link's day is over."""


class SignedLinks:
    """Makes and reads links."""

    def __init__(self, keys: Keys, now: Callable[[], datetime] = utc_now) -> None:
        self._keys = keys
        self._now = now

    def token(self, purpose: LinkPurpose, about: str, days: int) -> str:
        """Return what stands in a link to something with an id of ours, which works for so many days."""
        until = norwegian_day(self._now()) + timedelta(days=days)
        return f"{about}-{until.toordinal():x}-{self._signature(purpose, about, until)}"

    def read(self, purpose: LinkPurpose, token: str) -> str:
        """Return what a link is about.

        Raises:
            ExpiredLinkError: its day is over.
            LinkError: it is none of ours, or for something else.
        """
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            raise LinkError("This is not a link of ours. Use the one in the letter, whole.")
        about, ordinal, signature = parts.groups()
        number = int(ordinal, 16)
        until = date.fromordinal(number) if 0 < number <= date.max.toordinal() else date.min
        if not hmac.compare_digest(self._signature(purpose, about, until), signature):
            raise LinkError("This is not a link of ours. Use the one in the letter, whole.")
        if norwegian_day(self._now()) > until:
            raise ExpiredLinkError(f"The link worked until {until}. Answer the letter itself.")
        return about

    def mark(self, case_id: str) -> str:
        """Return what stands in the subject or the address of a letter, so that an answer names its case."""
        return f"m{case_id}{self._keys.hashed('link:mark', case_id)[:12]}"

    def marked(self, text: str) -> str | None:
        """Return the case that a mark of ours in a text names; None where there is none."""
        for case_id, signature in _MARK.findall(text.lower()):
            if hmac.compare_digest(self._keys.hashed("link:mark", case_id)[:12], signature):
                return str(case_id)
        return None

    def _signature(self, purpose: LinkPurpose, about: str, until: date) -> str:
        return self._keys.hashed(f"link:{purpose}", about, until.isoformat())[:32]


class PartnerReply(Frozen):
    """What a partner has answered."""

    event_id: int
    answer: PartnerAnswer
    way: str


class PartnerAnswers:
    """The answers in a database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def take(self, case_id: str, answer: PartnerAnswer, note: str | None, way: str = "link") -> Case:
        """Write down what a partner answered, and move the case on where that says where to.

        Raises:
            UnknownCaseError: no case has that id, or its words were taken away.
            NoteError: the note is too long.
        """
        with self._database.writing() as session:
            return self.taken(session, case_id, answer, note, way)

    def taken(self, session: Session, case_id: str, answer: PartnerAnswer, note: str | None, way: str) -> Case:
        """Write down what a partner answered, as `take` does, within a transaction of the caller's."""
        note = checked_note(note)
        row = case_row(session, case_id)
        if not row.question:
            raise UnknownCaseError(f"Case {case_id} is no more.")
        count = select(func.count()).select_from(CaseReplyRow).where(CaseReplyRow.case_id == case_id)
        if (session.scalar(count) or 0) >= MOST_ANSWERS:
            return case_of(row)
        now = self._now()
        event = add_event(session, case_id, PARTNER, CaseAction.REPLIED, now, note=note)
        session.add(CaseReplyRow(event_id=event.id, case_id=case_id, answer=answer, way=way))
        for state, reason in _steps(CaseState(row.state), answer):
            details = {"from_state": CaseState(row.state), "to_state": state, "reason": reason}
            add_event(session, case_id, PARTNER, CaseAction.MOVED, now, **details)
            row.state, row.state_since = state.value, norwegian_day(now)
        bump_version(row, now)
        return case_of(row)

    def of(self, case_id: str) -> dict[int, PartnerReply]:
        """Return what a partner has answered about a case, by the number of the event that tells of it."""
        query = select(CaseReplyRow).where(CaseReplyRow.case_id == case_id)
        with self._database.reading() as session:
            return {
                row.event_id: PartnerReply(event_id=row.event_id, answer=PartnerAnswer(row.answer), way=row.way)
                for row in session.scalars(query)
            }

    def undecided(self) -> dict[str, PartnerAnswer]:
        """Return by case what its partner answered last and no broker has acted on: the case has not moved since."""
        later = aliased(CaseReplyRow)
        moved = exists().where(
            CaseEventRow.case_id == CaseReplyRow.case_id,
            CaseEventRow.id > CaseReplyRow.event_id,
            CaseEventRow.to_state.is_not(None),
        )
        answered = exists().where(later.case_id == CaseReplyRow.case_id, later.event_id > CaseReplyRow.event_id)
        query = select(CaseReplyRow.case_id, CaseReplyRow.answer).where(~moved, ~answered)
        with self._database.reading() as session:
            return {case_id: PartnerAnswer(answer) for case_id, answer in session.execute(query)}

    def last(self, case_id: str) -> PartnerAnswer | None:
        """Return what a partner answered last about a case."""
        replies = self.of(case_id)
        return replies[max(replies)].answer if replies else None


def _steps(state: CaseState, answer: PartnerAnswer) -> list[tuple[CaseState, CaseReason | None]]:
    """Return the moves that an answer comes to, in order; none where the broker has to see what it means."""
    target = CaseState.TAKEN if answer is PartnerAnswer.YES else CaseState.DECLINED if answer in REFUSALS else None
    if target is None:
        return []
    # A letter that was sent by hand may not have been ticked as sent.
    first: list[tuple[CaseState, CaseReason | None]] = [(CaseState.SENT, None)] if state is CaseState.ASKED else []
    if target not in TRANSITIONS[first[0][0] if first else state]:
        return []
    return [*first, (target, REFUSALS.get(answer))]
