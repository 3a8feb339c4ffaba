"""Who asks on the web, as the service knows them, and how a broker reaches them.

Invariant: a visitor is the session of one browser, an account the same everywhere; one never sees what another asked.
How somebody is reached is kept on a case alone, where they asked for a reply.
"""

from __future__ import annotations

import json

from fastapi import Request

from assistant.access.sessions import Visit
from assistant.cases.cases import Case
from assistant.platform.people import Asker, Channel
from assistant.platform.typed import bounded
from corpus.text import Frozen

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


class Reach(Frozen):
    """How the asker of a case on the web is reached, besides the case's own page."""

    name: str | None = None
    """Of the account, where they were logged in."""
    contact: str | None = None
    """An address or a number that they gave for this."""


def reply_to(visit: Visit, contact: str | None) -> str | None:
    """Return what a case keeps of how its asker is reached, or None where nothing is known."""
    given = " ".join(bounded(contact or "", MAX_CONTACT).text.split()) or None
    name = visit.account.name if visit.account else None
    reach = Reach(name=name, contact=given)
    return reach.model_dump_json(exclude_none=True) if name or given else None


def reach_of(case: Case) -> Reach:
    """Return how the asker of a case is reached; without anything for cases of other channels."""
    if case.channel != Channel.WEB or case.reply_to is None:
        return Reach()
    return Reach.model_validate(json.loads(case.reply_to))
