"""The vocabulary on the broker's desk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import WebContext
from assistant.channels.web.routes.desk.record_page import refused
from assistant.desk import vocabulary as desk
from corpus.errors import EditConflictError, InvalidRecordError
from corpus.records import Kind
from corpus.text import Language

router = APIRouter(prefix="/desk/vocabulary")


@router.get("")
def vocabulary(
    request: Request,
    web: WebContext,
    q: Annotated[str, Query(max_length=200)] = "",
    domain: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Show the concepts, and the words of questions that none of them knows."""
    known = desk.list_concepts(web.runtime)
    return web.pages.render(
        request,
        "desk/vocabulary.html",
        q=q,
        domain=domain,
        domains=sorted({one.domain for one in known}),
        found=desk.filter_concepts(web.runtime, known, q, domain) if q or domain else {},
        unknown=desk.unknown_words(web.runtime, web.catalogue),
        labels=web.catalogue.named(Kind.CONCEPT, request.state.language),
    )


@router.post("/labels")
def add_label(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    concept: Annotated[str, Form(max_length=80)],
    word: Annotated[str, Form(min_length=1, max_length=100)],
    language: Annotated[Language, Form()],
) -> Response:
    """Add a word to what people also call a concept."""
    try:
        desk.add_label(web.runtime, concept.strip(), word, language, broker.name)
    except (InvalidRecordError, EditConflictError) as error:
        refused(request, visit, error)
    else:
        visit.flash("vocabulary.added", word=word)
    return RedirectResponse("/desk/vocabulary", 303)
