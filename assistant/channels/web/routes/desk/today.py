"""The first page of the broker's desk: what waits today."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from assistant.channels.web.context import WebContext
from assistant.desk.today import today_at_desk
from assistant.platform.messages import messages
from assistant.platform.workdays import norwegian_day

router = APIRouter(prefix="/desk")


@router.get("")
def today(request: Request, web: WebContext) -> Response:
    """Show what waits for the brokers."""
    catalog = messages(request.state.language)
    return web.pages.render(
        request, "desk/today.html", today=today_at_desk(web.runtime, web.catalogue, norwegian_day(), catalog)
    )
