"""The API for programs: ask, put together a consortium, read and write records, follow cases, export the log.

Invariant: every operation needs a token with its scope; a cookie counts nothing. What cannot be done is told as a
problem (RFC 9457), never with what went wrong inside.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from assistant.channels.web.context import WebContext
from assistant.channels.web.routes.api import asking, cases, records
from assistant.channels.web.routes.api.reference import reference_of

_PROBLEM = {
    "description": "A problem as RFC 9457 has it: what was wrong, and how to mend it.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
router = APIRouter(prefix="/api/v1")
for part in (asking, records, cases):
    router.include_router(part.router)


@router.get("/openapi.json", include_in_schema=False)
def schema(request: Request) -> dict[str, Any]:  # noqa: ARG001
    """Return what the API takes and gives, as OpenAPI."""
    described = get_openapi(
        title="Mellomrom",
        version="1",
        summary="Partners, funding schemes and like ideas for a need, each with a reason.",
        routes=router.routes,
    )
    described["components"]["schemas"]["Problem"] = _PROBLEM_SCHEMA
    for operations in described["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["4XX"] = _PROBLEM
    return described


@router.get("/docs", include_in_schema=False)
def docs(request: Request, web: WebContext) -> Response:
    """Show the API to read."""
    api = reference_of(schema(request), (web.settings.web_base_url or str(request.base_url)).rstrip("/"))
    return web.pages.render(request, "api_docs.html", api=api)
