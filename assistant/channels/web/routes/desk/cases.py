"""The cases on the broker's desk.

Invariant: a change carries the version of the case that was seen; where somebody else was
faster nothing is changed, and what was typed comes back with the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind
from assistant.cases.cases import CaseError, CaseReason, CaseState, NoteError, StaleCaseError, UnknownCaseError
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.askers import reach_of
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.downloads import CSV, EXCEL, download
from assistant.desk.cases import board, case_file
from assistant.platform.exports import csv_bytes, excel_bytes
from assistant.platform.messages import messages
from assistant.platform.workdays import norwegian_day
from assistant.render.cases import case_fault
from corpus.text import Language

router = APIRouter(prefix="/desk/cases")
_EXPORTED = (
    "id", "state", "state_since", "record_id", "question", "note", "kommunenummer", "language", "assigned_to",
    "opened_at", "updated_at",
)  # fmt: skip


@router.get("")
def cases(request: Request, web: WebContext) -> Response:
    """Show the cases by state."""
    catalog = messages(request.state.language)
    return web.pages.render(request, "desk/cases.html", columns=board(web.runtime, norwegian_day(), catalog))


@router.get(".csv")
def export(web: WebContext) -> Response:
    """Return all cases as a file for a spreadsheet."""
    return download("cases.csv", csv_bytes(_rows(web), _EXPORTED), CSV)


@router.get(".xlsx")
def export_excel(request: Request, web: WebContext) -> Response:
    """Return all cases as an Excel file."""
    name = messages(request.state.language).text("desk.cases")
    return download("cases.xlsx", excel_bytes(name, _rows(web), _EXPORTED), EXCEL)


def _rows(web: Web) -> Iterator[dict[str, Any]]:
    return (case.model_dump(mode="json") for case in web.runtime.referrals.cases())


@router.get("/{case_id}")
def case(request: Request, web: WebContext, case_id: str, letter: Language | None = None) -> Response:
    """Show a case: what it is about, what happened, what can be done, and the letter to send."""
    return _page(request, web, case_id, letter)


@router.post("/{case_id}/move")
def move(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    state: Annotated[CaseState, Form()],
    version: Annotated[int, Form()],
    reason: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Move a case on."""
    why = CaseReason(reason) if reason in set(CaseReason) else None
    try:
        web.runtime.referrals.move(case_id, state, by=broker.name, reason=why, note=note or None, version=version)
    except UnknownCaseError:
        raise
    except CaseError as error:
        fault = case_fault(error, messages(request.state.language))
        return _page(request, web, case_id, None, 409, fault=fault, typed=note)
    visit.flash("desk.moved")
    return RedirectResponse(f"/desk/cases/{case_id}", 303)


@router.post("/{case_id}/note")
def note(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    text: Annotated[str, Form()] = "",
    for_asker: Annotated[str, Form()] = "",
) -> Response:
    """Add a note to a case, for the brokers or for its asker too."""
    try:
        web.runtime.referrals.note(case_id, text, by=broker.name, for_asker=bool(for_asker))
    except NoteError as error:
        fault = case_fault(error, messages(request.state.language))
        return _page(request, web, case_id, None, 422, fault=fault, typed=text)
    visit.flash("desk.noted")
    return RedirectResponse(f"/desk/cases/{case_id}", 303)


@router.post("/{case_id}/assign")
def assign(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    version: Annotated[int, Form()],
) -> Response:
    """Take a case on."""
    try:
        web.runtime.referrals.assign(case_id, broker.name, by=broker.name, version=version)
    except StaleCaseError:
        visit.flash("desk.stale", FlashKind.WARNING)
    else:
        visit.flash("desk.assigned.done")
    return RedirectResponse(f"/desk/cases/{case_id}", 303)


@router.post("/{case_id}/seen")
def seen(web: WebContext, visit: CurrentVisit, broker: BrokerAccount, case_id: str) -> Response:
    """Note that a broker has seen what was changed in the call that a case rests on."""
    web.runtime.referrals.seen(case_id, broker.name)
    visit.flash("changed.seen")
    return RedirectResponse(f"/desk/cases/{case_id}", 303)


def _page(
    request: Request,
    web: Web,
    case_id: str,
    letter: Language | None,
    status: int = 200,
    fault: str | None = None,
    typed: str = "",
) -> Response:
    shown = case_file(web.runtime, case_id, messages(request.state.language), letter)
    return web.pages.render(
        request,
        "desk/case.html",
        status,
        file=shown,
        reach=reach_of(shown.case),
        reasons=list(CaseReason),
        languages=list(Language),
        fault=fault,
        typed=typed,
    )
