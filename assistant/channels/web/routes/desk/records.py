"""The records on the broker's desk.

Invariant: a change is made over the version that was seen; where somebody else was faster, or something is wrong,
nothing is written and what was typed comes back with the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind, Visit
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import Web, WebContext
from assistant.desk import records as desk
from assistant.desk.catalogue import PER_PAGE, PreparedQuery
from assistant.desk.checking import still_true
from assistant.desk.forms import FOLDED, form_of, read_form, with_item, without_item
from assistant.desk.imports import offered
from assistant.platform.messages import Messages, messages
from assistant.platform.workdays import norwegian_day
from corpus.curation import TRANSITIONS, move, write_one
from corpus.errors import CorpusError, EditConflictError, InvalidRecordError
from corpus.files import kind_of
from corpus.importing.proposals import origins
from corpus.merging import merge, merged, merged_with, order_of, undo_merge
from corpus.records import CurationState, Kind, Theme
from corpus.store import StoredRecord
from corpus.tables import Action

router = APIRouter(prefix="/desk/records")
_PROBLEMS_TOLD = 5
MOST_FIELDS = 5_000
"""Fields of a form that are read; the largest record has some hundreds."""


async def _posted(request: Request) -> dict[str, list[str]]:
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    return {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}


Posted = Annotated[dict[str, list[str]], Depends(_posted)]


@router.get("")
def records(
    request: Request,
    web: WebContext,
    wanted: Annotated[PreparedQuery, Query()],
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List the records that are wanted."""
    found = web.catalogue.find(wanted, request.state.language, norwegian_day())
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(page, pages)
    return web.pages.render(
        request,
        "desk/records.html",
        wanted=wanted,
        lines=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        pages=pages,
        kinds=list(Kind),
        states=list(CurationState),
        record_themes=list(Theme),
    )


@router.post("/bulk")
def bulk(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    action: Annotated[Action, Form()],
    record: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Publish, retire or restore the records that are ticked, all or none."""
    if record:
        try:
            _moved(web, visit, broker, record, action, None)
        except CorpusError as error:
            refused(request, visit, error)
    else:
        visit.flash("records.none_ticked", FlashKind.WARNING)
    back = request.headers.get("referer", "").partition("/desk/records?")[2]
    return RedirectResponse(f"/desk/records?{back}" if back else "/desk/records", 303)


@router.get("/new")
def new(
    request: Request,
    web: WebContext,
    kind: Kind = Kind.IDEA,
    name: Annotated[str, Query(max_length=300)] = "",
    question: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """Show the form of a new record, begun with what is known of it."""
    plain = desk.blank(kind, request.state.language, name.strip(), question.strip())
    edited = desk.Edited(kind, desk.id_of(kind, plain), 0, form_of(kind, plain))
    return _form(request, web, edited, None)


@router.post("/new")
def create(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    posted: Posted,
    kind: Kind,
) -> Response:
    """Write a new record as a draft, or show its form with one item more or less."""
    plain = read_form(kind, posted)
    record_id = _one(posted, "record_id") or desk.id_of(kind, plain)
    if record_id and ":" not in record_id:
        record_id = f"{kind}:{record_id}"
    if (shown := _reshaped(request, web, kind, record_id, None, 0, posted)) is not None:
        return shown
    try:
        record = desk.parsed(kind, record_id, posted, None)
        write_one(web.runtime.store, record, broker.name, expected_version=0)
    except InvalidRecordError as error:
        edited = desk.typed(kind, record_id, 0, posted).with_faults(error.problems, _catalog(request))
        return _form(request, web, edited, None, 422)
    except EditConflictError:
        edited = desk.typed(kind, record_id, 0, posted)
        faults = {"record_id": _catalog(request).text("fault.taken")}
        return _form(request, web, edited._replace(faults=faults), None, 409)
    visit.flash("records.created")
    return RedirectResponse(f"/desk/records/{record_id}", 303)


@router.get("/{record_id}")
def record(request: Request, web: WebContext, record_id: str) -> Response:
    """Show a record on its form."""
    stored = web.runtime.store.get(record_id)
    return _form(request, web, desk.opened(stored), stored)


@router.post("/{record_id}")
def edit(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    posted: Posted,
    record_id: str,
) -> Response:
    """Write what is on the form, or show the form with one item more or less."""
    store = web.runtime.store
    stored = store.get(record_id)
    kind, version = kind_of(record_id), _version(posted)
    if (shown := _reshaped(request, web, kind, record_id, stored, version, posted)) is not None:
        return shown
    try:
        record = desk.parsed(kind, record_id, posted, stored.record)
        write_one(store, record, broker.name, expected_version=version)
    except InvalidRecordError as error:
        edited = desk.typed(kind, record_id, version, posted).with_faults(error.problems, _catalog(request))
        return _form(request, web, edited, stored, 422)
    except EditConflictError:
        clashes = desk.clashes(store, record_id, version, posted)
        now = store.get(record_id)
        # Whoever saves again has seen what the other did.
        edited = desk.typed(kind, record_id, now.version, posted)
        return _form(request, web, edited, now, 409, clashes=clashes)
    visit.flash("records.saved")
    return RedirectResponse(f"/desk/records/{record_id}", 303)


@router.post("/{record_id}/preview")
def preview(request: Request, web: WebContext, posted: Posted, record_id: str) -> Response:
    """Show which questions a record would answer as it is on the form."""
    kind = kind_of(record_id)
    stored = None if _version(posted) == 0 else web.runtime.store.get(record_id).record
    try:
        record = desk.parsed(kind, record_id, posted, stored)
    except InvalidRecordError as error:
        edited = desk.typed(kind, record_id, 0, posted).with_faults(error.problems, _catalog(request))
        faults = list(edited.faults.items())[:_PROBLEMS_TOLD]
        return web.pages.render(request, "desk/preview.html", faults=faults, card=None, placed=(), alike=())
    return web.pages.render(
        request,
        "desk/preview.html",
        faults=(),
        card=record,
        placed=desk.preview(web.runtime, record, _one(posted, "tried")),
        alike=desk.alike(web.runtime, web.catalogue, record, request.state.language),
    )


@router.post("/{record_id}/move")
def move_one(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    record_id: str,
    action: Annotated[Action, Form()],
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Publish, retire or restore a record; what it lacks for that is told beside its fields."""
    try:
        _moved(web, visit, broker, [record_id], action, note.strip() or None)
    except InvalidRecordError as error:
        stored = web.runtime.store.get(record_id)
        edited = desk.opened(stored).with_faults(error.problems, _catalog(request))
        return _form(request, web, edited, stored, 422)
    except CorpusError as error:
        refused(request, visit, error)
    return RedirectResponse(f"/desk/records/{record_id}", 303)


@router.post("/{record_id}/checked")
def checked(
    web: WebContext, visit: CurrentVisit, broker: BrokerAccount, record_id: str, version: Annotated[int, Form()]
) -> Response:
    """Note that a record was held against its sources today."""
    if kind_of(web.runtime.store.get(record_id).record.id) is Kind.CONCEPT:
        raise HTTPException(422)
    try:
        still_true(web.runtime.store, record_id, version, broker.name)
    except EditConflictError:
        visit.flash("records.stale", FlashKind.WARNING)
    else:
        visit.flash("records.checked.done")
    return RedirectResponse(f"/desk/records/{record_id}", 303)


@router.get("/{record_id}/history")
def history(request: Request, web: WebContext, record_id: str) -> Response:
    """Show what happened to a record, the newest first."""
    return web.pages.render(
        request,
        "desk/history.html",
        record_id=record_id,
        stored=web.runtime.store.get(record_id),
        past=desk.past(web.runtime.store, record_id),
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
        desk.restored(web.runtime.store, record_id, version, broker.name)
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
    found = merged(web.runtime.store, record_id, other)
    return web.pages.render(
        request,
        "desk/merge.html",
        record_id=record_id,
        other=other,
        chosen=chosen,
        states=(found.before.state, web.runtime.store.get(other).record.state, found.stays.state),
        rows=desk.side_by_side(found.before, found.goes, found.stays),
        moved=[one.id for one in found.moved],
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


def refused(request: Request, visit: Visit, error: CorpusError) -> None:
    """Leave for the next page why a record could not be changed."""
    catalog = _catalog(request)
    problems = error.problems if isinstance(error, InvalidRecordError) else ()
    told = [f"{one.record}: {one.field}: {desk.told(one, catalog)}" for one in problems[:_PROBLEMS_TOLD]]
    visit.flash("records.refused", FlashKind.DANGER, why="; ".join(told) or catalog.text("records.refused.step"))


def _catalog(request: Request) -> Messages:
    return messages(request.state.language)


def _moved(
    web: Web, visit: CurrentVisit, broker: BrokerAccount, record_ids: list[str], action: Action, note: str | None
) -> None:
    if action not in TRANSITIONS:
        raise HTTPException(422)
    found = move(web.runtime.store, record_ids, action, broker.name, note)
    visit.flash(f"records.moved.{action}", count=str(len(found)))


def _reshaped(
    request: Request,
    web: Web,
    kind: Kind,
    record_id: str,
    stored: StoredRecord | None,
    version: int,
    posted: Mapping[str, list[str]],
) -> Response | None:
    """Return the form with one item more or less, if that is what was asked for."""
    verb, _, path = _one(posted, "do").partition(":")
    if verb == "add":
        edited = desk.Edited(kind, record_id, version, with_item(kind, posted, path))
    elif verb == "remove":
        edited = desk.typed(kind, record_id, version, without_item(posted, path))
    else:
        return None
    return _form(request, web, edited, stored, focus=path)


def _form(
    request: Request,
    web: Web,
    edited: desk.Edited,
    stored: StoredRecord | None,
    status: int = 200,
    **more: Any,  # noqa: ANN401
) -> Response:
    action = f"/desk/records/{edited.record_id}" if stored else f"/desk/records/new?kind={edited.kind}"
    language = request.state.language
    return web.pages.render(
        request,
        "desk/record.html",
        status,
        at=f"/desk/records/{edited.record_id}" if stored else "/desk/records/new",
        edited=edited,
        stored=stored,
        action=action,
        allowed=[step for step, (states, _) in TRANSITIONS.items() if stored and stored.record.state in states],
        alike=desk.alike(web.runtime, web.catalogue, stored.record, language) if stored else (),
        offered=offered(web.runtime.store, language, edited.record_id) if stored else (),
        origins=origins(web.runtime.store, edited.record_id) if stored else (),
        merged_with=merged_with(web.runtime.store, edited.record_id) if stored else None,
        names={kind: web.catalogue.named(kind, language) for kind in desk.kinds_referred_to(edited.nodes)},
        folded=FOLDED,
        unfolded={path.partition(".")[0] for path in (*edited.faults, more.get("focus", ""))},
        **{"clashes": (), "focus": None} | more,
    )


def _version(posted: Mapping[str, list[str]]) -> int:
    text = _one(posted, "version")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise HTTPException(422)
    return int(text)


def _one(posted: Mapping[str, list[str]], name: str) -> str:
    return next(iter(posted.get(name, ())), "").strip()
