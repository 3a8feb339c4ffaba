"""What people outside answer by a link in a letter: yes or no, a time for a meeting, no more mail.

Invariant: to open a link changes nothing, whoever or whatever does it; only its button does. A page shows no more than
the letter with the link said, and nobody has to log in.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assistant.cases.cases import Case, CaseError, CaseState, NoteError, PartnerAnswer
from assistant.cases.meetings import MeetingError, Meetings
from assistant.cases.partner_answers import ExpiredLinkError, LinkError, LinkPurpose, PartnerAnswers, SignedLinks
from assistant.cases.reach import reach_of, reach_text
from assistant.channels.web.access import CurrentVisit
from assistant.channels.web.context import Web, WebContext
from assistant.desk.case_letter import ANSWERS
from assistant.desk.meetings import choose, moment_text
from assistant.platform.messages import messages
from assistant.render.cases import case_fault, case_title
from corpus.places import municipality_name

router = APIRouter(include_in_schema=False)
_CLOSED = {CaseState.DROPPED, CaseState.GRANTED}
"""States in which no answer is waited for any more."""


@router.get("/reply/{token}")
def reply_page(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,  # noqa: ARG001 (limits who calls)
    token: str,
    a: str = "",
    done: str = "",
) -> Response:
    """Show a partner what it was asked, with the answers to choose from."""
    case = _case(request, web, LinkPurpose.ANSWER, token)
    if isinstance(case, Response):
        return case
    chosen = next((answer for answer in ANSWERS if answer == a), None)
    return _reply(request, web, token, case, chosen, done=bool(done))


@router.post("/reply/{token}")
def reply(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,  # noqa: ARG001
    token: str,
    answer: Annotated[PartnerAnswer, Form()],
    note: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Write down what a partner answered."""
    case = _case(request, web, LinkPurpose.ANSWER, token)
    if isinstance(case, Response):
        return case
    if answer not in ANSWERS or case.state in _CLOSED:
        return _link_gone_page(request, web, "closed")
    try:
        PartnerAnswers(web.runtime.database).take(case.id, answer, note or None)
    except NoteError as error:
        fault = case_fault(error, messages(request.state.language))
        return _reply(request, web, token, case, answer, fault=fault, note=note)
    return RedirectResponse(f"/reply/{token}?done=1", 303)


def _reply(
    request: Request,
    web: Web,
    token: str,
    case: Case,
    chosen: PartnerAnswer | None,
    *,
    done: bool = False,
    fault: str | None = None,
    note: str = "",
) -> Response:
    last = PartnerAnswers(web.runtime.database).last(case.id)
    given = last if last in ANSWERS else None
    return _unindexed_page(
        request,
        web,
        "reply.html",
        422 if fault else 200,
        at=f"/reply/{token}",
        token=token,
        question=case.question,
        asker=municipality_name(case.kommunenummer),
        answers=ANSWERS,
        chosen=chosen or given,
        given=given,
        done=done,
        closed=case.state in _CLOSED,
        fault=fault,
        note=note,
    )


@router.get("/meeting/{token}")
def meeting_page(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,  # noqa: ARG001
    token: str,
) -> Response:
    """Show a partner the times that were proposed."""
    return _meeting(request, web, token)


@router.post("/meeting/{token}")
def choose_time(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,  # noqa: ARG001
    token: str,
    time: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Set a meeting to the time that a partner chose, and invite to it."""
    about = _read(request, web, LinkPurpose.TIMES, token)
    if isinstance(about, Response):
        return about
    meeting = Meetings(web.runtime.database).get(about)
    if meeting is None:
        return _link_gone_page(request, web, "closed")
    case = web.runtime.referrals.get(meeting.case_id)
    try:
        at = datetime.fromisoformat(time)
        choose(web.runtime, about, at, web.profiles.by_name(case.assigned_to or ""))
    except (MeetingError, ValueError, TypeError) as error:
        why = error.why if isinstance(error, MeetingError) else "times"
        return _meeting(request, web, token, messages(request.state.language).text(f"meeting.fault.{why}"))
    except CaseError:
        return _link_gone_page(request, web, "closed")
    return RedirectResponse(f"/meeting/{token}", 303)


def _meeting(request: Request, web: Web, token: str, fault: str | None = None) -> Response:
    about = _read(request, web, LinkPurpose.TIMES, token)
    if isinstance(about, Response):
        return about
    meeting = Meetings(web.runtime.database).get(about)
    case = web.runtime.referrals.get(meeting.case_id) if meeting else None
    if meeting is None or case is None or not case.question or meeting.state == "cancelled":
        return _link_gone_page(request, web, "closed")
    catalog = messages(request.state.language)
    return _unindexed_page(
        request,
        web,
        "meeting.html",
        422 if fault else 200,
        at=f"/meeting/{token}",
        token=token,
        meeting=meeting,
        question=case.question,
        times=[(one.isoformat(), moment_text(one, catalog), one == meeting.starts_at) for one in meeting.proposed],
        fault=fault,
    )


@router.get("/stop/{token}")
def stop_page(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,  # noqa: ARG001
    token: str,
) -> Response:
    """Ask an asker whether they want no more mail about a case."""
    case = _case(request, web, LinkPurpose.STOP, token)
    return case if isinstance(case, Response) else _stop(request, web, token, case)


@router.post("/stop/{token}")
def stop(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,  # noqa: ARG001
    token: str,
) -> Response:
    """Send an asker no more mail about a case."""
    case = _case(request, web, LinkPurpose.STOP, token)
    if isinstance(case, Response):
        return case
    quiet = reach_of(case).model_copy(update={"by_mail": False})
    return _stop(request, web, token, web.runtime.referrals.set_reach(case.id, reach_text(quiet)))


def _stop(request: Request, web: Web, token: str, case: Case) -> Response:
    catalog = messages(request.state.language)
    title = case_title(case, web.runtime.store.find(case.record_id), catalog)
    stopped = not reach_of(case).by_mail
    return _unindexed_page(
        request, web, "stop.html", 200, at=f"/stop/{token}", token=token, title=title, stopped=stopped
    )


def _read(request: Request, web: Web, purpose: LinkPurpose, token: str) -> str | Response:
    try:
        return SignedLinks(web.runtime.keys).read(purpose, token)
    except ExpiredLinkError:
        return _link_gone_page(request, web, "expired")
    except LinkError:
        return _link_gone_page(request, web, "unknown")


def _case(request: Request, web: Web, purpose: LinkPurpose, token: str) -> Case | Response:
    about = _read(request, web, purpose, token)
    if isinstance(about, Response):
        return about
    try:
        case = web.runtime.referrals.get(about)
    except CaseError:
        return _link_gone_page(request, web, "closed")
    return case if case.question else _link_gone_page(request, web, "closed")


def _link_gone_page(request: Request, web: Web, why: str) -> Response:
    return _unindexed_page(request, web, "link_gone.html", 410, at="/", why=why)


def _unindexed_page(request: Request, web: Web, template: str, status: int, **values: object) -> Response:
    page = web.pages.render(request, template, status, **values)  # type: ignore[arg-type]
    page.headers["X-Robots-Tag"] = "noindex"
    return page
