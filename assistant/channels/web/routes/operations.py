"""What machines ask: whether the app is alive, whether it is ready, what it has done."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from assistant.channels.web.access import is_from_loopback
from assistant.channels.web.context import WebContext
from assistant.channels.web.errors import answer_error

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def alive() -> JSONResponse:
    """Tell that the process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready(web: WebContext) -> JSONResponse:
    """Tell whether questions can be answered and kept: the database is whole and the disk has room."""
    fault = web.health.fault()
    if fault is None:
        return JSONResponse({"status": "ok"})
    return JSONResponse({"status": "unavailable", "fault": fault.value}, 503)


@router.get("/metrics")
async def metrics(request: Request, web: WebContext) -> Response:
    """Return what has been done so far, for Prometheus; only to this machine, or to who presents the token."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    token = web.settings.web_metrics_token
    sent = request.headers.get("authorization")
    given = (sent or "").removeprefix("Bearer ")
    known = token is not None and secrets.compare_digest(given.encode(), token.get_secret_value().encode())
    # Whoever sends a token is known by it or not at all: the name that the request was sent to is not looked at then.
    if not known and (sent is not None or not is_from_loopback(request)):
        return await answer_error(request, 404)
    body = await run_in_threadpool(generate_latest, web.metrics.collected())
    return Response(body, media_type=CONTENT_TYPE_LATEST)
