"""Saved needs: saving one from its answer, and the page where whoever has its link decides on it.

Invariant: opening a page changes nothing, so that programs which look at the links of a letter stop or confirm nothing;
everything is done by a button. A page is had by its link alone and shows one need, and nothing of who saved it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind
from assistant.channels.web.access import CurrentVisit
from assistant.channels.web.askers import asker_of
from assistant.channels.web.context import Web, WebContext
from assistant.mail.addresses import MailAddressError
from assistant.platform.messages import messages
from assistant.saved.digest import Digest, news_sentence, saved_needs_of
from assistant.saved.needs import Every, SavedNeed, SavedNeeds, TooManySavedError, UnknownSavedNeedError

router = APIRouter(prefix="/saved", include_in_schema=False)


@router.post("")
def save(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    log_id: Annotated[str, Form(max_length=40)],
    every: Annotated[Every, Form()] = Every.WEEK,
    address: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Save the need of an answer."""
    needs, digest = _saved(web)
    try:
        need = needs.save(asker_of(request, visit), log_id, every, address if digest.can_mail else None)
    except MailAddressError as error:
        visit.flash("saved.bad_address", FlashKind.WARNING, got=error.got)
        return RedirectResponse(f"/a/{log_id}#a-{log_id}-acts", 303)
    except TooManySavedError:
        visit.flash("saved.too_many", FlashKind.WARNING)
        return RedirectResponse("/mine#saved", 303)
    digest.ask_to_confirm(need)
    waits = need.address is not None and not need.is_confirmed
    visit.flash("saved.done.confirm" if waits else "saved.done", FlashKind.SUCCESS)
    return RedirectResponse("/mine#saved", 303)


@router.get("/{need_id}/{token}")
def show(request: Request, web: WebContext, need_id: str, token: str) -> Response:
    """Show a saved need, what is new of it, and what can be done."""
    return _page(request, web, _need_by_token(web, need_id, token))


@router.post("/{need_id}/{token}")
def decide(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    need_id: str,
    token: str,
    do: Annotated[str, Form(max_length=20)] = "",
    record: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Confirm, keep or stop a saved need, or hear no more of one record."""
    needs, digest = _saved(web)
    need = _need_by_token(web, need_id, token)
    match do:
        case "confirm":
            needs.confirm(need)
        case "keep":
            needs.keep(need)
        case "mute":
            needs.mute(need, record)
        case "stop":
            digest.stop(need)
            return _page(request, web, None)
        case _:
            raise HTTPException(422)
    visit.flash(f"saved.{do}.done", FlashKind.SUCCESS)
    return RedirectResponse(f"/saved/{need_id}/{token}", 303)


def _saved(web: Web) -> tuple[SavedNeeds, Digest]:
    runtime = web.runtime
    needs = saved_needs_of(runtime)
    return needs, Digest(runtime, needs)


def _need_by_token(web: Web, need_id: str, token: str) -> SavedNeed:
    try:
        return _saved(web)[0].by_token(need_id, token)
    except UnknownSavedNeedError as error:
        raise HTTPException(404) from error


def _page(request: Request, web: Web, need: SavedNeed | None) -> Response:
    catalog = messages(request.state.language)
    news = [(one, news_sentence(one, catalog)) for one in need.news] if need else []
    page = web.pages.render(request, "saved.html", need=need, news=news)
    page.headers.update({"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"})
    return page
