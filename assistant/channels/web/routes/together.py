"""Where somebody says whether they want to do something together with another municipality.

Invariant: to open a link changes nothing; only its buttons do. A page tells nothing of the other until both said yes.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assistant.cases.partner_answers import ExpiredLinkError, LinkError, LinkPurpose, SignedLinks
from assistant.channels.web.access import CurrentVisit
from assistant.channels.web.context import Web, WebContext
from assistant.coupling.couplings import Couplings, NeedPair, PairState, PairStateError, Side, UnknownPairError
from assistant.desk.couplings import pair_page, take_answer

router = APIRouter(prefix="/pair", include_in_schema=False)
_LINK = "link"
"""Who is named where one of the two answered by its link."""
_SHOWN = (PairState.ASKED, PairState.AGREED, PairState.JOINED, PairState.DECLINED)


@router.get("/{token}")
def show(request: Request, web: WebContext, visit: CurrentVisit, token: str) -> Response:  # noqa: ARG001 (limits)
    """Show somebody their own need, and ask."""
    found = _found(web, token)
    if isinstance(found, str):
        return _gone(request, web, found)
    pair, side = found
    page = pair_page(web.runtime, pair)
    mine, theirs = page.needs if side is Side.FIRST else tuple(reversed(page.needs))
    open_to = theirs if pair.state in {PairState.AGREED, PairState.JOINED} else None
    return _shown(request, web, "pair.html", 200, token=token, pair=pair, mine=mine, other=open_to)


@router.post("/{token}")
def answer(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,  # noqa: ARG001 (limits)
    token: str,
    answer: Annotated[str, Form(pattern="^(yes|no)$")],
) -> Response:
    """Write down what somebody says."""
    found = _found(web, token)
    if isinstance(found, str):
        return _gone(request, web, found)
    pair, side = found
    try:
        take_answer(web.runtime, pair.id, side, _LINK, yes=answer == "yes")
    except (PairStateError, UnknownPairError):
        return _gone(request, web, "closed")
    return RedirectResponse(f"/pair/{token}", 303)


def _found(web: Web, token: str) -> tuple[NeedPair, Side] | str:
    """Return the pair and the side that a link is of, or why there is none."""
    try:
        pair, side = Couplings(web.runtime.database).by_key(SignedLinks(web.runtime.keys).read(LinkPurpose.PAIR, token))
    except ExpiredLinkError:
        return "expired"
    except LinkError:
        return "unknown"
    except UnknownPairError:
        return "closed"
    return (pair, side) if pair.state in _SHOWN else "closed"


def _gone(request: Request, web: Web, why: str) -> Response:
    return _shown(request, web, "link_gone.html", 410, why=why)


def _shown(request: Request, web: Web, template: str, status: int, **values: object) -> Response:
    page = web.pages.render(request, template, status, at="/", **values)
    page.headers.update({"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"})
    return page
