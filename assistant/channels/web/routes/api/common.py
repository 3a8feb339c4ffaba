"""What the operations of the API share: tokens, bodies, pages of lists, versions.

Invariant: every operation needs a token with its scope, sent as ``Authorization: Bearer …``; a cookie counts nothing.
What cannot be done is told as a problem (RFC 9457).
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.access.tokens import Token, TokenScope
from assistant.channels.web.access import client_address
from assistant.channels.web.context import Web, WebContext
from assistant.dialogue.facts import facts_of_municipality, is_municipality_number
from assistant.funding.verdicts import Facts

MAX_PAGE = 200
"""Items of a page."""
_bearer = HTTPBearer(auto_error=False, description="A token made by `mellomrom tokens add`.")


def needs(scope: TokenScope) -> Any:  # noqa: ANN401 (what Depends returns)
    """Return a dependency that lets through whoever sends a token with that scope, as often as one token may call."""

    def allowed(
        request: Request,
        web: WebContext,
        sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Token:
        token = checked_token(web, sent.credentials if sent else None, client_address(request))
        if scope not in token.scopes:
            raise HTTPException(403, f"The token has no scope {scope.value!r}.")
        return token

    return Depends(allowed)


def checked_token(web: Web, secret: str | None, address: str) -> Token:
    """Return the token that a program sent, counted as one more call.

    Args:
        web: What the routes share.
        secret: What was sent, if anything.
        address: Where the call comes from.

    Raises:
        HTTPException: there is none that holds (401), or it called too often (429).
    """
    token = web.tokens.find(secret) if secret else None
    web.limits.check("api", f"token {token.id}" if token else address)
    if token is None:
        fault = "is unknown, has expired or was revoked" if secret else "is missing: send 'Authorization: Bearer …'"
        raise HTTPException(
            401,
            f"The token {fault}. `mellomrom tokens add` makes one.",
            {"WWW-Authenticate": 'Bearer realm="mellomrom"'},
        )
    return token


def author(token: Token) -> str:
    """Return who is named for what is changed with a token."""
    return f"api:{token.name}"


class Paging:
    """Which page of a list is wanted, and the links to those beside it."""

    def __init__(
        self,
        request: Request,
        response: Response,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        per_page: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> None:
        self._request, self._response = request, response
        self.page, self.per_page = page, per_page

    @property
    def offset(self) -> int:
        """How many items are before the page."""
        return (self.page - 1) * self.per_page

    def of(self, total: int, items: list[Any]) -> dict[str, Any]:
        """Return a page of a list, and have the header Link (RFC 8288) lead to the others."""
        last = max(1, -(-total // self.per_page))
        beside = {"first": 1, "prev": self.page - 1, "next": self.page + 1, "last": last}
        links = [
            f'<{self._request.url.include_query_params(page=page)}>; rel="{name}"'
            for name, page in beside.items()
            if 1 <= page <= last and page != self.page
        ]
        if links:
            self._response.headers["Link"] = ", ".join(links)
        return {"total": total, "page": self.page, "items": items}


Pages = Annotated[Paging, Depends()]
"""A parameter of a route that lists."""


def facts_of(number: str | None) -> Facts | None:
    """Return what is known of an asker by the number of a municipality.

    Raises:
        HTTPException: no municipality can have that number (422).
    """
    if number is None:
        return None
    if not is_municipality_number(number):
        raise HTTPException(422, f"Got the municipality {number!r}, expected a number such as '5038'.")
    return facts_of_municipality(number)


def etag(version: int) -> str:
    """Return the version of something as an entity tag."""
    return f'"{version}"'


def version_seen(if_match: str | None) -> int:
    """Return the version that a change is to be made to, by the header If-Match.

    Raises:
        HTTPException: it is missing (428), or no version of ours (412).
    """
    if if_match is None:
        raise HTTPException(428, "Send If-Match with the ETag of the version that you have read.")
    text = if_match.strip().strip('"')
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        raise HTTPException(412, f'Got the version {if_match[:40]!r}, expected an ETag of ours such as "3".')
    return int(text)
