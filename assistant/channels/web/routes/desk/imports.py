"""Importing on the broker's desk: upload, look, choose, try, bring in, take back.

Invariant: a file is looked at before anything is written; every step is a form that works without JavaScript.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.downloads import CSV, EXCEL, download
from assistant.channels.web.routes.desk.record_page import refused
from assistant.desk import imports as desk
from assistant.platform.exports import csv_bytes, spreadsheet
from assistant.platform.workdays import norwegian_day
from corpus.errors import CorpusError, InvalidRecordError
from corpus.importing.applying import ImportReport
from corpus.importing.proposals import decide, decide_same
from corpus.importing.runs import Import, ImportState, import_of, imports, left_out_of
from corpus.importing.sources import SOURCES
from corpus.importing.undoing import publish as publish_drafts
from corpus.importing.undoing import undo as take_back

router = APIRouter(prefix="/desk/records/import")
HERE = "/desk/records/import"
MOST_COLUMNS = 500
SHOWN_OF_LEFT_OUT = 200


@router.get("")
def overview(request: Request, web: WebContext) -> Response:
    """Show what was brought in, what is offered, and where to begin."""
    return _overview(request, web)


@router.post("")
def upload(
    request: Request,
    web: WebContext,
    broker: BrokerAccount,
    source: Annotated[str, Form(max_length=32)],
    file: Annotated[UploadFile, File()],
) -> Response:
    """Keep a file, and show what is in it."""
    content = file.file.read()
    if not content or not file.filename:
        return _overview(request, web, 422, fault="imports.no_file", source=source)
    try:
        import_id = desk.begin(web.runtime.store, file.filename, content, source, broker.name, norwegian_day())
    except CorpusError as error:
        return _overview(request, web, 422, fault="imports.unreadable", why=str(error)[:500], source=source)
    return RedirectResponse(f"{HERE}/{import_id}", 303)


@router.post("/proposals/{number}")
def decide_proposal(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    number: int,
    action: Annotated[str, Form()],
) -> Response:
    """Take or decline what an import offers, and go to the record."""
    try:
        record_id = decide(web.runtime.store, number, action == "take", broker.name)
    except CorpusError as error:
        refused(request, visit, error)
        return RedirectResponse(HERE, 303)
    visit.flash("imports.taken" if action == "take" else "imports.declined")
    return RedirectResponse(f"/desk/records/{record_id}", 303)


@router.get("/{import_id}")
def import_page(request: Request, web: WebContext, import_id: str) -> Response:
    """Show a file that waits, or what became of one."""
    return _page(request, web, import_of(web.runtime.store, import_id))


@router.post("/{import_id}")
async def choose(request: Request, web: WebContext, broker: BrokerAccount, import_id: str) -> Response:
    """Keep what was chosen, and show it, try it, or bring the file in."""
    from starlette.concurrency import run_in_threadpool

    form = await request.form(max_fields=MOST_COLUMNS + 20, max_files=0)
    posted = {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}
    return await run_in_threadpool(_chosen, request, web, broker, import_id, posted)


@router.post("/{import_id}/undo")
def undo(web: WebContext, visit: CurrentVisit, broker: BrokerAccount, import_id: str) -> Response:
    """Take back an import."""
    done = take_back(web.runtime.store, import_id, broker.name)
    visit.flash("imports.undone", removed=str(done.removed), put_back=str(done.put_back), kept=str(len(done.kept)))
    return RedirectResponse(f"{HERE}/{import_id}", 303)


@router.post("/{import_id}/publish")
def publish(request: Request, web: WebContext, visit: CurrentVisit, broker: BrokerAccount, import_id: str) -> Response:
    """Publish the drafts that an import made, all or none."""
    try:
        count = publish_drafts(web.runtime.store, import_id, broker.name)
    except InvalidRecordError as error:
        refused(request, visit, error)
    else:
        visit.flash("imports.published", count=str(count))
    return RedirectResponse(f"{HERE}/{import_id}", 303)


@router.post("/{import_id}/same")
def same(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    import_id: str,
    key: Annotated[str, Form(max_length=255)],
    record: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Remember which record a row is of, or that it is of none."""
    decide_same(web.runtime.store, key, record or None, broker.name)
    visit.flash("imports.remembered")
    return RedirectResponse(f"{HERE}/{import_id}", 303)


@router.get("/{import_id}/left-out.csv")
def left_out_csv(web: WebContext, import_id: str) -> Response:
    """Return the rows that were left out as CSV."""
    columns, rows = desk.left_out(web.runtime.store, import_id)
    return download("left-out.csv", csv_bytes(rows, columns), CSV)


@router.get("/{import_id}/left-out.xlsx")
def left_out_spreadsheet(web: WebContext, import_id: str) -> Response:
    """Return the rows that were left out for Excel."""
    columns, rows = desk.left_out(web.runtime.store, import_id)
    sheet = [columns, *([str(row.get(name) or "") for name in columns] for row in rows)]
    return download("left-out.xlsx", spreadsheet({"left-out": sheet}), EXCEL)


def _chosen(
    request: Request, web: Web, broker: BrokerAccount, import_id: str, posted: dict[str, list[str]]
) -> Response:
    store = web.runtime.store

    def text(name: str) -> str:
        return next(iter(posted.get(name, ())), "").strip()

    upload = import_of(store, import_id)
    if upload.state is not ImportState.UPLOADED:
        return RedirectResponse(f"{HERE}/{import_id}", 303)
    if upload.source == desk.SPREADSHEET:
        desk.chose(store, upload, text("kind"), posted.get("field", []), text("saved"), text("save_as")[:80])
        upload = import_of(store, import_id)
    do, publish_all = text("do"), bool(text("publish"))
    try:
        if do == "apply":
            desk.applied(store, upload, publish_all, broker.name)
            request.state.visit.flash("imports.applied")
            return RedirectResponse(f"{HERE}/{import_id}", 303)
        report = desk.tried(store, upload, publish_all) if do == "try" else None
    except CorpusError as error:
        request.state.visit.flash("records.refused", FlashKind.DANGER, why=str(error)[:500])
        return RedirectResponse(f"{HERE}/{import_id}", 303)
    return _page(request, web, upload, report, publish_all)


def _overview(request: Request, web: Web, status: int = 200, **more: str) -> Response:
    store = web.runtime.store
    return web.pages.render(
        request,
        "desk/imports.html",
        status,
        at=HERE,
        imports=imports(store),
        proposals=desk.offered(store, request.state.language),
        sources=list(SOURCES.values()),
        **{"fault": None, "why": "", "source": desk.SPREADSHEET} | more,
    )


def _page(
    request: Request, web: Web, upload: Import, report: ImportReport | None = None, publish_all: bool = False
) -> Response:
    store = web.runtime.store
    waits = upload.state is ImportState.UPLOADED
    return web.pages.render(
        request,
        "desk/import.html",
        at=f"{HERE}/{upload.id}",
        found=upload,
        waits=waits,
        columns=desk.columns_of(store, upload) if waits else None,
        report=report,
        publish_all=publish_all,
        left_out=() if waits else left_out_of(store, upload.id)[:SHOWN_OF_LEFT_OUT],
    )
