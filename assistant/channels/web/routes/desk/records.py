"""The records on the broker's desk.

Invariant: a change is made over the version that was seen; where somebody else was faster, or something is wrong,
nothing is written and what was typed comes back with the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.routes.desk.record_page import TONGUES, catalog_of, form_page, refused
from assistant.desk import records as desk
from assistant.desk import saving
from assistant.desk.catalogue import PER_PAGE, RecordFilter
from assistant.desk.due_checks import confirm_record
from assistant.desk.forms import form_of, with_item, without_item
from assistant.desk.references import RecordReferences
from assistant.platform.workdays import norwegian_day
from corpus.curation import TRANSITIONS, move, write_one
from corpus.drafts import RecordDraft, discard, draft_of
from corpus.errors import CorpusError, EditConflictError, InvalidRecordError
from corpus.files import kind_of
from corpus.records import CurationState, Kind, Theme
from corpus.stored import StoredRecord
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
    wanted: Annotated[RecordFilter, Query()],
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List the records that are wanted."""
    hits = web.catalogue.find(wanted, request.state.language, norwegian_day())
    pages = max(1, -(-len(hits) // PER_PAGE))
    page = min(page, pages)
    return web.pages.render(
        request,
        "desk/records.html",
        wanted=wanted,
        lines=hits[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(hits),
        page=page,
        pages=pages,
        kinds=list(Kind),
        states=list(CurationState),
        record_themes=list(Theme),
        names=RecordReferences(web.catalogue, request.state.language),
        today=norwegian_day().isoformat(),
    )


@router.get("/new")
def new(
    request: Request,
    web: WebContext,
    kind: Kind = Kind.IDEA,
    name: Annotated[str, Query(max_length=300)] = "",
    question: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """Show the form of a new record, begun with what is known of it."""
    plain = desk.blank_record(kind, request.state.language, name.strip(), question.strip())
    return form_page(request, web, desk.RecordForm(kind, "", 0, form_of(kind, plain)), None)


@router.get("/names")
def named(
    request: Request,
    web: WebContext,
    of: Annotated[str, Query(max_length=20)],
) -> Response:
    """Propose names for what somebody has typed so far, in whichever field, as options of a list."""
    typed = next((value for name, value in request.query_params.items() if name != "of"), "")
    names = RecordReferences(web.catalogue, request.state.language).proposed(of, typed[:300])
    return web.pages.render(request, "desk/names.html", found=names)


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
    posted = RecordReferences(web.catalogue, request.state.language).read(kind, posted)
    record_id = _first_value(posted, "record_id")
    if record_id and ":" not in record_id:
        record_id = f"{kind}:{record_id}"
    if (shown := _reshaped(request, web, kind, record_id, None, posted)) is not None:
        return shown
    edited = desk.form_from_post(kind, record_id, 0, posted)
    if not saving.name_of(kind, posted):
        faults = {"pref_label" if kind is Kind.CONCEPT else "name": catalog_of(request).text("filling.name_first")}
        return form_page(request, web, edited._replace(faults=faults), None, 422)
    catalog = catalog_of(request)
    if record_id and record_id.partition(":")[0] != kind:
        fault = catalog.text("fault.id", got=f"«{record_id[:80]}»", example=f"{kind}:ntnu")
        return form_page(request, web, edited._replace(faults={"record_id": fault}), None, 422)
    try:
        record_id = record_id or saving.free_id(web.runtime.store, kind, posted)
        kept = saving.save_form(web.runtime.store, record_id, posted, broker.name, 0)
    except InvalidRecordError as error:
        of_id = {
            f"record_{problem.field}": desk.problem_sentence(problem, catalog)
            for problem in error.problems
            if problem.field == "id"
        }
        others = [problem for problem in error.problems if problem.field != "id"]
        edited = edited.with_faults(others, catalog)
        return form_page(request, web, edited._replace(faults={**of_id, **edited.faults}), None, 422)
    except EditConflictError:
        faults = {"record_id": catalog.text("fault.taken")}
        return form_page(request, web, edited._replace(faults=faults), None, 409)
    return _after(web, visit, broker, kept, posted, "records.created")


@router.get("/{record_id}")
def record(request: Request, web: WebContext, record_id: str) -> Response:
    """Show a record, or a draft of one, on its form."""
    store, catalog = web.runtime.store, catalog_of(request)
    if (draft := draft_of(store, record_id)) is not None:
        return form_page(request, web, saving.opened_draft(store, draft, catalog), None)
    stored = store.get(record_id)
    return form_page(request, web, saving.opened_record(store, stored, catalog), stored)


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
    is_draft = draft_of(store, record_id) is not None
    stored = None if is_draft else store.get(record_id)
    kind, version = kind_of(record_id), _version(posted)
    posted = RecordReferences(web.catalogue, request.state.language).read(kind, posted)
    if (shown := _reshaped(request, web, kind, record_id, stored, posted)) is not None:
        return shown
    kept: StoredRecord | RecordDraft
    try:
        if stored is None:
            kept = saving.save_form(store, record_id, posted, broker.name, version)
        else:
            record = desk.record_from_post(kind, record_id, posted, stored.record)
            kept = write_one(store, record, broker.name, expected_version=version)
    except InvalidRecordError as error:
        edited = desk.form_from_post(kind, record_id, version, posted).with_faults(error.problems, catalog_of(request))
        return form_page(request, web, edited, stored, 422)
    except EditConflictError:
        return _overtaken(request, web, record_id, version, posted)
    return _after(web, visit, broker, kept, posted, "records.saved")


@router.post("/{record_id}/discard")
def throw_away(web: WebContext, visit: CurrentVisit, record_id: str, version: Annotated[int, Form()]) -> Response:
    """Throw a draft away that never became a record."""
    try:
        discard(web.runtime.store, record_id, expected_version=version)
    except EditConflictError:
        visit.flash("records.stale", FlashKind.WARNING)
        return RedirectResponse(f"/desk/records/{record_id}", 303)
    visit.flash("filling.discarded")
    return RedirectResponse("/desk/records?state=draft", 303)


@router.post("/{record_id}/preview")
def preview(request: Request, web: WebContext, posted: Posted, record_id: str) -> Response:
    """Show which questions a record would answer as it is on the form."""
    kind = kind_of(record_id)
    stored = None if _version(posted) == 0 else web.runtime.store.find(record_id)
    posted = RecordReferences(web.catalogue, request.state.language).read(kind, posted)
    try:
        record = desk.record_from_post(kind, record_id, posted, stored)
    except InvalidRecordError as error:
        edited = desk.form_from_post(kind, record_id, 0, posted).with_faults(error.problems, catalog_of(request))
        faults = list(edited.faults.items())[:_PROBLEMS_TOLD]
        return web.pages.render(request, "desk/preview.html", faults=faults, card=None, placed=(), alike=())
    return web.pages.render(
        request,
        "desk/preview.html",
        faults=(),
        card=record,
        placed=desk.preview_ranking(web.runtime, record, _first_value(posted, "tried")),
        alike=desk.similar_records(web.runtime, web.catalogue, record, request.state.language),
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
        edited = desk.form_from_record(stored).with_faults(error.problems, catalog_of(request))
        return form_page(request, web, edited, stored, 422)
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
        confirm_record(web.runtime.store, record_id, version, broker.name)
    except EditConflictError:
        visit.flash("records.stale", FlashKind.WARNING)
    else:
        visit.flash("records.checked.done")
    return RedirectResponse(f"/desk/records/{record_id}", 303)


def _moved(
    web: Web, visit: CurrentVisit, broker: BrokerAccount, record_ids: list[str], action: Action, note: str | None
) -> None:
    if action not in TRANSITIONS:
        raise HTTPException(422)
    moved = move(web.runtime.store, record_ids, action, broker.name, note)
    visit.flash(f"records.moved.{action}", count=str(len(moved)))


def _reshaped(
    request: Request,
    web: Web,
    kind: Kind,
    record_id: str,
    stored: StoredRecord | None,
    posted: Mapping[str, list[str]],
) -> Response | None:
    """Return the form with one item more or less, if that is what was asked for."""
    verb, _, path = _first_value(posted, "do").partition(":")
    version = _version(posted) if "version" in posted else 0
    if verb == "add":
        variant = _first_value(posted, f"variant:{path}")
        edited = desk.RecordForm(kind, record_id, version, with_item(kind, posted, path, variant))
    elif verb == "remove":
        edited = desk.form_from_post(kind, record_id, version, without_item(posted, path))
    else:
        return None
    if version and (stored is None or stored.record.state is CurationState.DRAFT):
        edited = saving.with_lacks_of_form(web.runtime.store, edited, posted, catalog_of(request))
    return form_page(request, web, edited, stored, tongue=_first_value(posted, "tongue"), focus=path)


def _overtaken(request: Request, web: Web, record_id: str, version: int, posted: Mapping[str, list[str]]) -> Response:
    """Return the form as it was typed where somebody else was faster; whoever saves again has seen what they did."""
    store, kind = web.runtime.store, kind_of(record_id)
    if (draft := draft_of(store, record_id)) is not None:
        edited = desk.form_from_post(kind, record_id, draft.version, posted)
        clashes = desk.draft_edit_conflicts(draft.plain, posted, kind)
        return form_page(request, web, edited, None, 409, clashes=clashes, overtaken_by=draft.updated_by)
    clashes = desk.edit_conflicts(store, record_id, version, posted)
    now = store.get(record_id)
    return form_page(request, web, desk.form_from_post(kind, record_id, now.version, posted), now, 409, clashes=clashes)


def _after(
    web: Web,
    visit: CurrentVisit,
    broker: BrokerAccount,
    kept: StoredRecord | RecordDraft,
    posted: Mapping[str, list[str]],
    told: str,
) -> Response:
    """Return where to go after something was saved, and publish it if that was asked for."""
    record_id = kept.record_id if isinstance(kept, RecordDraft) else kept.record.id
    publishes = _first_value(posted, "do") == "publish"
    if publishes and not isinstance(kept, RecordDraft):
        try:
            _moved(web, visit, broker, [record_id], Action.PUBLISH, None)
        except InvalidRecordError:
            visit.flash("filling.not_yet", FlashKind.WARNING)
        return RedirectResponse(f"/desk/records/{record_id}", 303)
    if publishes:
        visit.flash("filling.not_yet", FlashKind.WARNING)
    else:
        visit.flash("filling.draft_saved" if isinstance(kept, RecordDraft) else told)
    tongue = _first_value(posted, "tongue")
    return RedirectResponse(f"/desk/records/{record_id}" + (f"?tongue={tongue}" if tongue in TONGUES else ""), 303)


def _version(posted: Mapping[str, list[str]]) -> int:
    text = _first_value(posted, "version")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise HTTPException(422)
    return int(text)


def _first_value(posted: Mapping[str, list[str]], name: str) -> str:
    return next(iter(posted.get(name, ())), "").strip()
