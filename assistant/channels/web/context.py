"""What the routes of the web share: one value, made with the app."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from assistant.access.accounts import Accounts
from assistant.access.oidc import Provider
from assistant.access.profiles import Profiles
from assistant.access.sessions import Sessions
from assistant.access.tokens import Tokens
from assistant.channels.web.answer_slots import Answering
from assistant.channels.web.coverage import Coverage
from assistant.channels.web.health import Health
from assistant.channels.web.languages import COOKIE
from assistant.channels.web.limits import Limits
from assistant.channels.web.middleware import Metrics
from assistant.channels.web.pages import Pages
from assistant.desk.catalogue import Catalogue
from assistant.platform.settings import Settings
from assistant.service.container import Runtime
from corpus.text import Language


@dataclass(frozen=True)
class Web:
    """What the routes share."""

    settings: Settings
    runtime: Runtime
    accounts: Accounts
    sessions: Sessions
    pages: Pages
    limits: Limits
    metrics: Metrics
    catalogue: Catalogue
    """The records as the desk lists them."""
    coverage: Coverage
    """What the base covers, as the first page tells it."""
    tokens: Tokens
    """Of programs."""
    profiles: Profiles
    """How brokers sign, and when they are away."""
    provider: Provider | None
    """Who vouches for people, where one is set."""
    health: Health
    answering: Answering = field(default_factory=Answering)
    """Where questions wait for their turn."""

    def choose_language(self, answer: Response, language: Language) -> None:
        """Have the browser remember that somebody wants pages in a language."""
        answer.set_cookie(
            COOKIE, language.value, 365 * 86_400, httponly=True, samesite="lax", secure=self.settings.web_is_https
        )


def web_of(request: Request) -> Web:
    """Return what the routes of the app that a request is to share."""
    web: Web = request.app.state.web
    return web


WebContext = Annotated[Web, Depends(web_of)]
"""A parameter of a route that is given what the routes share."""
