"""The Model Context Protocol: tools and resources over stdio and over HTTP. The one file that imports `mcp`.

Specification: modelcontextprotocol.io. Over HTTP every request stands by itself (no sessions), so that nothing is lost
when the server starts anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import anyio
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from rag import __version__
from rag.answer.serialise import render
from rag.errors import RagError
from rag.types import Answer, SourceKind, Turn
from server import api, listing
from server.asgi import Receive, Scope, Send, refuse
from server.failures import INVALID, ToldError
from server.mcp_tools import TOOLS, Ask, Facts, OpenSource, Search
from server.questions import question_text, turns

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from rag.index.snapshot import Snapshot

INSTRUCTIONS = (
    "Answers from a person's own survey notes and papers. Every statement has a citation that was checked; pass it on. "
    "When an answer says that the notes do not say, do not fill the gap from elsewhere without saying so."
)
SCHEME = "rag://sources/"
NO_SUCH = -32602
"""JSON-RPC: invalid parameters, which the specification has for unknown resources."""


@dataclass(frozen=True, slots=True)
class Notes:
    """What the protocol's handlers need: answers, and the index as it is now."""

    ask: Callable[[str, Sequence[Turn]], Awaitable[Answer]]
    snapshot: Callable[[], Snapshot]


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool gives: text for a model to read and the same as data."""

    text: str
    data: dict[str, Any]


def mcp_server(notes: Notes) -> Server[Any]:
    """A server with the tools ask, search, facts and open_source, and every source as a resource."""
    import mcp_types as types
    from mcp.server.lowlevel import Server
    from mcp.shared.exceptions import MCPError

    async def list_tools(_: Any, __: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(name, model) for name, model in TOOLS.items()])

    async def call_tool(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        if params.name not in TOOLS:
            raise MCPError(code=NO_SUCH, message=f"there is no tool {params.name!r}; there are {', '.join(TOOLS)}")
        try:
            found = await _called(notes, TOOLS[params.name].model_validate(params.arguments or {}))
        except (RagError, ToldError, ValidationError) as error:
            return types.CallToolResult(content=[types.TextContent(type="text", text=_told(error))], is_error=True)
        content = [types.TextContent(type="text", text=found.text)]
        return types.CallToolResult(content=list(content), structured_content=found.data)

    async def list_resources(_: Any, __: Any) -> types.ListResourcesResult:
        sources = await run_in_threadpool(lambda: listing.sources(notes.snapshot()))
        return types.ListResourcesResult(
            resources=[
                types.Resource(uri=uri_of(s.path), name=s.path, title=s.title, mime_type=mime_type(s.kind))
                for s in sources
            ]
        )

    async def list_templates(_: Any, __: Any) -> types.ListResourceTemplatesResult:
        template = types.ResourceTemplate(
            uri_template=f"{SCHEME}{{+path}}", name="source", description="A note or paper by its path."
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(_: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        uri = str(params.uri)
        try:
            source = await run_in_threadpool(_source, notes, uri)
        except RagError as error:
            raise MCPError(code=NO_SUCH, message=str(error), data={"uri": uri}) from error
        kind = mime_type(source.kind)
        return types.ReadResourceResult(
            contents=[types.TextResourceContents(uri=uri, mime_type=kind, text=source.text)]
        )

    return Server(
        "rag",
        version=__version__,
        title="Survey notes",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def _tool(name: str, model: type[BaseModel]) -> Any:
    from mcp_types import Tool, ToolAnnotations

    description = " ".join((model.__doc__ or "").split())
    annotations = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    return Tool(name=name, description=description, input_schema=model.model_json_schema(), annotations=annotations)


async def _called(notes: Notes, wanted: BaseModel) -> Result:
    match wanted:
        case Ask():
            answer = await notes.ask(question_text(wanted.question), turns(wanted.history))
            return Result(render(answer), api.answer_json(answer, None))
        case Search():
            answer = await notes.ask(question_text(wanted.query), ())
            rows = api.answer_json(answer, None)["retrieved"][: wanted.limit]
            return Result("\n\n".join(f"{listing.where(row)}\n{row['text']}" for row in rows), {"passages": rows})
        case Facts():
            return await run_in_threadpool(_facts, notes, wanted)
        case OpenSource():
            row = await run_in_threadpool(
                lambda: api.source(notes.snapshot(), wanted.source, wanted.first, wanted.last)
            )
            return Result(row["text"], row)
    raise AssertionError(f"no handler for {type(wanted).__name__}")


def _facts(notes: Notes, wanted: Facts) -> Result:
    chosen = listing.FactFilter(wanted.entity, wanted.attribute, wanted.source, wanted.text)
    found = api.facts(notes.snapshot(), chosen, 0, wanted.limit)
    lines = [f"{r['entity']} · {r['attribute']} · {r['value']} ({listing.where(r)})" for r in found["facts"]]
    return Result("\n".join([f"{found['total']} facts", *lines]), found)


def _source(notes: Notes, uri: str) -> Any:
    snapshot = notes.snapshot()
    path = unquote(uri.removeprefix(SCHEME)) if uri.startswith(SCHEME) else uri
    return snapshot.source(listing.known_path(snapshot, path))


def _told(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'arguments'}: {first['msg']}"
    return str(error)


def uri_of(path: str) -> str:
    """The URI of a source."""
    return SCHEME + quote(path)


def mime_type(kind: SourceKind) -> str:
    """What the stored text of a source is."""
    return "text/markdown" if kind is SourceKind.NOTE else "text/plain"


async def serve_stdio(notes: Notes) -> None:
    """Serve one client over stdin and stdout until it leaves."""
    from mcp.server.stdio import stdio_server

    server = mcp_server(notes)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


class Door:
    """The protocol as an ASGI application for one path. It is made when first knocked at: its import takes half a
    second, which a server that nobody asks this way need not spend."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._manager: StreamableHTTPSessionManager | None = None
        self._task: asyncio.Task[None] | None = None
        self._leave = anyio.Event()
        self._opening = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            # Without sessions there is nothing to listen to and nothing to end.
            await refuse(scope, send, 405, INVALID, "this path takes POST only", [("allow", "POST")])
            return
        async with self._opening:
            manager = self._manager or await self._opened()
        await manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what is under way."""
        self._leave.set()
        if self._task is not None:
            await self._task

    async def _opened(self) -> StreamableHTTPSessionManager:
        self._manager = await run_in_threadpool(self._made)
        ready = anyio.Event()
        # The manager must be entered and left by one and the same task, which no request's can be.
        self._task = asyncio.create_task(self._kept(self._manager, ready))
        await ready.wait()
        return self._manager

    def _made(self) -> StreamableHTTPSessionManager:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        return StreamableHTTPSessionManager(mcp_server(self._notes), json_response=True, stateless=True)

    async def _kept(self, manager: StreamableHTTPSessionManager, ready: anyio.Event) -> None:
        async with manager.run():
            ready.set()
            await self._leave.wait()
