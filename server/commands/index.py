"""`rag index`: generations and health of the index."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from server.commands import options
from server.terminal import complain, write, write_json, write_table, write_text

if TYPE_CHECKING:
    from rag.index.history import Past
    from rag.index.store import IndexStatus
    from rag.index.vector_status import VectorSearch

MIB = 2**20


@click.group()
def command() -> None:
    """Look after the index: what it holds, whether it is whole, and its earlier generations."""


@command.command()
@options.places
@options.as_json
def status(as_json: bool, **flags: object) -> None:
    """Show what the index holds and which generations can be gone back to.

    Of each: when it was made, and how many sources came (+), changed (~) and went (-).
    """
    from rag.index.store import status as look

    settings = options.settings(**flags)
    found = look(settings.index_path)
    if as_json:
        write_json(asdict(found), indent=2)
        return
    write(f"index       {settings.index_path}")
    _tell(found)
    write("")
    header = ("generation", "made", "sources", "changes", "passages", "facts", "embedder")
    rows = [_row(past, found.generation) for past in found.history]
    write_table(header, rows, columns=shutil.get_terminal_size((100, 24)).columns)


def _tell(found: IndexStatus) -> None:
    write(f"generation  {found.generation}  (kept: {', '.join(map(str, found.generations))})")
    write(f"embedder    {found.embedder_name}  ({found.embedder})")
    write(f"holds       {found.sources} sources, {found.chunks} passages, {found.facts} facts")
    write(f"things      {found.entities} that the notes speak of")
    write(f"vectors     {found.cached_vectors} cached, {found.segments} files; {_search_told(found.vectors)}")
    write(f"size        {found.bytes / MIB:.1f} MiB")
    if found.writer:
        write(f"writing     {found.writer}, just now")
    for path, reason in found.failed:
        write(f"stale       {path}: {reason}")


def _search_told(found: VectorSearch) -> str:
    if found.kind == "server":
        return "searched by the server"
    if found.kind == "exact":
        return "all are compared"
    recall = "not measured" if found.recall is None else f"{found.recall:.3f}"
    return f"{found.coded} searched by codes, recall@10 against comparing all {recall}"


def _row(past: Past, current: int) -> list[str]:
    number = f"{past.generation} *" if past.generation == current else str(past.generation)
    changes = "" if past.added is None else f"+{past.added} ~{past.changed} -{past.removed}"
    held = [str(past.passages), str(past.facts), past.embedder]
    return [number, local_time(past.made), str(past.sources), changes, *held]


def local_time(made: str | None) -> str:
    """A time of the index as a person reads it, in the local time zone."""
    if made is None:
        return "?"
    return datetime.fromisoformat(made).astimezone().strftime("%Y-%m-%d %H:%M:%S")


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
@options.as_json
def rebuild(as_json: bool, **flags: object) -> None:
    """Make the lexical index and the vector files anew from the records."""
    from rag.index.store import rebuild_derived

    settings = options.settings(**flags)
    lines = rebuild_derived(settings.index_path, timeout=settings.lock_timeout)
    if as_json:
        write_json({"rebuilt": lines}, indent=2)
        return
    for line in lines:
        write(line)


@command.command()
@click.argument("generation", type=click.IntRange(min=1))
@options.places
@options.as_json
def rollback(generation: int, as_json: bool, **flags: object) -> None:
    """Go back to GENERATION, as a new generation that equals it; those in between stay too.

    The notes on disk stay as they are: the next ingest (also that of `rag ask` without --no-refresh, of `rag serve
    --watch` and `rag ingest --watch`) brings their state in again. To ask one earlier generation without going back,
    use `rag ask --at GENERATION`.
    """
    from rag.index.store import rollback as restore

    settings = options.settings(**flags)
    number = restore(settings.index_path, generation, timeout=settings.lock_timeout)
    if as_json:
        write_json({"generation": number, "equals": generation}, indent=2)
        return
    write(
        f"generation {number} equals generation {generation}; ask with --no-refresh to keep to it: "
        "the next ingest brings the notes in again as they are on disk"
    )


@command.command()
@click.argument("older", type=click.IntRange(min=1), metavar="A")
@click.argument("newer", type=click.IntRange(min=1), metavar="B", required=False)
@click.option("--passages", is_flag=True, help="Show the text of the passages that came and went, too.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=40,
    show_default=True,
    metavar="N",
    help="Lines of each section; 0 means all.",
)
@options.language
@options.places
@options.as_json
def diff(
    older: int, newer: int | None, passages: bool, limit: int, language: str, as_json: bool, **flags: object
) -> None:
    """Show what changed from generation A to generation B (the current one when B is left out).

    Notes, things and facts that came, went or changed; --json holds them all, passages too.

    \b
    rag index diff 3
    rag index diff 3 7 --passages
    """
    from rag.index.differences import differences
    from rag.index.store import status as look
    from server.differences import lines, rows

    index = options.settings(**flags).index_path
    held = look(index)
    found = differences(index, older, held.generation if newer is None else newer)
    if as_json:
        write_json(rows(found), indent=2)
        return
    made = {past.generation: local_time(past.made) for past in held.history if past.made}
    for line in lines(found, made, language, limit=limit or None, passages=passages):
        write_text(line)


@command.command()
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="Keep the newest N alone, whatever rag.toml says.  [keep_generations and keep_days]",
)
@click.option("--dry-run", is_flag=True, help="Only say which would go.")
@options.places
@options.as_json
def gc(keep: int | None, dry_run: bool, as_json: bool, **flags: object) -> None:
    """Forget generations that need not stay and that nobody reads, and reclaim their space.

    rag.toml says which stay: the newest keep_generations (20), and the last one of each of the latest keep_days (14)
    days on which something changed.
    """
    from rag.index.store import gc as collect

    settings = options.settings(**flags)
    newest, days = (settings.keep_generations, settings.keep_days) if keep is None else (keep, 0)
    timeout = settings.lock_timeout
    found = collect(settings.index_path, keep=newest, days=days, dry_run=dry_run, timeout=timeout)
    if as_json:
        write_json({"removed": found.generations, "held": found.held, "rows": found.rows, "dry_run": dry_run}, indent=2)
        return
    numbers = ", ".join(map(str, found.generations)) or "none"
    write(f"would be removed: {numbers}" if dry_run else f"generations removed: {numbers} ({found.rows} rows)")
    if found.held:
        write(f"still read, and kept for that: {', '.join(map(str, found.held))}")
