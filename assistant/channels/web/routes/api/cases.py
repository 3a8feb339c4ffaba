"""Follow cases and export the match log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from assistant.access.tokens import Token, TokenScope
from assistant.cases.cases import NEEDS_REASON, Case, CaseReason, CaseState
from assistant.channels.bodies import Body
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.routes.api.common import Pages, author, needs
from assistant.platform.workdays import first_moment

router = APIRouter(tags=["cases"])


class MoveBody(Body):
    """Where a case is to go."""

    state: CaseState
    version: int = Field(ge=1, lt=2**31)
    reason: CaseReason | None = None
    note: str | None = Field(default=None, max_length=2_000)


class NoteBody(Body):
    """A note, among brokers or for the asker too."""

    text: str = Field(min_length=1, max_length=2_000)
    for_asker: bool = False


class AssignBody(Body):
    """Who is to have a case; nobody where it is null."""

    to: str | None = Field(max_length=200)
    version: int = Field(ge=1, lt=2**31)


@router.get("/cases")
def cases(
    web: WebContext,
    token: Annotated[Token, needs(TokenScope.CASES_READ)],  # noqa: ARG001
    paging: Pages,
    state: CaseState | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
) -> dict[str, Any]:
    """List cases, the newest first; those with `q` in their question or their record's id where it is given."""
    total, page = web.runtime.referrals.page(
        states=[state] if state else None, words=q, offset=paging.offset, limit=paging.per_page
    )
    return paging.of(total, [_plain(one) for one in page])


@router.get("/cases/{case_id}")
def case(web: WebContext, case_id: str, token: Annotated[Token, needs(TokenScope.CASES_READ)]) -> dict[str, Any]:  # noqa: ARG001
    """Return a case with everything that happened to it."""
    return _with_events(web, web.runtime.referrals.get(case_id))


@router.post("/cases/{case_id}/moves")
def move(
    web: WebContext, case_id: str, body: MoveBody, token: Annotated[Token, needs(TokenScope.CASES_WRITE)]
) -> dict[str, Any]:
    """Move a case on; who saw an older version of it is refused (409)."""
    if body.state in NEEDS_REASON and body.reason is None:
        raise HTTPException(422, f"{body.state.value!r} needs a reason: one of {', '.join(CaseReason)}.")
    web.runtime.referrals.move(
        case_id, body.state, by=author(token), reason=body.reason, note=body.note, version=body.version
    )
    return _with_events(web, web.runtime.referrals.get(case_id))


@router.post("/cases/{case_id}/notes", status_code=201)
def note(
    web: WebContext, case_id: str, body: NoteBody, token: Annotated[Token, needs(TokenScope.CASES_WRITE)]
) -> dict[str, Any]:
    """Add a note to a case."""
    return _with_events(web, web.runtime.referrals.note(case_id, body.text, by=author(token), for_asker=body.for_asker))


@router.post("/cases/{case_id}/assignment")
def assign(
    web: WebContext, case_id: str, body: AssignBody, token: Annotated[Token, needs(TokenScope.CASES_WRITE)]
) -> dict[str, Any]:
    """Give a case to somebody, or to nobody; who saw an older version of it is refused (409)."""
    return _with_events(web, web.runtime.referrals.assign(case_id, body.to, by=author(token), version=body.version))


@router.get("/log")
def log(
    web: WebContext,
    token: Annotated[Token, needs(TokenScope.LOG_READ)],  # noqa: ARG001
    since: date | None = None,
    form: Annotated[Literal["jsonl"], Query(alias="format")] = "jsonl",  # noqa: ARG001
) -> Response:
    """Export the match log without anybody's words, one JSON object a line."""
    begin = first_moment(since) if since else None

    def lines() -> Iterator[str]:
        for entry in web.runtime.service.log.entries(since=begin):
            yield json.dumps(entry.model_dump(mode="json", exclude={"text", "key", "id"}), ensure_ascii=False) + "\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


def _plain(case: Case) -> dict[str, Any]:
    return {**case.model_dump(mode="json", exclude={"reply_to"}), "onward": list(case.onward)}


def _with_events(web: Web, case: Case) -> dict[str, Any]:
    events = [event.model_dump(mode="json") for event in web.runtime.referrals.events(case.id)]
    return {**_plain(case), "events": events}
