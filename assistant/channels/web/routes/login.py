"""Logging in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assistant.channels.web.access import CurrentVisit, client_address, is_from_loopback
from assistant.channels.web.accounts import Role
from assistant.channels.web.context import WebContext
from assistant.channels.web.sessions import FlashKind
from assistant.channels.web.urls import safe_next

router = APIRouter(include_in_schema=False)


@router.get("/login")
def login_page(request: Request, web: WebContext, visit: CurrentVisit, next: str = "/") -> Response:  # noqa: A002
    """Show the ways to log in."""
    address = safe_next(next)
    if visit.account is not None:
        return RedirectResponse(address, 303)
    return web.pages.render(request, "login.html", next=address, provider=None)


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
    return RedirectResponse("/desk" if account.role.covers(Role.BROKER) else "/", 303)


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
