"""One field of many records at once: shown first, then done, then undone if it was wrong.

Invariant: nothing is changed but what was shown, over the versions that were shown.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import WebContext
from assistant.channels.web.routes.desk.record_page import refused
from assistant.channels.web.routes.desk.records import Posted
from assistant.desk.forms import THEMES
from assistant.desk.records import FieldChange, changes_of
from assistant.desk.references import RecordReferences
from assistant.platform.typed_dates import iso_day
from corpus.bulk import Field, Plan, action_of, plan_change, undo_all, write_all, written_versions
from corpus.curation import TRANSITIONS
from corpus.errors import CorpusError
from corpus.files import to_plain
from corpus.records import Kind

router = APIRouter(prefix="/desk/records")
Records = Annotated[list[str] | None, Form()]
_SORTS = {Field.ADD_THEME: THEMES, Field.REMOVE_THEME: THEMES, Field.OWNER: Kind.ACTOR.value}


@router.post("/bulk/preview")
def preview(request: Request, web: WebContext, visit: CurrentVisit, posted: Posted) -> Response:
    """Show what would become of the records that are ticked."""
    name, _, step = next(iter(posted.get("change", ())), "").partition(":")
    if name not in set(Field) or (name == Field.STATE and step not in {transition.value for transition in TRANSITIONS}):
        raise HTTPException(422)
    field = Field(name)
    typed = step or next(iter(posted.get(_input_of(field), ())), "").strip()
    ids = posted.get("record", [])
    if not ids or not typed:
        visit.flash("records.none_ticked" if not ids else "filling.bulk.no_value", FlashKind.WARNING)
        return RedirectResponse(_back(request), 303)
    names = RecordReferences(web.catalogue, request.state.language)
    value = names.resolved(_SORTS[field], typed) if field in _SORTS else iso_day(typed)
    if field in _SORTS and not names.knows(_SORTS[field], value):
        visit.flash("filling.no_such_name", FlashKind.WARNING, got=f"«{typed[:80]}»")
        return RedirectResponse(_back(request), 303)
    try:
        plan = plan_change(web.runtime.store, ids, field, value)
    except CorpusError as error:
        refused(request, visit, error)
        return RedirectResponse(_back(request), 303)
    return web.pages.render(
        request, "desk/bulk.html", field=field, value=value, plan=plan, rows=_rows(plan), names=names, done=None
    )


@router.post("/bulk")
def apply(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    field: Annotated[Field, Form()],
    value: Annotated[str, Form(max_length=300)],
    record: Records = None,
) -> Response:
    """Change what was shown, all or nothing; each record is given with the version that was."""
    if field is Field.STATE and value not in {transition.value for transition in TRANSITIONS}:
        raise HTTPException(422)
    seen = dict(_parse_version(one) for one in record or ())
    try:
        plan = plan_change(web.runtime.store, seen, field, value)
        if not plan.changes:
            visit.flash("queue.nothing_done", FlashKind.WARNING)
            return RedirectResponse("/desk/records", 303)
        name = write_all(web.runtime.store, plan, seen, broker.name, action_of(field, value))
    except CorpusError as error:
        refused(request, visit, error)
        return RedirectResponse("/desk/records", 303)
    return RedirectResponse(f"/desk/records/bulk/{name}", 303)


@router.get("/bulk/{name}")
def done(request: Request, web: WebContext, name: str) -> Response:
    """Show what was changed at once, and offer to undo it."""
    versions = written_versions(web.runtime.store, name)
    if not versions:
        raise HTTPException(404)
    language = request.state.language
    lines = {line.id: line.name(language) for line in web.catalogue.lines()}
    changed = [(record_id, lines.get(record_id, record_id)) for record_id, _ in versions]
    names = RecordReferences(web.catalogue, language)
    return web.pages.render(
        request, "desk/bulk.html", field=None, value=name, plan=None, rows=(), names=names, done=changed
    )


@router.post("/bulk/{name}/undo")
def undo(request: Request, web: WebContext, visit: CurrentVisit, broker: BrokerAccount, name: str) -> Response:
    """Make the records what they were before."""
    try:
        count = len(undo_all(web.runtime.store, name, broker.name))
    except CorpusError as error:
        refused(request, visit, error)
        return RedirectResponse(f"/desk/records/bulk/{name}", 303)
    visit.flash("filling.bulk.undone.one" if count == 1 else "filling.bulk.undone", count=str(count))
    return RedirectResponse("/desk/records?sort=changed", 303)


def _rows(plan: Plan) -> list[tuple[str, int, list[FieldChange]]]:
    return [
        (change.before.id, change.version, list(changes_of(to_plain(change.before), to_plain(change.after))))
        for change in plan.changes
    ]


def _input_of(field: Field) -> str:
    return {Field.ADD_THEME: "theme_name", Field.REMOVE_THEME: "theme_name", Field.OWNER: "owner_name"}.get(
        field, "checked_on"
    )


def _parse_version(text: str) -> tuple[str, int]:
    """Return a record and the version of it that was shown."""
    record_id, _, version = text.rpartition("@")
    if not record_id or not (version.isascii() and version.isdigit() and len(version) < 10):
        raise HTTPException(422)
    return record_id, int(version)


def _back(request: Request) -> str:
    query = request.headers.get("referer", "").partition("/desk/records?")[2]
    return f"/desk/records?{query}" if query else "/desk/records"
