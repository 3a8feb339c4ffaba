"""The one list of what waits for the brokers: cases, weak answers, proposals of imports, records to check.

Invariant: everything here is read from records, cases and the log as they are; nothing is kept. What is due first
stands first, and nothing stands in two places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from assistant.cases.cases import CaseOutline
from assistant.cases.partner_answers import PartnerAnswers
from assistant.cases.watching import Watching
from assistant.coupling.couplings import Couplings
from assistant.desk.alarms import Alarm, alarms
from assistant.desk.catalogue import Catalogue
from assistant.desk.changed_calls import by_scheme, changed_calls
from assistant.desk.due_checks import touches
from assistant.desk.freshness import in_order
from assistant.desk.needs import open_needs
from assistant.desk.work_items import WorkItem, WorkItemMaker, WorkKind
from assistant.platform.areas import Area
from assistant.platform.messages import Messages
from assistant.platform.workdays import first_moment, norwegian_day
from assistant.service.container import Runtime
from corpus.importing.proposals import Proposal, proposals
from corpus.records import CurationState

PER_PAGE = 50
SOON = timedelta(days=30)
"""How far ahead deadlines are told."""
NEEDS_OF = timedelta(days=90)
"""How far back needs without a good answer are told."""


class WorkView(StrEnum):
    """A part of the list."""

    MINE = "mine"
    """What the broker follows up, and what nobody does."""
    WATCHED = "watched"
    """Cases of others that the broker watches."""
    ALL = "all"
    OVERDUE = "overdue"
    NEEDS = "needs"
    RECORDS = "records"


class QueueQuery(NamedTuple):
    """What of the list a broker wants to see."""

    broker: str
    """The name of whoever looks."""
    view: WorkView = WorkView.MINE
    page: int = 1
    """From 1; one that there is not is the last."""
    area: Area = Area()
    """Where what waits comes from; what a broker has themselves is shown wherever it is from."""


class UpcomingDeadline(NamedTuple):
    """A deadline that is near."""

    scheme_id: str
    name: str
    on: date


class Queue(NamedTuple):
    """What waits, as one broker sees it."""

    view: WorkView
    items: Sequence[WorkItem]
    """Those of the page that is shown."""
    counts: Mapping[WorkView, int]
    """How many there are in each view, views without any left out; mine is always told."""
    page: int
    pages: int
    deadlines: Sequence[UpcomingDeadline]
    drafts: int
    changed: int
    """Calls that were changed under open cases."""


class _Waiting(NamedTuple):
    """Something that waits, before a row is made of it."""

    kind: WorkKind
    make: Callable[[], WorkItem]
    due_on: date | None = None
    owner: str | None = None
    is_watched: bool = False
    case_id: str = ""
    """Of a case, which is read whole only where it is shown."""


def work_queue(runtime: Runtime, catalogue: Catalogue, wanted: QueueQuery, catalog: Messages) -> Queue:
    """Return what waits on this day, a page of it as rows.

    Args:
        runtime: What stands behind the desk.
        catalogue: The records as lists show them.
        wanted: What of the list is wanted.
        catalog: Of the reader's language.
    """
    today = norwegian_day()
    lines = catalogue.by_id()
    rows = WorkItemMaker(lines, catalog, today)
    still_open = runtime.referrals.open_outlines()
    waiting = _waiting(runtime, rows, wanted, still_open)
    to_check = [one for one in catalogue.due(today) if one.record_id in lines]
    parts = {one: [item for item in waiting if _is_in(one, item, wanted.broker, today)] for one in _WAITING}
    counts = {**{one: len(part) for one, part in parts.items()}, WorkView.RECORDS: len(to_check)}
    shown = wanted.view
    pages = max(1, -(-counts[shown] // PER_PAGE))
    page = min(max(wanted.page, 1), pages)
    first, last = (page - 1) * PER_PAGE, page * PER_PAGE
    if shown is WorkView.RECORDS:
        usage = touches(runtime.database, runtime.service.log, still_open)
        items = [rows.record(lines[one.record_id]) for one in in_order(to_check, usage)[first:last]]
    else:
        here = parts[shown][first:last]
        rows.read(runtime.referrals.having(item.case_id for item in here if item.case_id))
        items = [item.make() for item in here if not item.case_id or rows.knows(item.case_id)]
    return Queue(
        view=shown,
        items=items,
        counts={one: counts[one] for one in WorkView if counts[one] or one in {WorkView.MINE, shown}},
        page=page,
        pages=pages,
        changed=sum(item.kind is WorkKind.CALL for item in waiting),
        deadlines=_deadlines(catalogue, today, catalog),
        drafts=sum(line.state is CurationState.DRAFT for line in lines.values()) + len(catalogue.incomplete()),
    )


_WAITING = (WorkView.MINE, WorkView.WATCHED, WorkView.ALL, WorkView.OVERDUE, WorkView.NEEDS)
"""The views of what waits for somebody; records to check are a list of their own."""


def _is_in(view: WorkView, item: _Waiting, broker: str, today: date) -> bool:
    if view is WorkView.MINE:
        return item.owner is None or item.owner == broker
    if view is WorkView.WATCHED:
        return item.is_watched
    if view is WorkView.OVERDUE:
        return item.due_on is not None and item.due_on <= today
    return view is WorkView.ALL or item.kind is WorkKind.NEED


def _waiting(
    runtime: Runtime, rows: WorkItemMaker, wanted: QueueQuery, still_open: Sequence[CaseOutline]
) -> list[_Waiting]:
    """Return all that waits: cases in the order they are due, then changed calls, needs and proposals."""
    by_record: dict[str, list[Proposal]] = {}
    for proposal in proposals(runtime.store):
        by_record.setdefault(proposal.record_id, []).append(proposal)
    today, area = norwegian_day(), wanted.area
    watched = Watching(runtime.database).watched_by(wanted.broker)
    answers = PartnerAnswers(runtime.database).undecided()
    cases = [
        (case, due_on)
        for case, due_on in runtime.followup.in_order(still_open, today)
        if area.covers(case.kommunenummer) or case.assigned_to == wanted.broker or case.id in watched
    ]
    changed = by_scheme(changed_calls(runtime, [case for case, _ in cases], rows.catalog))
    needs = open_needs(runtime, first_moment(today - NEEDS_OF), area)
    return [
        *(
            _Waiting(
                WorkKind.CASE,
                partial(rows.case, case.id, due_on, answers.get(case.id)),
                due_on,
                case.assigned_to,
                case.id in watched,
                case.id,
            )
            for case, due_on in cases
        ),
        *(_Waiting(WorkKind.CALL, partial(rows.call, one)) for one in changed),
        *(
            _Waiting(WorkKind.ALARM, partial(rows.alarm, record_id, raised))
            for record_id, raised in _by_record(alarms(runtime, unseen=True)).items()
            if rows.has(record_id)
        ),
        *(
            _Waiting(WorkKind.PAIR, partial(rows.pair, runtime, pair))
            for pair in Couplings(runtime.database).waiting(area)
        ),
        *(_Waiting(WorkKind.NEED, partial(rows.need, need)) for need in needs),
        *(
            _Waiting(WorkKind.PROPOSAL, partial(rows.proposal, record_id, len(offers)))
            for record_id, offers in by_record.items()
            if rows.has(record_id)
        ),
    ]


def _by_record(raised: Sequence[Alarm]) -> dict[str, list[Alarm]]:
    by_record: dict[str, list[Alarm]] = {}
    for one in raised:
        by_record.setdefault(one.record_id, []).append(one)
    return by_record


def _deadlines(catalogue: Catalogue, today: date, catalog: Messages) -> list[UpcomingDeadline]:
    coming = [
        UpcomingDeadline(scheme_id, name.best(catalog.language).text, on)
        for scheme_id, name, on in catalogue.deadlines(today)
        if on <= today + SOON
    ]
    return sorted(coming, key=lambda one: (one.on, one.scheme_id))
