"""The one entry for all channels: what somebody wrote or did goes in, what to show comes out, and all of it is logged.

Invariant: whatever is stored was cleared of identity numbers, phone numbers and e-mail addresses before, and what seems
to be about a certain person only once its writer, asked first, has said that it is meant. One event of a channel is
answered once: told again, even at the same moment by two processes, it gets the same reply and adds nothing. The reply,
its log entries and what the thread has come to are written together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.cases.cases import Case, NewCase
from assistant.cases.referrals import Referrals, checked_note
from assistant.dialogue.conversation import Intent, State, Turn, refined
from assistant.dialogue.facts import is_municipality_number
from assistant.history.askers import AskerRecord, Askers
from assistant.history.matchlog import Appended, Entry, EntryKind, MatchLog, NewEntry, UnknownEntryError
from assistant.matching.answers import Answer, Outcome
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.keys import Keys, opaque_id
from assistant.platform.people import Asker, AskerProfile
from assistant.platform.redaction import Redacted, redact
from assistant.platform.tracing import tell, traced
from assistant.platform.workdays import utc_now
from assistant.service.acts import done_of
from assistant.service.alike import asked_alike
from assistant.service.kept_answers import StoredAnswer, question_in, suggested, suggestions_of
from assistant.service.replier import Replier, items_of, refined_notes
from assistant.service.sharing import SHARES, is_shared
from assistant.service.threads import Threads
from assistant.service.turn import Interpretation, Looked, ThreadState, TurnContext, TurnResult
from assistant.service.turns import (
    Act,
    ActionReceipt,
    ActionReceiptKind,
    ActionType,
    AskedBefore,
    LoggedAnswer,
    PersonalDataError,
    Reply,
    ReplyKind,
    ThreadTurn,
    UnknownAnswerError,
    UnknownMunicipalityError,
    UnknownSuggestionError,
    UserMessage,
)
from corpus.database import Database
from corpus.text import Language

MAX_TURNS = 100
"""Turns of a thread; what is written after them begins a new one."""
_OPENS = {ActionType.INTRODUCE, ActionType.ASK_BROKER}
"""The acts that open a case."""


class Service:
    """Answers, remembers and logs."""

    def __init__(
        self,
        database: Database,
        matchmaker: Matchmaker,
        referrals: Referrals,
        keys: Keys,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._matchmaker = matchmaker
        self._replier = Replier(matchmaker)
        self._referrals = referrals
        self._keys = keys
        self._now = now
        self._askers = Askers(database, keys, now)
        self._threads = Threads(now)
        self.log = MatchLog(database, now)

    @traced("answer")
    def handle(self, incoming: UserMessage) -> Reply:
        """Return the reply to what somebody wrote.

        Safe to call from several threads and processes at once.

        Raises:
            UnknownAnswerError: the answer to go on from is not there, or not theirs.
            PersonalDataError: it seems to be about a certain person, and was not confirmed; nothing is stored.
        """
        tell(channel=incoming.asker.channel)
        received = self._receive(incoming)
        while isinstance(received, TurnContext):
            result = self._replier.reply(received)
            tell(kind=result.reply.kind, outcome=result.reply.answer.outcome if result.reply.answer else "")
            received = self._save(received, result)
        return received

    def conflicts(self, incoming: UserMessage) -> bool:
        """Tell whether the conversation of an event has begun with another one, so that its key was used before."""
        if self.log.find(self._key("question", incoming.key, incoming.asker)) is not None:
            return False
        key = self._keys.hashed("conversation", incoming.asker.channel, incoming.conversation)
        with self._database.reading() as session:
            return self._threads.read(session, key).version > 0

    def act(self, act: Act) -> ActionReceipt:
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
        entry, shown = self._kept(act.log_id, act.asker, known)
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
            self.log.append(session, self._act_entry(act, known, entry, asker, payload), text=note)
            return ActionReceipt(kind=receipt, case=case, at=case.opened_at if case else None)

    def pseudonym_of(self, asker: Asker) -> str | None:
        """Return what somebody is called in the log; None where nothing is kept of them."""
        return self._askers.find(asker).pseudonym

    def profile(self, asker: Asker) -> AskerProfile:
        """Return what somebody has chosen."""
        return self._askers.find(asker).profile

    def set_profile(self, asker: Asker, *, language: Language | None, kommunenummer: str | None) -> AskerProfile:
        """Keep what somebody chose, both anew: None takes a choice back.

        Raises:
            UnknownMunicipalityError: no municipality can have that number.
        """
        if kommunenummer is not None and not is_municipality_number(kommunenummer):
            raise UnknownMunicipalityError(
                f"Got the municipality number {kommunenummer[:20]!r}, expected four digits that begin with the number "
                "of a county, such as 5038."
            )
        profile = AskerProfile(language=language, kommunenummer=kommunenummer)
        self._askers.choose(asker, profile)
        return profile

    def questions_of(self, asker: Asker, limit: int) -> list[LoggedAnswer]:
        """Return somebody's answers, the newest first."""
        pseudonym = self._askers.find(asker).pseudonym
        if pseudonym is None:
            return []
        lines = self.log.lines(EntryKind.ANSWER, Outcome, asker=pseudonym, limit=limit)
        found = {entry.log_id: entry for entry in self.log.having([line.log_id for line in lines])}
        entries = (found[line.log_id] for line in lines)
        return [shown.logged(entry, mine=True) for entry in entries if (shown := StoredAnswer.read(entry))]

    def asked_by(self, asker: Asker, limit: int) -> list[AskedBefore]:
        """Return what somebody asked, the newest first, without the answers."""
        pseudonym = self._askers.find(asker).pseudonym
        lines = self.log.lines(EntryKind.ANSWER, Outcome, asker=pseudonym, limit=limit) if pseudonym else []
        return [AskedBefore(log_id=one.log_id, at=one.at, question=question_in(one.text)) for one in lines]

    def cases_of(self, asker: Asker) -> list[Case]:
        """Return somebody's cases, the newest first."""
        pseudonym = self._askers.find(asker).pseudonym
        return self._referrals.cases(asker=pseudonym) if pseudonym else []

    def logged(self, log_id: str, asker: Asker) -> LoggedAnswer:
        """Return an answer as it was given, to somebody who may see it.

        Raises:
            UnknownAnswerError: it is not there any more, or not for them.
        """
        known = self._askers.find(asker)
        entry, shown = self._kept(log_id, asker, known)
        return shown.logged(entry, mine=entry.asker == known.pseudonym)

    def thread(self, log_id: str, asker: Asker) -> list[ThreadTurn]:
        """Return the turns of the thread that an answer of somebody's stands in, in order; what is gone is left out.

        Raises:
            UnknownAnswerError: the answer is not there any more, or not for them.
        """
        with self._database.reading() as session:
            known = self._askers.known(session, asker)
            conversation = self._visible(session, log_id, asker, known)[0].conversation
            found = self.log.inself._threads.read(session, conversation, known.pseudonym)
        # What was asked in one message stands before the first of its replies.
        asked = {entry.log_id: entry.text for entry in found if entry.kind is EntryKind.QUESTION}
        first = {entry.about: entry.log_id for entry in reversed(found) if entry.kind is EntryKind.ANSWER}
        acts: dict[str | None, list[Entry]] = {}
        for entry in found:
            if entry.kind is EntryKind.ACT:
                acts.setdefault(entry.about, []).append(entry)
        return [
            ThreadTurn(
                log_id=entry.log_id,
                at=entry.at,
                asked=asked.get(entry.about or "") if first.get(entry.about) == entry.log_id else None,
                reply=shown.reply,
                done=tuple(map(done_of, acts.get(entry.log_id, ()))),
            )
            for entry in found
            if (shown := StoredAnswer.read(entry))
        ]

    def state_of(self, asker: Asker, conversation: str) -> State:
        """Return what a channel's thread has come to."""
        with self._database.reading() as session:
            return self._threads.read(session, self._keys.hashed("conversation", asker.channel, conversation)).state

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

    @traced("receive")
    def _receive(self, message: UserMessage) -> TurnContext | Reply:
        """Return a message with what is known of its asker and its thread, or the reply that its event got before."""
        key = self._key("question", message.key, message.asker)
        text = Redacted(message.text, message.redacted, message.confirmed) if message.cleared else redact(message.text)
        if message.redacted:
            text = text._replace(removed=True)
        with self._database.reading() as session:
            if (earlier := self.log.by_key(session, key)) is not None:
                return self._reply_of(session, earlier)
            if text.personal and not message.confirmed:
                raise PersonalDataError
            asker = self._askers.known(session, message.asker)
            begun = self._keys.hashed("conversation", message.asker.channel, message.conversation)
            if message.after is not None:
                begun = self._visible(session, message.after, message.asker, asker)[0].conversation
            look = Looked(self._last_answer, lambda need: self._others(need, asker))
            return TurnContext(message, key, text, asker, self._with_room(session, begun), look)

    def _last_answer(self, state: State) -> Answer | None:
        """Return the last answer of a thread; None where there is none, or its time is up."""
        return self.answer_of(state.answer_id) if state.answer_id else None

    def _others(self, need: str, asker: AskerRecord) -> int:
        """Return how many other municipalities asked for something like a need; 0 where they could be guessed."""
        return asked_alike(self.log, self._matchmaker.base(), need, asker.profile.kommunenummer)

    def _with_room(self, session: Session, begun: str) -> ThreadState:
        """Return a thread as it is, or the one that goes on for it where it is as long as it may grow."""
        thread = self._threads.read(session, begun)
        while thread.version >= MAX_TURNS:
            following = self._keys.hashed("conversation", "after", thread.key)
            thread = self._threads.read(session, following).model_copy(update={"continues": True})
        return thread

    @traced("save")
    def _save(self, context: TurnContext, result: TurnResult) -> Reply | TurnContext:
        """Write a turn with its reply and return the reply.

        Where somebody else wrote in the thread since it was read, nothing is written, and the turn is given back with
        the thread as it is now; where the same event was answered meanwhile, its reply is given.
        """
        with self._database.writing() as session:
            end = self.log.end(session, context.key)
            if end.is_known and (earlier := self.log.by_key(session, context.key)) is not None:
                return self._reply_of(session, earlier)
            if self._threads.version(session, context.thread.key) != context.thread.version:
                return context._replace(thread=self._with_room(session, context.thread.key))
            self._threads.go_on(session, context.thread.key, context.thread.version, result.state)
            common: dict[str, Any] = {
                "channel": context.message.asker.channel,
                "tenant": context.message.asker.tenant,
                "asker": self._askers.pseudonym(session, context.asker),
                "conversation": context.thread.key,
                "kommunenummer": context.asker.profile.kommunenummer,
                "language": result.reply.language,
            }
            question = NewEntry(key=context.key, kind=EntryKind.QUESTION, outcome=result.turn.intent, **common)
            asked = Appended(question, context.text.text, opaque_id())
            answered = self._answered(question, asked.log_id, result, context.message.top_k)
            others = [
                self._further(question, asked.log_id, result, other, context.message.top_k)
                for other in result.reply.further
            ]
            self.log.append_after(session, end, [asked, answered, *others])
            return result.reply

    def _further(self, to: NewEntry, about: str | None, result: TurnResult, reply: Reply, top_k: int) -> Appended:
        """Return what the log keeps of the reply to another need of the same message."""
        state = result.state
        if reply.answer is not None:
            state = state.model_copy(update={"question": reply.answer.question})
        told = self._answered(to, about, TurnResult(result.turn, reply, state), top_k)
        key = self._keys.hashed("answer", to.key, reply.log_id or "")
        return told._replace(entry=told.entry.model_copy(update={"key": key}))

    def _answered(self, to: NewEntry, about: str | None, result: TurnResult, top_k: int) -> Appended:
        """Return what the log keeps of a reply to a question or an act."""
        answer = result.reply.answer
        entry = to.model_copy(
            update={
                "key": self._keys.hashed("answer", to.key),
                "kind": EntryKind.ANSWER,
                "about": about,
                "record_id": None,
                "language": result.reply.language,
                "outcome": answer.outcome if answer else result.reply.kind,
                "fingerprint": answer.index.fingerprint if answer else None,
                "encoder": answer.index.encoder if answer else None,
                "payload": suggestions_of(answer, result.state) if answer else {},
            }
        )
        state = result.state
        if result.reply.kind is ReplyKind.UNCLEAR:
            # Whoever keeps the log sees what was not understood, not the need that it stood beside.
            state = state.model_copy(update={"question": result.turn.text})
        if result.reply.further and answer is not None:
            # The thread has gone on to the last of several needs; this answers the first.
            state = state.model_copy(update={"question": answer.question})
        shown = StoredAnswer.of(result.reply, state, top_k)
        return Appended(entry, shown.written(), result.reply.log_id)

    def _reply_of(self, session: Session, question: Entry) -> Reply:
        """Return the reply that a question got."""
        answer = self.log.answer_to(session, question.log_id)
        shown = StoredAnswer.read(answer) if answer else None
        return shown.reply if shown else Reply(kind=ReplyKind.EMPTY, language=question.language)

    def _kept(self, log_id: str, asker: Asker, known: AskerRecord) -> tuple[Entry, StoredAnswer]:
        with self._database.reading() as session:
            return self._visible(session, log_id, asker, known)

    def _visible(self, session: Session, log_id: str, asker: Asker, known: AskerRecord) -> tuple[Entry, StoredAnswer]:
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

    def _done_before(self, session: Session, act: Act, entry: Entry, asker: str) -> Entry | None:
        """Return the same act if it was done before: the same event, or the same thing by the same asker."""
        if (earlier := self.log.by_key(session, self._key("act", act.key, act.asker))) is not None:
            return earlier
        if act.verb in {*SHARES, ActionType.ASK_BROKER}:
            return None
        done = self.log.acts(session, about=entry.log_id, asker=asker, outcome=act.verb, record_id=act.record_id)
        return next(iter(done), None)

    def _receipt_of(self, earlier: Entry) -> ActionReceipt:
        if case_id := earlier.payload.get("case"):
            case = self._referrals.get(case_id)
            return ActionReceipt(kind=ActionReceiptKind.ALREADY_OPEN, case=case, at=case.opened_at)
        return ActionReceipt(kind=ActionReceiptKind.ALREADY_NOTED, at=earlier.at)

    def _new_case(self, act: Act, known: AskerRecord, shown: StoredAnswer, asker: str, note: str | None) -> NewCase:
        return NewCase(
            log_id=act.log_id,
            record_id=act.record_id,
            question=shown.question,
            note=note,
            asker=asker,
            channel=act.asker.channel,
            tenant=act.asker.tenant,
            reply_to=act.reply_to,
            kommunenummer=known.profile.kommunenummer,
            language=known.profile.language or shown.reply.language,
        )

    def _act_entry(self, act: Act, known: AskerRecord, entry: Entry, asker: str, payload: dict[str, Any]) -> NewEntry:
        return NewEntry(
            key=self._key("act", act.key, act.asker),
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

    def _more_like(self, act: Act, known: AskerRecord, entry: Entry, shown: StoredAnswer) -> ActionReceipt:
        """Answer anew with what is like one suggestion, and let the thread go on from there."""
        key = self._key("act", act.key, act.asker)
        with self._database.reading() as session:
            if (earlier := self.log.by_key(session, key)) is not None:
                return ActionReceipt(kind=ActionReceiptKind.MORE, reply=self._reply_of(session, earlier))
        answer = shown.reply.answer
        item = next(item for item in items_of(answer) if item.id == act.record_id) if answer and act.record_id else None
        if item is None:
            raise UnknownSuggestionError("Got no suggestion, expected the one that more like it is wanted of.")
        turn = Turn(intent=Intent.LIKE, items=(item,))
        before = State(
            question=shown.question,
            language=shown.language,
            refinement=shown.refinement,
            facts=shown.facts,
            shown=items_of(answer) if answer else (),
        )
        meant = Interpretation(turn, refined(before, turn), refined_notes(turn))
        result = self._replier.answer(meant, known, shown.top_k)
        with self._database.writing() as session:
            if (earlier := self.log.by_key(session, key)) is not None:
                return ActionReceipt(kind=ActionReceiptKind.MORE, reply=self._reply_of(session, earlier))
            new = self._act_entry(act, known, entry, self._askers.pseudonym(session, known), {})
            done = Appended(new, None, opaque_id())
            self.log.append_all(session, [done, self._answered(new, done.log_id, result, shown.top_k)])
            if version := self._threads.version(session, entry.conversation):
                self._threads.go_on(session, entry.conversation, version, result.state)
        return ActionReceipt(kind=ActionReceiptKind.MORE, reply=result.reply)

    def _key(self, purpose: str, key: str, asker: Asker) -> str:
        return self._keys.hashed(purpose, asker.channel, asker.tenant, key)


def _unknown(log_id: str) -> UnknownAnswerError:
    return UnknownAnswerError(
        f"The answer {log_id[:40]!r} is not here any more, or is not yours to see. Ask the question again."
    )
