"""The chat: ask, go on from the answer, and act on it.

Invariant: every step is a plain form that works without JavaScript; what is sent twice is done once, by the key that
its form carries. Nobody sees a thread, an answer or a case of somebody else's, but for an answer that was shared.
"""

from __future__ import annotations

import re
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.cases import CaseAction, CaseError
from assistant.channels.web.access import CurrentVisit, client_address
from assistant.channels.web.chat_view import CaseView, ExchangeView, case_view, exchange_view
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.sessions import FlashKind, Visit
from assistant.people import Asker, Channel
from assistant.turns import (
    Act,
    Incoming,
    NotForUs,
    Receipt,
    ReceiptKind,
    UnknownAnswerError,
    UnknownMunicipalityError,
    UnknownSuggestionError,
    Verb,
)
from assistant.understanding import MAX_QUESTION
from corpus.text import Language

router = APIRouter(include_in_schema=False)
_ID = re.compile(r"[0-9a-f]{32}")
_EXCHANGES = 20
"""Exchanges of a thread that a page shows."""
_SUGGESTIONS = 3
"""Suggestions of each kind; "more" brings the next."""
_LISTED = 50
"""Questions and cases listed as one's own."""
MAX_CONTACT = 200
TENANT = "web"


def asker_of(visit: Visit) -> Asker:
    """Return who this is to the service; a visitor without a session gets one."""
    return Asker(channel=Channel.WEB, tenant=TENANT, user=visit.asker_id())


def known_asker(visit: Visit) -> Asker | None:
    """Return who this is to the service, or None for somebody who cannot have asked anything."""
    known = visit.known_asker_id()
    return Asker(channel=Channel.WEB, tenant=TENANT, user=known) if known else None


@router.get("/")
def home(request: Request, web: WebContext, visit: CurrentVisit) -> Response:  # noqa: ARG001
    """Show where to ask."""
    return _chat(request, web, uuid4().hex, [])


@router.get("/c/{conversation}")
def thread(request: Request, web: WebContext, visit: CurrentVisit, conversation: str) -> Response:
    """Show a thread of one's own."""
    asker = known_asker(visit)
    if asker is None or not _ID.fullmatch(conversation):
        raise HTTPException(404)
    found = web.runtime.service.exchanges(asker, _thread(asker, conversation), _EXCHANGES)
    if not found:
        raise HTTPException(404)
    shown = [exchange_view(web.runtime, asker, one) for one in found]
    return _chat(request, web, conversation, shown)


def _chat(request: Request, web: Web, conversation: str, exchanges: list[ExchangeView]) -> Response:
    return web.pages.render(
        request,
        "chat.html",
        conversation=conversation,
        exchanges=exchanges,
        key=uuid4().hex,
        contact=web.settings.broker_contact,
        most=MAX_QUESTION,
        reasons=list(NotForUs),
        max_contact=MAX_CONTACT,
        new_key=lambda: uuid4().hex,
    )


@router.post("/ask")
def ask(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    text: Annotated[str, Form()] = "",
    conversation: Annotated[str, Form()] = "",
    key: Annotated[str, Form()] = "",
) -> Response:
    """Take a question, or what is said of an answer, and show the thread with its reply."""
    web.limits.check("ask", client_address(request))
    if not _ID.fullmatch(conversation) or not _ID.fullmatch(key):
        raise HTTPException(422)
    asker = asker_of(visit)
    incoming = Incoming(
        key=f"{asker.user}:{key}",
        asker=asker,
        conversation=_thread(asker, conversation),
        text=text,
        top_k=_SUGGESTIONS,
    )
    reply = web.runtime.service.handle(incoming)
    web.metrics.answers.labels("web", reply.answer.outcome if reply.answer else reply.kind).inc()
    return RedirectResponse(f"/c/{conversation}#latest", 303)


@router.post("/act")
def act(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    log_id: Annotated[str, Form()],
    verb: Annotated[Verb, Form()],
    key: Annotated[str, Form()],
    conversation: Annotated[str, Form()],
    record_id: Annotated[str, Form()] = "",
    reason: Annotated[NotForUs | None, Form()] = None,
    note: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
) -> Response:
    """Do something with an answer, and go back to it with word of what came of it."""
    web.limits.check("ask", client_address(request))
    asker = known_asker(visit)
    if asker is None or not _ID.fullmatch(key) or not _ID.fullmatch(conversation):
        raise HTTPException(404 if asker is None else 422)
    done = Act(
        key=f"{asker.user}:{key}",
        asker=asker,
        log_id=log_id,
        record_id=record_id or None,
        verb=verb,
        reason=reason,
        note=note or None,
        reply_to=_reply_to(contact),
    )
    back = f"/c/{conversation}"
    try:
        receipt = web.runtime.service.act(done)
    except (UnknownAnswerError, UnknownSuggestionError) as error:
        raise HTTPException(404) from error
    except CaseError:
        visit.flash("chat.note_too_long", FlashKind.DANGER)
        return RedirectResponse(back, 303)
    _tell(visit, done, receipt)
    return RedirectResponse(f"{back}#latest" if receipt.reply else f"{back}#a-{log_id}", 303)


def _tell(visit: Visit, done: Act, receipt: Receipt) -> None:
    match receipt.kind:
        case ReceiptKind.CASE_OPENED:
            visit.flash("chat.done.case_opened")
        case ReceiptKind.ALREADY_OPEN:
            visit.flash("chat.done.already_open", FlashKind.INFO)
        case ReceiptKind.NOTED if done.verb is Verb.SHARE:
            visit.flash("chat.done.shared")
        case ReceiptKind.NOTED | ReceiptKind.ALREADY_NOTED:
            visit.flash("chat.done.noted")
        case ReceiptKind.MORE:
            pass


@router.get("/s/{log_id}")
def shared(request: Request, web: WebContext, visit: CurrentVisit, log_id: str) -> Response:  # noqa: ARG001
    """Show an answer that its asker has shared, to whoever has the address; nobody is told who asked."""
    try:
        logged = web.runtime.service.shared(log_id)
    except UnknownAnswerError as error:
        raise HTTPException(404) from error
    return web.pages.render(request, "shared.html", exchange=exchange_view(web.runtime, None, logged), logged=logged)


@router.get("/mine")
def mine(request: Request, web: WebContext, visit: CurrentVisit) -> Response:
    """Show one's own questions and cases, with what the broker has said."""
    asker, service = known_asker(visit), web.runtime.service
    questions = service.questions_of(asker, _LISTED) if asker else []
    cases: list[CaseView] = []
    for case in service.cases_of(asker)[:_LISTED] if asker else []:
        events = web.runtime.referrals.events(case.id)
        seen = {CaseAction.OPENED, CaseAction.MOVED, CaseAction.TOLD}
        cases.append(case_view(web.runtime, case, [event for event in events if event.action in seen]))
    profile = service.profile(asker) if asker else None
    return web.pages.render(
        request, "mine.html", questions=questions, cases=cases, municipality=profile.kommunenummer if profile else None
    )


@router.post("/mine/municipality")
def choose_municipality(web: WebContext, visit: CurrentVisit, municipality: Annotated[str, Form()] = "") -> Response:
    """Keep the municipality that somebody is in, so that rules can be held against it."""
    asker, service = asker_of(visit), web.runtime.service
    language: Language | None = service.profile(asker).language
    try:
        number = _number(web, municipality)
        service.set_profile(asker, language=language, kommunenummer=number)
    except UnknownMunicipalityError:
        visit.flash("chat.municipality_unknown", FlashKind.DANGER, got=municipality.strip()[:60])
    else:
        visit.flash("chat.done.municipality")
    return RedirectResponse("/mine", 303)


def _number(web: Web, text: str) -> str | None:
    """Return the number of a municipality that is named or numbered; None takes the choice back."""
    written = " ".join(text.split())
    if not written:
        return None
    named = [
        area.kommunenummer
        for area in web.runtime.matchmaker.areas()
        if area.kommunenummer and area.name.casefold() == written.casefold().removesuffix(" kommune")
    ]
    return named[0] if named else written


def _thread(asker: Asker, conversation: str) -> str:
    """Return the name of a thread: that of its asker alone, whatever ids others make up."""
    return f"web:{asker.user}:{conversation}"


def _reply_to(contact: str) -> str | None:
    import json

    written = " ".join(contact.split())[:MAX_CONTACT]
    return json.dumps({"to": "web", "contact": written}, ensure_ascii=False) if written else None
