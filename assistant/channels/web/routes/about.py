"""Pages that tell what this is: about the assistant, privacy, accessibility."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from assistant.channels.web.access import CurrentVisit
from assistant.channels.web.context import WebContext

router = APIRouter(include_in_schema=False)


@router.get("/about")
def about(request: Request, web: WebContext, visit: CurrentVisit) -> Response:  # noqa: ARG001
    """Tell what the assistant does and does not."""
    return web.pages.render(request, "about.html")


@router.get("/privacy")
def privacy(request: Request, web: WebContext, visit: CurrentVisit) -> Response:  # noqa: ARG001
    """Tell what is kept of whom, why and how long."""
    return web.pages.render(request, "privacy.html")


@router.get("/accessibility")
def accessibility(request: Request, web: WebContext, visit: CurrentVisit) -> Response:  # noqa: ARG001
    """Tell how far the pages meet the rules, and where to complain."""
    return web.pages.render(request, "accessibility.html")
