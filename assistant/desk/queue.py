"""The one list of what waits for the brokers: cases, weak answers, proposals of imports, records to check.

Invariant: everything here is read from records, cases and the log as they are; nothing is kept. What is due first
stands first, and nothing stands in two places.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from assistant.cases.cases import Case, CaseState
from assistant.coupling.couplings import Couplings, NeedPair, PairState
from assistant.desk.alarms import Alarm, alarm_sentence, alarms
from assistant.desk.catalogue import Catalogue, Line
from assistant.desk.changed_calls import ChangedCall, by_scheme, changed_calls
from assistant.desk.couplings import pair_page
from assistant.desk.freshness import in_order
from assistant.desk.needs import Need, open_needs
from assistant.platform.messages import Messages
from assistant.platform.workdays import norwegian_day, utc_now
from assistant.render.cases import case_title, state_sentence
from assistant.service.container import Runtime
from corpus.importing.proposals import Proposal, proposals
from corpus.places import municipality_name
from corpus.records import CurationState

PER_PAGE = 50
SOON = timedelta(days=30)
"""How far ahead deadlines are told."""
NEEDS_OF = timedelta(days=90)
"""How far back needs without a good answer are told."""
_CHARACTERS = 120
"""Of a question as it stands in the list."""


class WorkKind(StrEnum):
    """What waits."""

    CASE = "case"
    NEED = "need"
    """A need that nothing fitted well."""
    PROPOSAL = "proposal"
    """What imports have for a record that a person wrote."""
    RECORD = "record"
    """A record to be held against its sources."""

    CALL = "call"
    """A call that was changed under open cases."""
    ALARM = "alarm"
    """A partner or scheme that things go badly with."""
    PAIR = "pair"
    """Two needs that are alike."""


class WorkView(StrEnum):
    """A part of the list."""

    MINE = "mine"
    """What the broker follows up, and what nobody does."""
    ALL = "all"
    OVERDUE = "overdue"
    NEEDS = "needs"
    RECORDS = "records"


class Tone(StrEnum):
    """How a state is set off."""

    PLAIN = "plain"
    GOOD = "good"
    SOON = "soon"
    OVER = "over"


class QuickAction(StrEnum):
    """What can be done with a row where it stands."""

    TAKE = "take"
    """Follow the case up oneself."""
    HANDLED = "handled"
    """The need is dealt with."""


class WorkItem(NamedTuple):
    """A row of the list."""

    key: str
    """Its kind and what it is of, for forms: `case:ID`, `need:ID ID …`."""
    kind: WorkKind
    title: str
    detail: str
    municipality: str
    partner: str
    state: str
    tone: Tone
    next: str
    due_on: date | None
    owner: str | None
    href: str
    action: QuickAction | None


class Coming(NamedTuple):
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
    deadlines: Sequence[Coming]
    drafts: int


class _Waiting(NamedTuple):
    """Something that waits, before a row is made of it."""

    kind: WorkKind
    make: Callable[[], WorkItem]
    due_on: date | None = None
    owner: str | None = None


_TONES = {
    CaseState.NO_REPLY: Tone.OVER,
    CaseState.REFUSED: Tone.OVER,
    CaseState.TAKEN: Tone.GOOD,
    CaseState.MEETING: Tone.GOOD,
    CaseState.APPLICATION: Tone.SOON,
    CaseState.RESUBMIT: Tone.SOON,
}


def work_queue(
    runtime: Runtime, catalogue: Catalogue, broker: str, catalog: Messages, view: tuple[WorkView, int]
) -> Queue:
    """Return what waits on this day, a page of it as rows.

    Args:
        runtime: What stands behind the desk.
        catalogue: The records as lists show them.
        broker: The name of whoever looks.
        catalog: Of the reader's language.
        view: Which part is shown, and which page of it, from 1; a page that there is not is the last.
    """
    today = norwegian_day()
    waiting = _waiting(runtime, catalogue, today, catalog)
    parts = {one: [item for item in waiting if _is_in(one, item, broker, today)] for one in WorkView}
    shown, page = view
    pages = max(1, -(-len(parts[shown]) // PER_PAGE))
    page = min(max(page, 1), pages)
    return Queue(
        view=shown,
        items=[item.make() for item in parts[shown][(page - 1) * PER_PAGE : page * PER_PAGE]],
        counts={one: len(part) for one, part in parts.items() if part or one in {WorkView.MINE, shown}},
        page=page,
        pages=pages,
        deadlines=_deadlines(catalogue, today, catalog),
        drafts=sum(record.state is CurationState.DRAFT for record in catalogue.lines()) + len(catalogue.incomplete()),
    )


def _is_in(view: WorkView, item: _Waiting, broker: str, today: date) -> bool:
    match view:
        case WorkView.MINE:
            return item.owner in {None, broker} and item.kind is not WorkKind.RECORD
        case WorkView.ALL:
            return item.kind is not WorkKind.RECORD
        case WorkView.OVERDUE:
            return item.due_on is not None and item.due_on <= today
        case WorkView.NEEDS:
            return item.kind is WorkKind.NEED
        case WorkView.RECORDS:
            return item.kind is WorkKind.RECORD


def _waiting(runtime: Runtime, catalogue: Catalogue, today: date, catalog: Messages) -> list[_Waiting]:
    """Return all that waits: cases in the order they are due, then needs, proposals and records."""
    lines = {line.id: line for line in catalogue.lines()}
    rows = _Rows(lines, catalog, today)
    by_record: dict[str, list[Proposal]] = {}
    for proposal in proposals(runtime.store):
        by_record.setdefault(proposal.record_id, []).append(proposal)
    due = [lines[one.record_id] for one in in_order(catalogue.due(today), {}) if one.record_id in lines]
    cases = runtime.followup.queue(today)
    changed = by_scheme(changed_calls(runtime, [case for case, _ in cases], catalog))
    return [
        *(
            _Waiting(WorkKind.CASE, partial(rows.case, case, due_on), due_on, case.assigned_to)
            for case, due_on in cases
        ),
        *(_Waiting(WorkKind.CALL, partial(rows.call, one)) for one in changed),
        *(
            _Waiting(WorkKind.ALARM, partial(rows.alarm, lines[record_id], found))
            for record_id, found in _by_record(alarms(runtime, unseen=True)).items()
            if record_id in lines
        ),
        *(_Waiting(WorkKind.PAIR, partial(rows.pair, runtime, pair)) for pair in Couplings(runtime.database).waiting()),
        *(_Waiting(WorkKind.NEED, partial(rows.need, need)) for need in open_needs(runtime, utc_now() - NEEDS_OF)),
        *(
            _Waiting(WorkKind.PROPOSAL, partial(rows.proposal, lines[record_id], len(offers)))
            for record_id, offers in by_record.items()
            if record_id in lines
        ),
        *(_Waiting(WorkKind.RECORD, partial(rows.record, line)) for line in due),
    ]


def _by_record(found: Sequence[Alarm]) -> dict[str, list[Alarm]]:
    by_record: dict[str, list[Alarm]] = {}
    for one in found:
        by_record.setdefault(one.record_id, []).append(one)
    return by_record


class _Rows:
    """Makes rows of what waits."""

    def __init__(self, lines: Mapping[str, Line], catalog: Messages, today: date) -> None:
        self._lines = lines
        self._catalog = catalog
        self._today = today

    def case(self, case: Case, due_on: date | None) -> WorkItem:
        """Return the row of a case."""
        text, days = self._catalog.text, (self._today - case.state_since).days
        state = state_sentence(case, self._catalog)
        line = self._lines.get(case.record_id or "")
        partner = line.name(self._catalog.language) if line else case_title(case, None, self._catalog)
        overdue = due_on is not None and due_on <= self._today
        return WorkItem(
            key=f"{WorkKind.CASE}:{case.id}",
            kind=WorkKind.CASE,
            title=_shortened(case.question) or partner,
            detail=_shortened(case.note or ""),
            municipality=municipality_name(case.kommunenummer) or case.kommunenummer or "",
            partner=partner if case.record_id else "",
            state=self._catalog.count("queue.state_days", days, state=state) if days > 0 else state,
            tone=Tone.OVER if overdue else _TONES.get(case.state, Tone.PLAIN),
            next=text(f"queue.next.{case.state}"),
            due_on=due_on,
            owner=case.assigned_to,
            href=f"/desk/cases/{case.id}",
            action=None if case.assigned_to else QuickAction.TAKE,
        )

    def call(self, changed: ChangedCall) -> WorkItem:
        """Return the row of a call that was changed under open cases."""
        text = self._catalog.text
        return WorkItem(
            key=f"{WorkKind.CALL}:{changed.record_id}",
            kind=WorkKind.CALL,
            title=text("changed.row", name=changed.name),
            detail=f"{_shortened(' '.join(changed.told))} {text('changed.touches', count=len(changed.cases))}",
            municipality="",
            partner="",
            state=text("changed.state"),
            tone=Tone.SOON,
            next=text("changed.next"),
            due_on=None,
            owner=None,
            href=f"/desk/cases/{changed.cases[0]}",
            action=None,
        )

    def alarm(self, line: Line, found: Sequence[Alarm]) -> WorkItem:
        """Return the row of a record that things go badly with."""
        detail = " ".join(alarm_sentence(one, self._catalog) for one in found)
        item = self._of_record(WorkKind.ALARM, line, detail, "alarm.state", Tone.OVER)
        return item._replace(action=QuickAction.HANDLED)

    def pair(self, runtime: Runtime, pair: NeedPair) -> WorkItem:
        """Return the row of two needs that are alike."""
        text, page = self._catalog.text, pair_page(runtime, pair)
        names = self._catalog.listed(page.municipalities) if page.municipalities else ""
        return WorkItem(
            key=f"{WorkKind.PAIR}:{pair.id}",
            kind=WorkKind.PAIR,
            title=_shortened(next((one.question for one in reversed(page.needs) if one.question), "")) or "–",
            detail=text("pair.row.of", names=names) if names else text("pair.row"),
            municipality=names,
            partner="",
            state=text(f"pair.state.{pair.state}"),
            tone=Tone.GOOD if pair.state is PairState.AGREED else Tone.SOON,
            next=text(f"pair.next.{pair.state}"),
            due_on=None,
            owner=pair.by if pair.state is not PairState.FOUND else None,
            href=f"/desk/pairs/{pair.id}",
            action=QuickAction.HANDLED if pair.state is PairState.FOUND else None,
        )

    def need(self, need: Need) -> WorkItem:
        """Return the row of a need without a good answer."""
        state = "queue.weak" if need.unsure == len(need.log_ids) else "queue.unanswered"
        return WorkItem(
            key=f"{WorkKind.NEED}:{' '.join(need.log_ids)}",
            kind=WorkKind.NEED,
            title=_shortened(need.question),
            detail=self._catalog.count("queue.asked_times", need.times),
            municipality="",
            partner="",
            state=self._catalog.text(state),
            tone=Tone.PLAIN,
            next=self._catalog.text("queue.next.need"),
            due_on=None,
            owner=None,
            href=f"/desk/needs#{need.log_ids[0]}",
            action=QuickAction.HANDLED,
        )

    def proposal(self, line: Line, offers: int) -> WorkItem:
        """Return the row of what imports offer for a record."""
        detail = self._catalog.count("queue.proposals", offers)
        return self._of_record(WorkKind.PROPOSAL, line, detail, "queue.proposed", Tone.SOON)

    def record(self, line: Line) -> WorkItem:
        """Return the row of a record that is to be held against its sources."""
        text = self._catalog.text
        checked = self._catalog.date(line.checked_on) if line.checked_on else ""
        detail = text("queue.checked_on", date=checked) if checked else text("queue.never_checked")
        return self._of_record(WorkKind.RECORD, line, detail, "queue.to_check", Tone.PLAIN)

    def _of_record(self, kind: WorkKind, line: Line, detail: str, state: str, tone: Tone) -> WorkItem:
        return WorkItem(
            key=f"{kind}:{line.id}",
            kind=kind,
            title=line.name(self._catalog.language),
            detail=detail,
            municipality="",
            partner="",
            state=self._catalog.text(state),
            tone=tone,
            next=self._catalog.text(f"queue.next.{kind}"),
            due_on=None,
            owner=None,
            href=f"/desk/records/{line.id}",
            action=None,
        )


def _deadlines(catalogue: Catalogue, today: date, catalog: Messages) -> list[Coming]:
    coming = [
        Coming(scheme_id, name.best(catalog.language).text, on)
        for scheme_id, name, on in catalogue.deadlines(today)
        if on <= today + SOON
    ]
    return sorted(coming, key=lambda one: (one.on, one.scheme_id))


def _shortened(text: str) -> str:
    return textwrap.shorten(text, _CHARACTERS, placeholder=" …")
