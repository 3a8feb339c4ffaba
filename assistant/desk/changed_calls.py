"""The calls that were changed under open cases.

Invariant: a change is told from the day a case was opened until a broker has seen it; everything is read from the
history of the records, so that it does not matter who changed a call, or how.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from assistant.cases.cases import Case, CaseOutline
from assistant.history.matchlog import MatchLog
from assistant.platform.messages import Messages
from assistant.render.call_changes import change_sentences
from assistant.service.container import Runtime
from corpus.call_changes import SchemeChange, changes_since
from corpus.records import Kind

_SCHEME = f"{Kind.INSTRUMENT}:"
RESTS_ON = 3
"""Schemes at the top of the answer that a case began with, on which it rests besides what it is about."""


class ChangedCall(NamedTuple):
    """A change of a call that open cases rest on, as it is told."""

    record_id: str
    name: str
    at: datetime
    by: str
    told: Sequence[str]
    """What was changed, each with the old value and the new one."""
    cases: Sequence[str]
    """Ids of the cases that rest on it."""


def schemes_under(log: MatchLog, cases: Sequence[Case | CaseOutline]) -> dict[str, frozenset[str]]:
    """Return the ids of the schemes that each case rests on: its own, and the first ones of its answer."""
    suggested = log.suggested_by({case.log_id for case in cases})
    found = {}
    for case in cases:
        ids = [one for one in suggested.get(case.log_id, ()) if one.startswith(_SCHEME)][:RESTS_ON]
        own = [case.record_id] if case.record_id and case.record_id.startswith(_SCHEME) else []
        found[case.id] = frozenset((*ids, *own))
    return found


def changed_calls(runtime: Runtime, cases: Sequence[Case | CaseOutline], catalog: Messages) -> list[ChangedCall]:
    """Return what was changed in calls since cases that rest on them were opened or seen to, the newest first."""
    if not cases:
        return []
    changes = changes_since(runtime.database, min(case.opened_at for case in cases))
    if not changes:
        return []
    seen = runtime.referrals.last_seen([case.id for case in cases])
    since = {case.id: max(case.opened_at, seen.get(case.id, case.opened_at)) for case in cases}
    under = schemes_under(runtime.service.log, cases)
    told = ((change, _resting(change, under, since)) for change in changes)
    return [
        ChangedCall(
            change.record_id,
            change.name.best(catalog.language).text,
            change.at,
            change.by,
            change_sentences(change, catalog),
            resting,
        )
        for change, resting in told
        if resting
    ]


def by_scheme(some: Iterable[ChangedCall]) -> list[ChangedCall]:
    """Return what was changed with one entry for each scheme, under the time of its newest change."""
    schemes: dict[str, ChangedCall] = {}
    for one in some:
        first = schemes.setdefault(one.record_id, one)
        if first is not one:
            lines, cases = (*first.told, *one.told), dict.fromkeys((*first.cases, *one.cases))
            schemes[one.record_id] = first._replace(told=lines, cases=list(cases))
    return list(schemes.values())


def _resting(change: SchemeChange, under: dict[str, frozenset[str]], since: dict[str, datetime]) -> list[str]:
    rests: Iterable[str] = (case_id for case_id, schemes in under.items() if change.record_id in schemes)
    return [case_id for case_id in rests if since[case_id] < change.at]
