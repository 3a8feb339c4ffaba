"""What is done with rows of the list where they stand, and taken back.

Invariant: a row that somebody else has seen to in the meantime is left as it is, both when something is done and when
it is taken back; a receipt names what was done and nothing else, so that it can be kept anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from assistant.cases.cases import CaseError
from assistant.coupling.couplings import Couplings
from assistant.desk.alarms import see, unsee
from assistant.desk.needs import Resolution, resolve_needs
from assistant.desk.needs import reopen_needs as open_again
from assistant.desk.work_items import WorkKind
from assistant.platform.keys import opaque_id
from assistant.service.container import Runtime


class QuickActionResult(NamedTuple):
    """What was done with rows."""

    number: int
    """Of rows."""
    receipt: str
    """By which it is taken back."""


def apply_quick_action(runtime: Runtime, keys: Sequence[str], broker: str) -> QuickActionResult:
    """Take cases that nobody follows up; note that needs are dealt with, pairs come to nothing, and alarms are seen.

    Args:
        runtime: What stands behind the desk.
        keys: What the rows are of (`WorkItem.key`); others are passed over.
        broker: The name of whoever does it.
    """
    taken, dealt, count = [], "", 0
    ids = [key.partition(":")[::2] for key in keys]
    couplings = Couplings(runtime.database)
    dismissed = [one for kind, one in ids if kind == WorkKind.PAIR and couplings.dismiss(one, broker)]
    seen = [one for kind, one in ids if kind == WorkKind.ALARM and see(runtime, one)]
    for kind, one in ids:
        if kind == WorkKind.CASE and _assigned(runtime, one, None, broker, broker):
            taken.append(one)
    log_ids = [log_id for kind, some in ids if kind == WorkKind.NEED for log_id in some.split()]
    if log_ids:
        dealt = opaque_id()
        count = sum(kind == WorkKind.NEED for kind, _ in ids)
        if not resolve_needs(runtime, log_ids, Resolution.HANDLED, broker, dealt):
            dealt, count = "", 0
    # The id of a record has the sign that parts of a receipt are parted by.
    receipt = (dealt, *(",".join(some) for some in (taken, dismissed, seen)))
    number = len(taken) + count + len(dismissed) + len(seen)
    return QuickActionResult(number, ":".join(one.replace(":", "~") for one in receipt))


def undo_quick_action(runtime: Runtime, receipt: str, broker: str) -> int:
    """Take back what was done with rows; return how many things are again as they were."""
    dealt, taken, dismissed, seen, *_ = (*receipt.split(":"), "", "", "")
    couplings = Couplings(runtime.database)
    given_up = sum(_assigned(runtime, one, broker, None, broker) for one in taken.split(",") if one)
    unseen = sum(unsee(runtime, one.replace("~", ":")) for one in seen.split(",") if one)
    restored = sum(couplings.restore(one, broker) for one in dismissed.split(",") if one)
    return given_up + restored + unseen + (open_again(runtime, dealt) if dealt else 0)


def _assigned(runtime: Runtime, case_id: str, before: str | None, after: str | None, by: str) -> bool:
    """Hand a case from one to another, where the one has it; tell whether it was."""
    with suppress(CaseError):
        case = runtime.referrals.get(case_id)
        if case.assigned_to == before:
            runtime.referrals.assign(case_id, after, by=by, version=case.version)
            return True
    return False
