"""`rag index`: generations and health of the index."""

from __future__ import annotations

from dataclasses import asdict

import click

from server.commands import options
from server.terminal import complain, write, write_json

MIB = 2**20


@click.group()
def command() -> None:
    """Look after the index: what it holds, whether it is whole, and its earlier generations."""


@command.command()
@options.places
@options.as_json
def status(as_json: bool, **flags: object) -> None:
    """Show what the index holds and which generations can be gone back to."""
    from rag.index.store import status as look

    settings = options.settings(**flags)
    found = look(settings.index_path)
    if as_json:
        write_json(asdict(found), indent=2)
        return
    write(f"index       {settings.index_path}")
    write(f"generation  {found.generation}  (kept: {', '.join(map(str, found.generations))})")
    write(f"embedder    {found.embedder_name}  ({found.embedder})")
    write(f"holds       {found.sources} sources, {found.chunks} passages, {found.facts} facts")
    write(f"things      {found.entities} that the notes speak of")
    write(f"vectors     {found.cached_vectors} cached, {found.segments} files")
    write(f"size        {found.bytes / MIB:.1f} MiB")
    for path, reason in found.failed:
        write(f"stale       {path}: {reason}")


@command.command()
@options.places
@options.as_json
def verify(as_json: bool, **flags: object) -> int:
    """Check everything: records, quotes, lexical index, vectors. Exit status 1 when something is wrong."""
    from rag.index.store import verify as check

    problems = check(options.settings(**flags).index_path)
    if as_json:
        write_json({"ok": not problems, "problems": problems}, indent=2)
        return 1 if problems else 0
    for problem in problems:
        complain(problem)
    write(f"{len(problems)} wrong; run `rag index rebuild`" if problems else "the index is whole")
    return 1 if problems else 0


@command.command()
@options.places
def rebuild(**flags: object) -> None:
    """Make the lexical index and the vector files anew from the records."""
    from rag.index.store import rebuild_derived

    settings = options.settings(**flags)
    for line in rebuild_derived(settings.index_path, timeout=settings.lock_timeout):
        write(line)


@command.command()
@click.argument("generation", type=click.IntRange(min=1))
@options.places
def rollback(generation: int, **flags: object) -> None:
    """Go back to GENERATION, as a new generation that equals it.

    The notes on disk stay as they are, so ask with --no-refresh: the next ingest brings them in again.
    """
    from rag.index.store import rollback as restore

    settings = options.settings(**flags)
    number = restore(settings.index_path, generation, timeout=settings.lock_timeout)
    write(f"generation {number} equals generation {generation}; ask with --no-refresh to keep to it")


@command.command()
@click.option("--keep", type=click.IntRange(min=1), default=10, show_default=True, help="Newest generations to keep.")
@options.places
def gc(keep: int, **flags: object) -> None:
    """Forget old generations that nobody reads and reclaim their space."""
    from rag.index.store import gc as collect

    settings = options.settings(**flags)
    removed = collect(settings.index_path, keep=keep, timeout=settings.lock_timeout)
    numbers = ", ".join(map(str, removed.generations)) or "none"
    write(f"generations removed: {numbers} ({removed.rows} rows)")
