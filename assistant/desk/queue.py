"""The one list of what waits for the brokers: cases, weak answers, proposals of imports, records to check.

Invariant: everything here is read from records, cases and the log as they are; nothing is kept. What is due first
stands first, and nothing stands in two places.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from assistant.cases.cases import ENDED, Case, CaseOutline, CaseState, PartnerAnswer
from assistant.cases.partner_answers import PartnerAnswers
from assistant.cases.watching import Watching
from assistant.coupling.couplings import Couplings, NeedPair, PairState
from assistant.desk.alarms import Alarm, alarm_sentence, alarms
from assistant.desk.catalogue import Catalogue, RecordLine
from assistant.desk.changed_calls import ChangedCall, by_scheme, changed_calls
from assistant.desk.couplings import pair_page
from assistant.desk.due_checks import touches
from assistant.desk.freshness import in_order
from assistant.desk.needs import UnmetNeed, open_needs
from assistant.platform.areas import Area
from assistant.platform.messages import Messages
from assistant.platform.workdays import first_moment, norwegian_day
from assistant.render.cases import case_title, case_topic, state_sentence
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
    WATCHED = "watched"
    """Cases of others that the broker watches."""
    ALL = "all"
    OVERDUE = "overdue"
    NEEDS = "needs"
    RECORDS = "records"


class StateTone(StrEnum):
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


class QueueQuery(NamedTuple):
    """What of the list a broker wants to see."""

    broker: str
    """The name of whoever looks."""
    view: WorkView = WorkView.MINE
    page: int = 1
    """From 1; one that there is not is the last."""
    area: Area = Area()
    """Where what waits comes from; what a broker has themselves is shown wherever it is from."""


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
    tone: StateTone
    next: str
    due_on: date | None
    owner: str | None
    href: str
    action: QuickAction | None


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


_TONES = {
    CaseState.NO_REPLY: StateTone.OVER,
    CaseState.REFUSED: StateTone.OVER,
    CaseState.TAKEN: StateTone.GOOD,
    CaseState.MEETING: StateTone.GOOD,
    CaseState.APPLICATION: StateTone.SOON,
    CaseState.RESUBMIT: StateTone.SOON,
}


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
    rows = _Rows(lines, catalog, today)
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


def _waiting(runtime: Runtime, rows: _Rows, wanted: QueueQuery, still_open: Sequence[CaseOutline]) -> list[_Waiting]:
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
            _Waiting(WorkKind.ALARM, partial(rows.alarm, record_id, found))
            for record_id, found in _by_record(alarms(runtime, unseen=True)).items()
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


def _by_record(found: Sequence[Alarm]) -> dict[str, list[Alarm]]:
    by_record: dict[str, list[Alarm]] = {}
    for one in found:
        by_record.setdefault(one.record_id, []).append(one)
    return by_record


class _Rows:
    """Makes rows of what waits."""

    def __init__(self, lines: Mapping[str, RecordLine], catalog: Messages, today: date) -> None:
        self._lines = lines
        self.catalog = catalog
        self._today = today
        self._cases: dict[str, Case] = {}

    def read(self, cases: Iterable[Case]) -> None:
        """Take on the cases that rows are to be made of, but those that ended since they were listed."""
        self._cases |= {case.id: case for case in cases if case.state not in ENDED}

    def knows(self, case_id: str) -> bool:
        """Tell whether a case was taken on, so that a row can be made of it."""
        return case_id in self._cases

    def case(self, case_id: str, due_on: date | None, answer: PartnerAnswer | None) -> WorkItem:
        """Return the row of a case, with what its partner answered that no broker has read yet."""
        case = self._cases[case_id]
        text, days = self.catalog.text, (self._today - case.state_since).days
        state = _answered(answer, self.catalog) if answer else state_sentence(case, self.catalog)
        line = self._lines.get(case.record_id or "")
        partner = line.name(self.catalog.language) if line else case_title(case, None, self.catalog)
        overdue = due_on is not None and due_on <= self._today
        return WorkItem(
            key=f"{WorkKind.CASE}:{case.id}",
            kind=WorkKind.CASE,
            title=_shortened(case_topic(case.question)) or partner,
            detail=_shortened(case.note or ""),
            municipality=municipality_name(case.kommunenummer) or case.kommunenummer or "",
            partner=partner if case.record_id else "",
            state=self.catalog.count("queue.state_days", days, state=state) if days > 0 else state,
            tone=StateTone.OVER if overdue else _TONES.get(case.state, StateTone.SOON if answer else StateTone.PLAIN),
            next=text("queue.next.answered" if answer else f"queue.next.{case.state}"),
            due_on=due_on,
            owner=case.assigned_to,
            href=f"/desk/cases/{case.id}",
            action=None if case.assigned_to else QuickAction.TAKE,
        )

    def call(self, changed: ChangedCall) -> WorkItem:
        """Return the row of a call that was changed under open cases."""
        text = self.catalog.text
        return WorkItem(
            key=f"{WorkKind.CALL}:{changed.record_id}",
            kind=WorkKind.CALL,
            title=text("changed.row", name=changed.name),
            detail=f"{_shortened(' '.join(changed.told))} {text('changed.touches', count=len(changed.cases))}",
            municipality="",
            partner="",
            state=text("changed.state"),
            tone=StateTone.SOON,
            next=text("changed.next"),
            due_on=None,
            owner=None,
            href=f"/desk/cases/{changed.cases[0]}",
            action=None,
        )

    def alarm(self, record_id: str, found: Sequence[Alarm]) -> WorkItem:
        """Return the row of a record that things go badly with."""
        detail = " ".join(alarm_sentence(one, self.catalog) for one in found)
        item = self._of_record(WorkKind.ALARM, self._lines[record_id], detail, "alarm.state", StateTone.OVER)
        return item._replace(action=QuickAction.HANDLED)

    def pair(self, runtime: Runtime, pair: NeedPair) -> WorkItem:
        """Return the row of two needs that are alike."""
        text, page = self.catalog.text, pair_page(runtime, pair)
        names = self.catalog.listed(page.municipalities) if page.municipalities else ""
        return WorkItem(
            key=f"{WorkKind.PAIR}:{pair.id}",
            kind=WorkKind.PAIR,
            title=_shortened(next((one.question for one in reversed(page.needs) if one.question), "")) or "–",
            detail=text("pair.row.of", names=names) if names else text("pair.row"),
            municipality=names,
            partner="",
            state=text(f"pair.state.{pair.state}"),
            tone=StateTone.GOOD if pair.state is PairState.AGREED else StateTone.SOON,
            next=text(f"pair.next.{pair.state}"),
            due_on=None,
            owner=pair.by if pair.state is not PairState.FOUND else None,
            href=f"/desk/pairs/{pair.id}",
            action=QuickAction.HANDLED if pair.state is PairState.FOUND else None,
        )

    def need(self, need: UnmetNeed) -> WorkItem:
        """Return the row of a need without a good answer."""
        state = "queue.weak" if need.unsure == len(need.log_ids) else "queue.unanswered"
        return WorkItem(
            key=f"{WorkKind.NEED}:{' '.join(need.log_ids)}",
            kind=WorkKind.NEED,
            title=_shortened(need.question),
            detail=self.catalog.count("queue.asked_times", need.times),
            municipality="",
            partner="",
            state=self.catalog.text(state),
            tone=StateTone.PLAIN,
            next=self.catalog.text("queue.next.need"),
            due_on=None,
            owner=None,
            href=f"/desk/needs#{need.log_ids[0]}",
            action=QuickAction.HANDLED,
        )

    def has(self, record_id: str) -> bool:
        """Tell whether there is a record with an id."""
        return record_id in self._lines

    def proposal(self, record_id: str, offers: int) -> WorkItem:
        """Return the row of what imports offer for a record."""
        detail = self.catalog.count("queue.proposals", offers)
        return self._of_record(WorkKind.PROPOSAL, self._lines[record_id], detail, "queue.proposed", StateTone.SOON)

    def record(self, line: RecordLine) -> WorkItem:
        """Return the row of a record that is to be held against its sources."""
        text = self.catalog.text
        checked = self.catalog.date(line.checked_on) if line.checked_on else ""
        detail = text("queue.checked_on", date=checked) if checked else text("queue.never_checked")
        return self._of_record(WorkKind.RECORD, line, detail, "queue.to_check", StateTone.PLAIN)

    def _of_record(self, kind: WorkKind, line: RecordLine, detail: str, state: str, tone: StateTone) -> WorkItem:
        return WorkItem(
            key=f"{kind}:{line.id}",
            kind=kind,
            title=line.name(self.catalog.language),
            detail=detail,
            municipality="",
            partner="",
            state=self.catalog.text(state),
            tone=tone,
            next=self.catalog.text(f"queue.next.{kind}"),
            due_on=None,
            owner=None,
            href=f"/desk/records/{line.id}",
            action=None,
        )


def _deadlines(catalogue: Catalogue, today: date, catalog: Messages) -> list[UpcomingDeadline]:
    coming = [
        UpcomingDeadline(scheme_id, name.best(catalog.language).text, on)
        for scheme_id, name, on in catalogue.deadlines(today)
        if on <= today + SOON
    ]
    return sorted(coming, key=lambda one: (one.on, one.scheme_id))


def _answered(answer: PartnerAnswer, catalog: Messages) -> str:
    if answer is PartnerAnswer.WRITTEN:
        return catalog.text("queue.answered_by_mail")
    return catalog.text("queue.answered", answer=catalog.text(f"reply.{answer}"))


def _shortened(text: str) -> str:
    return textwrap.shorten(text, _CHARACTERS, placeholder=" …")
