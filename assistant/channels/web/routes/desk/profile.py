"""A broker's own profile: how letters are signed, and when a colleague has the cases."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assistant.access.profiles import MAX_FIELD, Profile, ProfileError, ProfileFault
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.languages import NAMES
from assistant.desk.case_letter import signature
from assistant.desk.notifications import reassign_cases_of_absent
from assistant.mail.addresses import is_address
from assistant.platform.areas import AreaError, area_of, typed_name
from assistant.platform.messages import messages
from assistant.platform.typed_dates import day_in
from assistant.platform.user_text import bounded
from assistant.platform.workdays import norwegian_day
from corpus.places import load_places
from corpus.text import Language

router = APIRouter(prefix="/desk/profile")


@router.get("")
def profile(request: Request, web: WebContext, broker: BrokerAccount) -> Response:
    """Show a broker's profile."""
    return _page(request, web, broker, web.profiles.get(broker))


@router.post("")
def save(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    name: Annotated[str, Form(max_length=400)] = "",
    title: Annotated[str, Form(max_length=400)] = "",
    organisation: Annotated[str, Form(max_length=400)] = "",
    phone: Annotated[str, Form(max_length=400)] = "",
    email: Annotated[str, Form(max_length=400)] = "",
    absent_from: Annotated[str, Form(max_length=20)] = "",
    absent_until: Annotated[str, Form(max_length=20)] = "",
    deputy: Annotated[str, Form(max_length=400)] = "",
    county: Annotated[list[str] | None, Form(max_length=40)] = None,
    municipalities: Annotated[str, Form(max_length=8_000)] = "",
    told_in: Annotated[Language | Literal[""], Form()] = "",
) -> Response:
    """Keep a broker's profile; whose absence has begun hands over at once."""
    typed = {"name": name, "title": title, "organisation": organisation, "phone": phone, "email": email}
    changed = Profile(**{key: " ".join(bounded(value, MAX_FIELD).text.split()) for key, value in typed.items()})
    try:
        changed = changed.model_copy(
            update={
                "absent_from": _day(absent_from),
                "absent_until": _day(absent_until),
                "deputy": deputy,
                "language": told_in or None,
            }
        )
        if changed.email and not is_address(changed.email):
            raise ProfileError(ProfileFault.EMAIL)
        area = area_of([*(county or ()), *re.split(r"[,;\n]", municipalities)])
        web.profiles.save(broker, changed)
    except ProfileError as error:
        return _page(request, web, broker, changed, error.fault)
    except AreaError as error:
        return _page(request, web, broker, changed, wrong=error, typed=(county or [], municipalities))
    web.accounts.set_area(broker.id, area, broker.name)
    reassign_cases_of_absent(web.runtime, web.profiles, norwegian_day())
    visit.flash("profile.saved")
    return RedirectResponse("/desk/profile", 303)


def _day(text: str) -> date | None:
    try:
        return day_in(text) if text.strip() else None
    except ValueError as error:
        raise ProfileError(ProfileFault.DATES) from error


def _page(
    request: Request,
    web: Web,
    broker: BrokerAccount,
    shown: Profile,
    fault: ProfileFault | None = None,
    wrong: AreaError | None = None,
    typed: tuple[list[str], str] | None = None,
) -> Response:
    catalog, known = messages(request.state.language), load_places()
    counties, others = typed or (
        [one for one in broker.area.places if known.county(one)],
        ", ".join(typed_name(number) for number in broker.area.places if known.municipality(number)),
    )
    return web.pages.render(
        request,
        "desk/profile.html",
        422 if fault or wrong else 200,
        at="/desk/profile",
        profile=shown,
        brokers=[name for name in web.profiles.brokers() if name != broker.name],
        languages=list(NAMES.items()),
        told_in=shown.language or catalog.language,
        signed=signature(shown, web.settings.broker_contact, catalog),
        fault=fault,
        wrong=wrong,
        named_places=lambda places: ", ".join(f"{one.name} ({one.number})" for one in places),
        counties=known.counties,
        chosen=counties,
        municipalities=others,
    )
