"""Two needs that are alike, on the broker's desk: asking both, writing down what they say, and one case of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import WebContext
from assistant.coupling.couplings import Couplings, PairStateError, Side, UnknownPairError
from assistant.desk.couplings import ask_both, join, pair_page, take_answer
from assistant.platform.messages import messages
from assistant.render.sentences import theme_name

router = APIRouter(prefix="/desk/pairs")


@router.get("/{pair_id}")
def show(request: Request, web: WebContext, pair_id: str) -> Response:
    """Show a pair: both needs, how near they stand, and what can be done."""
    try:
        page = pair_page(web.runtime, Couplings(web.runtime.database).get(pair_id))
    except UnknownPairError as error:
        raise HTTPException(404) from error
    catalog = messages(request.state.language)
    return web.pages.render(
        request, "desk/pair.html", page=page, pair=page.pair, theme_name=lambda slug: theme_name(slug, catalog)
    )


@router.post("/{pair_id}")
def decide(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    pair_id: str,
    do: Annotated[str, Form(max_length=20)],
    side: Annotated[Side, Form()] = Side.FIRST,
) -> Response:
    """Ask both, write down what one of them said, leave the pair, or make one case of it."""
    runtime, done = web.runtime, f"pair.done.{do}"
    try:
        match do:
            case "ask":
                ask_both(runtime, pair_id, broker.name)
            case "yes" | "no":
                take_answer(runtime, pair_id, side, broker.name, yes=do == "yes")
            case "join":
                case = join(runtime, pair_id, side, broker.name)
                visit.flash(done, FlashKind.SUCCESS)
                return RedirectResponse(f"/desk/cases/{case.id}", 303)
            case "dismiss" | "restore":
                couplings = Couplings(runtime.database)
                if not getattr(couplings, do)(pair_id, broker.name):
                    done = "pair.stale"
            case _:
                raise HTTPException(422)
    except UnknownPairError as error:
        raise HTTPException(404) from error
    except PairStateError:
        done = "pair.stale"
    visit.flash(done, FlashKind.WARNING if done == "pair.stale" else FlashKind.SUCCESS)
    return RedirectResponse(f"/desk/pairs/{pair_id}", 303)
