"""The cases on the broker's desk.

Invariant: a change carries the version of the case that was seen; where somebody else was
faster nothing is changed, and what was typed comes back with the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assistant.access.accounts import Account
from assistant.access.sessions import FlashKind
from assistant.cases.cases import CaseError, CaseReason, CaseState, NoteError, StaleCaseError, UnknownCaseError
from assistant.cases.corrections import Corrections, NothingToUndoError
from assistant.cases.files import KINDS
from assistant.cases.meetings import MOST_TIMES
from assistant.cases.watching import Watching
from assistant.channels.web.access import BrokerAccount, CurrentVisit
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.downloads import CSV, EXCEL, download
from assistant.channels.web.routes.desk.sight import CurrentSight
from assistant.desk.absences import TypedAbsence
from assistant.desk.case_letter import DeskLetter, LetterDraft
from assistant.desk.case_page import case_page
from assistant.desk.cases import COLUMN, BoardQuery, board
from assistant.platform.areas import Area
from assistant.platform.exports import csv_bytes, excel_bytes
from assistant.platform.messages import messages
from assistant.platform.workdays import norwegian_day
from assistant.render.cases import case_fault
from corpus.text import Language

router = APIRouter(prefix="/desk/cases")
_EXPORTED = (
    "id", "state", "state_since", "record_id", "question", "note", "kommunenummer", "language", "assigned_to",
    "opened_at", "updated_at",
)  # fmt: skip


@router.get("")
def cases(
    request: Request,
    web: WebContext,
    broker: BrokerAccount,
    sight: CurrentSight,
    state: CaseState | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Show the first cases of each state, or all of one."""
    catalog = messages(request.state.language)
    wanted = BoardQuery(state, page if state else 1, sight.area, broker.name)
    columns = board(web.runtime, norwegian_day(), catalog, wanted)
    pages = max(1, -(-columns[0].total // COLUMN)) if state and columns else 1
    return web.pages.render(
        request, "desk/cases.html", columns=columns, only=state, page=min(page, pages), pages=pages, sight=sight
    )


@router.get(".csv")
def export(web: WebContext, sight: CurrentSight) -> Response:
    """Return the cases of an area as a file for a spreadsheet."""
    return download("cases.csv", csv_bytes(_rows(web, sight.area), _EXPORTED), CSV)


@router.get(".xlsx")
def export_excel(request: Request, web: WebContext, sight: CurrentSight) -> Response:
    """Return the cases of an area as an Excel file."""
    name = messages(request.state.language).text("desk.cases")
    return download("cases.xlsx", excel_bytes(name, _rows(web, sight.area), _EXPORTED), EXCEL)


def _rows(web: Web, area: Area) -> Iterator[dict[str, Any]]:
    cases = web.runtime.referrals.cases()
    return (case.model_dump(mode="json") for case in cases if area.covers(case.kommunenummer))


@router.get("/{case_id}")
def case(
    request: Request, web: WebContext, broker: BrokerAccount, case_id: str, letter: Language | None = None
) -> Response:
    """Show a case: what it is about, what happened, what can be done, and the letter to send."""
    return show_case(request, web, broker, case_id, letter)


@router.post("/{case_id}/move")
def move(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    state: Annotated[CaseState, Form()],
    version: Annotated[int, Form()],
    reason: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Move a case on."""
    why = CaseReason(reason) if reason in set(CaseReason) else None
    try:
        web.runtime.referrals.move(case_id, state, by=broker.name, reason=why, note=note or None, version=version)
    except UnknownCaseError:
        raise
    except CaseError as error:
        fault = case_fault(error, messages(request.state.language))
        return show_case(request, web, broker, case_id, status=409, fault=fault, typed=note)
    visit.flash("desk.moved")
    return to_case(case_id)


@router.post("/{case_id}/undo")
def undo(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    version: Annotated[int, Form()],
    note: Annotated[str, Form()] = "",
) -> Response:
    """Take the last move back; once somebody outside may know of it, only with a note."""
    corrections = Corrections(web.runtime.database)
    last = corrections.last_move(case_id)
    try:
        if last is not None and last.has_left:
            corrections.correct(case_id, broker.name, note, version)
            visit.flash("case.corrected")
        else:
            corrections.undo(case_id, broker.name, version)
            visit.flash("case.undone")
    except NothingToUndoError:
        visit.flash("case.nothing_to_undo", FlashKind.WARNING)
    except StaleCaseError:
        visit.flash("desk.stale", FlashKind.WARNING)
    except NoteError as error:
        fault = case_fault(error, messages(request.state.language))
        return show_case(request, web, broker, case_id, status=422, fault=fault)
    return to_case(case_id)


@router.post("/{case_id}/note")
def note(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    text: Annotated[str, Form()] = "",
    for_asker: Annotated[str, Form()] = "",
) -> Response:
    """Add a note to a case, for the brokers or for its asker too."""
    try:
        web.runtime.referrals.note(case_id, text, by=broker.name, for_asker=bool(for_asker))
    except NoteError as error:
        fault = case_fault(error, messages(request.state.language))
        return show_case(request, web, broker, case_id, status=422, fault=fault, typed=text)
    visit.flash("desk.noted")
    return to_case(case_id)


@router.post("/{case_id}/assign")
def assign(
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    version: Annotated[int, Form()],
    do: Annotated[str, Form()] = "take",
    to: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take a case on, give it to a colleague, or let it go."""
    owner: str | None = broker.name
    if do == "give":
        owner = to
        if to not in web.profiles.brokers():
            visit.flash("case.no_such_broker", FlashKind.WARNING)
            return to_case(case_id)
        # Who is away would not see it.
        owner = web.profiles.stand_ins(norwegian_day()).get(to, to)
    elif do == "drop":
        owner = None
    try:
        web.runtime.referrals.assign(case_id, owner, by=broker.name, version=version)
    except StaleCaseError:
        visit.flash("desk.stale", FlashKind.WARNING)
    else:
        if owner == broker.name:
            visit.flash("desk.assigned.done")
        elif owner is None:
            visit.flash("case.dropped")
        else:
            visit.flash("case.given", name=owner)
    return to_case(case_id)


@router.post("/{case_id}/watch")
def watch(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    broker: BrokerAccount,
    case_id: str,
    do: Annotated[str, Form()] = "watch",
) -> Response:
    """Hear of a case that a colleague has, or hear no more of it."""
    watching = Watching(web.runtime.database)
    if do == "stop":
        watching.let_go(case_id, broker.name)
        visit.flash("watch.stopped")
    else:
        watching.watch(case_id, broker.name, request.state.language)
        by_mail = web.runtime.mail.is_on and bool(web.profiles.get(broker).email)
        visit.flash("watch.begun.mail" if by_mail else "watch.begun")
    return to_case(case_id)


@router.post("/{case_id}/seen")
def seen(web: WebContext, visit: CurrentVisit, broker: BrokerAccount, case_id: str) -> Response:
    """Note that a broker has seen what was changed in the call that a case rests on."""
    web.runtime.referrals.seen(case_id, broker.name)
    visit.flash("changed.seen")
    return to_case(case_id)


def to_case(case_id: str, place: str = "") -> Response:
    """Lead on to the page of a case."""
    return RedirectResponse(f"/desk/cases/{case_id}{place}", 303)


def show_case(
    request: Request,
    web: Web,
    broker: Account,
    case_id: str,
    letter: Language | None = None,
    *,
    status: int = 200,
    fault: str | None = None,
    typed: str = "",
    draft: LetterDraft | None = None,
    theirs: LetterDraft | None = None,
    absence: TypedAbsence | None = None,
) -> Response:
    """Return the page of a case.

    Args:
        request: What was asked.
        web: What the routes share.
        broker: Who looks.
        case_id: The case.
        letter: The language that the letter is wanted in.
        status: The HTTP status.
        fault: What went wrong, in words.
        typed: The note that was typed, where it was not kept.
        draft: The letter that was typed, where it was not kept.
        theirs: The letter that a colleague has saved meanwhile.
        absence: What was typed of a receiver who is away, where it was not kept.
    """
    profile = web.profiles.get(broker)
    shown = case_page(web.runtime, case_id, profile, messages(request.state.language), letter)
    written: DeskLetter = shown.letter
    if draft is not None:
        written = written.model_copy(update={"draft": draft})
    return web.pages.render(
        request,
        "desk/case.html",
        status,
        at=f"/desk/cases/{case_id}",
        file=shown,
        letter=written,
        theirs=theirs,
        absence=absence or TypedAbsence(),
        reasons=list(CaseReason),
        languages=list(Language),
        brokers=[name for name in web.profiles.brokers() if name != shown.case.assigned_to],
        mine=shown.case.assigned_to == broker.name,
        watchers=Watching(web.runtime.database).watchers(case_id),
        broker=broker.name,
        signs=bool(profile.organisation or profile.phone),
        kinds=",".join(f".{kind}" for kind in KINDS),
        times=range(MOST_TIMES),
        fault=fault,
        typed=typed,
    )
