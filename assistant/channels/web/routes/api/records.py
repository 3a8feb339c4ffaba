"""Read and write records.

Invariant: a record is only written over the version that its writer has seen (If-Match), and only where it fits
beside the others; each fault is told by its field.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from assistant.access.tokens import Token, TokenScope
from assistant.channels.bodies import Body
from assistant.channels.web.context import WebContext
from assistant.channels.web.routes.api.common import Pages, author, etag, needs, version_seen
from assistant.desk.catalogue import RecordFilter
from assistant.platform.workdays import norwegian_day
from corpus.curation import move, write_one
from corpus.errors import EditConflictError, InvalidRecordError
from corpus.files import Record, parse_record, to_plain
from corpus.records import CurationState, Kind
from corpus.stored import StoredRecord
from corpus.tables import Action
from corpus.text import Language

router = APIRouter(prefix="/records", tags=["records"])
Plain = dict[str, Any]


class RecordMoveBody(Body):
    """Where a record is to go."""

    action: Literal[Action.PUBLISH, Action.RETIRE, Action.RESTORE]
    note: str | None = Field(default=None, max_length=2_000)


@router.get("")
def records(
    web: WebContext,
    token: Annotated[Token, needs(TokenScope.RECORDS_READ)],  # noqa: ARG001
    paging: Pages,
    kind: Kind | None = None,
    state: Literal["draft", "published", "retired", "all"] = "published",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Plain:
    """List records, those with all words of `q` in their names or summary where it is given."""
    wanted = RecordFilter(q=q, kind=kind, state=None if state == "all" else CurationState(state))
    ids = sorted(line.id for line in web.catalogue.find(wanted, Language.EN, norwegian_day()))
    page = web.runtime.store.get_many(ids[paging.offset : paging.offset + paging.per_page])
    return paging.of(len(ids), [to_plain(record) for record in page.values()])


@router.post("", status_code=201)
def create(web: WebContext, body: Plain, token: Annotated[Token, needs(TokenScope.RECORDS_WRITE)]) -> JSONResponse:
    """Write a new record, as a draft where it does not say otherwise."""
    record = _parsed({"state": CurationState.DRAFT.value, **body})
    stored = write_one(web.runtime.store, record, author(token), expected_version=0)
    return _answer(stored, 201, {"Location": f"/api/v1/records/{record.id}"})


@router.get("/{record_id}")
def record(
    web: WebContext,
    record_id: str,
    token: Annotated[Token, needs(TokenScope.RECORDS_READ)],  # noqa: ARG001
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return a record in any state, with its version as ETag."""
    stored = web.runtime.store.get(record_id)
    if if_none_match == etag(stored.version):
        return Response(status_code=304, headers={"ETag": etag(stored.version)})
    return _answer(stored)


@router.put("/{record_id}")
def replace(
    web: WebContext,
    record_id: str,
    body: Plain,
    token: Annotated[Token, needs(TokenScope.RECORDS_WRITE)],
    if_match: Annotated[str | None, Header()] = None,
) -> JSONResponse:
    """Write a record in place of the version that was read; who read an older one is refused (412)."""
    before = web.runtime.store.get(record_id).record
    seen = version_seen(if_match)
    parsed = _parsed({"state": before.state.value, **body, "id": body.get("id", record_id)})
    if parsed.id != record_id or parsed.state is not before.state:
        raise HTTPException(422, "The id and the state stay as they are; `moves` changes the state.")
    try:
        return _answer(write_one(web.runtime.store, parsed, author(token), expected_version=seen))
    except EditConflictError as error:
        raise HTTPException(412, str(error)) from error


@router.post("/{record_id}/moves")
def move_record(
    web: WebContext, record_id: str, body: RecordMoveBody, token: Annotated[Token, needs(TokenScope.RECORDS_WRITE)]
) -> JSONResponse:
    """Publish, retire or restore a record."""
    move(web.runtime.store, [record_id], body.action, author(token), body.note)
    return _answer(web.runtime.store.get(record_id))


@router.get("/{record_id}/revisions")
def revisions(
    web: WebContext,
    record_id: str,
    token: Annotated[Token, needs(TokenScope.RECORDS_READ)],  # noqa: ARG001
    paging: Pages,
) -> Plain:
    """List what happened to a record, the newest first, each with the fields that it changed: old value and new."""
    history = web.runtime.store.history(record_id)[::-1]
    shown = history[paging.offset : paging.offset + paging.per_page]
    items = [
        {"version": one.version, "at": one.at.isoformat(), "by": one.by, "action": one.action, "note": one.note,
         "changes": one.changes}
        for one in shown
    ]  # fmt: skip
    return paging.of(len(history), items)


def _parsed(plain: Plain) -> Record:
    record, problems = parse_record(plain, "body")
    if record is None:
        raise InvalidRecordError("The record has faults. Nothing was written.", problems)
    return record


def _answer(stored: StoredRecord, status: int = 200, headers: dict[str, str] | None = None) -> JSONResponse:
    sent = {"ETag": etag(stored.version), **(headers or {})}
    return JSONResponse({**to_plain(stored.record), "state": stored.record.state.value}, status, headers=sent)
