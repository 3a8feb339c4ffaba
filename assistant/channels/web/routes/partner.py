"""What a body sees of its own record, by a link that a broker gave it: no login, nothing changed, only proposed.

Invariant: whoever has a link sees what answers show, or are to show, of that record, until the link's last day; an
address that is not signed here, or is past its day, tells nothing, not even whether there was a link.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assistant.channels.web.access import CurrentVisit, client_address
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.routes.desk.records import Posted
from assistant.desk import partners as desk
from assistant.desk.records import errors_by_field
from assistant.desk.saving import missing_fields
from assistant.platform.messages import messages
from assistant.platform.workdays import norwegian_day
from corpus.comments import add_comment
from corpus.errors import InvalidRecordError
from corpus.files import Record
from corpus.partners import PartnerLink, link_of, propose
from corpus.records import CurationState

router = APIRouter(prefix="/partner", include_in_schema=False)
_LONGEST_TOKEN = 80
_MESSAGE = 2_000
"""Characters of what a body writes to the brokers."""


@router.get("/{token}")
def show(request: Request, web: WebContext, visit: CurrentVisit, token: str) -> Response:  # noqa: ARG001 (counted)
    """Show a body its record as a form to propose changes on."""
    linked = _link_and_record(web, token)
    return _page(request, web, token, linked) if linked else _link_gone_page(request, web)


@router.post("/{token}")
def say(request: Request, web: WebContext, visit: CurrentVisit, posted: Posted, token: str) -> Response:
    """Keep what a body proposes for the brokers to decide."""
    web.limits.check("ask", client_address(request))
    linked = _link_and_record(web, token)
    if linked is None:
        return _link_gone_page(request, web)
    link, record = linked
    message = next(iter(posted.get("message", ())), "").strip()[:_MESSAGE]
    try:
        values = desk.proposed_record(record, posted, norwegian_day())
    except InvalidRecordError as error:
        return _page(request, web, token, linked, posted=posted, problems=error)
    count = propose(web.runtime.store, link, values, norwegian_day())
    if message:
        name = record.id.partition(":")[2]
        add_comment(web.runtime.database, record.id, message, by=f"({name})")
    visit.flash("partner.thanks" if count or message else "partner.nothing_new")
    return RedirectResponse(f"/partner/{token}", 303)


def _link_and_record(web: Web, token: str) -> tuple[PartnerLink, Record] | None:
    """Return the link that an address is of and its record; None where it is none, or no longer."""
    if len(token) > _LONGEST_TOKEN or not token.isascii():
        return None
    link = link_of(web.runtime.store, token.partition(".")[0], norwegian_day())
    if link is None or not desk.is_signed(token, link, web.runtime.keys):
        return None
    record = web.runtime.store.find(link.record_id)
    return (link, record) if record is not None and record.state is not CurationState.RETIRED else None


def _page(
    request: Request,
    web: Web,
    token: str,
    linked: tuple[PartnerLink, Record],
    posted: Posted | None = None,
    problems: InvalidRecordError | None = None,
) -> Response:
    link, record = linked
    catalog = messages(request.state.language)
    nodes = desk.partner_form(record, posted)
    faults = errors_by_field(nodes, problems.problems, catalog) if problems else {}
    page = web.pages.render(
        request,
        "partner.html",
        422 if problems else 200,
        record=record,
        link=link,
        nodes=nodes,
        faults=faults,
        token=token,
        tongue="all" if faults else request.state.language.value,
        gaps=missing_fields(nodes),
        message=next(iter((posted or {}).get("message", ())), ""),
    )
    return _hidden(page)


def _link_gone_page(request: Request, web: Web) -> Response:
    return _hidden(web.pages.render(request, "partner_gone.html", 404))


def _hidden(page: Response) -> Response:
    page.headers["X-Robots-Tag"] = "noindex"
    page.headers["Cache-Control"] = "no-store"
    return page
