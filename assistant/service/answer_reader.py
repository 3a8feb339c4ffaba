"""Answers and threads read back from the log, by whoever may see them.

Invariant: an answer is given to its asker, in a channel that is shared to all who are there, and beyond that only once
its asker has shared it; whose time is up is gone for everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from assistant.history.askers import AskerRecord, Askers
from assistant.history.log_entries import EntryKind, LogEntry, UnknownEntryError
from assistant.history.matchlog import MatchLog
from assistant.matching.answers import Answer, Outcome
from assistant.platform.keys import Keys
from assistant.platform.people import Asker
from assistant.service.messages import (
    LoggedAnswer,
    PastQuestion,
    Reply,
    ReplyKind,
    ThreadTurn,
    UnknownAnswerError,
)
from assistant.service.past_actions import past_action_of
from assistant.service.sharing import is_shared
from assistant.service.stored_answers import StoredAnswer, question_in
from corpus.database import Database


class AnswerReader:
    """Reads answers and threads back."""

    def __init__(self, database: Database, keys: Keys, now: Callable[[], datetime]) -> None:
        self.database = database
        self.log = MatchLog(database, now)
        self.askers = Askers(database, keys, now)

    def questions_of(self, asker: Asker, limit: int) -> list[LoggedAnswer]:
        """Return somebody's answers, the newest first."""
        pseudonym = self.askers.find(asker).pseudonym
        if pseudonym is None:
            return []
        lines = self.log.lines(EntryKind.ANSWER, Outcome, asker=pseudonym, limit=limit)
        found = {entry.log_id: entry for entry in self.log.having([line.log_id for line in lines])}
        entries = (found[line.log_id] for line in lines)
        return [shown.logged(entry, mine=True) for entry in entries if (shown := StoredAnswer.read(entry))]

    def asked_by(self, asker: Asker, limit: int) -> list[PastQuestion]:
        """Return what somebody asked, the newest first, without the answers."""
        pseudonym = self.askers.find(asker).pseudonym
        lines = self.log.lines(EntryKind.ANSWER, Outcome, asker=pseudonym, limit=limit) if pseudonym else []
        return [PastQuestion(log_id=line.log_id, at=line.at, question=question_in(line.text)) for line in lines]

    def logged(self, log_id: str, asker: Asker) -> LoggedAnswer:
        """Return an answer as it was given, to somebody who may see it.

        Raises:
            UnknownAnswerError: it is not there any more, or not for them.
        """
        known = self.askers.find(asker)
        entry, shown = self.visible_to(log_id, asker, known)
        return shown.logged(entry, mine=entry.asker == known.pseudonym)

    def thread(self, log_id: str, asker: Asker) -> list[ThreadTurn]:
        """Return the turns of the thread that an answer of somebody's stands in, in order; what is gone is left out.

        Raises:
            UnknownAnswerError: the answer is not there any more, or not for them.
        """
        with self.database.reading() as session:
            known = self.askers.known(session, asker)
            conversation = self.visible(session, log_id, asker, known)[0].conversation
            found = self.log.in_thread(session, conversation, known.pseudonym)
        # What was asked in one message stands before the first of its replies.
        asked = {entry.log_id: entry.text for entry in found if entry.kind is EntryKind.QUESTION}
        first = {entry.about: entry.log_id for entry in reversed(found) if entry.kind is EntryKind.ANSWER}
        acts: dict[str | None, list[LogEntry]] = {}
        for entry in found:
            if entry.kind is EntryKind.ACT:
                acts.setdefault(entry.about, []).append(entry)
        return [
            ThreadTurn(
                log_id=entry.log_id,
                at=entry.at,
                asked=asked.get(entry.about or "") if first.get(entry.about) == entry.log_id else None,
                reply=shown.reply,
                done=tuple(map(past_action_of, acts.get(entry.log_id, ()))),
            )
            for entry in found
            if (shown := StoredAnswer.read(entry))
        ]

    def shared(self, log_id: str) -> LoggedAnswer:
        """Return an answer whose asker has shared it, to anybody who has its address.

        Raises:
            UnknownAnswerError: it is not there any more, or was not shared.
        """
        try:
            entry = self.log.get(log_id)
        except UnknownEntryError as error:
            raise _unknown(log_id) from error
        shown = StoredAnswer.read(entry)
        if shown is None or not is_shared(self.log, log_id):
            raise _unknown(log_id)
        return shown.logged(entry, mine=False)

    def answer_of(self, log_id: str) -> Answer | None:
        """Return an answer to whoever keeps the log; None once its time is up."""
        try:
            entry = self.log.get(log_id)
        except UnknownEntryError:
            return None
        shown = StoredAnswer.read(entry)
        return shown.reply.answer if shown else None

    def reply_of(self, session: Session, question: LogEntry) -> Reply:
        """Return the reply that a question got."""
        answer = self.log.answer_to(session, question.log_id)
        shown = StoredAnswer.read(answer) if answer else None
        return shown.reply if shown else Reply(kind=ReplyKind.EMPTY, language=question.language)

    def visible_to(self, log_id: str, asker: Asker, known: AskerRecord) -> tuple[LogEntry, StoredAnswer]:
        """Return an answer that somebody may see, as `visible` does."""
        with self.database.reading() as session:
            return self.visible(session, log_id, asker, known)

    def visible(self, session: Session, log_id: str, asker: Asker, known: AskerRecord) -> tuple[LogEntry, StoredAnswer]:
        """Return an answer that somebody may see, within a transaction of the caller's.

        Raises:
            UnknownAnswerError: it is not there any more, or not for them.
        """
        try:
            entry = self.log.read(session, log_id)
        except UnknownEntryError as error:
            raise _unknown(log_id) from error
        same_place = (entry.channel, entry.tenant) == (asker.channel, asker.tenant)
        may_see = same_place and (asker.channel.is_shared or entry.asker == known.pseudonym)
        shown = StoredAnswer.read(entry)
        if shown is None or not may_see:
            raise _unknown(log_id)
        return entry, shown


def _unknown(log_id: str) -> UnknownAnswerError:
    return UnknownAnswerError(
        f"The answer {log_id[:40]!r} is not here any more, or is not yours to see. Ask the question again."
    )
