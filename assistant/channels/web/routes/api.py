"""The API for programs: ask, put together a consortium, read records, follow cases, export the log.

Invariant: every operation needs a token with its scope, sent as ``Authorization: Bearer …``; a cookie counts nothing.
What cannot be done is told as a problem (RFC 9457), never with what went wrong inside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.openapi.utils import get_openapi
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant.cases import NEEDS_REASON, CaseReason, CaseState, StaleCaseError, TransitionError, UnknownCaseError
from assistant.channels.web.access import client_address
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.errors import problem
from assistant.channels.web.tokens import Scope, Token, Tokens
from assistant.consortium import ConsortiumError, propose
from assistant.errors import EmptyQuestionError
from assistant.facts import facts_of_municipality, is_municipality_number
from assistant.ladder import climb
from assistant.people import Asker, Channel
from assistant.render.data import render_data
from assistant.render.sketch import as_markdown, sketch_of
from assistant.turns import Incoming
from assistant.understanding import MAX_QUESTION, Question
from assistant.verdicts import CostPart, Facts
from assistant.workdays import NORWAY
from corpus.errors import UnknownRecordError
from corpus.files import to_plain
from corpus.records import ActorType, CurationState, Kind
from corpus.text import Language

router = APIRouter(prefix="/api/v1")
_bearer = HTTPBearer(auto_error=False, description="A token made by `mellomrom tokens add`.")
MAX_PAGE = 200
"""Items of a page."""


class Refused(Exception):  # noqa: N818 (it is an answer, not a failure)
    """What a program is told instead of what it asked for."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


async def answer_refused(request: Request, error: Exception) -> Response:
    """Return a refusal as a problem."""
    assert isinstance(error, Refused)  # noqa: S101 (registered for it alone)
    return problem(request, error.status, error.detail, error.headers)


def needs(scope: Scope) -> Any:  # noqa: ANN401 (what Depends returns)
    """Return a dependency that lets through whoever sends a token with that scope."""

    def allowed(
        request: Request,
        web: WebContext,
        sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Token:
        web.limits.check("api", client_address(request))
        challenge = {"WWW-Authenticate": 'Bearer realm="mellomrom"'}
        if sent is None:
            raise Refused(
                401, "Send a token as 'Authorization: Bearer …'. `mellomrom tokens add` makes one.", challenge
            )
        token = Tokens(web.runtime.database).find(sent.credentials)
        if token is None:
            raise Refused(401, "The token is unknown, has expired or was revoked.", challenge)
        if scope not in token.scopes:
            raise Refused(403, f"The token has no scope {scope.value!r}.")
        return token

    return Depends(allowed)


class Body(BaseModel):
    """What programs send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class AskBody(Body):
    """A question."""

    question: str = Field(min_length=1, max_length=20 * MAX_QUESTION)
    language: Language | None = None
    municipality: str | None = Field(default=None, pattern=r"^[0-9]{4}$")
    top_k: int = Field(default=5, ge=1, le=20)


class ShareBody(Body):
    """Who carries how much of the costs, in per cent."""

    type: ActorType
    percent: Decimal = Field(ge=0, le=100)


class NeedBody(Body):
    """A need."""

    need: str = Field(min_length=1, max_length=20 * MAX_QUESTION)
    language: Language | None = None
    municipality: str | None = Field(default=None, pattern=r"^[0-9]{4}$")


class ConsortiumBody(NeedBody):
    """A need, a scheme, and who is in already."""

    scheme: str = Field(max_length=80)
    have: list[str] = Field(default_factory=list, max_length=20)
    shares: list[ShareBody] = Field(default_factory=list, max_length=20)


class MoveBody(Body):
    """Where a case is to go."""

    state: CaseState
    version: int = Field(ge=1, lt=2**31)
    reason: CaseReason | None = None
    note: str | None = Field(default=None, max_length=2_000)


@router.post("/ask")
def ask(
    web: WebContext,
    body: AskBody,
    token: Annotated[Token, needs(Scope.ASK)],
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> dict[str, Any]:
    """Answer a question. The same Idempotency-Key gets the same answer again and is logged once."""
    _facts(body.municipality)
    asker = Asker(
        channel=Channel.API,
        tenant="api",
        user=f"token:{token.id}",
        language=body.language,
        kommunenummer=body.municipality,
    )
    key = idempotency_key or uuid4().hex
    incoming = Incoming(key=key, asker=asker, conversation=key, text=body.question, top_k=body.top_k, is_question=True)
    reply = web.runtime.service.handle(incoming)
    if reply.answer is None:
        raise Refused(422, "There is no word in the question to look for.")
    web.metrics.answers.labels("api", reply.answer.outcome).inc()
    return {**render_data(reply.answer), "log_id": reply.log_id}


@router.post("/consortium")
def consortium(
    web: WebContext,
    body: ConsortiumBody,
    token: Annotated[Token, needs(Scope.ASK)],  # noqa: ARG001
) -> dict[str, Any]:
    """Tell who is missing for a scheme and whom to ask, with a one-page sketch in Markdown."""
    shares = [CostPart(type=one.type, percent=one.percent) for one in body.shares]
    try:
        found = propose(
            web.runtime.matchmaker,
            web.runtime.store,
            body.need,
            body.scheme,
            body.have,
            _facts(body.municipality, web),
            shares,
            body.language,
        )
    except (ConsortiumError, EmptyQuestionError) as error:
        raise Refused(422, str(error)) from error
    return {**found.model_dump(mode="json"), "complete": found.is_complete, "sketch": as_markdown(sketch_of(found))}


@router.post("/ladder")
def ladder(web: WebContext, body: NeedBody, token: Annotated[Token, needs(Scope.ASK)]) -> dict[str, Any]:  # noqa: ARG001
    """Put the schemes that could pay in the order a need would climb them."""
    question = Question(text=body.need, language=body.language)
    try:
        found = climb(web.runtime.matchmaker, web.runtime.store, question, _facts(body.municipality, web))
    except EmptyQuestionError as error:
        raise Refused(422, str(error)) from error
    return found.model_dump(mode="json")


@router.get("/records")
def records(
    request: Request,
    response: Response,
    web: WebContext,
    token: Annotated[Token, needs(Scope.RECORDS_READ)],  # noqa: ARG001
    kind: Kind | None = None,
    state: CurationState | None = CurationState.PUBLISHED,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> dict[str, Any]:
    """List records in the order of their ids; the header Link leads to the next and the previous page."""
    ids = web.runtime.store.ids(kind, state)
    chosen = ids[(page - 1) * per_page : page * per_page]
    links = []
    if page * per_page < len(ids):
        links.append(f'<{request.url.include_query_params(page=page + 1)}>; rel="next"')
    if page > 1:
        links.append(f'<{request.url.include_query_params(page=page - 1)}>; rel="prev"')
    if links:
        response.headers["Link"] = ", ".join(links)
    found = web.runtime.store.get_many(chosen)
    return {"total": len(ids), "page": page, "items": [to_plain(record) for record in found.values()]}


@router.get("/records/{record_id}")
def record(
    web: WebContext,
    record_id: str,
    token: Annotated[Token, needs(Scope.RECORDS_READ)],  # noqa: ARG001
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return a record, with its version as ETag."""
    try:
        stored = web.runtime.store.get(record_id)
    except UnknownRecordError as error:
        raise Refused(404, str(error)) from error
    etag = f'"{stored.version}"'
    if if_none_match == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return JSONResponse(to_plain(stored.record), headers={"ETag": etag})


@router.get("/cases")
def cases(
    web: WebContext,
    token: Annotated[Token, needs(Scope.CASES_READ)],  # noqa: ARG001
    state: CaseState | None = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> dict[str, Any]:
    """List cases, the newest first."""
    found = web.runtime.referrals.cases(states=[state] if state else None)
    shown = found[(page - 1) * per_page : page * per_page]
    return {"total": len(found), "page": page, "items": [_case(web, one.id, with_events=False) for one in shown]}


@router.get("/cases/{case_id}")
def case(web: WebContext, case_id: str, token: Annotated[Token, needs(Scope.CASES_READ)]) -> dict[str, Any]:  # noqa: ARG001
    """Return a case with everything that happened to it."""
    return _case(web, case_id, with_events=True)


@router.post("/cases/{case_id}/moves")
def move(
    web: WebContext, case_id: str, body: MoveBody, token: Annotated[Token, needs(Scope.CASES_WRITE)]
) -> dict[str, Any]:
    """Move a case on; who saw an older version of it is refused (409)."""
    if body.state in NEEDS_REASON and body.reason is None:
        raise Refused(422, f"{body.state.value!r} needs a reason: one of {', '.join(CaseReason)}.")
    try:
        web.runtime.referrals.move(
            case_id, body.state, by=f"api:{token.name}", reason=body.reason, note=body.note, version=body.version
        )
    except UnknownCaseError as error:
        raise Refused(404, str(error)) from error
    except (StaleCaseError, TransitionError) as error:
        raise Refused(409, str(error)) from error
    return _case(web, case_id, with_events=True)


@router.get("/log")
def log(
    web: WebContext,
    token: Annotated[Token, needs(Scope.LOG_READ)],  # noqa: ARG001
    since: date | None = None,
    form: Annotated[Literal["jsonl"], Query(alias="format")] = "jsonl",  # noqa: ARG001
) -> Response:
    """Export the match log without anybody's words, one JSON object a line."""
    begin = datetime.combine(since, time(), NORWAY) if since else None

    def lines() -> Iterator[str]:
        for entry in web.runtime.service.log.entries(since=begin):
            yield json.dumps(entry.model_dump(mode="json", exclude={"text", "key", "id"}), ensure_ascii=False) + "\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


@router.get("/openapi.json", include_in_schema=False)
def schema(request: Request) -> dict[str, Any]:  # noqa: ARG001
    """Return what the API takes and gives, as OpenAPI."""
    return get_openapi(title="Mellomrom", version="1", routes=router.routes)


def _facts(number: str | None, web: Web | None = None) -> Facts | None:
    if number is None:
        return None
    if not is_municipality_number(number):
        raise Refused(422, f"Got the municipality {number!r}, expected a number such as '5038'.")
    return facts_of_municipality(number, web.runtime.service.municipality(number) if web else None)


def _case(web: Web, case_id: str, *, with_events: bool) -> dict[str, Any]:
    try:
        found = web.runtime.referrals.get(case_id)
    except UnknownCaseError as error:
        raise Refused(404, str(error)) from error
    told = found.model_dump(mode="json", exclude={"reply_to"})
    told["onward"] = list(found.onward)
    if with_events:
        told["events"] = [event.model_dump(mode="json") for event in web.runtime.referrals.events(case_id)]
    return told
