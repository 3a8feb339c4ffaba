"""The one entry for all channels: what somebody wrote or did goes in, what to show comes out, and all of it is logged.

Invariant: whatever is stored was cleared of identity numbers, phone numbers and e-mail addresses before. One event of
a channel is answered once: told again, even at the same moment by two processes, it gets the same reply and adds
nothing. The reply, its log entries and what the thread has come to are written together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.answers import Answer, Outcome, Scheme, Suggestion
from assistant.askers import Askers, Known
from assistant.cases import Case, NewCase
from assistant.conversation import MAX_ASKS, Intent, Item, State, Turn, items_of, read_turn, refined
from assistant.facts import facts_of_municipality, is_municipality_number
from assistant.keys import Keys, opaque_id
from assistant.matchlog import Entry, EntryKind, MatchLog, NewEntry, UnknownEntryError
from assistant.matchmaker import Matchmaker
from assistant.messages import messages
from assistant.people import Asker, AskerProfile
from assistant.redaction import Redacted, redact
from assistant.referrals import Referrals, checked_note
from assistant.refining import Refinement
from assistant.rule_sentences import question_back
from assistant.tables import ConversationRow
from assistant.turns import (
    Act,
    Done,
    Incoming,
    LoggedAnswer,
    Note,
    Receipt,
    ReceiptKind,
    Reply,
    ReplyKind,
    ThreadTurn,
    UnknownAnswerError,
    UnknownMunicipalityError,
    UnknownSuggestionError,
    Verb,
)
from assistant.understanding import MAX_QUESTION, Question, has_words
from assistant.verdicts import Facts, Missing, joined, of_asker
from assistant.workdays import utc_now
from corpus.database import Database
from corpus.text import Frozen, Language
from index.passage_table import PlacedRecord

_NAMED = 2
"""Suggestions named when several are left out at once."""
_OPENS = {Verb.INTRODUCE, Verb.ASK_BROKER}
"""The acts that open a case."""
_REPLY_KINDS = {
    Intent.HELP: ReplyKind.HELP,
    Intent.GREETING: ReplyKind.GREETING,
    Intent.THANKS: ReplyKind.THANKS,
    Intent.CONTACT: ReplyKind.CONTACT,
    Intent.RESTART: ReplyKind.HELP,
}


class Shown(Frozen):
    """What is kept of an answer as long as it may be: the reply, and what it was found by."""

    reply: Reply
    question: str
    language: Language | None
    refinement: Refinement
    facts: Facts
    top_k: int


class _ThreadMovedError(Exception):
    """Somebody else wrote in the thread since it was read."""


class _ToldBeforeError(Exception):
    """The event was dealt with before."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.log_id)
        self.entry = entry


class _Read(Frozen):
    """A thread as it was read, with the version that a change has to follow on."""

    state: State
    version: int


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
        self._referrals = referrals
        self._keys = keys
        self._now = now
        self._askers = Askers(database, keys, now)
        self.log = MatchLog(database, now)

    def handle(self, incoming: Incoming) -> Reply:
        """Return the reply to what somebody wrote.

        Safe to call from several threads and processes at once.

        Raises:
            UnknownAnswerError: the answer to go on from is not there, or not theirs.
        """
        question_key = self._key("question", incoming.key, incoming.asker)
        if (earlier := self.log.find(question_key)) is not None:
            return self._reply_of(earlier)
        clean = redact(incoming.text)
        if incoming.redacted:
            clean = clean._replace(removed=True)
        known = self._askers.find(incoming.asker)
        thread = self._thread_of(incoming, known)
        while True:
            read = self._thread(thread)
            turn, reply, state = self._turn(incoming, clean, known, read.state)
            try:
                return self._written(incoming, question_key, thread, read, clean, known, turn, reply, state)
            except _ThreadMovedError:
                continue
            except _ToldBeforeError as told:
                return self._reply_of(told.entry)

    def act(self, act: Act) -> Receipt:
        """Return what came of something that somebody did with an answer.

        Raises:
            UnknownAnswerError: the answer is not there, or not theirs to act on.
            UnknownSuggestionError: the answer holds no such suggestion.
            CaseError: the note is too long.
        """
        known = self._askers.find(act.asker)
        entry = self._answer_entry(act.log_id, act.asker, known)
        if act.record_id is not None and act.record_id not in _suggested(entry):
            raise UnknownSuggestionError(
                f"The answer {act.log_id} does not suggest {act.record_id[:80]!r}. "
                "Ask again and choose from the answer."
            )
        if act.verb is Verb.MORE_LIKE_THIS:
            return self._more_like(act, known, entry)
        note = checked_note(act.note)
        with self._database.writing() as session:
            asker = self._askers.pseudonym(session, known)
            if (earlier := self._done_before(session, act, entry, asker)) is not None:
                return self._receipt_of(earlier)
            payload: dict[str, Any] = {"reason": act.reason} if act.reason else {}
            case, receipt = None, ReceiptKind.NOTED
            if act.verb in _OPENS:
                case, is_new = self._referrals.opened(session, self._new_case(act, known, entry, asker, note))
                payload["case"] = case.id
                receipt = ReceiptKind.CASE_OPENED if is_new else ReceiptKind.ALREADY_OPEN
            self.log.append(session, self._act_entry(act, known, entry, asker, payload), text=note)
            return Receipt(kind=receipt, case=case, at=case.opened_at if case else None)

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

    def municipality(self, number: str) -> PlacedRecord | None:
        """Return the municipality with a number, if we know it."""
        return next((area for area in self._matchmaker.areas() if area.kommunenummer == number), None)

    def questions_of(self, asker: Asker, limit: int) -> list[LoggedAnswer]:
        """Return somebody's answers, the newest first."""
        pseudonym = self._askers.find(asker).pseudonym
        if pseudonym is None:
            return []
        found = self.log.entries(kind=EntryKind.ANSWER, asker=pseudonym, newest_first=True)
        answers: list[LoggedAnswer] = []
        for entry in found:
            if entry.outcome in set(Outcome) and entry.text is not None:
                answers.append(_logged(entry, mine=True))
            if len(answers) == limit:
                break
        return answers

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
        entry = self._answer_entry(log_id, asker, known)
        return _logged(entry, mine=entry.asker == known.pseudonym)

    def thread(self, log_id: str, asker: Asker) -> list[ThreadTurn]:
        """Return the turns of the thread that an answer of somebody's stands in, in order; what is gone is left out.

        Raises:
            UnknownAnswerError: the answer is not there any more, or not for them.
        """
        known = self._askers.find(asker)
        conversation = self._answer_entry(log_id, asker, known).conversation
        found = list(self.log.entries(asker=known.pseudonym, conversation=conversation))
        asked = {entry.log_id: entry.text for entry in found if entry.kind is EntryKind.QUESTION}
        acts: dict[str | None, list[Entry]] = {}
        for entry in found:
            if entry.kind is EntryKind.ACT:
                acts.setdefault(entry.about, []).append(entry)
        return [
            ThreadTurn(
                log_id=entry.log_id,
                at=entry.at,
                asked=asked.get(entry.about or ""),
                reply=Shown.model_validate_json(entry.text).reply,
                done=tuple(map(_done, acts.get(entry.log_id, ()))),
            )
            for entry in found
            if entry.kind is EntryKind.ANSWER and entry.text is not None
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
        shares = self.log.entries(kind=EntryKind.ACT, about=log_id, outcome=Verb.SHARE, limit=1)
        if entry.kind is not EntryKind.ANSWER or entry.text is None or next(shares, None) is None:
            raise _unknown(log_id)
        return _logged(entry, mine=False)

    def answer_of(self, log_id: str) -> Answer | None:
        """Return an answer to whoever keeps the log; None once its time is up."""
        try:
            entry = self.log.get(log_id)
        except UnknownEntryError:
            return None
        return Shown.model_validate_json(entry.text).reply.answer if entry.text else None

    def _turn(self, incoming: Incoming, clean: Redacted, known: Known, state: State) -> tuple[Turn, Reply, State]:
        """Return what a turn is, the reply to it, and what the thread comes to."""
        turn = Turn(intent=Intent.QUESTION, text=clean.text)
        if not incoming.is_question:
            turn = read_turn(clean.text, state, self._matchmaker.areas())
        language = known.profile.language or state.language or Language.NB
        if not has_words(clean.text) and turn.intent is Intent.QUESTION:
            return turn, Reply(kind=ReplyKind.EMPTY, language=language, notes=_first_notes(known, clean)), state
        notes = _first_notes(known, clean)
        match turn.intent:
            case Intent.HELP | Intent.GREETING | Intent.THANKS | Intent.CONTACT:
                return turn, self._plain(turn, clean, known, state), state
            case Intent.LANGUAGE:
                chosen = turn.language or language
                state = state.model_copy(update={"language": chosen, "chosen_language": True})
                if state.question is None:
                    return turn, Reply(kind=ReplyKind.LANGUAGE_SET, language=chosen), state
            case Intent.RESTART:
                state = State(
                    language=state.language, chosen_language=state.chosen_language, facts=of_asker(state.facts)
                )
                if not turn.text:
                    return turn, Reply(kind=ReplyKind.HELP, language=language), state
                state = state.model_copy(update={"question": turn.text})
            case Intent.QUESTION:
                keep = state.language if state.chosen_language else None
                state = State(
                    question=turn.text,
                    language=keep,
                    chosen_language=state.chosen_language,
                    facts=of_asker(state.facts),
                )
            case _:
                notes += _refined_notes(turn)
                state = refined(state, turn)
        return turn, *self._answered(turn, known, state, notes, incoming.top_k)

    def _answered(
        self, turn: Turn, known: Known, state: State, notes: tuple[Note, ...], top_k: int
    ) -> tuple[Reply, State]:
        language = state.language if turn.intent is Intent.LANGUAGE else known.profile.language or state.language
        question = Question(text=state.question or "", language=language)
        answer = self._matchmaker.answer(question, top_k, state.refinement, self._facts(known, state))
        pending, asks = _questions_back(answer, state)
        reply = Reply(
            kind=ReplyKind.ANSWER, language=answer.language, log_id=opaque_id(), answer=answer, notes=notes, asks=asks
        )
        state = state.model_copy(
            update={
                "language": answer.language,
                "shown": items_of(answer),
                "answer_id": reply.log_id,
                "asked": (*state.asked, *(ask.key for ask in asks)),
                "pending": (*state.pending, *pending),
                "facts": _carried_on(answer.facts),
                "wants_words": any(ask.key == "problem" for ask in asks),
            }
        )
        return reply, state

    def _plain(self, turn: Turn, clean: Redacted, known: Known, state: State) -> Reply:
        """Return a reply that looks nothing up."""
        from assistant.language import detect_language

        language = known.profile.language or state.language or detect_language(clean.text)
        # The broker can be asked from there.
        log_id = opaque_id() if turn.intent is Intent.CONTACT else None
        return Reply(kind=_REPLY_KINDS[turn.intent], language=language, log_id=log_id)

    def _facts(self, known: Known, state: State) -> Facts:
        """Return what is known of an asker: from what they chose, and from the thread."""
        number = known.profile.kommunenummer
        if number is None:
            return state.facts
        return joined(facts_of_municipality(number, self.municipality(number)), state.facts)

    def _thread_of(self, incoming: Incoming, known: Known) -> str:
        if incoming.after is not None:
            return self._answer_entry(incoming.after, incoming.asker, known).conversation
        return self._keys.hashed("conversation", incoming.asker.channel, incoming.conversation)

    def _thread(self, key: str) -> _Read:
        with self._database.reading() as session:
            row = session.get(ConversationRow, key)
        return (
            _Read(state=State.model_validate_json(row.state), version=row.version)
            if row
            else _Read(state=State(), version=0)
        )

    def _written(
        self,
        incoming: Incoming,
        question_key: str,
        thread: str,
        read: _Read,
        clean: Redacted,
        known: Known,
        turn: Turn,
        reply: Reply,
        state: State,
    ) -> Reply:
        """Write a turn with its reply and return the reply.

        Raises:
            _ToldBeforeError: the event was written by somebody else meanwhile.
            _ThreadMovedError: the thread was.
        """
        with self._database.writing() as session:
            if (earlier := self.log.by_key(session, question_key)) is not None:
                raise _ToldBeforeError(earlier)
            row = session.get(ConversationRow, thread)
            if (row.version if row else 0) != read.version:
                raise _ThreadMovedError
            if row is None:
                row = ConversationRow(key=thread)
                session.add(row)
            row.state, row.version, row.updated_at = state.model_dump_json(), read.version + 1, self._now()
            asker = self._askers.pseudonym(session, known)
            common: dict[str, Any] = {
                "channel": incoming.asker.channel,
                "tenant": incoming.asker.tenant,
                "asker": asker,
                "conversation": thread,
                "kommunenummer": known.profile.kommunenummer,
                "language": reply.language,
            }
            question = NewEntry(key=question_key, kind=EntryKind.QUESTION, outcome=turn.intent, **common)
            asked = self.log.append(session, question, text=clean.text[:MAX_QUESTION])
            self._append_answer(session, question_key, asked, common, reply, state, incoming.top_k)
            return reply

    def _append_answer(
        self,
        session: Session,
        key: str,
        about: str,
        common: dict[str, Any],
        reply: Reply,
        state: State,
        top_k: int,
    ) -> None:
        answer = reply.answer
        shown = Shown(
            reply=reply,
            question=state.question or "",
            language=state.language,
            refinement=state.refinement,
            facts=state.facts,
            top_k=top_k,
        )
        entry = NewEntry(
            key=self._keys.hashed("answer", key),
            kind=EntryKind.ANSWER,
            about=about,
            outcome=answer.outcome if answer else reply.kind,
            fingerprint=answer.index.fingerprint if answer else None,
            encoder=answer.index.encoder if answer else None,
            payload=suggestions_of(answer, state) if answer else {},
            **common,
        )
        self.log.append(session, entry, text=shown.model_dump_json(), log_id=reply.log_id)

    def _reply_of(self, question: Entry) -> Reply:
        """Return the reply that a question got."""
        answer = next(self.log.entries(kind=EntryKind.ANSWER, about=question.log_id, limit=1), None)
        if answer is None or answer.text is None:
            return Reply(kind=ReplyKind.EMPTY, language=question.language)
        return Shown.model_validate_json(answer.text).reply

    def _answer_entry(self, log_id: str, asker: Asker, known: Known) -> Entry:
        try:
            entry = self.log.get(log_id)
        except UnknownEntryError as error:
            raise _unknown(log_id) from error
        same_place = (entry.channel, entry.tenant) == (asker.channel, asker.tenant)
        may_see = same_place and (asker.channel.is_shared or entry.asker == known.pseudonym)
        if entry.kind is not EntryKind.ANSWER or entry.text is None or not may_see:
            raise _unknown(log_id)
        return entry

    def _done_before(self, session: Session, act: Act, entry: Entry, asker: str) -> Entry | None:
        """Return the same act if it was done before: the same event, or the same thing by the same asker."""
        if (earlier := self.log.by_key(session, self._key("act", act.key, act.asker))) is not None:
            return earlier
        if act.verb in {Verb.SHARE, Verb.ASK_BROKER}:
            return None
        done = self.log.acts(session, about=entry.log_id, asker=asker, outcome=act.verb, record_id=act.record_id)
        return next(iter(done), None)

    def _receipt_of(self, earlier: Entry) -> Receipt:
        if case_id := earlier.payload.get("case"):
            case = self._referrals.get(case_id)
            return Receipt(kind=ReceiptKind.ALREADY_OPEN, case=case, at=case.opened_at)
        return Receipt(kind=ReceiptKind.ALREADY_NOTED, at=earlier.at)

    def _new_case(self, act: Act, known: Known, entry: Entry, asker: str, note: str | None) -> NewCase:
        shown = Shown.model_validate_json(entry.text or "")
        return NewCase(
            log_id=entry.log_id,
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

    def _act_entry(self, act: Act, known: Known, entry: Entry, asker: str, payload: dict[str, Any]) -> NewEntry:
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

    def _more_like(self, act: Act, known: Known, entry: Entry) -> Receipt:
        """Answer anew with what is like one suggestion, and let the thread go on from there."""
        key = self._key("act", act.key, act.asker)
        if (earlier := self.log.find(key)) is not None:
            return Receipt(kind=ReceiptKind.MORE, reply=self._reply_of(earlier))
        shown = Shown.model_validate_json(entry.text or "")
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
        reply, state = self._answered(turn, known, refined(before, turn), _refined_notes(turn), shown.top_k)
        with self._database.writing() as session:
            if (earlier := self.log.by_key(session, key)) is not None:
                return Receipt(kind=ReceiptKind.MORE, reply=self._reply_of(earlier))
            asker = self._askers.pseudonym(session, known)
            new = self._act_entry(act, known, entry, asker, {})
            done = self.log.append(session, new)
            fields = {"channel", "tenant", "asker", "conversation", "kommunenummer"}
            common = new.model_dump(include=fields) | {"language": reply.language}
            self._append_answer(session, key, done, common, reply, state, shown.top_k)
            self._let_thread_go_on(session, entry.conversation, state)
        return Receipt(kind=ReceiptKind.MORE, reply=reply)

    def _let_thread_go_on(self, session: Session, thread: str, state: State) -> None:
        row = session.get(ConversationRow, thread)
        if row is not None:
            row.state, row.version, row.updated_at = state.model_dump_json(), row.version + 1, self._now()

    def _key(self, purpose: str, key: str, asker: Asker) -> str:
        return self._keys.hashed(purpose, asker.channel, asker.tenant, key)


def suggestions_of(answer: Answer, state: State) -> dict[str, Any]:
    """Return what the log keeps of an answer for good: ids and figures, nobody's words."""
    suggested = [
        {
            "kind": kind,
            "id": one.id,
            "rank": rank,
            "score": round(one.score, 4),
            "confidence": one.confidence,
        }
        | _verdicts(one)
        for kind in answer.order
        for rank, one in enumerate(answer.suggestions(kind), start=1)
    ]
    place = state.refinement.place
    return {
        "suggestions": suggested,
        "shortened": answer.shortened,
        "refinement": {
            "kind": state.refinement.kind,
            "place": place.name if place else None,
            "like": state.refinement.like,
            "without": list(state.refinement.without),
        },
    }


def _verdicts(suggestion: Suggestion) -> dict[str, Any]:
    if not isinstance(suggestion, Scheme):
        return {}
    return {"verdicts": {judged.criterion_id: judged.verdict for judged in suggestion.eligibility}}


def _suggested(entry: Entry) -> set[str]:
    return {one["id"] for one in entry.payload.get("suggestions", ())}


def _logged(entry: Entry, *, mine: bool) -> LoggedAnswer:
    shown = Shown.model_validate_json(entry.text or "")
    return LoggedAnswer(log_id=entry.log_id, at=entry.at, question=shown.question or None, reply=shown.reply, mine=mine)


def _done(entry: Entry) -> Done:
    return Done(
        verb=Verb(entry.outcome),
        record_id=entry.record_id,
        reason=entry.payload.get("reason"),
        case_id=entry.payload.get("case"),
        at=entry.at,
    )


def _unknown(log_id: str) -> UnknownAnswerError:
    return UnknownAnswerError(
        f"The answer {log_id[:40]!r} is not here any more, or is not yours to see. Ask the question again."
    )


def _first_notes(known: Known, clean: Redacted) -> tuple[Note, ...]:
    notes = []
    if known.pseudonym is None:
        notes.append(Note(key="first_time"))
    if clean.removed:
        notes.append(Note(key="redacted"))
    elif clean.personal:
        notes.append(Note(key="personal_data"))
    return tuple(notes)


def _refined_notes(turn: Turn) -> tuple[Note, ...]:
    match turn:
        case Turn(intent=Intent.PLACE, place=None):
            return (Note(key="refined.anywhere"),)
        case Turn(intent=Intent.PLACE, place=place) if place is not None:
            key = "refined.place_only" if place.required else "refined.place"
            return (Note(key=key, values={"place": place.name}),)
        case Turn(intent=Intent.LIKE, items=(item, *_)):
            return (Note(key="refined.like", values={"name": item.name}),)
        case Turn(intent=Intent.DISMISS, items=items):
            return (_without(items),)
        case Turn(intent=Intent.MORE):
            return (Note(key="refined.more"),)
        case Turn(intent=Intent.ADDITION):
            return (Note(key="refined.added"),)
        case Turn(intent=Intent.FACT):
            return (Note(key="refined.fact"),)
        case _:
            return ()


def _without(items: Sequence[Item]) -> Note:
    named = "; ".join(item.name for item in items[:_NAMED])
    if len(items) <= _NAMED:
        return Note(key="refined.without", values={"names": named})
    return Note(key="refined.without_more", values={"names": named, "count": str(len(items) - _NAMED)})


def _carried_on(facts: Facts) -> Facts:
    """Return the facts that a thread remembers: not the words of the need, which it keeps as they are."""
    return facts.model_copy(update={"words": None})


def _questions_back(answer: Answer, state: State) -> tuple[tuple[Missing, ...], tuple[Note, ...]]:
    """Return what would change the answer if it were known, at most `MAX_ASKS` for one need, and as questions.

    They are the Research Council's three: where nothing fits well, what the problem is and what has to be known;
    where money is asked for, what would settle a scheme's rules, above all who takes part.
    """
    catalog = messages(answer.language)
    keys = ["problem", "knowledge"] if answer.outcome is not Outcome.MATCHED else []
    asks = [Note(key=key, values={"text": catalog.text(f"ask.{key}")}) for key in keys]
    missing = {one.fact.value: one for one in answer.asks} if not keys else {}
    asks += [Note(key=fact, values={"text": question_back(one, answer.language)}) for fact, one in missing.items()]
    left = max(MAX_ASKS - len(state.asked), 0)
    chosen = tuple([ask for ask in asks if ask.key not in state.asked][:left])
    return tuple(missing[ask.key] for ask in chosen if ask.key in missing), chosen
