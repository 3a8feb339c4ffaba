"""Reconciliation (version 0.2 of the W3C community group's specification): a spreadsheet's names to our records.

Invariant: only what is published is told, and nothing is kept of what was asked. Answers are JSON and never JSONP.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from assistant.channels.web.access import client_address
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.middleware import content_security_policy
from assistant.desk.extending import MOST_IDS, MOST_PROPERTIES, extended, proposed
from assistant.desk.reconciliation import TYPES, ReconciliationQuery, reconciled, suggested
from assistant.platform.workdays import norwegian_day
from corpus.files import kind_of
from corpus.records import Actor, CurationState, FundingInstrument, ProjectIdea

router = APIRouter(prefix="/reconcile", include_in_schema=False)
MOST_QUERIES = 50
MOST_CHARACTERS = 500
SUGGESTED = 20
"""Suggestions that are told at once."""
Queries = Annotated[str | None, Query(max_length=100_000)]
Posted = Annotated[str | None, Form(max_length=100_000)]


@router.get("")
def described(request: Request, web: WebContext, queries: Queries = None, extend: Queries = None) -> Response:
    """Return what this service is, or the answers to a batch of queries, or properties of records."""
    if extend is not None:
        return _extended(request, web, extend)
    if queries is not None:
        return _answers(request, web, queries)
    base = (web.settings.web_base_url or str(request.base_url)).rstrip("/")
    here = f"{base}/reconcile"
    return _cors_response(
        {
            "versions": ["0.2"],
            "name": "Mellomrom",
            "identifierSpace": f"{base}/records/",
            "schemaSpace": f"{base}/kinds/",
            "defaultTypes": [{"id": kind.value, "name": name} for kind, name in TYPES.items()],
            "view": {"url": f"{here}/preview?id={{{{id}}}}"},
            "preview": {"url": f"{here}/preview?id={{{{id}}}}", "width": 420, "height": 220},
            "suggest": {
                what: {"service_url": here, "service_path": f"/suggest/{what}"}
                for what in ("entity", "property", "type")
            },
            "extend": {
                "propose_properties": {"service_url": here, "service_path": "/properties"},
                "property_settings": [],
            },
        }
    )


@router.post("")
def queried(request: Request, web: WebContext, queries: Posted = None, extend: Posted = None) -> Response:
    """Return the answers to a batch of queries, or properties of records."""
    if extend is not None:
        return _extended(request, web, extend)
    if queries is None:
        raise HTTPException(400)
    return _answers(request, web, queries)


@router.get("/suggest/{what}")
def suggest(
    request: Request,
    web: WebContext,
    what: Literal["entity", "property", "type"],
    prefix: Annotated[str, Query(max_length=MOST_CHARACTERS)] = "",
    cursor: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> Response:
    """Return what somebody may be typing the name of."""
    web.limits.check("api", client_address(request))
    if what == "entity":
        found = suggested(web.catalogue, prefix, cursor + SUGGESTED)
    else:
        known = proposed(None) if what == "property" else [{"id": k.value, "name": name} for k, name in TYPES.items()]
        found = [one for one in known if prefix.casefold().strip() in f"{one['id']} {one['name']}".casefold()]
    return _cors_response({"result": found[cursor : cursor + SUGGESTED]})


@router.get("/properties")
def properties(type: str = "", limit: Annotated[int, Query(ge=1, le=1_000)] = 1_000) -> Response:  # noqa: A002
    """Return which properties the records of a kind have."""
    kind = next((kind for kind in TYPES if kind.value == type), None)
    offered = proposed(kind) if kind or not type else []
    return _cors_response({"type": type, "limit": limit, "properties": offered[:limit]})


@router.get("/preview")
def preview(request: Request, web: WebContext, id: Annotated[str, Query(max_length=80)]) -> Response:  # noqa: A002
    """Show a record in a small frame of whoever asks."""
    record = web.runtime.store.find(id)
    if not isinstance(record, Actor | FundingInstrument | ProjectIdea) or record.state is not CurationState.PUBLISHED:
        raise HTTPException(404)
    page = web.pages.render(request, "reconcile_preview.html", record=record, kind=TYPES[kind_of(record.id)])
    # What is published may be framed by any page: nothing can be done in it.
    page.headers["Content-Security-Policy"] = content_security_policy("*")
    return page


def _extended(request: Request, web: Web, extend: str) -> Response:
    web.limits.check("api", client_address(request))
    asked = _json(extend)
    ids, wanted = (asked.get(name) for name in ("ids", "properties")) if isinstance(asked, dict) else (None, None)
    if (
        not isinstance(ids, list)
        or not isinstance(wanted, list)
        or len(ids) > MOST_IDS
        or len(wanted) > MOST_PROPERTIES
    ):
        raise HTTPException(400)
    names = [one.get("id") if isinstance(one, Mapping) else None for one in wanted]
    if not all(isinstance(one, str) and len(one) <= MOST_CHARACTERS for one in (*ids, *names)):
        raise HTTPException(400)
    return _cors_response(extended(web.runtime.store, ids, [str(name) for name in names], norwegian_day()))


def _cors_response(data: dict[str, Any]) -> Response:
    """Return an answer that pages of others may read: it holds what is published, whoever asks."""
    return JSONResponse(data, headers={"Access-Control-Allow-Origin": "*"})


def _json(text: str) -> Any:  # noqa: ANN401 (JSON of any shape)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400) from error


def _answers(request: Request, web: Web, queries: str) -> Response:
    web.limits.check("api", client_address(request))
    batch = _json(queries)
    if not isinstance(batch, dict) or len(batch) > MOST_QUERIES:
        raise HTTPException(400)
    answers = {str(name): {"result": reconciled(web.catalogue, _parse_query(one))} for name, one in batch.items()}
    return _cors_response(answers)


def _parse_query(query: Any) -> ReconciliationQuery:  # noqa: ANN401 (JSON of any shape)
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
    return ReconciliationQuery(
        text,
        tuple(kind for kind in TYPES if not kinds or kind.value in kinds),
        limit if isinstance(limit, int) and not isinstance(limit, bool) and 0 < limit <= 20 else 5,
        numbers[0] if numbers else "",
    )
