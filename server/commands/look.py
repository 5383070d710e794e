"""`rag facts`, `rag entities`, `rag sources`: look into the index."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from server import listing
from server.commands import options
from server.refreshing import behind_line, freshen
from server.terminal import notice, write_csv, write_json, write_table
from server.wording import own_language

if TYPE_CHECKING:
    from rag.index.snapshot import Snapshot

Rows = list[dict[str, Any]]

as_csv = click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
limit = click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N rows.  [all]")


@click.command()
@click.argument("entity", required=False)
@click.option("--attribute", metavar="TEXT", help="Only attributes that hold TEXT.")
@click.option("--source", metavar="PATH", help="Only this source, as `rag sources` writes it.")
@click.option("--text", metavar="TEXT", help="Only facts that hold TEXT anywhere.")
@limit
@options.places
@options.refresh
@options.as_json
@as_csv
def facts(
    entity: str | None,
    attribute: str | None,
    source: str | None,
    text: str | None,
    limit: int | None,
    refresh: bool | None,
    as_json: bool,
    as_csv: bool,
    **flags: object,
) -> None:
    """Show what the notes say about ENTITY, or every fact.

    \b
    rag facts NAME
    rag facts --attribute licence --csv
    """
    wanted = listing.FactFilter(entity, attribute, source, text)

    def rows(snapshot: Snapshot) -> Rows:
        return [listing.fact_row(fact) for fact in listing.facts(snapshot, wanted)[:limit]]

    found = _from_index(rows, refresh=refresh, **flags)
    table = [[r["entity"], r["attribute"], r["value"], listing.where(r)] for r in found]
    _show(found, ("entity", "attribute", "value", "place"), table, as_json=as_json, as_csv=as_csv)


@click.command()
@click.argument("pattern", required=False)
@limit
@options.places
@options.refresh
@options.as_json
@as_csv
def entities(
    pattern: str | None, limit: int | None, refresh: bool | None, as_json: bool, as_csv: bool, **flags: object
) -> None:
    """Show the things that the notes speak of, with their other names.

    \b
    rag entities
    rag entities chat --json
    """

    def rows(snapshot: Snapshot) -> Rows:
        return [listing.entity_row(entity) for entity in listing.entities(snapshot, pattern)[:limit]]

    found = _from_index(rows, refresh=refresh, **flags)
    table = [[r["name"], ", ".join(alias for alias in r["aliases"] if alias != r["name"])] for r in found]
    _show(found, ("name", "also written"), table, as_json=as_json, as_csv=as_csv)


@click.group(invoke_without_command=True)
@options.places
@options.refresh
@options.as_json
@as_csv
@click.pass_context
def sources(context: click.Context, /, refresh: bool | None, as_json: bool, as_csv: bool, **flags: object) -> None:
    """Show the notes and papers of the index and how each was read.

    \b
    rag sources --corpus notes/
    rag sources show papers/2302.13971.pdf --page 3 --save page.png
    """
    if context.invoked_subcommand is not None:
        return

    def rows(snapshot: Snapshot) -> Rows:
        return [listing.source_row(source) for source in listing.sources(snapshot)]

    found = _from_index(rows, refresh=refresh, **flags)
    table = [[r["path"], _size(r), r["encoding"], r["stale"] or r["repair"] or "", r["title"]] for r in found]
    _show(found, ("path", "size", "encoding", "remark", "title"), table, as_json=as_json, as_csv=as_csv)


@sources.command("show")
@click.argument("source", metavar="ID")
@click.option("--page", type=click.IntRange(min=1), metavar="N", help="Page N of a paper.")
@click.option("--lines", metavar="A-B", help="Lines A to B of a note, in their context.")
@click.option("--mark", multiple=True, metavar="X0,Y0,X1,Y1", help="Mark this box of the page, in points.")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Draw the page as PNG.")
@options.places
@options.refresh
def show(
    source: str,
    page: int | None,
    lines: str | None,
    mark: tuple[str, ...],
    save: Path | None,
    refresh: bool,
    **flags: object,
) -> None:
    """Show a source as the index holds it, a page of a paper, or lines of a note in their context.

    \b
    rag sources show notes/a.md --lines 6-9
    rag sources show papers/b.pdf --page 3 --mark 72,90,300,104 --save page.png
    """
    from rag.index.snapshot import Snapshot
    from server import pictures

    if (save or mark) and page is None:
        raise click.UsageError("--save and --mark need --page")
    settings = options.settings(**flags)
    freshen(settings, refresh=refresh, tell=notice)
    with Snapshot.open(settings.index_path) as snapshot:
        if save is not None and page is not None:
            drawer = pictures.Pictures(settings)
            try:
                save.write_bytes(drawer.page(snapshot, source, page, pictures.boxes(list(mark))))
            finally:
                drawer.close()
            notice(f"wrote {save}")
        elif page is not None:
            click.echo(pictures.page_text(snapshot, source, page)["text"])
        elif lines is not None:
            told = pictures.lines_around(snapshot, source, *_span(lines))
            for line in told["lines"]:
                click.echo(f"{'>' if line['marked'] else ' '} {line['number']:5} {line['text']}")
        else:
            click.echo(snapshot.source(listing.known_path(snapshot, source)).text)


def _span(written: str) -> tuple[int, int]:
    first, _, last = written.partition("-")
    try:
        return int(first), int(last or first)
    except ValueError as error:
        raise click.UsageError(f"--lines {written!r} is not A-B") from error


def _size(row: dict[str, Any]) -> str:
    return f"{row['total']} {row['unit']}s" if row["total"] != 1 else f"1 {row['unit']}"


def _from_index(rows: Callable[[Snapshot], Rows], *, refresh: bool | None, **flags: object) -> Rows:
    from rag.index.snapshot import Snapshot

    settings = options.settings(**flags)
    behind = freshen(settings, refresh=refresh, tell=notice)
    if behind and (line := behind_line(behind, own_language())):
        notice(line)
    with Snapshot.open(settings.index_path) as snapshot:
        return rows(snapshot)


def _show(rows: Rows, header: Sequence[str], table: Sequence[Sequence[str]], *, as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    if as_json:
        write_json(rows, indent=2)
    elif as_csv:
        write_csv(header, table)
    else:
        write_table(header, table, columns=shutil.get_terminal_size((100, 24)).columns)
