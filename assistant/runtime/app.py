"""The app: everything that `mellomrom serve` answers, put together.

Invariant: what a deployment has not set up is not there; nothing is open to everyone but the chat, the pages that
tell about it, and what each channel verifies for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from assistant.access.accounts import Accounts
from assistant.access.oidc import Provider
from assistant.access.sessions import Sessions
from assistant.access.tokens import Tokens
from assistant.channels.slack.channel import create_slack
from assistant.channels.web.context import Web
from assistant.channels.web.coverage import Coverage
from assistant.channels.web.errors import add_error_handlers
from assistant.channels.web.files import StaticFiles
from assistant.channels.web.health import Health
from assistant.channels.web.limits import Limits
from assistant.channels.web.middleware import (
    BodyLimit,
    CrossOriginGuard,
    HeadAsGet,
    HostGuard,
    Metrics,
    RequestLog,
    SecurityHeaders,
    Visits,
)
from assistant.channels.web.pages import Pages
from assistant.channels.web.routes import about, api, chat, desk, embed, login, mine, operations, reconcile, saved
from assistant.desk.catalogue import Catalogue
from assistant.desk.freshness import Intervals
from assistant.mail.carrier import Carrier
from assistant.runtime.scheduler import Chore, chores_of, keep_up

if TYPE_CHECKING:
    from assistant.channels.slack.channel import SlackChannel
    from assistant.platform.settings import Settings
    from assistant.service.container import Runtime

ROUTERS = tuple(part.router for part in (desk, api, operations, reconcile, chat, embed, mine, saved, login, about))
"""The routers of all parts of the web."""


class Shared(NamedTuple):
    """What the processes that serve one home have in common."""

    counts: Path
    """The file of what callers did."""
    metrics: Path
    """The folder of what each process counted."""


def create_app(settings: Settings, runtime: Runtime, shared: Shared | None = None) -> FastAPI:
    """Return the app of an installation; whoever opened the runtime closes it.

    Args:
        settings: Of the installation.
        runtime: What stands behind it.
        shared: What this process shares with others, where several serve.

    Raises:
        MellomromError: a setting cannot be used; the text names the remedy.
    """
    metrics = Metrics(shared.metrics if shared else None)
    web = Web(
        settings=settings,
        runtime=runtime,
        accounts=Accounts(runtime.database),
        sessions=Sessions(runtime.database, settings),
        pages=Pages(settings),
        limits=Limits(settings, shared.counts if shared else None),
        metrics=metrics,
        catalogue=Catalogue(runtime.store, Intervals.of(settings)),
        coverage=Coverage(runtime.store),
        tokens=Tokens(runtime.database),
        provider=Provider(settings) if settings.oidc_issuer else None,
        health=Health(runtime.database, settings.home),
    )
    app = FastAPI(
        title="Mellomrom",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"auto_configure": False},
        lifespan=_lifespan,
        # From the outside in: an answer to a failure has the headers too.
        middleware=[
            Middleware(SecurityHeaders, settings=settings),
            Middleware(RequestLog, metrics=metrics),
            Middleware(HeadAsGet),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5),
            Middleware(Visits, settings=settings),
            Middleware(HostGuard, settings=settings),
            Middleware(CrossOriginGuard),
            Middleware(BodyLimit, settings=settings),
        ],
    )
    app.state.web = web
    slack = create_slack(settings, runtime)
    app.state.slack = slack
    add_error_handlers(app)
    for router in (*ROUTERS, *([slack.router] if slack else [])):
        app.include_router(router)
    app.mount("/static", StaticFiles(), name="static")
    return app


def _own_chores(web: Web, slack: SlackChannel | None) -> list[Chore]:
    """Return what channels and logins are to forget; before the rest, which empties the log of writes afterwards."""

    def forget_access() -> None:
        web.accounts.purge(web.settings.audit_days)

    return [web.sessions.purge, forget_access, *([slack.inbox.forget] if slack else [])]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    web: Web = app.state.web
    # The first question finds everything read already.
    await run_in_threadpool(web.runtime.keeper.searcher)
    slack: SlackChannel | None = app.state.slack
    # On the web, brokers see what waits at their desk.
    notifiers = [slack.notifier] if slack else []
    if slack:
        await slack.start()
    chores = asyncio.create_task(
        keep_up([*_own_chores(web, slack), *chores_of(web.runtime, notifiers)], web.settings.home / "chores.lock")
    )
    carrier = Carrier(web.runtime.mail, web.settings)
    tasks = [chores, *([asyncio.create_task(carrier.keep_carrying())] if web.runtime.mail.is_on else [])]
    try:
        yield
    finally:
        carrier.stop()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if slack:
            await slack.stop()
