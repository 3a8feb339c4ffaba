"""The page of one record: its form, what is known around it, and why something was refused.

Invariant: it shows what is kept and what was typed, and changes nothing.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from assistant.access.sessions import FlashKind, Visit
from assistant.channels.web.context import Web
from assistant.desk import records as desk
from assistant.desk import saving
from assistant.desk.alarms import alarm_sentence, alarms
from assistant.desk.forms import in_order
from assistant.desk.imports import offered
from assistant.desk.partners import token_of
from assistant.desk.references import RecordReferences
from assistant.platform.messages import Messages, messages
from assistant.platform.workdays import norwegian_day
from corpus.comments import comments_of
from corpus.curation import TRANSITIONS
from corpus.errors import CorpusError, InvalidRecordError
from corpus.importing.proposals import origins
from corpus.merging import merged_with
from corpus.partners import PartnerLink, links_of
from corpus.persons import LawfulBasis, persons_of
from corpus.records import Kind
from corpus.stored import StoredRecord
from corpus.text import Language

TONGUES = ("all", *(one.value for one in Language))
_PROBLEMS_TOLD = 5


def refused(request: Request, visit: Visit, error: CorpusError) -> None:
    """Leave for the next page why a record could not be changed."""
    catalog = catalog_of(request)
    problems = error.problems if isinstance(error, InvalidRecordError) else ()
    lines = [
        f"{problem.record}: {problem.field}: {desk.problem_sentence(problem, catalog)}"
        for problem in problems[:_PROBLEMS_TOLD]
    ]
    visit.flash("records.refused", FlashKind.DANGER, why="; ".join(lines) or catalog.text("records.refused.step"))


def catalog_of(request: Request) -> Messages:
    """Return the sentences in the language of the page."""
    return messages(request.state.language)


def form_page(
    request: Request,
    web: Web,
    edited: desk.RecordForm,
    stored: StoredRecord | None,
    status: int = 200,
    **more: Any,  # noqa: ANN401
) -> Response:
    """Return the page of a record, of a draft of one, or of one that is new.

    Args:
        request: What was asked.
        web: What the routes share.
        edited: The form.
        stored: The record; None where there is none yet.
        status: The HTTP status.
        more: What else the page shows, in place of what it shows by itself.
    """
    is_draft = stored is None and edited.version > 0
    here = f"/desk/records/{edited.record_id}" if stored or is_draft else "/desk/records/new"
    language = request.state.language
    front, folded = in_order(edited.nodes)
    tongue = more.pop("tongue", "") or request.query_params.get("tongue", "")
    return web.pages.render(
        request,
        "desk/record.html",
        status,
        at=here,
        edited=edited,
        stored=stored,
        is_draft=is_draft,
        action=here if stored or is_draft else f"{here}?kind={edited.kind}",
        allowed=[step for step, (states, _) in TRANSITIONS.items() if stored and stored.record.state in states],
        alike=desk.similar_records(web.runtime, web.catalogue, stored.record, language) if stored else (),
        offered=offered(web.runtime.store, language, edited.record_id) if stored else (),
        origins=origins(web.runtime.store, edited.record_id) if stored else (),
        merged_with=merged_with(web.runtime.store, edited.record_id) if stored else None,
        names=RecordReferences(web.catalogue, language),
        gaps=saving.missing_fields(edited.nodes),
        draft_name=saving.shown_name(edited, language),
        front=front,
        folded=folded,
        tongue=tongue if tongue in TONGUES else "all" if edited.faults else language.value,
        unfolded={path.partition(".")[0] for path in (*edited.faults, more.get("focus", ""))},
        persons=persons_of(web.runtime.database, edited.record_id, norwegian_day()) if stored else (),
        comments=comments_of(web.runtime.database, edited.record_id) if stored else (),
        bases=list(LawfulBasis),
        alarms=_alarms(request, web, edited.record_id) if stored else (),
        links=_links(request, web, edited.record_id) if stored else (),
        has_persons=edited.kind is Kind.ACTOR or edited.kind is Kind.INSTRUMENT,
        **{"clashes": (), "focus": None, "overtaken_by": "", "person": {}, "person_faults": {}} | more,
    )


def _alarms(request: Request, web: Web, record_id: str) -> list[str]:
    """Return what went badly with a record of late."""
    return [alarm_sentence(one, catalog_of(request)) for one in alarms(web.runtime, record_id)]


def _links(request: Request, web: Web, record_id: str) -> list[tuple[PartnerLink, str]]:
    """Return the links that the body has to its record, each with its address."""
    links = links_of(web.runtime.store, record_id, norwegian_day())
    if not links:
        return []
    base = web.settings.web_base_url or str(request.base_url).rstrip("/")
    return [(one, f"{base}/partner/{token_of(one, web.runtime.keys)}") for one in links]
