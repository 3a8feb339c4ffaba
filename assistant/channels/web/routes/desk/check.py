"""What somebody should hold against its sources, and what a broker says of it.

Invariant: every step is a form that works without JavaScript; what is written is made over the version that was seen,
and what was typed comes back with the page where it cannot be used.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.routes.desk.record_page import refused
from assistant.desk import due_checks as desk
from assistant.desk.freshness import DueReason
from assistant.platform.messages import messages
from assistant.platform.workdays import norwegian_day
from corpus.errors import EditConflictError, InvalidRecordError
from corpus.records import Kind

router = APIRouter(prefix="/desk/check")
HERE = "/desk/check"
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
KINDS = (Kind.INSTRUMENT, Kind.ACTOR, Kind.IDEA)


@router.get("")
def overview(
    request: Request, web: WebContext, wanted: Annotated[desk.CheckFilter, Query()], page: PageNumber = 1
) -> Response:
    """Show what is due, what is needed most first."""
    return _page(request, web, wanted, page)


@router.post("/{record_id}/true")
def still_true(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    record_id: str,
    version: Annotated[int, Form(ge=1)],
) -> Response:
    """Note that a record is as its sources say."""
    try:
        desk.confirm_record(web.runtime.store, record_id, version, broker.name)
    except EditConflictError:
        visit.flash("records.stale", FlashKind.WARNING)
    except InvalidRecordError as error:
        refused(request, visit, error)
    return _back(request)


@router.post("/{record_id}/date")
def new_date(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    record_id: str,
    version: Annotated[int, Form(ge=1)],
    on: Annotated[str, Form(max_length=40)] = "",
    address: Annotated[str, Form(max_length=600)] = "",
    same_rules: Annotated[bool, Form()] = False,
) -> Response:
    """Write a new deadline of a scheme."""
    try:
        parsed = desk.parse_date(on, address, same_rules, norwegian_day())
        desk.record_new_date(web.runtime.store, record_id, version, broker.name, parsed)
    except desk.CheckError as error:
        catalog = messages(request.state.language)
        fault = catalog.text(f"check.fault.{error.code}", got=error.got[:80])
        typed = {"record_id": record_id, "on": on, "address": address, "fault": fault}
        # The page is the one that it was typed on, with what was typed in it.
        wanted, page = _asked_for(request)
        return _page(request, web, wanted, page, 422, typed=typed)
    except EditConflictError:
        visit.flash("records.stale", FlashKind.WARNING)
    except InvalidRecordError as error:
        refused(request, visit, error)
    return _back(request)


@router.post("/{record_id}/undo")
def undo(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    record_id: str,
    version: Annotated[int, Form(ge=2)],
) -> Response:
    """Take back a check that nothing came after."""
    try:
        desk.undo_check(web.runtime.store, record_id, version, broker.name)
    except EditConflictError:
        visit.flash("records.stale", FlashKind.WARNING)
    else:
        visit.flash("check.undone")
    return _back(request)


def _page(
    request: Request,
    web: Web,
    wanted: desk.CheckFilter,
    page: int,
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    catalog = messages(request.state.language)
    checks = desk.list_due_checks(web.runtime, web.catalogue, wanted, page, catalog)
    return web.pages.render(
        request,
        "desk/check.html",
        status,
        at=HERE if request.method == "POST" else None,
        found=checks,
        wanted=wanted,
        kinds=KINDS,
        reasons=list(DueReason),
        page=page,
        pages=max(1, -(-checks.total // desk.PER_PAGE)),
        done=desk.completed_today(web.runtime.store, web.catalogue, catalog),
        typed=typed or {},
        query=urlencode(_query(wanted, page)),
    )


def _query(wanted: desk.CheckFilter, page: int) -> dict[str, str]:
    query = wanted.model_dump(mode="json", exclude_defaults=True) | ({"page": page} if page > 1 else {})
    return {name: "true" if value is True else str(value) for name, value in query.items()}


def _asked_for(request: Request) -> tuple[desk.CheckFilter, int]:
    """Return what the list showed that something was posted from; all of it where the address says nothing usable."""
    asked = dict(request.query_params)
    number = asked.pop("page", "1")
    known = {name: value for name, value in asked.items() if name in desk.CheckFilter.model_fields}
    try:
        wanted = desk.CheckFilter.model_validate(known)
    except ValueError:
        wanted = desk.CheckFilter()
    return wanted, min(int(number), 10_000) if number.isascii() and number.isdigit() and int(number[:6]) else 1


def _back(request: Request) -> Response:
    query = urlencode(_query(*_asked_for(request)))
    return RedirectResponse(f"{HERE}?{query}" if query else HERE, 303)
