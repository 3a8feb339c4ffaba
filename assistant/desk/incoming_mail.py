"""Answers that come by mail, put on the cases that they are about.

Invariant: a letter is dealt with once, in one transaction with the note that it was. It becomes a note and moves no
case: what words come to, the broker reads. What answers no letter of ours is left alone.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from assistant.cases.cases import CaseAction, NoteError, PartnerAnswer, UnknownCaseError
from assistant.cases.events import add_event, bump_version, case_row
from assistant.cases.notes import checked_note
from assistant.cases.partner_answers import PartnerAnswers, SignedLinks
from assistant.mail.imap import fetch_unread
from assistant.mail.incoming import Incoming, IncomingKind, read_mail
from assistant.mail.tables import IncomingRow
from assistant.platform.messages import messages
from assistant.service.container import Runtime
from corpus.clock import utc_now
from corpus.text import Language

BY_MAIL = "mail"
"""Who is named in a case's history for what came by mail."""
UNKNOWN = "unknown"
"""What became of a letter that answers none of ours."""


def read_answers(runtime: Runtime) -> int:
    """Fetch the unread letters and put them on their cases; return how many were fetched.

    Raises:
        ImapError: the mail server cannot be reached, or does not let us in.
    """
    if runtime.settings.imap_host is None:
        return 0
    return fetch_unread(runtime.settings, lambda raw: str(take_mail(runtime, raw)))


def take_mail(runtime: Runtime, raw: bytes) -> str:
    """Put an incoming letter on its case; return what it was taken for, or that it answers none of ours."""
    mail = read_mail(raw)
    sent = runtime.mail.by_message_id(mail.references) if mail.references else None
    reference = sent.reference if sent else None
    if reference is None and (case_id := SignedLinks(runtime.keys).marked(mail.marked)) is not None:
        reference = f"case:{case_id}"
    outcome = mail.kind.value if reference else UNKNOWN
    with runtime.database.writing() as session:
        if session.get(IncomingRow, mail.key) is not None:
            return outcome
        session.add(IncomingRow(key=mail.key, kind=outcome, reference=reference, at=utc_now()))
        if reference is not None and mail.kind not in {IncomingKind.BOUNCE, IncomingKind.DELAY}:
            _note(runtime, session, mail, reference)
    if sent is not None and mail.kind is IncomingKind.BOUNCE:
        runtime.mail.bounced(sent.id, mail.fault or "550")
    return outcome


def _note(runtime: Runtime, session: Session, mail: Incoming, reference: str) -> None:
    who, _, case_id = reference.partition(":")
    catalog = messages(runtime.settings.language or Language.NB)
    try:
        note = checked_note(mail.text) or catalog.text("mail.in.empty")
    except NoteError:
        note = catalog.text("mail.in.empty")
    try:
        if who == "case" and mail.kind is IncomingKind.REPLY:
            PartnerAnswers(runtime.database).taken(session, case_id, PartnerAnswer.WRITTEN, note, "mail")
            return
        row = case_row(session, case_id)
    except UnknownCaseError:
        return
    if row.question:
        key = "mail.in.automatic" if mail.kind is IncomingKind.AUTOMATIC else "mail.in.asker"
        now = utc_now()
        add_event(session, case_id, BY_MAIL, CaseAction.NOTED, now, note=f"{catalog.text(key)} {note}")
        bump_version(row, now)
