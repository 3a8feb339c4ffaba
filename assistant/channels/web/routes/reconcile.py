"""Reconciliation (version 0.2 of the W3C community group's specification): a spreadsheet's names to our records.

Invariant: only what is published is told, and nothing is kept of what was asked. Answers are JSON and never JSONP.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from assistant.channels.web.access import client_address
from assistant.channels.web.context import Web, WebContext
from assistant.desk.reconciling import TYPES, Asked, reconciled

router = APIRouter(prefix="/reconcile", include_in_schema=False)
MOST_QUERIES = 50
MOST_CHARACTERS = 500
Queries = Annotated[str | None, Query(max_length=100_000)]


@router.get("")
def described(request: Request, web: WebContext, queries: Queries = None) -> Response:
    """Return what this service is, or the answers to a batch of queries."""
    if queries is not None:
        return _answers(request, web, queries)
    base = (web.settings.web_base_url or str(request.base_url)).rstrip("/")
    return JSONResponse(
        {
            "versions": ["0.2"],
            "name": "Mellomrom",
            "identifierSpace": f"{base}/records/",
            "schemaSpace": f"{base}/kinds/",
            "defaultTypes": [{"id": kind.value, "name": name} for kind, name in TYPES.items()],
            "view": {"url": f"{base}/api/v1/records/{{{{id}}}}"},
        }
    )


@router.post("")
def queried(request: Request, web: WebContext, queries: Annotated[str, Form(max_length=100_000)]) -> Response:
    """Return the answers to a batch of queries."""
    return _answers(request, web, queries)


def _answers(request: Request, web: Web, queries: str) -> Response:
    web.limits.check("api", client_address(request))
    try:
        batch = json.loads(queries)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400) from error
    if not isinstance(batch, dict) or len(batch) > MOST_QUERIES:
        raise HTTPException(400)
    found = {str(name): {"result": reconciled(web.catalogue, _asked(one))} for name, one in batch.items()}
    return JSONResponse(found)


def _asked(query: Any) -> Asked:  # noqa: ANN401 (JSON of any shape)
    if isinstance(query, str):
        query = {"query": query}
    text = query.get("query") if isinstance(query, Mapping) else None
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise HTTPException(400)
    wanted = query.get("type")
    kinds = [wanted] if isinstance(wanted, str) else wanted if isinstance(wanted, list) else []
    limit = query.get("limit")
    numbers = [
        str(one.get("v"))
        for one in query.get("properties") or ()
        if isinstance(one, Mapping) and one.get("pid") == "orgnr" and isinstance(one.get("v"), str | int)
    ]
    return Asked(
        text,
        tuple(kind for kind in TYPES if not kinds or kind.value in kinds),
        limit if isinstance(limit, int) and not isinstance(limit, bool) and 0 < limit <= 20 else 5,
        numbers[0] if numbers else "",
    )
