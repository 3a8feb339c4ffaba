"""MCP over streamable HTTP, at /mcp and /mcp/.

Invariant: every message comes with a token, which is looked up each time; a cookie counts nothing. The product's own
guards of host, origin, size and rate stand before it, so that MCP's own are left out. Each POST is answered whole and
nothing is kept of it: there is no session, no stream and nothing to resume.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from assistant.channels.mcp.caller import Caller, caller_of
from assistant.channels.mcp.server import Context, make_server
from assistant.channels.mcp.tools import Desk
from assistant.channels.web.access import client_address
from assistant.channels.web.routes.api.common import checked_token

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from assistant.channels.web.context import Web
    from assistant.matching.answers import Answer

PATHS = ("/mcp", "/mcp/")
"""Both, since some clients drop the body or the token where one leads to the other."""


class McpEndpoint:
    """Answers MCP's messages."""

    def __init__(self, web: Web) -> None:
        def count(answer: Answer) -> None:
            web.metrics.answers.labels("mcp", answer.outcome).inc()

        self._web = web
        self._server = make_server(Desk(web.runtime, count), _caller, web.answering.run)
        self._manager: StreamableHTTPSessionManager | None = None
        self.routes = [Route(path, self, methods=["POST"], include_in_schema=False) for path in PATHS]
        """What leads here; there is nothing to GET, since nothing is streamed."""
        self._first = self.routes[0]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be there to answer."""
        # A manager runs once; an app may be started again.
        self._manager = StreamableHTTPSessionManager(
            self._server,
            json_response=True,
            stateless=True,
            security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        async with self._manager.run():
            yield
        self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a message, or refuse whoever sent it.

        Raises:
            HTTPException: there is no token that holds (401), it called too often (429), or the app is stopping (503).
        """
        scope["route"] = self._first  # by which logs and metrics name it
        if self._manager is None:
            raise HTTPException(503, headers={"Retry-After": "5"})
        request = Request(scope)
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        sent = secret.strip() if kind.lower() == "bearer" else None
        token = await run_in_threadpool(checked_token, self._web, sent, client_address(request))
        scope["state"]["mcp_caller"] = caller_of(token)
        await self._manager.handle_request(scope, receive, send)


def _caller(ctx: Context) -> Caller:
    assert ctx.request is not None  # noqa: S101 (over HTTP there always is one)
    caller: Caller = ctx.request.state.mcp_caller
    return caller
