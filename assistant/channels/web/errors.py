"""Every refusal and failure as an answer: a page for people, problem+json (RFC 9457) for programs.

Invariant: no answer tells more than its reader may know: what went wrong inside stands in the log, under the number
that the answer gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assistant.cases.cases import NoteError
from assistant.channels.refusals import status_of
from assistant.channels.web.pages import pages_of
from assistant.platform.messages import messages
from assistant.service.messages import PersonalDataError
from corpus.errors import InvalidRecordError, MellomromError
from corpus.faults import fault_of
from corpus.text import Language

log = structlog.get_logger("mellomrom.web")

TOLD = {400, 401, 403, 404, 405, 408, 409, 413, 415, 421, 422, 429, 500, 503}
"""Statuses with sentences of their own in the catalogs, under ``web.error.<status>``."""


def is_for_programs(request: Request) -> bool:
    """Tell whether a program asked, so that it is answered in JSON."""
    return str(request.scope["path"]).startswith(("/api/", "/reconcile", "/mcp"))


def problem(
    request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: object
) -> JSONResponse:
    """Return a problem as RFC 9457 has it."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:uuid:{getattr(request.state, 'request_id', '')}",
        **more,
    }
    return JSONResponse(body, status, headers=dict(headers or {}), media_type="application/problem+json")


async def answer_error(
    request: Request,
    status: int,
    key: str | None = None,
    headers: Mapping[str, str] | None = None,
    typed: Sequence[str] = (),
) -> Response:
    """Return the answer to a request that failed or was refused.

    Args:
        request: What was asked.
        status: The HTTP status.
        key: The sentence to show, a key of the catalogs; by default that of the status.
        headers: Headers to add.
        typed: What somebody wrote in the form that was sent, to be given back.
    """
    key = key or f"web.error.{status if status in TOLD else 400 if status < 500 else 500}"
    if is_for_programs(request):
        return problem(request, status, messages(Language.EN).text(key), headers)
    page = await run_in_threadpool(
        pages_of(request).render, request, "error.html", status, key=key, status=status, typed=typed
    )
    if request.headers.get("hx-request") == "true":
        # Told above what is there, so that nothing somebody has written is lost.
        page.headers.update({"HX-Retarget": "#alerts", "HX-Reselect": "#error", "HX-Reswap": "innerHTML"})
    page.headers.update(dict(headers or {}))
    return page


_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def _written_in(body: object) -> list[str]:
    """Return what somebody wrote in a form in words of their own; codes and choices are no loss."""
    values = body.multi_items() if isinstance(body, FormData) else []
    return [value for _, value in values if isinstance(value, str) and len(value.split()) > 1]


def _fault_text(details: ErrorDetails) -> str:
    """Return what is wrong with a value that was sent, without the value."""
    fault = fault_of(details)
    return str(fault._replace(values={**fault.values, **({"got": "another value"} if "got" in fault.values else {})}))


def add_error_handlers(app: FastAPI) -> None:
    """Have every refusal and failure answered here."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 (registered for it alone)
        key = error.detail if error.detail.startswith("web.") else None
        if is_for_programs(request) and key is None and error.detail != HTTPStatus(error.status_code).phrase:
            return problem(request, error.status_code, error.detail, error.headers)
        return await answer_error(request, error.status_code, key, error.headers)

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for it alone)
        if is_for_programs(request):
            # What was sent is left out: it may be what its sender would not want in a log of answers.
            faults = [{"loc": [str(part) for part in one["loc"]], "msg": _fault_text(one)} for one in error.errors()]
            return problem(request, 422, "The request does not have the form that was expected.", errors=faults)
        return await answer_error(request, 422, typed=_written_in(error.body))

    async def told(request: Request, error: Exception) -> Response:
        status = status_of(error)
        if status == 500:
            log.error("could not be done", error=str(error))
        elif status < 500 and is_for_programs(request):
            faults = error.problems if isinstance(error, InvalidRecordError) else ()
            errors = [{"field": fault.field, "message": fault.message} for fault in faults]
            if isinstance(error, PersonalDataError):
                return problem(request, status, str(error), errors=errors, code="personal_data")
            return problem(request, status, str(error), errors=errors)
        key = "web.error.note_long" if isinstance(error, NoteError) else None
        # The form is at hand already where its route took one; a page of a program has none to give back to.
        is_form = request.headers.get("content-type", "").startswith(_FORMS) and not is_for_programs(request)
        typed = _written_in(await request.form()) if is_form else ()
        return await answer_error(request, status, key, {"Retry-After": "5"} if status == 503 else None, typed)

    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(MellomromError, told)
