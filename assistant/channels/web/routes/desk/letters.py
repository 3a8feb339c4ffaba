"""The letter of a case: saved as it is written, sent, taken back, sent again.

Invariant: what a broker wrote comes back with the page whatever goes wrong, beside what a colleague saved meanwhile.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from assistant.access.sessions import FlashKind
from assistant.cases.absences import AbsenceError, AbsenceFault, ContactAbsences
from assistant.cases.cases import StaleCaseError
from assistant.cases.referrals import case_reference
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.downloads import download
from assistant.channels.web.routes.desk.cases import show_case, to_case
from assistant.desk.absences import TypedAbsence
from assistant.desk.case_letter import MAX_BODY, SKETCHES, CaseLetters, LetterConflictError, LetterDraft
from assistant.mail.addresses import MailAddressError
from assistant.mail.queue import MailOffError
from assistant.platform.messages import messages
from assistant.platform.typed_dates import day_in, iso_day
from corpus.records import Actor
from corpus.text import Language

router = APIRouter(prefix="/desk/cases/{case_id}")


def _letter_form(
    to: Annotated[str, Form(max_length=300)] = "",
    subject: Annotated[str, Form(max_length=400)] = "",
    body: Annotated[str, Form(max_length=2 * MAX_BODY)] = "",
    language: Annotated[Language, Form()] = Language.NB,
    with_sketch: Annotated[str, Form()] = "",
    letter_version: Annotated[int, Form(ge=0)] = 0,
) -> LetterDraft:
    return LetterDraft(
        to=to.strip(),
        subject=subject,
        body=body.replace("\r\n", "\n"),
        language=language,
        with_sketch=bool(with_sketch),
        version=letter_version,
    )


Typed = Annotated[LetterDraft, Depends(_letter_form)]
"""A parameter of a route that is given the letter that was typed."""


@router.post("/letter")
def save(
    request: Request, web: WebContext, visit: CurrentVisit, broker: BrokerAccount, case_id: str, draft: Typed
) -> Response:
    """Keep a letter; a page that saves by itself is answered in JSON."""
    by_itself = "application/json" in request.headers.get("accept", "")
    catalog = messages(request.state.language)
    try:
        saved = CaseLetters(web.runtime).save(case_id, draft, broker.name)
    except LetterConflictError as conflict:
        if by_itself:
            return JSONResponse({"told": catalog.text("letter.conflict", name=conflict.by), "conflict": True})
        return _both(request, web, broker, case_id, draft, conflict)
    if by_itself:
        link = CaseLetters(web.runtime).shown(web.runtime.referrals.get(case_id), web.profiles.get(broker)).link
        return JSONResponse({"version": saved.version, "told": catalog.text("letter.saved_now"), "link": link.url})
    visit.flash("letter.saved")
    return to_case(case_id, "#letter")


@router.post("/letter/send")
def send(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    draft: Typed,
    version: Annotated[int, Form()],
) -> Response:
    """Have a letter sent, and the case moved on."""
    catalog = messages(request.state.language)
    try:
        CaseLetters(web.runtime).send(case_id, draft, broker.name, web.profiles.get(broker), version)
    except LetterConflictError as conflict:
        return _both(request, web, broker, case_id, draft, conflict)
    except StaleCaseError:
        fault = catalog.text("desk.stale")
        return show_case(request, web, broker, case_id, status=409, fault=fault, draft=draft)
    except MailAddressError as error:
        fault = catalog.text("letter.fault.address", got=error.got)
        return show_case(request, web, broker, case_id, status=422, fault=fault, draft=draft)
    except MailOffError:
        fault = catalog.text("letter.fault.off")
        return show_case(request, web, broker, case_id, status=422, fault=fault, draft=draft)
    minutes = web.settings.mail_undo_minutes
    # Without the address: what is flashed stays in the session until the next page.
    visit.flash("letter.sent.soon" if minutes else "letter.sent", minutes=str(minutes))
    return to_case(case_id, "#history")


def _both(
    request: Request, web: Web, broker: BrokerAccount, case_id: str, draft: LetterDraft, conflict: LetterConflictError
) -> Response:
    """Show what was typed beside what a colleague saved; who saves now has seen both."""
    mine = draft.model_copy(update={"version": conflict.theirs.version})
    fault = messages(request.state.language).text("letter.conflict", name=conflict.by)
    return show_case(request, web, broker, case_id, status=409, fault=fault, draft=mine, theirs=conflict.theirs)


@router.post("/absence")
def absence(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    record_id: Annotated[str, Form(max_length=80)] = "",
    address: Annotated[str, Form(max_length=300)] = "",
    until: Annotated[str, Form(max_length=20)] = "",
    deputy: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Note that the receiver of a letter is away, until when, and who is written to meanwhile."""
    web.runtime.referrals.get(case_id)
    _body(web, record_id)
    try:
        last = day_in(until) if until.strip() else None
        ContactAbsences(web.runtime.database).note(record_id, address, last, deputy, broker.name)
    except (AbsenceError, ValueError) as error:
        which = error.fault if isinstance(error, AbsenceError) else AbsenceFault.UNTIL
        typed = {AbsenceFault.ADDRESS: address, AbsenceFault.UNTIL: until, AbsenceFault.DEPUTY: deputy}
        fault = messages(request.state.language).text(f"absence.fault.{which}", got=typed[which][:80])
        kept = TypedAbsence(address=address, until=iso_day(until), deputy=deputy, field=which, fault=fault)
        return show_case(request, web, broker, case_id, status=422, absence=kept)
    visit.flash("absence.noted", FlashKind.SUCCESS)
    return to_case(case_id, "#letter")


@router.post("/absence/back")
def back(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,  # noqa: ARG001
    case_id: str,
    record_id: Annotated[str, Form(max_length=80)] = "",
    address: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Note that a receiver is there again."""
    web.runtime.referrals.get(case_id)
    _body(web, record_id)
    ContactAbsences(web.runtime.database).take_back(record_id, address)
    visit.flash("absence.back.done")
    return to_case(case_id, "#letter")


@router.post("/mail/{mail_id}/cancel")
def cancel(web: WebContext, visit: CurrentVisit, broker: BrokerAccount, case_id: str, mail_id: str) -> Response:  # noqa: ARG001
    """Take a letter back that has not gone out."""
    _of_case(web, case_id, mail_id)
    if web.runtime.mail.cancel(mail_id):
        visit.flash("letter.cancelled")
    else:
        visit.flash("letter.too_late", FlashKind.WARNING)
    return to_case(case_id, "#history")


@router.post("/mail/{mail_id}/again")
def again(web: WebContext, visit: CurrentVisit, broker: BrokerAccount, case_id: str, mail_id: str) -> Response:  # noqa: ARG001
    """Send a letter once more of which nobody knows, or that failed."""
    _of_case(web, case_id, mail_id)
    web.runtime.mail.again(mail_id)
    visit.flash("letter.again")
    return to_case(case_id, "#history")


def _body(web: Web, record_id: str) -> None:
    """Refuse what is no body of ours: nobody else has contacts who are away."""
    if not isinstance(web.runtime.store.find(record_id), Actor):
        raise HTTPException(404)


def _of_case(web: Web, case_id: str, mail_id: str) -> None:
    mail = web.runtime.mail.get(mail_id)
    if mail is None or mail.reference not in {case_reference(case_id), f"asker:{case_id}"}:
        raise HTTPException(404)


@router.get("/sketch.{ending}")
def sketch(web: WebContext, broker: BrokerAccount, case_id: str, ending: str) -> Response:
    """Give the one-page sketch that goes with the letter, as PDF or for Word."""
    if ending not in SKETCHES:
        raise HTTPException(404)
    case = web.runtime.referrals.get(case_id)
    letters = CaseLetters(web.runtime)
    language = letters.shown(case, web.profiles.get(broker)).draft.language
    made = letters.sketch(case, language)
    if made is None:
        raise HTTPException(404)
    kind, written = SKETCHES[ending]
    return download(f"sketch.{ending}", written(made, language), kind)
