"""The Model Context Protocol, spoken by the official client over stdio and over HTTP."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client
from mcp.shared.exceptions import MCPError

from rag.config import Settings

ROOT = Path(__file__).resolve().parents[2]

Visit = Callable[[Client], Awaitable[Any]]


def _over_http(served: str, visit: Visit, **options: Any) -> Any:
    async def run() -> Any:
        async with Client(f"{served}/mcp", **options) as client:
            return await visit(client)

    return asyncio.run(run())


def _over_stdio(settings: Settings, visit: Visit) -> Any:
    args = ["-m", "server.cli", "mcp", "--no-refresh", "--corpus", str(settings.corpus)]
    server = StdioServerParameters(command=sys.executable, args=args, env={"PYTHONPATH": str(ROOT)})

    async def run() -> Any:
        async with Client(stdio_client(server)) as client:
            return await visit(client)

    return asyncio.run(run())


async def _everything(client: Client) -> None:
    assert client.server_info is not None
    assert client.server_info.name == "rag"
    assert "citation" in (client.instructions or "")

    tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == ["ask", "search", "facts", "open_source"]
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)

    history = [["user", "Osprey Z 的像素"], ["assistant", "4500万 [1]"]]
    answer = await client.call_tool("ask", {"question": "它的价格呢", "history": history})
    assert "12,800元" in answer.content[0].text  # type: ignore[union-attr]
    assert answer.structured_content is not None
    assert answer.structured_content["citations"][0]["source"] == "notes/cameras.md"

    found = await client.call_tool("search", {"query": "Kestrel 50mm price", "limit": 2})
    assert found.structured_content is not None
    assert found.structured_content["passages"][0]["source"] == "notes/lenses.md"
    assert len(found.structured_content["passages"]) == 2

    facts = await client.call_tool("facts", {"entity": "Osprey Z", "attribute": "价格"})
    assert facts.content[0].text == "1 facts\nOsprey Z · 价格 · 12,800元 (notes/cameras.md:15)"  # type: ignore[union-attr]

    opened = await client.call_tool("open_source", {"source": "notes/lenses.md", "first": 3, "last": 3})
    assert opened.content[0].text == "## Kestrel 50mm"  # type: ignore[union-attr]

    resources = (await client.list_resources()).resources
    assert [resource.uri for resource in resources] == [
        "rag://sources/notes/cameras.md",
        "rag://sources/notes/lenses.md",
    ]
    note = (await client.read_resource(resources[1].uri)).contents[0]
    assert note.mime_type == "text/markdown"
    assert note.text.startswith("# Lenses")  # type: ignore[union-attr]
    templates = (await client.list_resource_templates()).resource_templates
    assert [template.uri_template for template in templates] == ["rag://sources/{+path}"]


def test_everything_over_stdio(ingested: Settings) -> None:
    _over_stdio(ingested, _everything)


def test_everything_over_http(served: str) -> None:
    _over_http(served, _everything)


def test_a_client_of_an_earlier_protocol_is_served_too(served: str) -> None:
    async def tools(client: Client) -> tuple[str, int]:
        return client.protocol_version, len((await client.list_tools()).tools)

    version, count = _over_http(served, tools, mode="legacy")

    assert version.startswith("2025-")
    assert count == 4


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("ask", {"question": " "}, "the question is empty; ask something"),
        ("ask", {}, "question: Field required"),
        ("facts", {"limit": 0}, "limit: Input should be greater than or equal to 1"),
        ("facts", {"entity": "nobody"}, "the notes know nothing called 'nobody'; `rag entities` lists them"),
        ("open_source", {"source": "../x"}, "the index holds no source '../x'; `rag sources` lists them"),
        ("search", {"query": "x", "further": 1}, "further: Extra inputs are not permitted"),
    ],
)
def test_what_a_tool_cannot_do_is_told_to_the_model(
    served: str, tool: str, arguments: dict[str, Any], told: str
) -> None:
    async def call(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    result = _over_http(served, call)

    assert result.is_error
    assert result.content[0].text == told


@pytest.mark.parametrize(
    "uri", ["rag://sources/../../etc/passwd", "rag://sources/..%2f..%2fetc%2fpasswd", "file:///etc/passwd"]
)
def test_no_resource_leads_out_of_the_corpus(served: str, uri: str) -> None:
    async def read(client: Client) -> str:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
        return str(caught.value)

    assert "the index holds no source" in _over_http(served, read)


def test_there_is_nothing_to_listen_to(served: str) -> None:
    response = httpx.get(f"{served}/mcp")

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
