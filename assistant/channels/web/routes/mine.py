"""What somebody has asked and what came of it: their questions, their cases, and where they ask from.

Invariant: nobody sees another's; of a case its asker sees how it moved and what brokers wrote to them, and nothing
that brokers wrote among themselves.
"""

from __future__ import annotations

import json
import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import FlashKind
from assistant.cases.cases import Case, events_for_asker
from assistant.cases.reach import Reach, is_reachable, reach_of
from assistant.channels.web.access import CurrentVisit
from assistant.channels.web.askers import asker_of, known_asker_of, reply_to
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.downloads import JSON, download
from assistant.desk.couplings import asked_of
from assistant.mail.addresses import is_address
from assistant.platform.messages import Messages, messages
from assistant.platform.people import Asker
from assistant.render.cases import case_title
from assistant.saved.digest import news_sentence, saved_needs_of
from assistant.saved.needs import SavedNeed
from assistant.service.messages import UnknownMunicipalityError
from assistant.service.privacy import erase, kept_of
from assistant.service.sharing import shared_by
from corpus.places import load_places
from corpus.text import Language

router = APIRouter(prefix="/mine", include_in_schema=False)
_QUESTIONS = 50


@router.get("")
def mine(request: Request, web: WebContext, visit: CurrentVisit) -> Response:
    """Show somebody's questions and cases."""
    service, asker = web.runtime.service, known_asker_of(request, visit)
    cases = service.cases_of(asker) if asker else []
    number = service.profile(asker).kommunenummer if asker else None
    return web.pages.render(
        request,
        "mine.html",
        cases=_titled(request, web, cases),
        questions=service.asked_by(asker, _QUESTIONS) if asker else [],
        code=service.pseudonym_of(asker) if asker else None,
        shared=shared_by(web.runtime, asker) if asker else [],
        saved=_saved(web, asker, messages(request.state.language)) if asker else [],
        pairs=_pairs(web, asker) if asker else [],
        municipality=_municipality_text(number),
        municipalities=_municipalities(),
    )


@router.get("/kept.json")
def kept(request: Request, web: WebContext, visit: CurrentVisit) -> Response:
    """Give somebody everything that is kept of them."""
    asker = known_asker_of(request, visit)
    if asker is None:
        raise HTTPException(404)
    exported = json.dumps(kept_of(web.runtime, asker), ensure_ascii=False, indent=2, default=str)
    return download("mellomrom.json", exported, JSON)


@router.post("/erase")
def erase_mine(request: Request, web: WebContext, visit: CurrentVisit) -> Response:
    """Take away what somebody wrote, and what ties the log to them."""
    asker = known_asker_of(request, visit)
    if asker is not None:
        erase(web.runtime, asker, by="asker")
        visit.flash("web.mine.erased", FlashKind.SUCCESS)
    return RedirectResponse("/mine", 303)


@router.get("/{case_id}")
def my_case(request: Request, web: WebContext, visit: CurrentVisit, case_id: str) -> Response:
    """Show how one of somebody's cases has moved."""
    asker = known_asker_of(request, visit)
    case = next((case for case in web.runtime.service.cases_of(asker) if case.id == case_id), None) if asker else None
    if case is None:
        raise HTTPException(404)
    [(_, title)] = _titled(request, web, [case])
    events = events_for_asker(web.runtime.referrals.events(case.id))
    return web.pages.render(
        request,
        "my_case.html",
        case=case,
        title=title,
        events=events,
        reach=reach_of(case),
        reachable=is_reachable(case),
        can_mail=web.runtime.mail.is_on,
        asks_reach=case.reply_to is None or reach_of(case) != Reach(),
    )


@router.post("/{case_id}/reach")
def set_reach(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    case_id: str,
    contact: Annotated[str, Form(max_length=400)] = "",
    by_mail: Annotated[str, Form()] = "",
) -> Response:
    """Keep how somebody is reached about one of their cases; with nothing typed, nothing is kept any more."""
    asker = known_asker_of(request, visit)
    case = next((case for case in web.runtime.service.cases_of(asker) if case.id == case_id), None) if asker else None
    if case is None:
        raise HTTPException(404)
    if by_mail and not is_address(contact):
        visit.flash("asker.reach.no_address", FlashKind.WARNING)
    else:
        web.runtime.referrals.set_reach(case_id, reply_to(visit, contact, by_mail=bool(by_mail)))
        visit.flash("asker.reach.saved", FlashKind.SUCCESS)
    return RedirectResponse(f"/mine/{case_id}", 303)


@router.post("/municipality")
def set_municipality(
    request: Request, web: WebContext, visit: CurrentVisit, municipality: Annotated[str, Form()] = ""
) -> Response:
    """Remember which municipality somebody asks from, or forget it."""
    asker = asker_of(request, visit)
    number = _number(municipality)
    try:
        # The language is kept in the browser.
        web.runtime.service.set_profile(asker, language=None, kommunenummer=number)
    except UnknownMunicipalityError:
        visit.flash("web.mine.unknown_municipality", FlashKind.WARNING, given=municipality[:60])
    else:
        visit.flash("web.mine.saved", FlashKind.SUCCESS)
    return RedirectResponse("/mine", 303)


def _saved(web: Web, asker: Asker, catalog: Messages) -> list[tuple[SavedNeed, str, list[str]]]:
    """Return what somebody has saved, each with the address of its page and what is new."""
    needs = saved_needs_of(web.runtime)
    return [
        (need, f"/saved/{need.id}/{needs.token(need.id)}", [news_sentence(one, catalog) for one in need.news])
        for need in needs.of(asker)
    ]


def _pairs(web: Web, asker: Asker) -> list[tuple[str, str, str]]:
    """Return what somebody was asked about doing together with another: the state, their need, the page to answer."""
    pseudonym = web.runtime.service.pseudonym_of(asker)
    asked = asked_of(web.runtime, pseudonym) if pseudonym else []
    questions = {one.log_id: one for one in web.runtime.service.asked_by(asker, _QUESTIONS)} if asked else {}
    return [
        (pair.state, (questions[side.log_id].question if side.log_id in questions else None) or "–", path)
        for pair, side, path in asked
    ]


def _titled(request: Request, web: Web, cases: list[Case]) -> list[tuple[Case, str]]:
    language: Language = request.state.language
    records = web.runtime.store.get_many(sorted({case.record_id for case in cases if case.record_id}))
    catalog = messages(language)
    return [(case, case_title(case, records.get(case.record_id or ""), catalog)) for case in cases]


def _municipalities() -> list[tuple[str, str]]:
    """Return the municipalities that we know, by name, each with its number."""
    return sorted((municipality.name, municipality.number) for municipality in load_places().municipalities)


def _municipality_text(number: str | None) -> str:
    known = {code: name for name, code in _municipalities()}
    return "" if number is None else f"{number} {known[number]}" if number in known else number


def _number(text: str) -> str | None:
    """Return the number that somebody wrote, or that of the name; what is neither is left for the service to refuse."""
    text = text.strip()
    if match := re.match(r"\d{4}\b", text):
        return match[0]
    known = {name.casefold(): code for name, code in _municipalities()}
    return known.get(text.casefold(), text) or None
