"""The match log: every question, answer and act, in the order they happened.

Invariant: entries are only ever added, each with the digest of itself and of the one before it, so that an entry that
was changed or taken out is noticed (`verify`). One event of a channel makes one entry, however often it is told. What
people typed and were shown stands apart and goes when its time is up; the entry, without anybody's words, stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, insert, select
from sqlalchemy.orm import Session, aliased

from assistant.dialogue.conversation import Intent
from assistant.history.answered_needs import AnsweredNeeds
from assistant.history.heads import Head
from assistant.history.log_entries import (
    EntryKind,
    LogEntry,
    LogError,
    LoggedNeed,
    LogHead,
    LogLine,
    NewLogEntry,
    PendingEntry,
    UnknownEntryError,
)
from assistant.history.packing import Kept, kept
from assistant.history.tables import Base, LogRow, TextRow
from assistant.matching.answers import Outcome
from assistant.platform.keys import opaque_id
from corpus.database import Database
from corpus.text import Language

_AT_ONCE = 500
"""Entries read in one go."""
_DIGESTED = (
    "log_id", "key", "kind", "channel", "tenant", "asker", "conversation", "kommunenummer", "language", "about",
    "record_id", "outcome", "fingerprint", "encoder", "version", "payload",
)  # fmt: skip
_MATCHED = Outcome.MATCHED.value
_SURE = '"confidence": "strong"'
"""How the payload of an answer tells of a sure suggestion."""


class MatchLog:
    """The log in a database."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._version = version("mellomrom")
        self._answered = AnsweredNeeds(database)

    def append(self, session: Session, new: NewLogEntry, text: str | None = None, log_id: str | None = None) -> str:
        """Add an entry within a transaction of the caller's; return its id."""
        return self.append_all(session, [PendingEntry(new, text, log_id)])[0]

    def append_all(self, session: Session, appended: Sequence[PendingEntry]) -> list[str]:
        """Add entries that follow on each other, within a transaction of the caller's; return their ids."""
        return self.append_after(session, self.end(session), appended)

    def end(self, session: Session, key: str | None = None) -> LogHead:
        """Return where the log ends, and whether the event of a key is in it, within a transaction that writes."""
        digest, known = session.connection().execute(_END, {"key": key}).one()
        return LogHead(digest or "", bool(known))

    def append_after(self, session: Session, end: LogHead, appended: Sequence[PendingEntry]) -> list[str]:
        """Add entries where the log ends, as it was found in the same transaction; return their ids."""
        before, now = end.digest, self._now()
        rows: list[dict[str, Any]] = []
        texts: list[dict[str, Any]] = []
        for new, text, log_id in appended:
            payload = json.dumps(new.payload, ensure_ascii=False, sort_keys=True)
            row = {
                **{name: getattr(new, name) for name in _TOLD},
                "log_id": log_id or opaque_id(),
                "at": now,
                "version": self._version,
            }
            before = row["digest"] = _digest(row, payload, before)
            small = kept(payload)
            row |= {"payload": small.plain, "packed": small.packed}
            row["is_sure"] = None if small.packed is None else _SURE in payload
            rows.append(row)
            if text is not None:
                shown = kept(text)
                texts.append({"log_id": row["log_id"], "at": now, "text": shown.plain, "packed": shown.packed})
        # Past the mapper, and one statement for all; entries get their numbers in the order of their digests.
        session.connection().execute(_ADD_ENTRIES, rows)
        if texts:
            session.connection().execute(_ADD_TEXTS, texts)
        return [str(row["log_id"]) for row in rows]

    def by_key(self, session: Session, key: str) -> LogEntry | None:
        """Return the entry of an event, within a transaction of the caller's."""
        return next(_entries(session, _BY_KEY, key=key), None)

    def find(self, key: str) -> LogEntry | None:
        """Return the entry of an event."""
        with self._database.reading() as session:
            return self.by_key(session, key)

    def get(self, log_id: str) -> LogEntry:
        """Return an entry.

        Raises:
            UnknownEntryError: no entry has that id.
        """
        with self._database.reading() as session:
            return self.read(session, log_id)

    def read(self, session: Session, log_id: str) -> LogEntry:
        """Return an entry, within a transaction of the caller's.

        Raises:
            UnknownEntryError: no entry has that id.
        """
        entry = next(_entries(session, _BY_ID, log_id=log_id), None)
        if entry is None:
            raise UnknownEntryError(f"There is no entry {log_id[:40]!r} in the log. `mellomrom log list` shows them.")
        return entry

    def answer_to(self, session: Session, question: str) -> LogEntry | None:
        """Return the entry of the answer that a question got, within a transaction of the caller's."""
        return next(_entries(session, _ANSWER_TO, about=question), None)

    def in_thread(self, session: Session, conversation: str, asker: str | None) -> list[LogEntry]:
        """Return what an asker, or anybody, said and got in a thread, in order, in a transaction of the caller's."""
        if asker is None:
            return list(_entries(session, _IN_THREAD, conversation=conversation))
        return list(_entries(session, _IN_THREAD_OF, conversation=conversation, asker=asker))

    def having(self, log_ids: Sequence[str]) -> Iterator[LogEntry]:
        """Yield the entries that have these ids."""
        for start in range(0, len(log_ids), _AT_ONCE):
            query = _ENTRIES.where(_LOG.c.log_id.in_(log_ids[start : start + _AT_ONCE])).order_by(_LOG.c.id)
            with self._database.reading() as session:
                entries = list(_entries(session, query))
            yield from entries

    def entries(
        self,
        *,
        kind: EntryKind | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        asker: str | None = None,
        conversation: str | None = None,
        about: str | None = None,
        outcome: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[LogEntry]:
        """Yield the entries that are so, in the order they happened or the other way."""
        query = _ENTRIES
        for column, value in (
            (LogRow.kind, kind),
            (LogRow.asker, asker),
            (LogRow.conversation, conversation),
            (LogRow.about, about),
            (LogRow.outcome, outcome),
        ):
            if value is not None:
                query = query.where(column == value)
        if since is not None:
            query = query.where(LogRow.at >= since)
        if until is not None:
            query = query.where(LogRow.at < until)
        left, last = limit, None
        while left is None or left > 0:
            size = _AT_ONCE if left is None else min(left, _AT_ONCE)
            page = query
            if last is not None:
                page = page.where(LogRow.id < last if newest_first else LogRow.id > last)
            page = page.order_by(LogRow.id.desc() if newest_first else LogRow.id).limit(size)
            with self._database.reading() as session:
                entries = list(_entries(session, page))
            yield from entries
            if len(entries) < size:
                return
            last = entries[-1].id
            left = None if left is None else left - len(entries)

    def lines(
        self,
        kind: EntryKind,
        outcomes: Iterable[str],
        *,
        asker: str | None = None,
        since: datetime | None = None,
        limit: int,
    ) -> list[LogLine]:
        """Return the newest entries of a kind with some outcomes, the newest first, as lists need them.

        Answers whose text is gone are left out: there is nothing to list.
        """
        columns = [getattr(LogRow, name) for name in LogLine._fields[:-1]]
        query = select(*columns, TextRow.text, TextRow.packed).where(
            LogRow.kind == kind, LogRow.outcome.in_(list(outcomes))
        )
        if asker is not None:
            query = query.where(LogRow.asker == asker)
        if since is not None:
            query = query.where(LogRow.at >= since)
        has_text = kind is EntryKind.ANSWER
        query = query.join(TextRow, TextRow.log_id == LogRow.log_id, isouter=not has_text)
        with self._database.reading() as session:
            return _lines(session, query.order_by(LogRow.id.desc()).limit(limit))

    def weakly_answered(self, outcomes: Iterable[str], *, since: datetime | None, limit: int) -> list[LogLine]:
        """Return the newest needs, the newest first, whose answer has one of some outcomes or no sure suggestion.

        What was said of an answer is no need. Answers whose text is gone are left out.
        """
        question = aliased(LogRow)
        weak = LogRow.outcome.in_(list(outcomes))
        unsure = (LogRow.outcome == _MATCHED) & LogRow.payload.notlike(f"%{_SURE}%") & LogRow.is_sure.is_not(True)
        query = (
            select(*[getattr(LogRow, name) for name in LogLine._fields[:-1]], TextRow.text, TextRow.packed)
            .join(TextRow, TextRow.log_id == LogRow.log_id)
            .join(question, LogRow.about == question.log_id)
            .where(
                LogRow.kind == EntryKind.ANSWER,
                weak | unsure,
                question.kind == EntryKind.QUESTION,
                question.outcome == Intent.QUESTION,
            )
        )
        if since is not None:
            query = query.where(LogRow.at >= since)
        with self._database.reading() as session:
            return _lines(session, query.order_by(LogRow.id.desc()).limit(limit))

    def needs(self, since: datetime, until: datetime) -> list[LoggedNeed]:
        """Return the needs that somebody came with and that were answered; what was said of an answer is none."""
        return self._answered.needs(since, until)

    def suggested_by(self, log_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of what answers suggested, by the answer, the best of each kind first."""
        return self._answered.suggested_by(log_ids)

    def acts(
        self, session: Session, *, about: str, asker: str, outcome: str, record_id: str | None
    ) -> Iterator[LogEntry]:
        """Yield what an asker did to a suggestion, or to a whole answer, within a transaction of the caller's."""
        query = _ENTRIES.where(
            LogRow.kind == EntryKind.ACT,
            LogRow.about == about,
            LogRow.asker == asker,
            LogRow.outcome == outcome,
            LogRow.record_id == record_id if record_id else LogRow.record_id.is_(None),
        )
        return _entries(session, query)

    def head(self) -> Head | None:
        """Return the newest entry as it is remembered beside the database; None for an empty log."""
        with self._database.reading() as session:
            row = session.scalar(select(LogRow).order_by(LogRow.id.desc()).limit(1))
            return Head(number=row.id, at=row.at, digest=row.digest) if row else None

    def verify(self, known: Head | None = None) -> int:
        """Return the number of entries, each found as it was written.

        Args:
            known: An entry that was there once, so that all up to it have to be.

        Raises:
            LogError: an entry was changed, or one before it or the known one is missing.
        """
        before, count, last = "", 0, 0
        seen = known is None
        while True:
            with self._database.reading() as session:
                rows = session.scalars(select(LogRow).where(LogRow.id > last).order_by(LogRow.id).limit(_AT_ONCE)).all()
                for row in rows:
                    payload = Kept(row.payload, row.packed).text
                    is_told_right = row.packed is None or row.is_sure is (_SURE in payload)
                    if row.digest != _digest(vars(row), payload, before) or not is_told_right:
                        raise LogError(
                            f"Entry {row.log_id} (number {row.id}) is not as it was written, or one before it is "
                            "missing. Compare with a backup; everything before it is whole."
                        )
                    before, last = row.digest, row.id
                    seen = seen or (known is not None and row.digest == known.digest)
            count += len(rows)
            if len(rows) < _AT_ONCE:
                break
        if known is not None and not seen:
            raise LogError(
                f"The newest entries are missing: the log ends with number {last}, and number {known.number} of "
                f"{known.at:%Y-%m-%d %H:%M} UTC was there. Compare with a backup; those that are there are whole."
            )
        return count

    def forget_texts(self, session: Session, before: datetime) -> int:
        """Take away what was typed and shown before a moment; return how many texts."""
        gone = session.execute(delete(TextRow).where(TextRow.at < before).returning(TextRow.log_id))
        return len(gone.all())

    def forget_texts_of(self, session: Session, asker: str) -> int:
        """Take away what an asker typed and was shown; return how many texts."""
        theirs = select(LogRow.log_id).where(LogRow.asker == asker)
        gone = session.execute(delete(TextRow).where(TextRow.log_id.in_(theirs)).returning(TextRow.log_id))
        return len(gone.all())


# Statements are put together once; to do so takes longer than to run them.
_LOG, _TEXT = Base.metadata.tables[LogRow.__tablename__], Base.metadata.tables[TextRow.__tablename__]
_ENTRIES = select(
    *[_LOG.c[name] for name in LogEntry.model_fields if name != "text"],
    _LOG.c.packed.label("packed_payload"),
    _TEXT.c.text,
    _TEXT.c.packed,
).select_from(_LOG.outerjoin(_TEXT, _TEXT.c.log_id == _LOG.c.log_id))
_BY_KEY = _ENTRIES.where(_LOG.c.key == bindparam("key"))
_BY_ID = _ENTRIES.where(_LOG.c.log_id == bindparam("log_id"))
_ANSWER_TO = _ENTRIES.where(_LOG.c.kind == EntryKind.ANSWER.value, _LOG.c.about == bindparam("about")).limit(1)
_IN_THREAD = _ENTRIES.where(_LOG.c.conversation == bindparam("conversation")).order_by(_LOG.c.id)
_IN_THREAD_OF = _IN_THREAD.where(_LOG.c.asker == bindparam("asker"))
_END = select(
    select(_LOG.c.digest).order_by(_LOG.c.id.desc()).limit(1).scalar_subquery(),
    exists().where(_LOG.c.key == bindparam("key")),
)
_ADD_ENTRIES, _ADD_TEXTS = insert(_LOG), insert(_TEXT)
_TOLD = tuple(name for name in NewLogEntry.model_fields if name != "payload")


def _entries(session: Session, query: Select[Any], **values: object) -> Iterator[LogEntry]:
    for row in session.connection().execute(query, values).mappings().all():
        fields: dict[str, Any] = dict(row)
        payload = Kept(fields["payload"], fields.pop("packed_payload")).text
        if (packed := fields.pop("packed")) is not None:
            fields["text"] = Kept(fields["text"], packed).text
        yield LogEntry(**fields | {"payload": json.loads(payload)})


def _lines(session: Session, query: Select[Any]) -> list[LogLine]:
    lines = []
    for *fields, plain, packed in session.execute(query).all():
        line = LogLine._make([*fields, plain if packed is None else Kept(plain, packed).text])
        lines.append(line._replace(kind=EntryKind(line.kind), language=Language(line.language)))
    return lines


def _digest(row: Mapping[str, Any], payload: str, before: str) -> str:
    held = [payload if name == "payload" else row[name] for name in _DIGESTED]
    chained = json.dumps([before, row["at"].astimezone(UTC).isoformat(), *held], ensure_ascii=False)
    return hashlib.sha256(chained.encode()).hexdigest()
