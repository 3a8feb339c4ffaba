"""MCP over standard input and output, for an assistant at the same machine that starts the server itself.

Invariant: nothing but messages is written to standard output; the server ends when its input does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from mcp.server.stdio import stdio_server

from assistant.channels.mcp.caller import Caller
from assistant.channels.mcp.server import make_server
from assistant.channels.mcp.tools import Desk
from assistant.channels.web.answer_slots import Answering

if TYPE_CHECKING:
    from assistant.service.container import Runtime


def serve_stdio(runtime: Runtime, caller: Caller) -> None:
    """Answer until the input ends."""

    async def serve() -> None:
        server = make_server(Desk(runtime), lambda _: caller, Answering().run)
        async with stdio_server() as (messages, answers):
            await server.run(messages, answers, server.create_initialization_options())

    anyio.run(serve)
