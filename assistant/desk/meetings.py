"""Meetings of cases on the desk: times proposed to a partner, an invitation once one is chosen.

Invariant: an invitation goes to the broker, the partner's function and the asker, as far as each told an address for
it; every change of a meeting goes out as a change of the same invitation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assistant.access.profiles import Profile
from assistant.cases.cases import TRANSITIONS, Case, CaseState
from assistant.cases.meetings import Meeting, Meetings, MeetingState
from assistant.cases.partner_answers import LinkPurpose, SignedLinks
from assistant.cases.reach import reach_of
from assistant.cases.referrals import case_reference
from assistant.desk.case_letter import CaseLetters, signature
from assistant.mail.addresses import is_address
from assistant.mail.composing import as_html
from assistant.mail.invitations import Invitation, as_calendar
from assistant.mail.queue import NewMail
from assistant.platform.messages import Messages, messages
from assistant.platform.workdays import NORWAY
from assistant.render.cases import case_title, case_topic
from assistant.service.container import Runtime
from corpus.clock import utc_now


def propose(
    runtime: Runtime, case_id: str, times: Sequence[datetime], how: tuple[int, str], profile: Profile
) -> tuple[Meeting, bool]:
    """Propose times for a meeting to the partner, or invite where there is one time alone; tell whether mail went out.

    Args:
        runtime: Where cases are.
        case_id: The case.
        times: When it could be.
        how: How many minutes, and where.
        profile: The broker who invites.

    Raises:
        UnknownCaseError: no case has that id.
        MeetingError: it cannot be held so.
    """
    meeting = Meetings(runtime.database).propose(case_id, times, *how)
    if meeting.state is MeetingState.SET:
        return meeting, bool(_invite(runtime, meeting, profile))
    case = runtime.referrals.get(case_id)
    letter = CaseLetters(runtime).shown(case, profile)
    base = runtime.settings.web_base_url
    if not runtime.mail.is_on or not is_address(letter.draft.to) or base is None:
        return meeting, False
    catalog = messages(letter.draft.language)
    token = SignedLinks(runtime.keys).token(LinkPurpose.TIMES, meeting.id, runtime.settings.mail_answer_days)
    listed = "\n".join(f"- {moment_text(one, catalog)}" for one in meeting.proposed)
    body = "\n\n".join(
        [
            catalog.text("letter.greeting"),
            catalog.text("meeting.propose", minutes=meeting.minutes, place=meeting.place or "–"),
            listed,
            f"{catalog.text('meeting.choose')} {base}/meeting/{token}?lang={catalog.language}",
            "\n".join([catalog.text("letter.regards"), *signature(profile, runtime.settings.broker_contact, catalog)]),
        ]
    )
    subject = catalog.text("meeting.subject", title=_topic(case))
    with runtime.database.writing() as session:
        runtime.mail.put(
            session,
            NewMail(
                to=letter.draft.to,
                subject=subject,
                body=body,
                html=as_html(body, catalog.language),
                reference=case_reference(case_id),
                reply_to=profile.email if is_address(profile.email) else None,
            ),
        )
    return meeting, True


def choose(runtime: Runtime, meeting_id: str, time: datetime, profile: Profile) -> Meeting:
    """Set a meeting to one of the times proposed, invite to it, and move the case on where that is its next step.

    Raises:
        MeetingError: there is no such meeting, or that time was not proposed or has passed.
    """
    meeting = Meetings(runtime.database).choose(meeting_id, time)
    case = runtime.referrals.get(meeting.case_id)
    if CaseState.MEETING in TRANSITIONS[case.state]:
        runtime.referrals.move(case.id, CaseState.MEETING, by="partner")
    _invite(runtime, meeting, profile)
    return meeting


def call_off(runtime: Runtime, case_id: str, profile: Profile) -> None:
    """Call a case's meeting off, and tell those who were invited."""
    meeting = Meetings(runtime.database).cancel(case_id)
    if meeting is not None and meeting.starts_at is not None:
        _invite(runtime, meeting, profile)


def calendar_of(runtime: Runtime, meeting: Meeting, profile: Profile) -> str | None:
    """Return the invitation to a meeting as iCalendar; None where no time is set."""
    case = runtime.referrals.get(meeting.case_id)
    if meeting.starts_at is None:
        return None
    sender = runtime.settings.mail_sender
    organiser = profile.email if is_address(profile.email) else sender or "no-reply@mellomrom.invalid"
    catalog = messages(case.language)
    title = case_title(case, runtime.store.find(case.record_id), catalog)
    return as_calendar(
        Invitation(
            uid=f"{meeting.id}@mellomrom",
            sequence=meeting.sequence,
            starts_at=meeting.starts_at,
            minutes=meeting.minutes,
            summary=catalog.text("meeting.title", title=title),
            description=_topic(case),
            place=meeting.place,
            organiser=organiser,
            invited=tuple(_invited(runtime, case, profile)),
            cancelled=meeting.state is MeetingState.CANCELLED,
        ),
        utc_now(),
    )


def moment_text(moment: datetime, catalog: Messages) -> str:
    """Return a moment in Norwegian time as it is written in a language."""
    from babel.dates import format_datetime

    at = moment.astimezone(NORWAY)
    return str(format_datetime(at, "EEEE d. MMMM y HH:mm", locale=catalog.language.value))


def _topic(case: Case) -> str:
    return case_topic(case.question)[:120]


def _invited(runtime: Runtime, case: Case, profile: Profile) -> list[str]:
    letter = CaseLetters(runtime).shown(case, profile)
    wanted = (letter.draft.to, reach_of(case).mail or "", profile.email)
    return list(dict.fromkeys(one for one in wanted if is_address(one)))


def _invite(runtime: Runtime, meeting: Meeting, profile: Profile) -> int:
    case = runtime.referrals.get(meeting.case_id)
    calendar = calendar_of(runtime, meeting, profile)
    if calendar is None or meeting.starts_at is None or not runtime.mail.is_on:
        return 0
    record = runtime.store.find(case.record_id)
    key = "meeting.called_off" if meeting.state is MeetingState.CANCELLED else "meeting.invited"
    invited = _invited(runtime, case, profile)
    with runtime.database.writing() as session:
        for to in invited:
            catalog = messages((profile.language if to == profile.email else None) or case.language)
            title, when = case_title(case, record, catalog), moment_text(meeting.starts_at, catalog)
            runtime.mail.put(
                session,
                NewMail(
                    to=to,
                    subject=catalog.text("meeting.title", title=title),
                    body=catalog.text(key, title=title, when=when, minutes=meeting.minutes, place=meeting.place or "–"),
                    calendar=calendar,
                    reference=f"asker:{case.id}" if to == reach_of(case).mail else case_reference(case.id),
                ),
            )
    return len(invited)
