"""A page to ask on from a municipality's own site, in a frame of it.

Invariant: only the origins that the settings name may frame it, and no other page of ours may be framed. It needs no
cookie and sets none: nothing leads from one question to the next, nor from an answer to who asked.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Form, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.channels.web.access import client_address
from assistant.channels.web.answer_slots import answered_in_turn
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.middleware import content_security_policy
from assistant.channels.web.pages import Texts
from assistant.dialogue.facts import is_municipality_number
from assistant.platform.messages import messages
from assistant.platform.people import Asker, Channel
from assistant.render.replies import reply_text
from assistant.render.web import AnswerView, view_of
from assistant.service.messages import PersonalDataError, UserMessage

router = APIRouter(prefix="/embed", include_in_schema=False)
SHOWN = 3
"""Suggestions of each kind."""
Number = Annotated[str, Query(max_length=4)]


@router.get("")
def embedded(request: Request, web: WebContext, kommunenummer: Number = "") -> Response:
    """Show where to ask."""
    return _page(request, web, kommunenummer)


@router.post("")
@answered_in_turn
def ask(
    request: Request,
    web: WebContext,
    text: Annotated[str, Form()] = "",
    confirmed: Annotated[bool, Form()] = False,
    kommunenummer: Number = "",
) -> Response:
    """Answer a question on the page itself; with a question left empty, only the page."""
    _checked(web, kommunenummer)
    web.limits.check("ask", client_address(request))
    key = uuid4().hex
    asker = Asker(
        channel=Channel.EMBED,
        tenant="embed",
        user=key,
        kommunenummer=kommunenummer or None,
        language=request.state.chosen_language,
    )
    incoming = UserMessage(
        key=key, asker=asker, conversation=key, text=text, top_k=SHOWN, is_question=True, confirmed=confirmed
    )
    try:
        reply = web.runtime.service.handle(incoming)
    except PersonalDataError:
        return _page(request, web, kommunenummer, text=text, personal=True)
    web.metrics.answers.labels(asker.channel.value, reply.answer.outcome if reply.answer else reply.kind.value).inc()
    catalog = messages(request.state.chosen_language or reply.language)
    sentence = None if reply.answer else reply_text(reply, web.settings.broker_contact)
    log_id = reply.log_id or ""
    view = view_of(reply, log_id, catalog)
    return _page(
        request, web, kommunenummer, text=incoming.text, said=sentence, view=view, log_id=log_id, say=Texts(catalog)
    )


def _page(
    request: Request,
    web: Web,
    kommunenummer: str,
    *,
    text: str = "",
    personal: bool = False,
    said: str | None = None,
    view: AnswerView | None = None,
    log_id: str = "",
    say: Texts | None = None,
) -> Response:
    _checked(web, kommunenummer)
    language = request.state.language.value
    again = {name: value for name, value in (("lang", language), ("kommunenummer", kommunenummer)) if value}
    page = web.pages.render(
        request,
        "embed.html",
        at="/embed",
        action=f"/embed?{urlencode(again)}",
        full=f"{web.settings.web_base_url or ''}/?{urlencode({'lang': language})}",
        text=text,
        personal=personal,
        said=said,
        view=view,
        log_id=log_id,
        say=say,
    )
    page.headers["Content-Security-Policy"] = content_security_policy(" ".join(web.settings.embedding_origins))
    page.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return page


def _checked(web: Web, kommunenummer: str) -> None:
    if not web.settings.embedding_origins:
        raise HTTPException(404)
    if kommunenummer and not is_municipality_number(kommunenummer):
        raise HTTPException(422)
