"""Who may do what: the dependencies that routes and routers name.

Invariant: a router of pages that are not for everyone is made with `dependencies=[needs(Role.…)]`, so that a new
route in it is closed until somebody opens it. The role is read with the session, so a change holds at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from assistant.access.accounts import Account, AccountRole
from assistant.access.sessions import Visit
from assistant.channels.web.context import web_of
from assistant.channels.web.middleware import LOOPBACK


def visit(request: Request) -> Visit:
    """Return the visit that a request belongs to, its session read."""
    web = web_of(request)
    current: Visit = request.state.visit
    web.limits.check("all", client_address(request))
    current.open(web.sessions)
    return current


def client_address(request: Request) -> str:
    """Return the address that a request comes from, as a trusted proxy tells it."""
    return request.client.host if request.client else "unknown"


def is_from_loopback(request: Request) -> bool:
    """Tell whether a request comes from this very machine, and through no proxy."""
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via"))
    return client_address(request) in LOOPBACK and not forwarded


CurrentVisit = Annotated[Visit, Depends(visit)]
"""A parameter of a route that is given the visit."""


def needs(role: AccountRole) -> Any:  # noqa: ANN401 (what Depends returns)
    """Return a dependency that lets through who has that role, or one that covers it.

    Whoever is not logged in is sent to log in and comes back; whoever is, but may not, is told so (403).
    """
    return Depends(_requirement(role))


def _requirement(role: AccountRole) -> Callable[..., Account]:
    def allowed(request: Request, current: CurrentVisit) -> Account:
        account = current.account
        if account is None:
            if request.method != "GET" or request.headers.get("hx-request") == "true":
                raise HTTPException(401)
            here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            raise HTTPException(303, headers={"Location": f"/login?next={quote(here, safe='')}"})
        if not account.role.covers(role):
            raise HTTPException(403)
        return account

    return allowed


BrokerAccount = Annotated[Account, Depends(_requirement(AccountRole.BROKER))]
"""A parameter of a route that is given the broker who is logged in, and closes the route to others."""
