"""What else brokers do with a case: figures, files, meetings, another candidate, a way to its asker.

Invariant: a file goes back as something to save, whatever it says it is; whatever cannot be kept is told, and what was
kept before stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.access.sessions import FlashKind
from assistant.cases.cases import NewCase
from assistant.cases.figures import AmountError, CaseFigures, Figures, parse_kroner
from assistant.cases.files import MAX_BYTES, CaseFileError, CaseFiles
from assistant.cases.meetings import MeetingError, Meetings
from assistant.cases.reach import reach_of, reach_text
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import WebContext
from assistant.channels.web.routes.desk.cases import show_case, to_case
from assistant.desk.case_page import alternative_partners
from assistant.desk.meetings import calendar_of, call_off, propose
from assistant.mail.addresses import is_address
from assistant.platform.messages import messages
from assistant.platform.typed_dates import day_in, moment_in
from assistant.platform.user_text import bounded

router = APIRouter(prefix="/desk/cases/{case_id}")


@router.post("/figures")
def figures(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    applied: Annotated[str, Form(max_length=60)] = "",
    granted: Annotated[str, Form(max_length=60)] = "",
    application: Annotated[str, Form(max_length=300)] = "",
    decision_on: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Keep the sums, the application's reference and the day of the decision."""
    catalog = messages(request.state.language)
    try:
        typed = CaseFigures(
            applied=parse_kroner(applied),
            granted=parse_kroner(granted),
            application=application or None,
            decision_on=day_in(decision_on) if decision_on.strip() else None,
        )
    except AmountError as error:
        fault = catalog.text("case.fault.sum", got=error.got)
        return show_case(request, web, broker, case_id, status=422, fault=fault)
    except ValueError:
        fault = catalog.text("case.fault.day", got=decision_on)
        return show_case(request, web, broker, case_id, status=422, fault=fault)
    Figures(web.runtime.database).save(case_id, typed)
    visit.flash("case.figures.saved")
    return to_case(case_id)


@router.post("/attachments")
def attach(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    file: Annotated[UploadFile, File()],
) -> Response:
    """Put a file on a case."""
    content = file.file.read(MAX_BYTES + 1)
    try:
        CaseFiles(web.runtime.database).add(case_id, file.filename or "", content, broker.name)
    except CaseFileError as error:
        fault = messages(request.state.language).text(f"case.file.{error.why}", megabytes=MAX_BYTES // 1_000_000)
        return show_case(request, web, broker, case_id, status=422, fault=fault)
    visit.flash("case.file.added")
    return to_case(case_id, "#files")


@router.get("/attachments/{file_id}")
def attachment(web: WebContext, broker: BrokerAccount, case_id: str, file_id: str) -> Response:  # noqa: ARG001
    """Give a file of a case, to be saved and never to be shown here."""
    stored = CaseFiles(web.runtime.database).content(case_id, file_id)
    if stored is None:
        raise HTTPException(404)
    name, content = stored
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.post("/attachments/{file_id}/remove")
def remove(web: WebContext, visit: CurrentVisit, broker: BrokerAccount, case_id: str, file_id: str) -> Response:  # noqa: ARG001
    """Take a file off a case."""
    CaseFiles(web.runtime.database).remove(case_id, file_id)
    visit.flash("case.file.removed")
    return to_case(case_id, "#files")


@router.post("/meeting")
def meet(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    time: Annotated[list[str] | None, Form(max_length=10)] = None,
    minutes: Annotated[str, Form(max_length=10)] = "30",
    place: Annotated[str, Form(max_length=600)] = "",
) -> Response:
    """Propose times for a meeting, or set it where there is one time alone."""
    catalog = messages(request.state.language)
    try:
        times = [_moment(one) for one in time or () if one.strip()]
        length = int(minutes) if minutes.strip().isdecimal() else 0
        meeting, sent = propose(web.runtime, case_id, times, (length, place), web.profiles.get(broker))
    except MeetingError as error:
        fault = catalog.text(f"meeting.fault.{error.why}")
        return show_case(request, web, broker, case_id, status=422, fault=fault)
    visit.flash(f"meeting.{meeting.state}.{'sent' if sent else 'kept'}")
    return to_case(case_id, "#meeting")


def _moment(text: str) -> datetime:
    try:
        return moment_in(text)
    except ValueError as error:
        raise MeetingError("times") from error


@router.post("/meeting/cancel")
def cancel_meeting(web: WebContext, visit: CurrentVisit, broker: BrokerAccount, case_id: str) -> Response:
    """Call a meeting off."""
    call_off(web.runtime, case_id, web.profiles.get(broker))
    visit.flash("meeting.cancelled")
    return to_case(case_id, "#meeting")


@router.get("/meeting.ics")
def invitation(web: WebContext, broker: BrokerAccount, case_id: str) -> Response:
    """Give the invitation as a file for a calendar."""
    meeting = Meetings(web.runtime.database).of(case_id)
    made = calendar_of(web.runtime, meeting, web.profiles.get(broker)) if meeting else None
    if made is None:
        raise HTTPException(404)
    headers = {"Content-Disposition": 'attachment; filename="meeting.ics"'}
    return Response(made, media_type="text/calendar; charset=utf-8", headers=headers)


@router.post("/next")
def ask_next(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    record: Annotated[str, Form(max_length=80)],
) -> Response:
    """Open a case with the next candidate, for the same need."""
    runtime = web.runtime
    case = runtime.referrals.get(case_id)
    catalog = messages(request.state.language)
    offered = alternative_partners(runtime, case, runtime.service.answer_of(case.log_id), catalog)
    if record not in {one.record_id for one in offered}:
        raise HTTPException(404)
    fields = {name: getattr(case, name) for name in NewCase.model_fields}
    with runtime.database.writing() as session:
        opened, _ = runtime.referrals.opened(session, NewCase.model_validate(fields | {"record_id": record}))
    runtime.referrals.assign(opened.id, broker.name, by=broker.name)
    visit.flash("case.next.opened")
    return to_case(opened.id)


@router.post("/reach")
def reach(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,  # noqa: ARG001
    case_id: str,
    contact: Annotated[str, Form(max_length=300)] = "",
    agreed: Annotated[str, Form()] = "",
) -> Response:
    """Keep how an asker is reached who told the broker so."""
    case = web.runtime.referrals.get(case_id)
    known = reach_of(case)
    given = " ".join(bounded(contact, 200).text.split()) or None
    kept = known.model_copy(update={"contact": given, "by_mail": bool(agreed) and is_address(given)})
    web.runtime.referrals.set_reach(case_id, reach_text(kept))
    visit.flash("case.reach.saved", FlashKind.SUCCESS)
    return to_case(case_id)
