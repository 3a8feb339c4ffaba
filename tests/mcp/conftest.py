"""One installation with the shipped corpus for all tests of a file, and clients of the official package that use it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from assistant.access.tokens import Tokens, TokenScope
from assistant.channels.mcp.caller import Caller
from assistant.channels.mcp.server import make_server
from assistant.channels.mcp.tools import Desk
from assistant.channels.web.answer_slots import Answering
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from assistant.service.container import Runtime
from tests.homes import copy_home
from tests.slack.processes import ROOT

Got = TypeVar("Got")
Use = Callable[[Client], Awaitable[Got]]


@pytest.fixture(scope="module")
def settings(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("mcp") / "home"
    copy_home(shipped_home, folder)
    return Settings(home=folder, mcp=True)


@pytest.fixture(scope="module")
def runtime(settings: Settings) -> Iterator[Runtime]:
    opened = open_runtime(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def token(runtime: Runtime) -> Callable[..., str]:
    """Make a token with scopes."""

    def made(*scopes: TokenScope) -> str:
        return Tokens(runtime.database).add("a test", scopes, 1, by="test")[0]

    return made


def here(
    runtime: Runtime,
    use: Callable[[Client], Awaitable[Got]],
    *scopes: TokenScope,
    mode: str = "auto",
    name: str = "test",
) -> Got:
    """Use a client in this process, as a caller with scopes; all of them where none is named."""
    caller = Caller(name, frozenset(scopes or TokenScope))

    async def used() -> Got:
        server = make_server(Desk(runtime), lambda _: caller, Answering().run)
        async with Client(server, mode=mode) as client:
            return await use(client)

    return asyncio.run(used())


def over_http(url: str, secret: str, use: Callable[[Client], Awaitable[Got]]) -> Got:
    """Use a client over HTTP."""

    async def used() -> Got:
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {secret}"}, timeout=30) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            return await use(client)

    return asyncio.run(used())


def over_stdio(home: Path, use: Callable[[Client], Awaitable[Got]], **environment: str) -> Got:
    """Use a client that starts `mellomrom mcp` itself."""

    async def used() -> Got:
        async with _started(home, environment) as client:
            return await use(client)

    return asyncio.run(used())


@asynccontextmanager
async def _started(home: Path, environment: dict[str, str]) -> AsyncIterator[Client]:
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "assistant", "mcp"],
        env={"MELLOMROM_HOME": str(home), "PYTHONPATH": str(ROOT), **environment},
        cwd=ROOT,
    )
    with Path(os.devnull).open("w") as nowhere:
        async with Client(stdio_client(started, errlog=nowhere)) as client:
            yield client


def told(result: Any) -> dict[str, Any]:
    """Return what a tool gave."""
    assert not result.is_error, result.content[0].text
    found: dict[str, Any] = result.structured_content
    return found


def ids(answer: dict[str, Any]) -> list[list[str]]:
    """Return the ids of what was suggested, by kind."""
    return [[one["id"] for one in answer[kind]] for kind in ("partners", "schemes", "ideas")]
