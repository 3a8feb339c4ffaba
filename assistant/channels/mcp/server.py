"""The MCP server: tools and records over any transport.

Invariant: whatever a caller sends ends in an answer or in one sentence that says what was got, what was expected and
how to mend it; what went wrong inside stands in the log and not in the answer. Nothing is kept between calls, so that
any process answers any of them.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import cache, partial
from importlib.metadata import version
from typing import Any, TypeVar
from urllib.parse import unquote

import structlog
from mcp.server import Server, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    ToolAnnotations,
)
from mcp_types import Tool as ToolTold
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from assistant.access.tokens import TokenScope
from assistant.channels.mcp.caller import Caller
from assistant.channels.mcp.tools import TOOLS, Desk, GetRecord, get_record, title_of
from assistant.channels.refusals import status_of
from corpus.errors import MellomromError, UnknownRecordError
from corpus.faults import display_value, fault_of
from corpus.text import Language

RECORDS = "mellomrom://records/"
"""What the address of a record begins with."""
_PAGE = 100
"""Records of a page of the list."""
_INSTRUCTIONS = (
    "Mellomrom knows partners, funding schemes, projects and needs for research and innovation in Norwegian "
    "municipalities. Ask find_matches with the need in the person's own words. Every figure, date and name in an "
    "answer comes from a record with a source: quote it with its source and add none of your own. Send no personal "
    "data, such as names of patients or dates of birth."
)
_FAILED = "Something went wrong that should not have. Nothing is known to have changed; try again in a moment."
_BUSY = "Too many questions wait already. Nothing was asked; try again in a few seconds."

log = structlog.get_logger("mellomrom.mcp")
Sent = TypeVar("Sent", bound=BaseModel)
Context = ServerRequestContext[dict[str, Any], Any]
InTurn = Callable[[Callable[[], BaseModel]], Awaitable[BaseModel]]
"""Runs a call in a thread when it is its turn."""


class CallRefusedError(Exception):
    """A call cannot be done; the text says why, to whoever made it."""


class Handlers:
    """What the server does with each kind of message."""

    def __init__(self, desk: Desk, caller: Callable[[Context], Caller], in_turn: InTurn) -> None:
        self._desk = desk
        self._caller = caller
        self._in_turn = in_turn

    async def list_tools(self, ctx: Context, params: PaginatedRequestParams | None) -> ListToolsResult:  # noqa: ARG002
        """Tell the tools that the caller may use."""
        scopes = self._caller(ctx).scopes
        return ListToolsResult(
            tools=[tool for name, tool in _tool_definitions().items() if TOOLS[name].scope in scopes]
        )

    async def call_tool(self, ctx: Context, params: CallToolRequestParams) -> CallToolResult:
        """Use a tool."""
        tool, caller = TOOLS.get(params.name), self._caller(ctx)
        if tool is None:
            raise MCPError(
                INVALID_PARAMS, f"There is no tool {display_value(params.name)}, expected one of {', '.join(TOOLS)}."
            )
        try:
            _check(caller, tool.scope)
            sent = _read(tool.takes, params.arguments or {})
            given = await self._done(params.name, partial(tool.run, self._desk, caller, sent))
        except CallRefusedError as refused:
            return CallToolResult(content=[TextContent(type="text", text=str(refused))], is_error=True)
        result = given.model_dump(mode="json")
        text = json.dumps(result, ensure_ascii=False)
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=result)

    async def list_resources(self, ctx: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        """Tell the records that are published, a page at a time."""
        if TokenScope.RECORDS_READ not in self._caller(ctx).scopes:
            return ListResourcesResult(resources=[])
        after = params.cursor if params and params.cursor else ""
        page = await self._done("resources/list", partial(self._page, after))
        assert isinstance(page, ListResourcesResult)  # noqa: S101 (what `_page` gives)
        return page

    async def list_templates(
        self,
        ctx: Context,
        params: PaginatedRequestParams | None,  # noqa: ARG002
    ) -> ListResourceTemplatesResult:
        """Tell how the address of a record is made."""
        if TokenScope.RECORDS_READ not in self._caller(ctx).scopes:
            return ListResourceTemplatesResult(resource_templates=[])
        template = ResourceTemplate(
            uri_template=f"{RECORDS}{{id}}",
            name="record",
            title="A record",
            description="A partner, a funding scheme, an idea, a project or a term, by its id.",
            mime_type="application/json",
        )
        return ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(self, ctx: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        """Return a record by its address."""
        caller, uri = self._caller(ctx), str(params.uri)
        try:
            _check(caller, TokenScope.RECORDS_READ)
            if not uri.startswith(RECORDS):
                raise CallRefusedError(
                    f"Got the address {display_value(uri)}, expected one that begins with {RECORDS}."
                )
            wanted = _read(GetRecord, {"id": unquote(uri.removeprefix(RECORDS))})
            given = await self._done("resources/read", partial(get_record, self._desk, caller, wanted))
        except CallRefusedError as refused:
            raise MCPError(INVALID_PARAMS, str(refused)) from None
        text = json.dumps(given.model_dump(mode="json"), ensure_ascii=False)
        return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type="application/json", text=text)])

    def _page(self, after: str) -> ListResourcesResult:
        store, language = self._desk.runtime.store, self._desk.runtime.settings.language or Language.NB
        ids = [one for one in sorted(store.ids()) if one > after]
        records = store.get_many(ids[:_PAGE])
        resources = [
            Resource(
                uri=f"{RECORDS}{one}",
                name=one,
                title=title_of(records[one]).best(language).text,
                mime_type="application/json",
            )
            for one in ids[:_PAGE]
            if one in records
        ]
        return ListResourcesResult(resources=resources, next_cursor=ids[_PAGE - 1] if len(ids) > _PAGE else None)

    async def _done(self, what: str, call: Callable[[], BaseModel]) -> BaseModel:
        """Return what a call gives when it is its turn.

        Raises:
            Refused: it cannot be done.
        """
        try:
            return await self._in_turn(call)
        except HTTPException:
            raise CallRefusedError(_BUSY) from None
        except UnknownRecordError as error:
            raise CallRefusedError(str(error)) from None
        except MellomromError as error:
            if status_of(error) >= 500:
                log.error("could not be done", what=what, error=str(error))
                raise CallRefusedError(_FAILED) from None
            raise CallRefusedError(str(error)) from None
        except Exception:
            log.exception("call failed", what=what)
            raise CallRefusedError(_FAILED) from None


def make_server(desk: Desk, caller: Callable[[Context], Caller], in_turn: InTurn) -> Server[dict[str, Any]]:
    """Return the server.

    Args:
        desk: What the tools work with.
        caller: Tells who sent a message.
        in_turn: Runs a call in a thread when it is its turn.
    """
    handlers = Handlers(desk, caller, in_turn)
    return Server(
        "mellomrom",
        version=version("mellomrom"),
        title="Mellomrom",
        instructions=_INSTRUCTIONS,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_templates,
        on_read_resource=handlers.read_resource,
    )


@cache
def _tool_definitions() -> dict[str, ToolTold]:
    """Return the tools as they are told, by name; their schemas are made once."""
    return {
        name: ToolTold(
            name=name,
            title=tool.title,
            description=tool.description,
            input_schema=tool.takes.model_json_schema(),
            output_schema=tool.gives.model_json_schema(mode="serialization"),
            annotations=ToolAnnotations(
                title=tool.title,
                read_only_hint=tool.reads_only,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )
        for name, tool in TOOLS.items()
    }


def _check(caller: Caller, scope: TokenScope) -> None:
    if scope not in caller.scopes:
        raise CallRefusedError(
            f"The token has no scope {scope.value!r}. Whoever runs this installation can make one that has."
        )


def _read(model: type[Sent], arguments: dict[str, Any]) -> Sent:
    """Return what was sent, with half surrogates as question marks, as in everything that is typed."""
    try:
        return model.model_validate(_without_surrogates(arguments))
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {fault_of(one)}" for one in error.errors())
        raise CallRefusedError(f"The arguments cannot be used: {'; '.join(faults)}.") from None


def _without_surrogates(value: Any) -> Any:  # noqa: ANN401 (JSON of any shape)
    match value:
        case str():
            return value.encode("utf-8", "replace").decode() if not value.isascii() else value
        case list():
            return [_without_surrogates(one) for one in value]
        case dict():
            return {_without_surrogates(key): _without_surrogates(one) for key, one in value.items()}
    return value
