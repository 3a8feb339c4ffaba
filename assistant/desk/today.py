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
from assistant.desk.changed_calls import ChangedCall, changed_calls
from assistant.desk.needs import Need, open_needs
from assistant.platform.messages import Messages
from assistant.platform.workdays import utc_now
from assistant.render.cases import reminder_sentence
from assistant.service.container import Runtime
from corpus.records import CurationState

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
    """Records that somebody should hold against their sources."""
    changed: Sequence[ChangedCall] = ()
    """Calls that were changed under open cases."""


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
        deadlines=_deadlines(catalogue, today, catalog),
        drafts=sum(record.state is CurationState.DRAFT for record in records),
        to_check=len(catalogue.due(today)),
        changed=changed_calls(runtime, runtime.referrals.still_open(), catalog),
    )


def _deadlines(catalogue: Catalogue, today: date, catalog: Messages) -> list[Coming]:
    coming = [
        Coming(scheme_id, name.best(catalog.language).text, on)
        for scheme_id, name, on in catalogue.deadlines(today)
        if on <= today + SOON
    ]
    return sorted(coming, key=lambda one: (one.on, one.scheme_id))
