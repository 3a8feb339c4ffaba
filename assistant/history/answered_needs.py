"""What was answered so far, as reports and lists count it: kept in memory, since a log is only ever added to.

Invariant: each answer is read once, however often it is counted; after a log is put back from a backup, all are anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from sys import intern
from threading import Lock

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from assistant.dialogue.conversation import Intent
from assistant.history.log_entries import EntryKind, LoggedNeed
from assistant.history.packing import Kept
from assistant.history.tables import LogRow
from assistant.matching.answers import Outcome
from corpus.database import Database
from corpus.records import Kind
from index.scoring.ranking import MatchConfidence

_OUTCOMES = frozenset(outcome.value for outcome in Outcome)
_SURE = frozenset({MatchConfidence.STRONG, MatchConfidence.GOOD})


class AnsweredNeeds:
    """The answers of a log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reading = Lock()
        self._read_to = 0
        self._every: list[LoggedNeed] = []
        self._places: dict[str, int] = {}
        self._needs: list[LoggedNeed] = []
        self._needs_at: list[float] = []
        """When each of the needs was answered, in seconds; to compare moments takes ten times as long."""

    def needs(self, since: datetime, until: datetime) -> list[LoggedNeed]:
        """Return the needs that somebody came with and that were answered; what was said of an answer is none."""
        self._read()
        with self._reading:
            needs, at = self._needs, self._needs_at
        begin, end = since.timestamp(), until.timestamp()
        # Another thread may be adding to the end of them.
        at = at[:]
        return [one for one, moment in zip(needs[: len(at)], at, strict=True) if begin <= moment < end]

    def suggested_by(self, log_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of what answers suggested, by the answer, the best of each kind first."""
        every, places = self._read()
        return {log_id: every[places[log_id]].suggested for log_id in log_ids if log_id in places}

    def _read(self) -> tuple[list[LoggedNeed], dict[str, int]]:
        """Return all answers in their order, and where each stands among them.

        Entries are only ever added, so that each is read once, and later only those that are new; some 300 bytes each.
        """
        question = aliased(LogRow)
        query = (
            select(
                LogRow.id,
                LogRow.log_id,
                LogRow.at,
                LogRow.kommunenummer,
                LogRow.outcome,
                LogRow.payload,
                LogRow.packed,
                (question.kind == EntryKind.QUESTION) & (question.outcome == Intent.QUESTION),
            )
            .outerjoin(question, LogRow.about == question.log_id)
            .where(LogRow.kind == EntryKind.ANSWER)
            .order_by(LogRow.id)
        )
        with self._reading:
            # Whoever goes through the list sees it as long as it was then; it is only ever added to.
            with self._database.reading() as session:
                if (session.scalar(select(func.max(LogRow.id))) or 0) < self._read_to:
                    self._read_to, self._every, self._places = 0, [], {}
                    self._needs, self._needs_at = [], []
                rows = session.execute(query.where(LogRow.id > self._read_to)).all()
            for number, log_id, at, kommunenummer, outcome, plain, packed, is_need in rows:
                suggested, theme, has_money = _read_payload(Kept(plain, packed).text)
                answered = LoggedNeed(log_id, at, kommunenummer, outcome, suggested, bool(is_need), theme, has_money)
                self._places[log_id] = len(self._every)
                self._every.append(answered)
                if is_need and outcome in _OUTCOMES:
                    self._needs.append(answered)
                    self._needs_at.append(at.timestamp())
                self._read_to = number
            return self._every, self._places


def _read_payload(text: str) -> tuple[tuple[str, ...], str | None, bool | None]:
    """Return of what the log keeps of an answer the ids suggested, the first theme, and whether money fits it."""
    payload = json.loads(text)
    suggestions = payload.get("suggestions", ())
    theme = next(iter(payload.get("themes", ())), None)
    only = (payload.get("refinement") or {}).get("kind")
    has_money = None
    if only in {None, Kind.INSTRUMENT}:
        has_money = any(one["kind"] == Kind.INSTRUMENT and one["confidence"] in _SURE for one in suggestions)
    return tuple(intern(one["id"]) for one in suggestions), intern(theme) if theme else None, has_money
