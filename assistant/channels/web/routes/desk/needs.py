"""Needs without a good answer, on the broker's desk."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.routes.desk.sight import CurrentSight
from assistant.desk import needs as desk
from assistant.desk.case_letter import signature
from assistant.desk.letters import receiver_of
from assistant.mail.addresses import mail_link
from assistant.platform.messages import messages
from corpus.records import FundingInstrument, Kind
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
        name=lambda need: desk.named(need, web.runtime, request.state.language),
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


class LetterTo(StrEnum):
    """Whom a letter about a need goes to."""

    ACTOR = "actor"
    """A body that may know something of it."""
    FUND = "fund"
    """Somebody who pays for such things, and does not for this."""


@router.get("/invitation")
def invitation(
    request: Request,
    web: WebContext,
    broker: BrokerAccount,
    question: Annotated[str, Query(max_length=2_000)],
    to: Annotated[str, Query(max_length=300)] = "",
    letter: Language | None = None,
    kind: LetterTo = LetterTo.ACTOR,
) -> Response:
    """Show a letter that asks a body whether a need is something for it, or tells a fund that nothing pays for it."""
    language = letter or request.state.language
    actors = web.catalogue.named(Kind.ACTOR, language)
    chosen = to.strip()
    name = dict(actors).get(chosen, chosen)
    receiver = receiver_of(web.runtime.store, web.runtime.store.find(chosen) if name != chosen else None, language)
    signer = "\n".join(signature(web.profiles.by_name(broker.name), web.settings.broker_contact, messages(language)))
    draft = (desk.fund_letter if kind is LetterTo.FUND else desk.invitation)(question, name, signer, language)
    return web.pages.render(
        request,
        "desk/invitation.html",
        question=question,
        to=to,
        kind=kind,
        actors=_funds(web, actors) if kind is LetterTo.FUND else actors,
        letter=draft,
        receiver=receiver,
        link=mail_link(receiver.email or "" if receiver else "", draft.subject, draft.body, ""),
        languages=list(Language),
    )


def _funds(web: Web, actors: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those of some bodies that run or own a scheme."""
    schemes = web.runtime.store.records(Kind.INSTRUMENT)
    pay = {
        one
        for scheme in schemes
        if isinstance(scheme, FundingInstrument)
        for one in (scheme.owner, scheme.administrator)
    }
    return [(actor_id, name) for actor_id, name in actors if actor_id in pay]
