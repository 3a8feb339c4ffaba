"""The first page of the broker's desk: the one list of what waits, and what can be done with rows where they stand.

Invariant: whatever is done to rows here can be taken back by one button; a row that somebody else has seen to in the
meantime is left as it is.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import WebContext
from assistant.channels.web.routes.desk.sight import CurrentSight, Shown
from assistant.desk.queue import QueueQuery, WorkView, work_queue
from assistant.desk.quick_actions import apply_quick_action, undo_quick_action
from assistant.desk.search import search_desk
from assistant.platform.messages import messages
from assistant.platform.workdays import norwegian_day, norwegian_now

router = APIRouter(prefix="/desk")
MOST_KEYS = 200_000
"""Characters of what the rows that are ticked are of."""


@router.get("")
def queue(
    request: Request,
    web: WebContext,
    broker: BrokerAccount,
    sight: CurrentSight,
    view: WorkView = WorkView.MINE,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    undo: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """Show what waits."""
    catalog = messages(request.state.language)
    wanted = QueueQuery(broker.name, view, page, sight.area)
    work = work_queue(web.runtime, web.catalogue, wanted, catalog)
    hour = norwegian_now().hour
    return web.pages.render(
        request,
        "desk/queue.html",
        queue=work,
        today=norwegian_day(),
        broker=broker.name,
        hour=hour,
        undo=undo,
        sight=sight,
    )


def _address(view: WorkView, area: Shown) -> str:
    return f"/desk?view={view}" + (f"&area={area}" if area is not Shown.OWN else "")


@router.post("/queue")
def act(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    view: Annotated[WorkView, Form()] = WorkView.MINE,
    area: Annotated[Shown, Form()] = Shown.OWN,
    row: Annotated[list[str] | None, Form(max_length=MOST_KEYS)] = None,
) -> Response:
    """Do with the rows that are ticked what can be done with them in the list."""
    done = apply_quick_action(web.runtime, row or [], broker.name)
    if not done.number:
        visit.flash("queue.nothing_done", FlashKind.WARNING)
        return RedirectResponse(_address(view, area), 303)
    visit.flash("queue.done", count=str(done.number))
    return RedirectResponse(f"{_address(view, area)}&undo={done.receipt}", 303)


@router.post("/queue/undo")
def undo(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    receipt: Annotated[str, Form(max_length=2_000)],
    view: Annotated[WorkView, Form()] = WorkView.MINE,
    area: Annotated[Shown, Form()] = Shown.OWN,
) -> Response:
    """Take back what was done with rows."""
    count = undo_quick_action(web.runtime, receipt, broker.name)
    visit.flash("queue.undone" if count else "queue.nothing_done")
    return RedirectResponse(_address(view, area), 303)


@router.get("/search")
def search(request: Request, web: WebContext, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show records, cases and needs that words stand in, the exact name first."""
    catalog = messages(request.state.language)
    return web.pages.render(request, "desk/search.html", q=q, found=search_desk(web.runtime, web.catalogue, q, catalog))
