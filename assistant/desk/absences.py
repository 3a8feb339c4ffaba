"""Who a letter goes to while its receiver is away: who stands in, another function of the body, or nobody.

Invariant: a letter never goes by itself to an address that nobody reads where anybody else is known; whoever sends it
sees who is away, until when, and who it goes to instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from assistant.cases.absences import AbsenceFault, ContactAbsence
from assistant.desk.letters import Recipient
from corpus.text import Frozen


class TypedAbsence(Frozen):
    """What was typed of a receiver who is away, where it could not be kept."""

    address: str = ""
    until: str = ""
    deputy: str = ""
    field: AbsenceFault | None = None
    """What is wrong; None where nothing was typed."""
    fault: str = ""
    """The same, in words."""


class AwayReceiver(Frozen):
    """A receiver who is away."""

    record_id: str
    address: str
    until: date
    """The last day away."""
    instead: str | None
    """The address that is written to meanwhile; None where nobody is known."""
    is_deputy: bool
    """Whether that is who stands in, rather than another function of the body."""


def away_receiver(receiver: Recipient | None, to: str, away: Mapping[str, ContactAbsence]) -> AwayReceiver | None:
    """Return that whoever an address is of is away; None where they are there.

    Args:
        receiver: Whom a letter goes to otherwise.
        to: The address.
        away: Who is away at the body, by the address in small letters.
    """
    absence = away.get(to.casefold())
    if absence is None:
        return None
    deputy, seen = absence, {to.casefold()}
    # Who stands in may be away as well.
    while deputy.deputy.casefold() in away and deputy.deputy.casefold() not in seen:
        seen.add(deputy.deputy.casefold())
        deputy = away[deputy.deputy.casefold()]
    instead = deputy.deputy if deputy.deputy and deputy.deputy.casefold() not in away else ""
    known = [one for one in (receiver.email, *receiver.others) if one] if receiver else []
    other = next((one for one in known if one.casefold() not in away), None)
    return AwayReceiver(
        record_id=absence.record_id,
        address=absence.address,
        until=absence.until,
        instead=instead or other,
        is_deputy=bool(instead),
    )
