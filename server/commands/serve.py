"""`rag serve`: the HTTP interface and the web page."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import click

from rag.config import Settings
from rag.errors import ConfigError
from server.access import is_loopback
from server.commands import options
from server.refreshing import freshen, index_exists
from server.terminal import notice, write
from server.watcher import Watcher


@click.command()
@options.places
@options.reranker
@options.llm
@options.refresh
@click.option("--watch", is_flag=True, help="Re-ingest notes as they change, in a process of its own.")
@options.poll
@click.option("--host", metavar="ADDRESS", help="Address to listen on.  [127.0.0.1]")
@click.option("--workers", type=click.IntRange(min=0), metavar="N", help="Processes that answer; 0: one a core.  [0]")
@click.option("--cors", metavar="ORIGINS", help="Origins, parted by commas, whose pages may ask.  [none]")
@click.option("--log", type=click.Choice(["json", "off"]), help="What to log on stderr.  [json]")
@click.option("--log-questions", is_flag=True, default=None, help="Let the log have the questions.")
@click.option("--traces", metavar="WHERE", help="Send OpenTelemetry traces: otlp, or the URL of a collector.")
@click.option("--port", type=click.IntRange(0, 65535), metavar="PORT", help="Port; 0 takes a free one.  [8765]")
def command(refresh: bool | None, watch: bool, **flags: object) -> None:
    """Serve the page at /, the native interface under /api and the OpenAI protocol under /v1.

    A newer generation of the index, whoever made it, answers within a second, and no request waits for it.

    \b
    rag serve
    rag serve --watch
    rag serve --port 9000 --llm http://127.0.0.1:11434/v1#MODEL
    """
    settings = options.settings(**flags)
    if not is_loopback(settings.host) and not _has_keys(settings):
        notice(
            f"listening on {settings.host}: everyone who reaches this address can read the notes; "
            "`rag keys add NAME` makes a key, and from then on one is needed"
        )
    if not (watch and index_exists(settings)):
        from ingest.pdf_pool import end_readers

        freshen(settings, refresh=refresh is not False, tell=notice)
        end_readers()

    from server.app import create_app
    from server.pool import process_count
    from server.running import run

    app = create_app(settings, processes=process_count(settings))
    with listening(settings.host, settings.port) as door:
        host, port = door.getsockname()[:2]
        write(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
        with watching(settings) if watch else nullcontext():
            run(app, settings, door)


@contextmanager
def watching(settings: Settings) -> Iterator[None]:
    """Keep the index up to date meanwhile."""
    watcher = Watcher(settings, notice)
    watcher.start()
    try:
        yield
    finally:
        watcher.stop()


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on the address. Raises ConfigError where that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"cannot listen on {host}:{port} ({reason}); choose another --host or --port") from error
    # Without this an answer waits for the client's delayed acknowledgement of its headers: some 40 ms.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door


def _has_keys(settings: Settings) -> bool:
    from server.keys import KeyRing
    from server.state import State

    state = State(settings.state_path)
    try:
        return bool(KeyRing(state))
    finally:
        state.close()
