"""What the routes of the web share: one value, made with the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from assistant.channels.web.accounts import Accounts
from assistant.channels.web.limits import Limits
from assistant.channels.web.middleware import Metrics
from assistant.channels.web.pages import Pages
from assistant.channels.web.sessions import Sessions
from assistant.opening import Runtime
from assistant.settings import Settings


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


def web_of(request: Request) -> Web:
    """Return what the routes of the app that a request is to share."""
    web: Web = request.app.state.web
    return web


WebContext = Annotated[Web, Depends(web_of)]
"""A parameter of a route that is given what the routes share."""
