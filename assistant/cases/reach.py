"""How the asker of a case is reached, whatever channel they asked in.

Invariant: how somebody is reached is kept on a case alone, where they asked for a reply; mail goes only to whom said
that it may.
"""

from __future__ import annotations

import json

from pydantic import ValidationError

from assistant.cases.cases import Case
from assistant.mail.addresses import is_address
from corpus.text import Frozen


class Reach(Frozen):
    """How an asker is reached, besides the case's own page."""

    name: str | None = None
    """Of the account, where they were logged in."""
    contact: str | None = None
    """An address or a number that they gave for this."""
    by_mail: bool = False
    """Whether they want to be told each step by mail."""

    @property
    def mail(self) -> str | None:
        """Return where they are told by mail, or None where they are not."""
        return self.contact if self.by_mail and is_address(self.contact) else None


def reach_of(case: Case) -> Reach:
    """Return how the asker of a case is reached; without anything where their channel does that by itself."""
    try:
        kept = json.loads(case.reply_to or "null")
        return Reach.model_validate(kept) if isinstance(kept, dict) and "to" not in kept else Reach()
    except (ValueError, ValidationError):
        return Reach()


def is_reachable(case: Case) -> bool:
    """Tell whether the asker of a case is told by anything but the page in their own browser."""
    if case.reply_to is None:
        return False
    reach = reach_of(case)
    return reach == Reach() or reach.contact is not None or reach.name is not None


def reach_text(reach: Reach) -> str | None:
    """Return a way to an asker as a case keeps it; None where there is none."""
    return reach.model_dump_json(exclude_defaults=True) if reach.name or reach.contact else None
