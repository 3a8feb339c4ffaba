"""The letter of a case on the desk: drafted, edited, saved as it is written, and sent.

Invariant: what a broker wrote is never lost to another's: who saves an older view of the letter is shown both. A
letter is enqueued, the case moved and the draft saved together or not at all, and a second click sends nothing. Who
signs and where answers go is put in when it goes out, so that it is always who sends it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from assistant.access.profiles import Profile
from assistant.cases.absences import ContactAbsences
from assistant.cases.cases import Case, CaseError, CaseState, PartnerAnswer
from assistant.cases.events import bump_version, case_row, check_version
from assistant.cases.partner_answers import LinkPurpose, SignedLinks
from assistant.cases.referrals import case_reference
from assistant.desk.absences import AwayReceiver, away_receiver
from assistant.desk.letters import Recipient, draft_letter, receiver_language, receiver_of
from assistant.history.tables import LetterRow
from assistant.mail.addresses import MAX_SUBJECT, MailLink, checked_address, is_address, mail_link, one_line
from assistant.mail.composing import as_html
from assistant.mail.queue import Attachment, NewMail, QueuedMail
from assistant.platform.messages import Messages, messages
from assistant.platform.user_text import bounded
from assistant.render.pdf import MEDIA_TYPE as PDF
from assistant.render.sketch import Sketch, as_docx, as_pdf
from assistant.render.word import MEDIA_TYPE as DOCX
from corpus.clock import utc_now
from corpus.files import kind_of
from corpus.places import municipality_name
from corpus.records import Actor, Kind
from corpus.text import Frozen, Language

if TYPE_CHECKING:
    from assistant.service.container import Runtime

MAX_BODY = 10_000
"""Characters of a letter that are kept."""
SKETCHES: Mapping[str, tuple[str, Callable[[Sketch, Language], bytes]]] = {
    "pdf": (PDF, as_pdf),
    "docx": (DOCX, lambda sketch, _: as_docx(sketch)),
}
"""The one-page sketch as files: by their ending, the media type and what writes them."""
ANSWERS = tuple(one for one in PartnerAnswer if one is not PartnerAnswer.WRITTEN)
"""What a partner can answer by one click."""
_SENT_FROM = {CaseState.ASKED, CaseState.NO_REPLY}
"""States that a letter moves a case on from."""
_ADDRESS = re.compile(r": https?://\S+")


class LetterDraft(Frozen):
    """A letter as a broker has it before them."""

    to: str
    subject: str
    body: str
    language: Language
    with_sketch: bool = False
    version: int = 0
    """Of the draft; 0 where it was never saved."""


class DeskLetter(Frozen):
    """A letter with what goes out besides what can be edited."""

    draft: LetterDraft
    receiver: Recipient | None
    away: AwayReceiver | None = None
    """That the receiver is away, whom it goes to otherwise."""
    closing: str
    """The links to answer by, and who signs."""
    shown: str
    """The same as a page shows it, the links by what they say."""
    saved_by: str | None = None
    saved_at: datetime | None = None
    can_send: bool
    """Whether a mail server is set."""
    can_sketch: bool
    """Whether a one-page sketch can be made of the case."""
    link: MailLink
    """Opens the letter in the broker's own mail program."""

    @property
    def whole(self) -> str:
        """Return the text as it goes out."""
        return f"{self.draft.body.rstrip()}\n\n{self.closing}"


class LetterConflictError(CaseError):
    """A colleague has saved the letter since it was read."""

    def __init__(self, theirs: LetterDraft, by: str) -> None:
        super().__init__(f"The letter was changed by {by} in the meantime. Nothing was changed.")
        self.theirs = theirs
        self.by = by


class CaseLetters:
    """The letters of cases."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._links = SignedLinks(runtime.keys)

    def shown(self, case: Case, profile: Profile, language: Language | None = None) -> DeskLetter:
        """Return the letter of a case as it stands, or drafted anew in another language."""
        runtime = self._runtime
        record = runtime.store.find(case.record_id)
        with runtime.database.reading() as session:
            row = session.get(LetterRow, case.id)
            saved = _draft(row) if row else None
            by, at = (row.saved_by, row.saved_at) if row else (None, None)
        written_in = language or (saved.language if saved else receiver_language(record))
        receiver = receiver_of(runtime.store, record, written_in)
        if saved is None or written_in is not saved.language:
            drafted = draft_letter(
                case,
                record,
                runtime.service.answer_of(case.log_id),
                asker=municipality_name(case.kommunenummer),
                broker=None,
                language=written_in,
            )
            saved = LetterDraft(
                to=saved.to if saved else (receiver.email if receiver and receiver.email else ""),
                subject=drafted.subject,
                body=drafted.body,
                language=written_in,
                with_sketch=saved.with_sketch if saved else False,
                version=saved.version if saved else 0,
            )
        saved, away = self._around_absence(saved, receiver, at)
        letter = self.of_draft(case, saved, profile, receiver)
        return letter.model_copy(update={"saved_by": by, "saved_at": at, "away": away})

    def _around_absence(
        self, draft: LetterDraft, receiver: Recipient | None, saved_at: datetime | None
    ) -> tuple[LetterDraft, AwayReceiver | None]:
        """Return a letter to whoever is there, and that its receiver is away; an address chosen since then stays."""
        if receiver is None or receiver.record_id is None:
            return draft, None
        absences = ContactAbsences(self._runtime.database).of(receiver.record_id)
        away = away_receiver(receiver, draft.to, absences)
        if away is None:
            # It goes to somebody else already; who is away is still told.
            away = away_receiver(receiver, receiver.email or "", absences)
            return draft, away if away is not None and draft.to == away.instead else None
        noted_at = absences[draft.to.casefold()].noted_at
        if away.instead and (saved_at is None or saved_at < noted_at):
            draft = draft.model_copy(update={"to": away.instead})
        return draft, away

    def of_draft(self, case: Case, draft: LetterDraft, profile: Profile, receiver: Recipient | None) -> DeskLetter:
        """Return a letter as a broker has it before them, saved or not."""
        catalog = messages(draft.language)
        closing = self._closing(case, profile, catalog)
        body = f"{draft.body.rstrip()}\n\n{closing}"
        return DeskLetter(
            draft=draft,
            receiver=receiver,
            closing=closing,
            shown=_ADDRESS.sub("", closing),
            can_send=self._runtime.mail.is_on,
            can_sketch=self._sketch_scheme(case) is not None,
            link=mail_link(draft.to, draft.subject, body, catalog.text("letter.shortened")),
        )

    def save(self, case_id: str, draft: LetterDraft, by: str) -> LetterDraft:
        """Keep a letter as it is written.

        Raises:
            UnknownCaseError: no case has that id.
            LetterConflictError: a colleague has saved it since.
        """
        with self._runtime.database.writing() as session:
            case_row(session, case_id)
            return self._saved(session, case_id, draft, by)

    def send(self, case_id: str, draft: LetterDraft, by: str, profile: Profile, case_version: int) -> QueuedMail:
        """Have a letter sent, and move the case on.

        Raises:
            UnknownCaseError: no case has that id.
            StaleCaseError: somebody else, or an earlier click, has changed the case.
            LetterConflictError: a colleague has saved the letter since.
            MailAddressError: the receiver is not one e-mail address.
            MailOffError: no mail server is set.
        """
        runtime = self._runtime
        checked_address(draft.to)
        case = runtime.referrals.get(case_id)
        closing = self._closing(case, profile, messages(draft.language))
        files = self._files(case, draft) if draft.with_sketch else []
        body = f"{draft.body.rstrip()}\n\n{closing}"
        new = NewMail(
            to=draft.to,
            subject=self._subject(case_id, draft.subject),
            body=body,
            html=as_html(body, draft.language),
            attachments=tuple(files),
            reference=case_reference(case_id),
            reply_to=self._reply_to(case_id, profile),
            wait=timedelta(minutes=runtime.settings.mail_undo_minutes),
        )
        with runtime.database.writing() as session:
            row = case_row(session, case_id)
            check_version(row, case_version)
            self._saved(session, case_id, draft, by)
            # First the move: a letter that is newer than it is taken back with it.
            if CaseState(row.state) in _SENT_FROM:
                runtime.referrals.moved(session, case_id, CaseState.SENT, by)
            else:
                bump_version(row, utc_now())
            return runtime.mail.put(session, new)

    def sketch(self, case: Case, language: Language) -> Sketch | None:
        """Return the one-page sketch of a case; None where there is no scheme to make it for."""
        from assistant.dialogue.facts import facts_of_municipality
        from assistant.matching.consortium import propose
        from assistant.render.sketch import sketch_of

        scheme = self._sketch_scheme(case)
        if scheme is None:
            return None
        record = self._runtime.store.find(case.record_id)
        have = [record.id] if isinstance(record, Actor) else []
        facts = facts_of_municipality(case.kommunenummer) if case.kommunenummer else None
        runtime = self._runtime
        made = propose(runtime.matchmaker, runtime.store, case.question, scheme, have, facts, language=language)
        return sketch_of(made)

    def _sketch_scheme(self, case: Case) -> str | None:
        if case.record_id and kind_of(case.record_id) is Kind.INSTRUMENT:
            return case.record_id
        answer = self._runtime.service.answer_of(case.log_id) if case.question else None
        return next((scheme.id for scheme in answer.schemes if scheme.ended_on is None), None) if answer else None

    def _files(self, case: Case, draft: LetterDraft) -> list[Attachment]:
        sketch = self.sketch(case, draft.language)
        if sketch is None:
            return []
        name = messages(draft.language).text("letter.sketch.file")
        # One to read and one to write on.
        return [
            Attachment(name=f"{name}.{ending}", media_type=kind, content=written(sketch, draft.language))
            for ending, (kind, written) in SKETCHES.items()
        ]

    def _saved(self, session: Session, case_id: str, draft: LetterDraft, by: str) -> LetterDraft:
        row = session.get(LetterRow, case_id)
        if row is not None and row.version != draft.version:
            raise LetterConflictError(_draft(row), row.saved_by)
        row = row or LetterRow(case_id=case_id, version=0)
        row.to_address = one_line(draft.to)
        row.subject = one_line(draft.subject, MAX_SUBJECT)
        row.body = bounded(draft.body.replace("\r\n", "\n"), MAX_BODY).text
        row.language, row.with_sketch = draft.language, draft.with_sketch
        row.version += 1
        row.saved_by, row.saved_at = by, utc_now()
        session.add(row)
        return _draft(row)

    def _closing(self, case: Case, profile: Profile, catalog: Messages) -> str:
        signed = "\n".join(signature(profile, self._runtime.settings.broker_contact, catalog))
        return "\n\n".join([*self._links_text(case, catalog), f"{catalog.text('letter.regards')}\n{signed}"])

    def _links_text(self, case: Case, catalog: Messages) -> Sequence[str]:
        base = self._runtime.settings.web_base_url
        if base is None:
            return [catalog.text("letter.answer_here")]
        token = self._links.token(LinkPurpose.ANSWER, case.id, self._runtime.settings.mail_answer_days)
        lines = [
            f"{catalog.text(f'letter.click.{answer}')}: {base}/reply/{token}?a={answer}&lang={catalog.language}"
            for answer in ANSWERS
        ]
        return ["\n".join([catalog.text("letter.click"), *lines])]

    def _reply_to(self, case_id: str, profile: Profile) -> str | None:
        settings = self._runtime.settings
        if settings.imap_host is None:
            return profile.email if is_address(profile.email) else None
        if not settings.imap_plus or not settings.mail_sender:
            return None
        local, _, domain = settings.mail_sender.partition("@")
        return f"{local}+{self._links.mark(case_id)}@{domain}"

    def _subject(self, case_id: str, subject: str) -> str:
        if self._runtime.settings.imap_host is None:
            return subject
        mark = f" [{self._links.mark(case_id)}]"
        return f"{one_line(subject, MAX_SUBJECT - len(mark))}{mark}"


def signature(profile: Profile, contact: str | None, catalog: Messages) -> list[str]:
    """Return who signs a letter, in lines: the broker with organisation and phone, as far as they told."""
    who = ", ".join(part for part in (profile.name, profile.title, profile.organisation) if part)
    reached = " · ".join(part for part in (profile.phone, profile.email) if part)
    if profile.organisation or profile.phone:
        return [part for part in (who, reached) if part]
    return [part for part in (profile.name, contact or catalog.text("letter.broker")) if part]


def _draft(row: LetterRow) -> LetterDraft:
    return LetterDraft(
        to=row.to_address,
        subject=row.subject,
        body=row.body,
        language=Language(row.language),
        with_sketch=row.with_sketch,
        version=row.version,
    )
