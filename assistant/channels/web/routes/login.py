"""Logging in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.access.accounts import AccountError, AccountRole, AuditEvent
from assistant.access.oidc import CALLBACK, Identity, Refusal, RefusedError
from assistant.access.sessions import FlashKind, Visit
from assistant.channels.web.access import CurrentVisit, client_address, is_from_loopback
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.urls import safe_next

router = APIRouter(include_in_schema=False)


@router.get("/login")
def login_page(request: Request, web: WebContext, visit: CurrentVisit, next: str = "/") -> Response:  # noqa: A002
    """Show the ways to log in."""
    address = safe_next(next)
    if visit.account is not None:
        return RedirectResponse(address, 303)
    return _login_page(request, web, address)


@router.get("/login/oidc")
async def begin(request: Request, web: WebContext, visit: CurrentVisit, next: str = "/") -> Response:  # noqa: A002
    """Send a browser to the provider; a link, so that no policy on forms stands in its way."""
    if web.provider is None:
        raise HTTPException(404)
    web.limits.check("login", client_address(request))
    stored = await run_in_threadpool(visit.begun)
    try:
        answer = await web.provider.begin(request, stored.data.setdefault("oidc", {}), _callback(request, web))
    except RefusedError as refused:
        return await run_in_threadpool(_refused, request, web, refused.why)
    stored.data["next"] = safe_next(next)
    await run_in_threadpool(visit.save)
    return answer


@router.get(CALLBACK)
async def callback(request: Request, web: WebContext, visit: CurrentVisit) -> Response:
    """Log in whom the provider vouches for."""
    if web.provider is None:
        raise HTTPException(404)
    web.limits.check("login", client_address(request))
    data = visit.stored.data if visit.stored else {}
    address = safe_next(data.get("next"))
    try:
        try:
            vouched = await web.provider.finish(request, data.setdefault("oidc", {}))
        finally:
            # A login that came back once cannot come back again.
            await run_in_threadpool(visit.save)
        await run_in_threadpool(_log_in, web, visit, vouched)
    except RefusedError as refused:
        return await run_in_threadpool(_refused, request, web, refused.why)
    return RedirectResponse(address, 303)


def _callback(request: Request, web: Web) -> str:
    return f"{web.settings.web_base_url or str(request.base_url).rstrip('/')}{CALLBACK}"


def _log_in(web: Web, visit: Visit, vouched: Identity) -> None:
    try:
        account = web.accounts.sign_in(vouched.issuer, vouched.subject, vouched.name, vouched.role, by=vouched.issuer)
    except AccountError as error:
        raise RefusedError(Refusal.CLOSED) from error
    visit.log_in(account)
    visit.flash("web.login.done", name=account.name)


def _refused(request: Request, web: Web, why: Refusal) -> Response:
    web.accounts.record(AuditEvent.LOGIN_REFUSED, None, "oidc", why=why.value)
    return _login_page(request, web, "/", 503 if why is Refusal.PROVIDER else 403, why)


def _login_page(
    request: Request, web: Web, address: str, status: int = 200, refused: Refusal | None = None
) -> Response:
    provider = web.provider.name if web.provider else None
    return web.pages.render(
        request, "login.html", status, at="/login", next=address, provider=provider, refused=refused
    )


@router.get("/login/link/{token}")
def link_page(request: Request, web: WebContext, visit: CurrentVisit, token: str) -> Response:  # noqa: ARG001
    """Show a login link with a button, so that a program that looks ahead at links does not use it up."""
    web.limits.check("login", client_address(request))
    works = web.accounts.link_works(token, from_loopback=is_from_loopback(request))
    return web.pages.render(request, "login_link.html", 200 if works else 410, token=token, works=works)


@router.post("/login/link/{token}")
def use_link(request: Request, web: WebContext, visit: CurrentVisit, token: str) -> Response:
    """Log in whom a link is for."""
    web.limits.check("login", client_address(request))
    account = web.accounts.use_link(token, from_loopback=is_from_loopback(request))
    if account is None:
        return web.pages.render(request, "login_link.html", 410, token=token, works=False)
    visit.log_in(account)
    visit.flash("web.login.done", name=account.name)
    return RedirectResponse("/desk" if account.role.covers(AccountRole.BROKER) else "/", 303)


@router.post("/logout")
def logout(visit: CurrentVisit) -> Response:
    """Log out here."""
    visit.log_out()
    visit.flash("web.logout.done", FlashKind.INFO)
    return RedirectResponse("/", 303)


@router.post("/preferences")
def set_theme(web: WebContext, theme: Annotated[str, Form()], next: Annotated[str, Form()] = "/") -> Response:  # noqa: A002
    """Remember whether pages are to be light, dark, or as the system has it, and go back."""
    answer = RedirectResponse(safe_next(next), 303)
    kept = theme if theme in ("light", "dark") else "auto"
    answer.set_cookie(
        "mellomrom_theme", kept, max_age=365 * 86_400, httponly=True, samesite="lax", secure=web.settings.web_is_https
    )
    return answer
