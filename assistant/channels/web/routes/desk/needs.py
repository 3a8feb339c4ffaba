"""Needs without a good answer, on the broker's desk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import WebContext
from assistant.channels.web.routes.desk.sight import CurrentSight
from assistant.desk import needs as desk
from corpus.records import Kind
from corpus.text import Language

router = APIRouter(prefix="/desk/needs")
MOST_IDS = 200_000
"""Characters of the ids of one need's answers, which stand in one field, since a form may hold no more than 1,000."""


@router.get("")
def needs(request: Request, web: WebContext, sight: CurrentSight) -> Response:
    """Show the needs that nobody has dealt with, and what was dealt with of late."""
    return web.pages.render(
        request,
        "desk/needs.html",
        needs=desk.open_needs(web.runtime, area=sight.area),
        dealt=desk.resolved_batches(web.runtime),
        sight=sight,
    )


@router.get("/thread/{log_id}")
def thread(request: Request, web: WebContext, broker: BrokerAccount, log_id: str) -> Response:  # noqa: ARG001
    """Show the thread that an answer stands in."""
    turns = desk.thread_around(web.runtime, log_id)
    if not turns:
        raise HTTPException(404)
    return web.pages.render(request, "desk/thread.html", turns=turns, log_id=log_id)


@router.post("/deal")
def deal(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    how: Annotated[desk.Resolution, Form()],
    need: Annotated[str, Form(max_length=MOST_IDS)] = "",
) -> Response:
    """Note that needs were dealt with."""
    count = desk.resolve_needs(web.runtime, need.split(), how, broker.name)
    visit.flash("needs.dealt.done", count=str(count))
    return RedirectResponse("/desk/needs", 303)


@router.post("/take-back")
def take_back(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,  # noqa: ARG001 (closes the route)
    together: Annotated[str, Form()],
) -> Response:
    """Open needs again."""
    count = desk.reopen_needs(web.runtime, together)
    visit.flash("needs.opened", count=str(count))
    return RedirectResponse("/desk/needs", 303)


@router.get("/invitation")
def invitation(
    request: Request,
    web: WebContext,
    question: Annotated[str, Query(max_length=2_000)],
    to: Annotated[str, Query(max_length=300)] = "",
    letter: Language | None = None,
) -> Response:
    """Show a letter that asks a body whether a need is something for it."""
    language = letter or request.state.language
    actors = web.catalogue.named(Kind.ACTOR, language)
    receiver = dict(actors).get(to.strip(), to.strip())
    return web.pages.render(
        request,
        "desk/invitation.html",
        question=question,
        to=to,
        actors=actors,
        letter=desk.invitation(question, receiver, web.settings.broker_contact, language),
        languages=list(Language),
    )
