"""The rows of askers, conversations, the match log and cases, alike on SQLite and PostgreSQL.

Invariant: rows of the log and events of cases are only ever added; nothing here changes or removes one. What people
typed and were shown stands in `TextRow`, apart from the log, so that it can be taken away when its time is up and the
log stays whole. Nobody is named: an asker is a pseudonym, and only `AskerRow` ties it to anybody.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from corpus.tables import NAMES, Day, UtcDateTime
from corpus.text import Language


class Base(DeclarativeBase):
    """The tables of conversations and cases."""

    metadata = MetaData(naming_convention=NAMES)


class AskerRow(Base):
    """Somebody who asks. Without this row, nothing ties what they asked to them."""

    __tablename__ = "asker"

    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The keyed hash of channel, workspace and user."""
    pseudonym: Mapped[str] = mapped_column(String(16), unique=True)
    """Random, so that it says nothing once this row is gone."""
    language: Mapped[str | None] = mapped_column(String(2))
    kommunenummer: Mapped[str | None] = mapped_column(String(4))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ErasedRow(Base):
    """A pseudonym whose words were taken away, kept so that a backup from before does not bring them back."""

    __tablename__ = "erased"

    pseudonym: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Says nothing of anybody, since the row that tied it to them is gone."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConversationRow(Base):
    """What a thread has come to."""

    __tablename__ = "conversation"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The keyed hash of the channel's own name for the thread."""
    state: Mapped[str] = mapped_column(Text)
    """JSON, see `assistant.dialogue.conversation.ConversationState`; empty where it is packed."""
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    packed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The same, see `assistant.history.packing`; None in rows of earlier releases."""


class LogRow(Base):
    """One question, answer or act, as it happened."""

    __tablename__ = "log_entry"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 (SQLAlchemy's own pattern)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    log_id: Mapped[str] = mapped_column(String(16), unique=True)
    """Opaque and unguessable; how everything else speaks of the entry."""
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """The hash of what tells one event of a channel from another; a second entry for the same event is refused."""
    kind: Mapped[str] = mapped_column(String(16), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    channel: Mapped[str] = mapped_column(String(16))
    tenant: Mapped[str] = mapped_column(String(120))
    asker: Mapped[str] = mapped_column(String(16), index=True)
    """A pseudonym."""
    conversation: Mapped[str] = mapped_column(String(64), index=True)
    kommunenummer: Mapped[str | None] = mapped_column(String(4))
    language: Mapped[str] = mapped_column(String(2))
    about: Mapped[str | None] = mapped_column(String(16), index=True)
    """The question that an answer answers, or the answer that an act is about."""
    record_id: Mapped[str | None] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(24), index=True)
    """How a question was read, how an answer turned out, or what was done."""
    fingerprint: Mapped[str | None] = mapped_column(String(80))
    """Of the records that the answer was found in."""
    encoder: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str] = mapped_column(String(32))
    """Of the product."""
    payload: Mapped[str] = mapped_column(Text)
    """JSON without anybody's words: what was suggested, or what an act said; empty where it is packed."""
    digest: Mapped[str] = mapped_column(String(64))
    """Of this entry and of the digest before it, so that a changed or missing entry is noticed."""
    packed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The payload, see `assistant.history.packing`; None where it stands in `payload`."""
    is_sure: Mapped[bool | None] = mapped_column(Boolean)
    """Whether an answer suggests anything surely, so that lists need not read its payload; None where it is not
    packed."""


class TextRow(Base):
    """What somebody typed, or was shown, as long as it may be kept."""

    __tablename__ = "log_text"

    log_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    text: Mapped[str] = mapped_column(Text)
    """Empty where it is packed."""
    packed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The same, see `assistant.history.packing`; None where it stands in `text`."""


class CaseRow(Base):
    """A suggestion that is followed up."""

    __tablename__ = "case_file"
    __table_args__ = (UniqueConstraint("log_id", "record_id"), Index(None, "state", "state_since"))

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    log_id: Mapped[str] = mapped_column(String(16))
    """The answer that it began with."""
    record_id: Mapped[str] = mapped_column(String(80))
    """What was suggested; empty where the broker is asked and no record."""
    question: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    """What the asker added."""
    asker: Mapped[str] = mapped_column(String(16), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    tenant: Mapped[str] = mapped_column(String(120))
    reply_to: Mapped[str | None] = mapped_column(Text)
    """Where the channel reaches the asker; kept because the asker asked for a reply."""
    kommunenummer: Mapped[str | None] = mapped_column(String(4))
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(16))
    state_since: Mapped[date] = mapped_column(Day)
    """The day it came to its state, in Norwegian time."""
    assigned_to: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)


class CaseEventRow(Base):
    """One thing that happened to a case."""

    __tablename__ = "case_event"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 (SQLAlchemy's own pattern)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(String(16), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(24))
    note: Mapped[str | None] = mapped_column(Text)
    """For the brokers, or for the asker too where `action` says so."""


class NeedDealtRow(Base):
    """A need without a good answer that a broker has dealt with."""

    __tablename__ = "need_dealt"

    log_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """The answer that was not good enough."""
    together: Mapped[str] = mapped_column(String(16), index=True)
    """What was dealt with together has this in common, so that it can be taken back together."""
    how: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReminderRow(Base):
    """A reminder that is being sent or was, so that no other process sends it again."""

    __tablename__ = "reminder"

    case_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    state_since: Mapped[date] = mapped_column(Day, primary_key=True)
    days: Mapped[int] = mapped_column(Integer, primary_key=True)
    """After how many working days without a change it was due."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LetterRow(Base):
    """A letter to a partner as a broker last saved it."""

    __tablename__ = "case_letter"

    case_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    to_address: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    with_sketch: Mapped[bool] = mapped_column(Boolean)
    """Whether the one-page sketch goes with it."""
    version: Mapped[int] = mapped_column(Integer)
    saved_by: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseReplyRow(Base):
    """What a partner answered; in whose words stands in the event."""

    __tablename__ = "case_reply"

    event_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    case_id: Mapped[str] = mapped_column(String(16), index=True)
    answer: Mapped[str] = mapped_column(String(16))
    way: Mapped[str] = mapped_column(String(8))
    """By the link in the letter, or by mail."""


class CaseToldRow(Base):
    """Something that an asker is being told or was, so that it is told once."""

    __tablename__ = "case_told"

    event_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    way: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseWatchRow(Base):
    """A broker who follows a case that a colleague has."""

    __tablename__ = "case_watch"

    case_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    broker: Mapped[str] = mapped_column(String(200), primary_key=True, index=True)
    """By name."""
    told_to: Mapped[int] = mapped_column(Integer)
    """The newest event that they were told of."""
    language: Mapped[str] = mapped_column(String(2), server_default=Language.NB.value)
    """The one that they read the desk in when they chose to watch."""


class CaseFiguresRow(Base):
    """The money, the application and the decision of a case."""

    __tablename__ = "case_figures"

    case_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    applied: Mapped[int | None] = mapped_column(BigInteger)
    """In whole kroner."""
    granted: Mapped[int | None] = mapped_column(BigInteger)
    application: Mapped[str | None] = mapped_column(Text)
    """What the funder calls the application."""
    decision_on: Mapped[date | None] = mapped_column(Day)


class MeetingRow(Base):
    """A meeting of a case: the times proposed, and the one that it came to."""

    __tablename__ = "case_meeting"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(16))
    proposed: Mapped[str] = mapped_column(Text)
    """JSON: the times in UTC."""
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    minutes: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(Text)
    sequence: Mapped[int] = mapped_column(Integer)
    """How often the invitation has changed."""
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseFileRow(Base):
    """A file that a broker has put on a case."""

    __tablename__ = "case_attachment"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(16), index=True)
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added_by: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


def saved_reference(need_id: str) -> str:
    """Return what the mail knows a saved need by."""
    return f"saved:{need_id}"


class SavedNeedRow(Base):
    """A need that somebody wants to hear of when something changes; deleted when they no longer do."""

    __tablename__ = "saved_need"
    __table_args__ = (UniqueConstraint("asker", "log_id"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    log_id: Mapped[str] = mapped_column(String(16))
    """The answer that it was saved from."""
    asker: Mapped[str] = mapped_column(String(16), index=True)
    """A pseudonym."""
    question: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    """The language that news are told in."""
    facts: Mapped[str] = mapped_column(Text)
    """JSON: what its asker told of themselves, as `assistant.funding.verdicts.Facts`."""
    refinement: Mapped[str] = mapped_column(Text, server_default="{}")
    """JSON: what was said besides the question, as `assistant.dialogue.refinement.Refinement`."""
    every: Mapped[str] = mapped_column(String(8))
    address: Mapped[str | None] = mapped_column(Text)
    """Where news are sent by mail; None where they are only shown on the asker's page."""
    is_confirmed: Mapped[bool] = mapped_column(Boolean)
    """Whether whoever reads that address has said that they want them."""
    known: Mapped[str] = mapped_column(Text)
    """JSON: the records that news would be of, each with its state when it was last looked at."""
    muted: Mapped[str] = mapped_column(Text)
    """JSON: the ids of records that its asker wants to hear no more of."""
    news: Mapped[str] = mapped_column(Text)
    """JSON: what was last told."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_until: Mapped[date] = mapped_column(Day)
    """The day after which it is deleted, unless its asker wants to keep it."""
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When it was last looked at whether something has changed."""
    told_on: Mapped[date | None] = mapped_column(Day)
    version: Mapped[int] = mapped_column(Integer)
    reply_to: Mapped[str | None] = mapped_column(Text)
    """Where the channel that it was saved in reaches its asker, in that channel's own words."""
    is_untold: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """Whether its news wait to be told in that channel."""
    notices: Mapped[str] = mapped_column(Text, server_default="[]")
    """JSON: what else waits to be told there, as `assistant.saved.needs.Notice`."""


class ContactAbsenceRow(Base):
    """A contact at a body who is away, and who is written to meanwhile; deleted when they are back."""

    __tablename__ = "contact_absence"

    record_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    """The e-mail address that nobody reads."""
    id: Mapped[str] = mapped_column(String(16), unique=True)
    """Random, so that an erased row is known again where a backup brings it back."""
    until: Mapped[date] = mapped_column(Day, index=True)
    """The last day away."""
    deputy: Mapped[str] = mapped_column(String(254))
    """The address that is written to meanwhile; empty where nobody has told one."""
    noted_by: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NeedPairRow(Base):
    """Two needs that are alike, by the answers that they were asked with; holds nobody's words."""

    __tablename__ = "need_pair"
    __table_args__ = (UniqueConstraint("first_log", "second_log"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    first_log: Mapped[str] = mapped_column(String(16))
    """The answer to the need that was there first."""
    second_log: Mapped[str] = mapped_column(String(16), index=True)
    first_asker: Mapped[str] = mapped_column(String(16), index=True)
    """A pseudonym."""
    second_asker: Mapped[str] = mapped_column(String(16), index=True)
    first_kommunenummer: Mapped[str | None] = mapped_column(String(4))
    """As it was when the pair was found; by it the brokers of the two places see it."""
    second_kommunenummer: Mapped[str | None] = mapped_column(String(4))
    first_key: Mapped[str] = mapped_column(String(16), unique=True)
    """What the link to this side is of, so that neither side can answer for the other."""
    second_key: Mapped[str] = mapped_column(String(16), unique=True)
    likeness: Mapped[int] = mapped_column(Integer)
    """In thousandths, see `assistant.coupling.likeness`."""
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    first_answer: Mapped[str | None] = mapped_column(String(3))
    second_answer: Mapped[str | None] = mapped_column(String(3))
    by: Mapped[str | None] = mapped_column(Text)
    """The broker who asked the two, or decided on the pair."""
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    case_id: Mapped[str | None] = mapped_column(String(16))
    """The case that they follow together."""


class CaseMemberRow(Base):
    """A municipality that follows another's case, by the case of its own."""

    __tablename__ = "case_member"

    case_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """The case that is followed together, of the municipality that leads."""
    member_id: Mapped[str] = mapped_column(String(16), primary_key=True, index=True)
    told_event: Mapped[int] = mapped_column(Integer)
    """The last event of the case that the member was told."""


class MarkRow(Base):
    """How far something that goes through the log has come, or how much of something a broker has seen."""

    __tablename__ = "mark"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    """Of the last entry that was looked at, or the number that was seen."""
