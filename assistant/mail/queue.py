"""The queue: letters kept in the database until the mail server has taken them.

Invariant: a letter is handed over by one process at a time. Before the text itself goes out, the database says so
(`HANDING`); so, of a process that was killed, whatever had not come that far is tried again by others, and whatever
had is never sent again by itself: nobody can know whether it arrived, and whoever enqueued it is told just that
(`UNSURE`). A key is enqueued once, however often it is tried.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from assistant.mail.addresses import checked_address, one_line
from assistant.mail.tables import OutgoingFileRow, OutgoingRow
from assistant.platform.keys import opaque_id
from corpus.clock import utc_now
from corpus.database import Database
from corpus.errors import MellomromError
from corpus.text import Frozen

LEASE = timedelta(minutes=3)
"""How long a process that falls silent keeps a letter from others; longer than any step of handing it over takes."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1_440))
"""How long after each try the next one comes; after the last of them a letter has failed."""
MAX_FILES_BYTES = 10_000_000
"""Bytes of all attachments of a letter; many mail servers take no more."""
_FAULT_CHARACTERS = 300


class MailState(StrEnum):
    """What became of a letter."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    """A process is about to hand it over; nothing has gone out yet."""
    HANDING = "handing"
    """Its text is going out this moment."""
    SENT = "sent"
    """The mail server has taken it."""
    FAILED = "failed"
    UNSURE = "unsure"
    """It went out, or not: the process ended, or the line broke, before the mail server had said so."""
    CANCELLED = "cancelled"
    """It was taken back before it went out."""


LEFT = (MailState.HANDING, MailState.SENT, MailState.UNSURE)
"""States in which a letter may have left the house."""
TROUBLED = (MailState.FAILED, MailState.UNSURE)
"""States that somebody has to see to."""


class Attachment(Frozen):
    """A file that goes with a letter."""

    name: str
    media_type: str
    content: bytes


class NewMail(Frozen):
    """A letter to be sent."""

    to: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()
    reference: str | None = None
    """What whoever enqueues it knows it by."""
    key: str | None = None
    """What it is about, where the same is never to be sent twice."""
    reply_to: str | None = None
    html: str | None = None
    calendar: str | None = None
    automatic: bool = False
    """Whether nobody wrote it, so that no automatic reply is wanted."""
    wait: timedelta = timedelta()
    """How long it can be taken back."""


class QueuedMail(Frozen):
    """A letter and what became of it."""

    id: str
    reference: str | None
    message_id: str
    to: str
    """Empty once its time is up."""
    reply_to: str | None
    subject: str
    body: str
    html: str | None
    calendar: str | None
    automatic: bool
    state: MailState
    tries: int
    due_at: datetime
    created_at: datetime
    changed_at: datetime
    fault: str | None


class MailOffError(MellomromError):
    """No mail server is set."""

    def __init__(self) -> None:
        super().__init__(
            "No mail can be sent, since no mail server is set. Set MELLOMROM_SMTP_HOST and MELLOMROM_MAIL_SENDER."
        )


class MailSizeError(MellomromError):
    """The attachments of a letter are larger than mail servers take."""


class MailQueue:
    """The letters in a database."""

    def __init__(self, database: Database, sender: str | None, now: Callable[[], datetime] = utc_now) -> None:
        """Open the queue.

        Args:
            database: Where letters are kept.
            sender: The address that letters come from; None where no mail server is set.
            now: The clock.
        """
        self._database = database
        self._sender = sender
        self._now = now
        self.owner = secrets.token_hex(8)
        """This process, as the rows name it."""

    @property
    def is_on(self) -> bool:
        """Tell whether letters can be sent."""
        return self._sender is not None

    def enqueue(
        self,
        to: str,
        subject: str,
        body: str,
        attachments: Sequence[Attachment] = (),
        reference: str | None = None,
    ) -> QueuedMail:
        """Have a letter sent.

        Raises:
            MailOffError: no mail server is set.
            MailAddressError: the receiver is not one e-mail address.
            MailSizeError: the attachments are too large.
        """
        new = NewMail(to=to, subject=subject, body=body, attachments=tuple(attachments), reference=reference)
        with self._database.writing() as session:
            return self.put(session, new)

    def put(self, session: Session, new: NewMail) -> QueuedMail:
        """Have a letter sent if the caller's transaction is written; one whose key is there already is left as it is.

        Raises:
            MailOffError: no mail server is set.
            MailAddressError: a receiver is not one e-mail address.
            MailSizeError: the attachments are too large.
        """
        if self._sender is None:
            raise MailOffError
        if new.key is not None and (earlier := session.scalar(select(OutgoingRow).where(OutgoingRow.key == new.key))):
            return _mail(earlier)
        if (size := sum(len(attachment.content) for attachment in new.attachments)) > MAX_FILES_BYTES:
            raise MailSizeError(
                f"Got attachments of {size:,} bytes, expected at most {MAX_FILES_BYTES:,}. Leave some out."
            )
        now, mail_id = self._now(), opaque_id()
        row = OutgoingRow(
            id=mail_id,
            key=new.key,
            reference=new.reference,
            message_id=f"<{mail_id}.{secrets.token_hex(8)}@{self._sender.partition('@')[2]}>",
            to_address=checked_address(new.to),
            reply_to=checked_address(new.reply_to) if new.reply_to else None,
            subject=one_line(new.subject),
            body=new.body,
            html=new.html,
            calendar=new.calendar,
            automatic=new.automatic,
            state=MailState.QUEUED,
            tries=0,
            due_at=now + new.wait,
            created_at=now,
            changed_at=now,
        )
        session.add(row)
        session.flush()
        for position, one in enumerate(new.attachments):
            session.add(
                OutgoingFileRow(
                    mail_id=mail_id,
                    position=position,
                    name=one_line(one.name, 200),
                    media_type=one.media_type,
                    content=one.content,
                )
            )
        return _mail(row)

    def is_waiting(self) -> bool:
        """Tell whether something is to be done; read only, so that asking often keeps nobody waiting."""
        now = self._now()
        is_due = (OutgoingRow.state == MailState.QUEUED) & (OutgoingRow.due_at <= now)
        is_left = OutgoingRow.state.in_((MailState.CLAIMED, MailState.HANDING)) & (OutgoingRow.leased_until < now)
        return bool(self._database.value(select(exists().where(is_due | is_left))))

    def claim(self) -> QueuedMail | None:
        """Take the letter that has waited longest; first, see to what processes left that are no more."""
        now = self._now()
        lost = (OutgoingRow.leased_until < now,)
        free = {"owner": None, "leased_until": None, "changed_at": now}
        query = select(OutgoingRow).where(OutgoingRow.state == MailState.QUEUED, OutgoingRow.due_at <= now)
        with self._database.writing() as session:
            session.execute(
                update(OutgoingRow)
                .where(OutgoingRow.state == MailState.HANDING, *lost)
                .values(state=MailState.UNSURE, **free)
            )
            session.execute(
                update(OutgoingRow)
                .where(OutgoingRow.state == MailState.CLAIMED, *lost)
                .values(state=MailState.QUEUED, **free)
            )
            row = session.scalar(query.order_by(OutgoingRow.due_at, OutgoingRow.created_at).limit(1))
            if row is None:
                return None
            row.state, row.tries = MailState.CLAIMED, row.tries + 1
            row.owner, row.leased_until, row.changed_at = self.owner, now + LEASE, now
            return _mail(row)

    def hand_over(self, mail_id: str) -> bool:
        """Say that a letter's text goes out now; tell whether it is still ours to send."""
        return self._step(mail_id, MailState.CLAIMED, MailState.HANDING, leased_until=self._now() + LEASE)

    def sent(self, mail_id: str) -> bool:
        """Say that the mail server has taken a letter; tell whether it was still ours."""
        return self._step(mail_id, MailState.HANDING, MailState.SENT, owner=None, leased_until=None, fault=None)

    def unsure(self, mail_id: str, fault: str) -> None:
        """Say that nobody can know whether a letter went out."""
        fault_line = one_line(fault, _FAULT_CHARACTERS)
        self._step(mail_id, MailState.HANDING, MailState.UNSURE, owner=None, leased_until=None, fault=fault_line)

    def failed(self, mail_id: str, fault: str, *, for_good: bool) -> None:
        """Say that the mail server did not take a letter; it is tried again unless that is in vain."""
        now = self._now()
        with self._database.writing() as session:
            row = session.get(OutgoingRow, mail_id)
            if row is None or row.owner != self.owner:
                return
            over = for_good or row.tries > len(WAITS)
            row.state = MailState.FAILED if over else MailState.QUEUED
            row.due_at = now if over else now + WAITS[row.tries - 1]
            row.owner, row.leased_until, row.changed_at = None, None, now
            row.fault = one_line(fault, _FAULT_CHARACTERS)

    def cancel(self, mail_id: str) -> bool:
        """Take a letter back; tell whether it had not gone out."""
        return self._step(mail_id, MailState.QUEUED, MailState.CANCELLED, any_owner=True)

    def cancel_of(self, session: Session, reference: str) -> int:
        """Take back whatever has not gone out under a reference, in the caller's transaction; return how many."""
        wanted = (OutgoingRow.reference == reference, OutgoingRow.state == MailState.QUEUED)
        taken = update(OutgoingRow).where(*wanted).values(state=MailState.CANCELLED, changed_at=self._now())
        return len(session.scalars(taken.returning(OutgoingRow.id)).all())

    def again(self, mail_id: str) -> bool:
        """Send a letter once more of which nobody knows, or that failed; tell whether it was one."""
        with self._database.writing() as session:
            row = session.get(OutgoingRow, mail_id)
            if row is None or row.state not in TROUBLED or not row.to_address:
                return False
            row.state, row.tries, row.due_at, row.changed_at = MailState.QUEUED, 0, self._now(), self._now()
            return True

    def of(self, reference: str) -> list[QueuedMail]:
        """Return the letters under a reference, the oldest first."""
        query = select(OutgoingRow).where(OutgoingRow.reference == reference)
        with self._database.reading() as session:
            return [_mail(row) for row in session.scalars(query.order_by(OutgoingRow.created_at, OutgoingRow.id))]

    def get(self, mail_id: str) -> QueuedMail | None:
        """Return a letter, or None where there is none."""
        with self._database.reading() as session:
            row = session.get(OutgoingRow, mail_id)
            return _mail(row) if row else None

    def by_message_id(self, message_ids: Iterable[str]) -> QueuedMail | None:
        """Return the letter of ours that one of these is the Message-ID of."""
        query = select(OutgoingRow).where(OutgoingRow.message_id.in_(list(message_ids)[:50])).limit(1)
        with self._database.reading() as session:
            row = session.scalar(query)
            return _mail(row) if row else None

    def troubled(self, limit: int = 100) -> list[QueuedMail]:
        """Return the letters that somebody has to see to, the newest first."""
        query = select(OutgoingRow).where(OutgoingRow.state.in_(TROUBLED)).order_by(OutgoingRow.changed_at.desc())
        with self._database.reading() as session:
            return [_mail(row) for row in session.scalars(query.limit(limit))]

    def bounced(self, mail_id: str, fault: str) -> bool:
        """Say that a letter came back after the mail server had taken it; tell whether it was one of ours."""
        with self._database.writing() as session:
            row = session.get(OutgoingRow, mail_id)
            if row is None or row.state not in LEFT:
                return False
            row.state, row.changed_at = MailState.FAILED, self._now()
            row.fault = one_line(fault, _FAULT_CHARACTERS)
            return True

    def files(self, mail_id: str) -> list[Attachment]:
        """Return the attachments of a letter."""
        query = select(OutgoingFileRow).where(OutgoingFileRow.mail_id == mail_id).order_by(OutgoingFileRow.position)
        with self._database.reading() as session:
            return [
                Attachment(name=row.name, media_type=row.media_type, content=row.content)
                for row in session.scalars(query)
            ]

    def _step(
        self, mail_id: str, before: MailState, after: MailState, *, any_owner: bool = False, **values: object
    ) -> bool:
        wanted = [OutgoingRow.id == mail_id, OutgoingRow.state == before]
        wanted += [] if any_owner else [OutgoingRow.owner == self.owner]
        step = update(OutgoingRow).where(*wanted).values(state=after, changed_at=self._now(), **values)
        with self._database.writing() as session:
            return session.scalar(step.returning(OutgoingRow.id)) is not None


_WORDS = {"to_address": "", "reply_to": None, "subject": "", "body": "", "html": None, "calendar": None, "fault": None}


def forget_mail(session: Session, references: Iterable[str]) -> int:
    """Take away the words and receivers of all letters under references, and what has not gone out; return how many.

    In the caller's transaction.
    """
    count = 0
    for reference in references:
        rows = session.scalars(select(OutgoingRow).where(OutgoingRow.reference == reference)).all()
        count += _forget(session, rows)
    return count


def forget_old_mail(session: Session, before: datetime) -> int:
    """Take away the words and receivers of letters that nothing has happened to since a moment; return how many."""
    rows = session.scalars(
        select(OutgoingRow).where(OutgoingRow.changed_at < before, OutgoingRow.to_address != "")
    ).all()
    return _forget(session, rows)


def _forget(session: Session, rows: Sequence[OutgoingRow]) -> int:
    for row in rows:
        session.execute(delete(OutgoingFileRow).where(OutgoingFileRow.mail_id == row.id))
        for name, value in _WORDS.items():
            setattr(row, name, value)
        if row.state in (MailState.QUEUED, MailState.CLAIMED):
            row.state = MailState.CANCELLED
    return len(rows)


def _mail(row: OutgoingRow) -> QueuedMail:
    fields = {name: getattr(row, name) for name in QueuedMail.model_fields if name != "to"}
    return QueuedMail.model_validate(fields | {"to": row.to_address})
