"""Who asks on the web, as the service knows them, and how a broker reaches them.

Invariant: a visitor is the session of one browser, an account the same everywhere; one never sees what another asked.
How somebody is reached is kept on a case alone, where they asked for a reply (`assistant.cases.reach`).
"""

from __future__ import annotations

from fastapi import Request

from assistant.access.sessions import Visit
from assistant.cases.reach import Reach, reach_text
from assistant.mail.addresses import is_address
from assistant.platform.people import Asker, Channel
from assistant.platform.user_text import bounded

TENANT = "web"
MAX_CONTACT = 200
"""Characters of an address or a number that are kept."""


def asker_of(request: Request, visit: Visit) -> Asker:
    """Return who asks; a visitor's session is begun where there was none."""
    return _asker(request, visit.asker_id())


def known_asker_of(request: Request, visit: Visit) -> Asker | None:
    """Return who may have asked before, or None for somebody who cannot have."""
    user = visit.known_asker_id()
    return _asker(request, user) if user else None


def _asker(request: Request, user: str) -> Asker:
    return Asker(channel=Channel.WEB, tenant=TENANT, user=user, language=request.state.chosen_language)


def reply_to(visit: Visit, contact: str | None, *, by_mail: bool = False) -> str | None:
    """Return what a case keeps of how its asker is reached, or None where nothing is known.

    Args:
        visit: The visit of whoever asks.
        contact: An address or a number that they gave for this.
        by_mail: Whether they want to be told each step by mail.
    """
    given = " ".join(bounded(contact or "", MAX_CONTACT).text.split()) or None
    name = visit.account.name if visit.account else None
    return reach_text(Reach(name=name, contact=given, by_mail=by_mail and is_address(given)))
