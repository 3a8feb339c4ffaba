"""What brokers keep around a record: named persons at the body, and comments to each other.

Invariant: none of it is part of the record; it is shown on the desk and nowhere else.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import WebContext
from assistant.channels.web.routes.desk.record_page import catalog_of, form_page
from assistant.channels.web.routes.desk.records import Posted
from assistant.desk.records import problem_sentence
from assistant.desk.saving import opened_record
from assistant.platform.typed_dates import iso_day
from assistant.platform.workdays import norwegian_day
from corpus.comments import add_comment, take_comment_back
from corpus.files import problems_of
from corpus.partners import make_link, stop_link
from corpus.persons import NewPerson, add_person, forget_persons

LINK_HOLDS = timedelta(days=30)
"""How long a body has to look at its record."""
router = APIRouter(prefix="/desk/records")


@router.post("/{record_id}/persons")
def add(
    request: Request, web: WebContext, visit: CurrentVisit, broker: BrokerAccount, posted: Posted, record_id: str
) -> Response:
    """Keep a named person at a body, or tell what is missing for that."""
    stored = web.runtime.store.get(record_id)
    typed = {
        name: iso_day(text) if info.annotation is date else text
        for name, info in NewPerson.model_fields.items()
        for text in [next(iter(posted.get(name, ())), "").strip()]
    }
    try:
        person = NewPerson.model_validate({name: value for name, value in typed.items() if value})
    except ValidationError as error:
        catalog = catalog_of(request)
        problems = problems_of(error, record_id, record_id)
        faults = {
            "ends_on" if problem.field == "(record)" else problem.field: problem_sentence(problem, catalog)
            for problem in problems
        }
        edited = opened_record(web.runtime.store, stored, catalog)
        return form_page(request, web, edited, stored, 422, person=typed, person_faults=faults)
    add_person(web.runtime.database, record_id, person, broker.name)
    visit.flash("filling.person.added")
    return RedirectResponse(f"/desk/records/{record_id}#persons", 303)


@router.post("/{record_id}/persons/{person_id}/remove")
def remove(web: WebContext, visit: CurrentVisit, record_id: str, person_id: str) -> Response:
    """Take a named person away for good."""
    with web.runtime.database.writing() as session:
        forget_persons(session, [person_id])
    web.runtime.database.leave_no_trace()
    visit.flash("filling.person.removed")
    return RedirectResponse(f"/desk/records/{record_id}#persons", 303)


@router.post("/{record_id}/comments")
def comment(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    record_id: str,
    text: Annotated[str, Form(max_length=4_000)] = "",
) -> Response:
    """Keep a comment for the other brokers."""
    web.runtime.store.get(record_id)
    if text.strip():
        add_comment(web.runtime.database, record_id, text, broker.name)
    else:
        visit.flash("filling.comment.empty", FlashKind.WARNING)
    return RedirectResponse(f"/desk/records/{record_id}#comments", 303)


@router.post("/{record_id}/comments/{comment_id}/remove")
def take_back(web: WebContext, visit: CurrentVisit, broker: BrokerAccount, record_id: str, comment_id: str) -> Response:
    """Take a comment of one's own back."""
    taken = take_comment_back(web.runtime.database, comment_id, broker.name)
    if not taken:
        visit.flash("filling.comment.not_yours", FlashKind.WARNING)
    return RedirectResponse(f"/desk/records/{record_id}#comments", 303)


@router.post("/{record_id}/links")
def make(web: WebContext, visit: CurrentVisit, broker: BrokerAccount, record_id: str) -> Response:
    """Make a link by which the body sees its record and proposes changes."""
    make_link(web.runtime.store, record_id, broker.name, norwegian_day() + LINK_HOLDS)
    visit.flash("filling.link.made")
    return RedirectResponse(f"/desk/records/{record_id}#links", 303)


@router.post("/{record_id}/links/{link_id}/stop")
def stop(web: WebContext, visit: CurrentVisit, record_id: str, link_id: str) -> Response:
    """Take a link back."""
    stop_link(web.runtime.store, link_id)
    visit.flash("filling.link.stopped")
    return RedirectResponse(f"/desk/records/{record_id}#links", 303)
