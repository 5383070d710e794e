"""`rag mcp`: the notes as tools and resources for editors and assistants."""

from __future__ import annotations

from collections.abc import Sequence

import click

from rag.types import Answer, Turn
from server.commands import options
from server.refreshing import freshen
from server.terminal import notice


@click.command()
@options.places
@options.reranker
@options.llm
@options.refresh
def command(refresh: bool, **flags: object) -> None:
    """Serve the Model Context Protocol over stdin and stdout: the tools ask, search, facts and open_source, and
    every note and paper as a resource. `rag serve` speaks it over HTTP, at /mcp.

    \b
    rag mcp --corpus notes/
    """
    settings = options.settings(**flags)
    freshen(settings, refresh=refresh, tell=notice)

    import anyio
    from anyio.to_thread import run_sync

    from server.desk import Desk
    from server.mcp import Notes, serve_stdio

    desk = Desk(settings)

    async def ask(question: str, history: Sequence[Turn]) -> Answer:
        return await run_sync(lambda: desk.assistant().ask(question, history))

    try:
        anyio.run(serve_stdio, Notes(ask, lambda: desk.assistant().snapshot))
    finally:
        desk.close()
