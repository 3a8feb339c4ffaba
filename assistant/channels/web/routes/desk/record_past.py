"""What happened to a record, and two records that become one.

Invariant: nothing is gone for good: an older version can be brought back, and a merge undone.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import WebContext
from assistant.channels.web.routes.desk.record_page import refused
from assistant.desk import records as desk
from assistant.desk.references import RecordReferences
from corpus.errors import CorpusError, InvalidRecordError
from corpus.files import kind_of
from corpus.merging import merge, merged, order_of, undo_merge

router = APIRouter(prefix="/desk/records")


@router.get("/{record_id}/history")
def history(request: Request, web: WebContext, record_id: str) -> Response:
    """Show what happened to a record, the newest first."""
    return web.pages.render(
        request,
        "desk/history.html",
        record_id=record_id,
        stored=web.runtime.store.get(record_id),
        past=desk.revision_history(web.runtime.store, record_id),
    )


@router.post("/{record_id}/restore")
def restore(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    record_id: str,
    version: Annotated[int, Form(ge=1)],
) -> Response:
    """Make a record what it was in an older version."""
    try:
        desk.restore_version(web.runtime.store, record_id, version, broker.name)
    except InvalidRecordError as error:
        refused(request, visit, error)
    else:
        visit.flash("records.restored")
    return RedirectResponse(f"/desk/records/{record_id}/history", 303)


@router.get("/{record_id}/merge")
def compare(request: Request, web: WebContext, record_id: str, other: str, chosen: bool = False) -> Response:
    """Show two records side by side, and what would become of them as one; what is published stays unless chosen."""
    if not chosen:
        record_id, other = order_of(web.runtime.store, record_id, other)
    merge = merged(web.runtime.store, record_id, other)
    names, kind = RecordReferences(web.catalogue, request.state.language), kind_of(record_id)
    return web.pages.render(
        request,
        "desk/merge.html",
        record_id=record_id,
        other=other,
        chosen=chosen,
        states=(merge.before.state, web.runtime.store.get(other).record.state, merge.stays.state),
        rows=desk.compare_records(merge.before, merge.goes, merge.stays),
        moved=[names.shown(kind_of(one.id).value, one.id) for one in merge.moved],
        stays_name=names.shown(kind.value, record_id),
        goes_name=names.shown(kind.value, other),
    )


@router.post("/{record_id}/merge")
def make_one(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    record_id: str,
    other: Annotated[str, Form()],
    chosen: Annotated[bool, Form()] = False,
) -> Response:
    """Make two records into one; what is published stays unless the other was chosen to."""
    if not chosen:
        record_id, other = order_of(web.runtime.store, record_id, other)
    try:
        merge(web.runtime.store, record_id, other, broker.name)
    except InvalidRecordError as error:
        refused(request, visit, error)
        return RedirectResponse(f"/desk/records/{record_id}/merge?other={other}", 303)
    visit.flash("records.merged", other=other)
    return RedirectResponse(f"/desk/records/{record_id}", 303)


@router.post("/{record_id}/unmerge")
def make_two(request: Request, web: WebContext, visit: CurrentVisit, broker: BrokerAccount, record_id: str) -> Response:
    """Undo the last merge of a record."""
    try:
        undo_merge(web.runtime.store, record_id, broker.name)
    except CorpusError as error:
        refused(request, visit, error)
    else:
        visit.flash("records.unmerged")
    return RedirectResponse(f"/desk/records/{record_id}", 303)
