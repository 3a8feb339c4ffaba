"""The rows of the brokers' list of work, made of what waits: a case, a changed call, a need, a record to check.

Invariant: a row tells what its own page tells, in the reader's language; making one changes nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from assistant.cases.cases import ENDED, Case, CaseState, PartnerAnswer
from assistant.coupling.couplings import NeedPair, PairState
from assistant.desk.alarms import Alarm, alarm_sentence
from assistant.desk.catalogue import RecordLine
from assistant.desk.changed_calls import ChangedCall
from assistant.desk.couplings import pair_page
from assistant.desk.needs import UnmetNeed
from assistant.platform.messages import Messages
from assistant.render.cases import case_title, case_topic, state_sentence
from assistant.service.container import Runtime
from corpus.places import municipality_name

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


_TONES = {
    CaseState.NO_REPLY: StateTone.OVER,
    CaseState.REFUSED: StateTone.OVER,
    CaseState.TAKEN: StateTone.GOOD,
    CaseState.MEETING: StateTone.GOOD,
    CaseState.APPLICATION: StateTone.SOON,
    CaseState.RESUBMIT: StateTone.SOON,
}


class WorkItemMaker:
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

    def alarm(self, record_id: str, raised: Sequence[Alarm]) -> WorkItem:
        """Return the row of a record that things go badly with."""
        detail = " ".join(alarm_sentence(one, self.catalog) for one in raised)
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


def _answered(answer: PartnerAnswer, catalog: Messages) -> str:
    if answer is PartnerAnswer.WRITTEN:
        return catalog.text("queue.answered_by_mail")
    return catalog.text("queue.answered", answer=catalog.text(f"reply.{answer}"))


def _shortened(text: str) -> str:
    return textwrap.shorten(text, _CHARACTERS, placeholder=" …")
