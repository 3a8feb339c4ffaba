"""What waits for the brokers today.

Invariant: everything here is read from records, cases and the log as they are; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from assistant.cases.cases import CaseState
from assistant.desk.cases import Line, lines
from assistant.desk.catalogue import Catalogue
from assistant.desk.needs import Need, open_needs
from assistant.funding.schemes import current_call, has_ended
from assistant.platform.messages import Messages
from assistant.platform.workdays import utc_now
from assistant.render.cases import reminder_sentence
from assistant.service.container import Runtime
from corpus.records import CurationState, FundingInstrument, Kind

SOON = timedelta(days=30)
"""How far ahead deadlines are told."""
NEEDS_OF = timedelta(days=90)
"""How far back needs without a good answer are told."""


class Coming(NamedTuple):
    """A deadline that is near."""

    scheme_id: str
    name: str
    on: date


class Today(NamedTuple):
    """What waits today."""

    new: Sequence[Line]
    due: Sequence[Line]
    needs: Sequence[Need]
    """Those that nobody has dealt with, of `NEEDS_OF` at most."""
    deadlines: Sequence[Coming]
    drafts: int
    to_check: int
    """Records that nobody has held against their sources for a year."""


def today_at_desk(runtime: Runtime, catalogue: Catalogue, today: date, catalog: Messages) -> Today:
    """Return what waits for the brokers on a day."""
    new = runtime.referrals.cases(states=[CaseState.ASKED])
    due = runtime.followup.due(today)
    records = catalogue.lines()
    return Today(
        new=lines(runtime, [(one, None) for one in new], catalog),
        due=[
            line._replace(told=reminder_sentence(one, catalog))
            for line, one in zip(lines(runtime, [(one.case, one.due_on) for one in due], catalog), due, strict=True)
        ],
        needs=open_needs(runtime, utc_now() - NEEDS_OF),
        deadlines=_deadlines(runtime, today, catalog),
        drafts=sum(record.state is CurationState.DRAFT for record in records),
        to_check=sum(record.state is not CurationState.RETIRED and record.is_due(today) for record in records),
    )


def _deadlines(runtime: Runtime, today: date, catalog: Messages) -> list[Coming]:
    coming = []
    for record in runtime.store.records(Kind.INSTRUMENT):
        if isinstance(record, FundingInstrument) and not has_ended(record, today):
            call = current_call(record, today)
            deadline = call.next_deadline(today) if call else None
            if deadline and deadline <= today + SOON:
                coming.append(Coming(record.id, record.name.best(catalog.language).text, deadline))
    return sorted(coming, key=lambda one: (one.on, one.scheme_id))
