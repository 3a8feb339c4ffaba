"""The app: everything that `mellomrom serve` answers, put together.

Invariant: what a deployment has not set up is not there; nothing is open to everyone but the chat, the pages that
tell about it, and what each channel verifies for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from assistant.access.accounts import Accounts
from assistant.access.oidc import Provider
from assistant.access.profiles import Profiles
from assistant.access.sessions import Sessions
from assistant.access.tokens import Tokens
from assistant.channels.slack.channel import create_slack
from assistant.channels.teams.channel import create_teams
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
from assistant.channels.web.routes import (
    about,
    api,
    chat,
    desk,
    embed,
    login,
    mine,
    operations,
    partner,
    reconcile,
    replies,
    saved,
    together,
)
from assistant.desk.catalogue import Catalogue
from assistant.desk.couplings import tell_members
from assistant.desk.freshness import CheckIntervals
from assistant.desk.incoming_mail import read_answers
from assistant.desk.notifications import notify_askers, reassign_cases_of_absent, remind_of_meetings
from assistant.desk.watching import tell_watchers
from assistant.mail.carrier import Carrier
from assistant.platform.municipalities import municipality_facts
from assistant.platform.workdays import norwegian_day
from assistant.runtime.following import Following
from assistant.runtime.scheduler import Chore, lease_for, periodic_jobs, run_periodically
from corpus.errors import BusyStoreError

if TYPE_CHECKING:
    from assistant.channels.mcp.http import McpEndpoint
    from assistant.channels.slack.channel import SlackChannel
    from assistant.channels.teams.channel import TeamsChannel
    from assistant.platform.settings import Settings
    from assistant.service.container import Runtime

ROUTERS = tuple(
    part.router
    for part in (chat, desk, api, operations, reconcile, replies, together, embed, partner, mine, saved, login, about)
)
"""The routers of all parts of the web; the one that is asked most is looked in first."""
ANSWERS_SECONDS = 60.0
"""Between one look for answers by mail and the next."""
WARMING_SECONDS = 300.0
"""Between one look and the next whether records or the day have changed."""
UNDISTURBED_SECONDS = 3.0
"""From the start of a server for its first questions, before it reads ahead for the desk."""
TELLING_SECONDS = 10.0
"""Between one look and the next at what askers are to be told."""


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
    municipality_facts(settings.municipality_file)  # a file that cannot be used is told at once
    metrics = Metrics(shared.metrics if shared else None)
    web = Web(
        settings=settings,
        runtime=runtime,
        accounts=Accounts(runtime.database),
        sessions=Sessions(runtime.database, settings),
        pages=Pages(settings),
        limits=Limits(settings, shared.counts if shared else None, runtime.database),
        metrics=metrics,
        catalogue=Catalogue(runtime.store, CheckIntervals.of(settings)),
        coverage=Coverage(runtime.store),
        tokens=Tokens(runtime.database),
        profiles=Profiles(runtime.database),
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
    app.state.slack, app.state.teams = create_slack(settings, runtime), create_teams(settings, runtime)
    channels = app.state.channels = [one for one in (app.state.slack, app.state.teams) if one]
    add_error_handlers(app)
    for router in (*ROUTERS, *(channel.router for channel in channels)):
        app.include_router(router)
    app.state.mcp = _mcp(web)
    app.router.routes.extend(app.state.mcp.routes if app.state.mcp else [])
    app.mount("/static", StaticFiles(), name="static")
    return app


async def _keep_warm(web: Web, every_seconds: float = WARMING_SECONDS) -> None:
    """Read what lists of records are made of ahead of whoever opens the desk first, in this process, each day anew."""
    await asyncio.sleep(UNDISTURBED_SECONDS)
    while True:
        with suppress(BusyStoreError):
            await run_in_threadpool(web.catalogue.due, norwegian_day())
        await asyncio.sleep(every_seconds)


def _mcp(web: Web) -> McpEndpoint | None:
    """Return what answers MCP's messages, where it is set up; nothing of it is imported elsewhere."""
    if not web.settings.mcp:
        return None
    from assistant.channels.mcp import check_installed

    check_installed()
    from assistant.channels.mcp.http import McpEndpoint

    return McpEndpoint(web)


def _own_chores(web: Web, channels: Sequence[SlackChannel | TeamsChannel]) -> list[Chore]:
    """Return what channels and logins are to forget; before the rest, which empties the log of writes afterwards."""

    def forget_access() -> None:
        web.accounts.purge(web.settings.audit_days)

    def hand_over() -> None:
        reassign_cases_of_absent(web.runtime, web.profiles, norwegian_day())

    def remind_of_meeting() -> None:
        remind_of_meetings(web.runtime, web.profiles)

    return [
        web.sessions.purge,
        forget_access,
        web.limits.forget,
        hand_over,
        remind_of_meeting,
        *(channel.inbox.forget for channel in channels),
        web.runtime.keeper.share,
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    web: Web = app.state.web
    # The first question finds everything read already.
    await run_in_threadpool(web.runtime.keeper.searcher)
    warming = asyncio.create_task(_keep_warm(web))
    channels: list[SlackChannel | TeamsChannel] = app.state.channels
    # On the web, brokers see what waits at their desk.
    notifiers = [channel.notifier for channel in channels]
    for channel in channels:
        await channel.start()
    following = Following(web.runtime) if web.runtime.database.is_on_server else None
    chores = asyncio.create_task(
        run_periodically(
            [*_own_chores(web, channels), *periodic_jobs(web.runtime, notifiers, [one.news for one in channels])],
            lease_for(web.runtime),
        )
    )
    mcp: McpEndpoint | None = app.state.mcp
    carrier = Carrier(web.runtime.mail, web.settings)
    often: list[Chore] = [
        lambda: tell_members(web.runtime),
        lambda: notify_askers(web.runtime, notifiers),
        lambda: tell_watchers(web.runtime, web.profiles),
    ]
    reading: list[Chore] = [lambda: read_answers(web.runtime)]
    tasks = [
        chores,
        warming,
        asyncio.create_task(run_periodically(often, lease_for(web.runtime, "telling"), TELLING_SECONDS)),
        *(
            [asyncio.create_task(run_periodically(reading, lease_for(web.runtime, "answers"), ANSWERS_SECONDS))]
            if web.settings.imap_host
            else []
        ),
        *([asyncio.create_task(carrier.keep_carrying())] if web.runtime.mail.is_on else []),
    ]
    try:
        async with AsyncExitStack() as stack:
            if mcp:
                await stack.enter_async_context(mcp.running())
            yield
    finally:
        carrier.stop()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for channel in channels:
            await channel.stop()
        if following:
            await run_in_threadpool(following.stop)
