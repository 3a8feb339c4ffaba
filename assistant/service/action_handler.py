"""What somebody does with an answer: introduce, not for us, share, more like this.

Invariant: one act is done once, however often it is told; its log entry and its case are written together.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from assistant.cases.cases import NewCase
from assistant.cases.notes import checked_note
from assistant.cases.referrals import Referrals
from assistant.dialogue.conversation import ConversationState, Intent, Turn, refined
from assistant.history.askers import AskerRecord
from assistant.history.log_entries import EntryKind, LogEntry, NewLogEntry, PendingEntry
from assistant.platform.keys import opaque_id
from assistant.platform.redaction import redact
from assistant.service.answer_reader import AnswerReader
from assistant.service.messages import (
    ActionReceipt,
    ActionReceiptKind,
    ActionType,
    PersonalDataError,
    UnknownSuggestionError,
    UserAction,
)
from assistant.service.replier import Replier, items_of
from assistant.service.sharing import SHARES
from assistant.service.stored_answers import StoredAnswer, suggested
from assistant.service.threads import Threads
from assistant.service.turn_context import Interpretation
from assistant.service.turn_notes import refined_notes
from assistant.service.turn_writer import TurnWriter

_OPENS = {ActionType.INTRODUCE, ActionType.ASK_BROKER}
"""The acts that open a case."""


class ActionHandler:
    """Does what people do with answers."""

    def __init__(
        self, reader: AnswerReader, writer: TurnWriter, threads: Threads, replier: Replier, referrals: Referrals
    ) -> None:
        self._reader = reader
        self._database, self._log, self._askers = reader.database, reader.log, reader.askers
        self._writer = writer
        self._threads = threads
        self._replier = replier
        self._referrals = referrals

    def act(self, act: UserAction) -> ActionReceipt:
        """Return what came of something that somebody did with an answer.

        Raises:
            UnknownAnswerError: the answer is not there, or not theirs to act on.
            UnknownSuggestionError: the answer holds no such suggestion.
            CaseError: the note is too long.
            PersonalDataError: the note seems to be about a certain person, and was not confirmed; nothing is stored.
        """
        if act.note and not act.confirmed and redact(act.note).personal:
            raise PersonalDataError
        known = self._askers.find(act.asker)
        entry, shown = self._reader.visible_to(act.log_id, act.asker, known)
        if act.record_id is not None and act.record_id not in suggested(entry):
            raise UnknownSuggestionError(
                f"The answer {act.log_id} does not suggest {act.record_id[:80]!r}. "
                "Ask again and choose from the answer."
            )
        if act.verb is ActionType.MORE_LIKE_THIS:
            return self._more_like(act, known, entry, shown)
        note = checked_note(act.note, shortened=act.note_shortened)
        with self._database.writing() as session:
            asker = self._askers.pseudonym(session, known)
            if (earlier := self._done_before(session, act, entry, asker)) is not None:
                return self._receipt_of(earlier)
            payload: dict[str, Any] = {"reason": act.reason} if act.reason else {}
            case, receipt = None, ActionReceiptKind.NOTED
            if act.verb in _OPENS:
                case, is_new = self._referrals.opened(session, self._new_case(act, known, shown, asker, note))
                payload["case"] = case.id
                receipt = ActionReceiptKind.CASE_OPENED if is_new else ActionReceiptKind.ALREADY_OPEN
            self._log.append(session, self._act_entry(act, known, entry, asker, payload), text=note)
            return ActionReceipt(kind=receipt, case=case, at=case.opened_at if case else None)

    def _more_like(self, act: UserAction, known: AskerRecord, entry: LogEntry, shown: StoredAnswer) -> ActionReceipt:
        """Answer anew with what is like one suggestion, and let the thread go on from there."""
        key = self._writer.event_key("act", act.key, act.asker)
        with self._database.reading() as session:
            if (earlier := self._log.by_key(session, key)) is not None:
                return ActionReceipt(kind=ActionReceiptKind.MORE, reply=self._reader.reply_of(session, earlier))
        answer = shown.reply.answer
        item = next(item for item in items_of(answer) if item.id == act.record_id) if answer and act.record_id else None
        if item is None:
            raise UnknownSuggestionError("Got no suggestion, expected the one that more like it is wanted of.")
        turn = Turn(intent=Intent.LIKE, items=(item,))
        before = ConversationState(
            question=shown.question,
            language=shown.language,
            refinement=shown.refinement,
            facts=shown.facts,
            shown=items_of(answer) if answer else (),
        )
        meant = Interpretation(turn, refined(before, turn), refined_notes(turn))
        result = self._replier.answer(meant, known, shown.top_k)
        with self._database.writing() as session:
            if (earlier := self._log.by_key(session, key)) is not None:
                return ActionReceipt(kind=ActionReceiptKind.MORE, reply=self._reader.reply_of(session, earlier))
            new = self._act_entry(act, known, entry, self._askers.pseudonym(session, known), {})
            done = PendingEntry(new, None, opaque_id())
            self._log.append_all(session, [done, self._writer.answered(new, done.log_id, result, shown.top_k)])
            if version := self._threads.version(session, entry.conversation):
                self._threads.go_on(session, entry.conversation, version, result.state)
        return ActionReceipt(kind=ActionReceiptKind.MORE, reply=result.reply)

    def _done_before(self, session: Session, act: UserAction, entry: LogEntry, asker: str) -> LogEntry | None:
        """Return the same act if it was done before: the same event, or the same thing by the same asker."""
        if (earlier := self._log.by_key(session, self._writer.event_key("act", act.key, act.asker))) is not None:
            return earlier
        if act.verb in {*SHARES, ActionType.ASK_BROKER}:
            return None
        done = self._log.acts(session, about=entry.log_id, asker=asker, outcome=act.verb, record_id=act.record_id)
        return next(iter(done), None)

    def _receipt_of(self, earlier: LogEntry) -> ActionReceipt:
        if case_id := earlier.payload.get("case"):
            case = self._referrals.get(case_id)
            return ActionReceipt(kind=ActionReceiptKind.ALREADY_OPEN, case=case, at=case.opened_at)
        return ActionReceipt(kind=ActionReceiptKind.ALREADY_NOTED, at=earlier.at)

    def _new_case(
        self, act: UserAction, known: AskerRecord, shown: StoredAnswer, asker: str, note: str | None
    ) -> NewCase:
        return NewCase(
            log_id=act.log_id,
            record_id=act.record_id,
            question=shown.question,
            note=note,
            asker=asker,
            channel=act.asker.channel,
            tenant=act.asker.tenant,
            reply_to=act.reply_to,
            kommunenummer=known.municipality(shown.facts.kommunenummer),
            language=known.profile.language or shown.reply.language,
        )

    def _act_entry(
        self, act: UserAction, known: AskerRecord, entry: LogEntry, asker: str, payload: dict[str, Any]
    ) -> NewLogEntry:
        return NewLogEntry(
            key=self._writer.event_key("act", act.key, act.asker),
            kind=EntryKind.ACT,
            channel=act.asker.channel,
            tenant=act.asker.tenant,
            asker=asker,
            conversation=entry.conversation,
            kommunenummer=known.profile.kommunenummer,
            language=entry.language,
            about=entry.log_id,
            record_id=act.record_id,
            outcome=act.verb,
            payload=payload,
        )
