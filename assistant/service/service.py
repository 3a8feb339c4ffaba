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

from assistant.cases.cases import Case
from assistant.cases.referrals import Referrals
from assistant.dialogue.conversation import ConversationState
from assistant.dialogue.facts import is_municipality_number
from assistant.history.askers import AskerRecord
from assistant.history.log_entries import EntryKind, NewLogEntry, PendingEntry
from assistant.matching.answers import Answer
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.keys import Keys, opaque_id
from assistant.platform.people import Asker, AskerProfile
from assistant.platform.redaction import Redacted, redact
from assistant.platform.tracing import add_attributes, traced
from assistant.service.action_handler import ActionHandler
from assistant.service.answer_reader import AnswerReader
from assistant.service.messages import (
    ActionReceipt,
    PersonalDataError,
    Reply,
    ReplyKind,
    UnknownMunicipalityError,
    UserAction,
    UserMessage,
)
from assistant.service.replier import Replier
from assistant.service.saved_rows import count_saved, forget_saved
from assistant.service.similar_needs import count_similar_needs
from assistant.service.threads import Threads
from assistant.service.turn_context import Looked, ThreadState, TurnContext, TurnResult
from assistant.service.turn_writer import TurnWriter
from corpus.clock import utc_now
from corpus.database import Database
from corpus.text import Language

MAX_TURNS = 100
"""Turns of a thread; what is written after them begins a new one."""


class Service(AnswerReader):
    """Answers, remembers and logs."""

    def __init__(
        self,
        database: Database,
        matchmaker: Matchmaker,
        referrals: Referrals,
        keys: Keys,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(database, keys, now)
        self._matchmaker = matchmaker
        self._replier = Replier(matchmaker)
        self._referrals = referrals
        self._keys = keys
        self._writer = TurnWriter(keys)
        self._threads = Threads(now)
        self._actions = ActionHandler(self, self._writer, self._threads, self._replier, referrals)

    @traced("answer")
    def handle(self, incoming: UserMessage) -> Reply:
        """Return the reply to what somebody wrote.

        Safe to call from several threads and processes at once.

        Raises:
            UnknownAnswerError: the answer to go on from is not there, or not theirs.
            PersonalDataError: it seems to be about a certain person, and was not confirmed; nothing is stored.
        """
        add_attributes(channel=incoming.asker.channel)
        received = self._receive(incoming)
        while isinstance(received, TurnContext):
            result = self._replier.reply(received)
            add_attributes(kind=result.reply.kind, outcome=result.reply.answer.outcome if result.reply.answer else "")
            received = self._save(received, result)
        return received

    def conflicts(self, incoming: UserMessage) -> bool:
        """Tell whether the conversation of an event has begun with another one, so that its key was used before."""
        if self.log.find(self._writer.event_key("question", incoming.key, incoming.asker)) is not None:
            return False
        key = self._keys.hashed("conversation", incoming.asker.channel, incoming.conversation)
        with self.database.reading() as session:
            return self._threads.read(session, key).version > 0

    def act(self, act: UserAction) -> ActionReceipt:
        """Return what came of something that somebody did with an answer, as `ActionHandler.act` does."""
        return self._actions.act(act)

    def pseudonym_of(self, asker: Asker) -> str | None:
        """Return what somebody is called in the log; None where nothing is kept of them."""
        return self.askers.find(asker).pseudonym

    def profile(self, asker: Asker) -> AskerProfile:
        """Return what somebody has chosen."""
        return self.askers.find(asker).profile

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
        self.askers.choose(asker, profile)
        return profile

    def cases_of(self, asker: Asker) -> list[Case]:
        """Return somebody's cases, the newest first."""
        pseudonym = self.askers.find(asker).pseudonym
        return self._referrals.cases(asker=pseudonym) if pseudonym else []

    def state_of(self, asker: Asker, conversation: str) -> ConversationState:
        """Return what a channel's thread has come to."""
        with self.database.reading() as session:
            return self._threads.read(session, self._keys.hashed("conversation", asker.channel, conversation)).state

    @traced("receive")
    def _receive(self, message: UserMessage) -> TurnContext | Reply:
        """Return a message with what is known of its asker and its thread, or the reply that its event got before."""
        key = self._writer.event_key("question", message.key, message.asker)
        text = Redacted(message.text, message.redacted, message.confirmed) if message.cleared else redact(message.text)
        if message.redacted:
            text = text._replace(removed=True)
        with self.database.reading() as session:
            if (earlier := self.log.by_key(session, key)) is not None:
                return self.reply_of(session, earlier)
            if text.personal and not message.confirmed:
                raise PersonalDataError
            asker = self.askers.known(session, message.asker)
            begun = self._keys.hashed("conversation", message.asker.channel, message.conversation)
            if message.after is not None:
                begun = self.visible(session, message.after, message.asker, asker)[0].conversation
            look = Looked(self._last_answer, lambda need: self._others(need, asker), lambda: self._saved(asker))
            return TurnContext(message, key, text, asker, self._with_room(session, begun), look)

    def _last_answer(self, state: ConversationState) -> Answer | None:
        """Return the last answer of a thread; None where there is none, or its time is up."""
        return self.answer_of(state.answer_id) if state.answer_id else None

    def _others(self, need: str, asker: AskerRecord) -> int:
        """Return how many other municipalities asked for something like a need; 0 where they could be guessed."""
        return count_similar_needs(self.log, self._matchmaker.base(), need, asker.profile.kommunenummer)

    def _saved(self, asker: AskerRecord) -> int:
        """Return how many needs somebody has saved."""
        with self.database.reading() as session:
            return count_saved(session, asker.pseudonym)

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
        with self.database.writing() as session:
            end = self.log.end(session, context.key)
            if end.is_known and (earlier := self.log.by_key(session, context.key)) is not None:
                return self.reply_of(session, earlier)
            if self._threads.version(session, context.thread.key) != context.thread.version:
                return context._replace(thread=self._with_room(session, context.thread.key))
            self._threads.go_on(session, context.thread.key, context.thread.version, result.state)
            common: dict[str, Any] = {
                "channel": context.message.asker.channel,
                "tenant": context.message.asker.tenant,
                "asker": self.askers.pseudonym(session, context.asker),
                "conversation": context.thread.key,
                "kommunenummer": context.asker.municipality(result.state.facts.kommunenummer),
                "language": result.reply.language,
            }
            if result.reply.kind is ReplyKind.NEWS_STOPPED:
                forget_saved(session, common["asker"])
            question = NewLogEntry(key=context.key, kind=EntryKind.QUESTION, outcome=result.turn.intent, **common)
            asked = PendingEntry(question, context.text.text, opaque_id())
            answered = self._writer.answered(question, asked.log_id, result, context.message.top_k)
            others = [
                self._writer.further(question, asked.log_id, result, other, context.message.top_k)
                for other in result.reply.further
            ]
            self.log.append_after(session, end, [asked, answered, *others])
            return result.reply
