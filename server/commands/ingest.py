"""`rag ingest`: bring the index up to date with the notes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag.errors import CorpusVanishedError
from server.commands import options
from server.opening import unreadable
from server.terminal import fitted, notices, write, write_json

if TYPE_CHECKING:
    from ingest.build import Summary

BAR = 24


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@options.places
@click.option("--papers", is_flag=True, default=None, help="Fetch the papers that the notes link to.")
@click.option("--offline", is_flag=True, default=None, help="Take linked papers from the cache alone.")
@click.option("--full", is_flag=True, help="Read every file again, changed or not.")
@click.option(
    "--yes", "--confirm-removal", "confirm_removal", is_flag=True, help="Go on although every known file is gone."
)
@options.as_json
def command(paths: tuple[Path, ...], full: bool, confirm_removal: bool, as_json: bool, **flags: object) -> int:
    """Read what changed among the notes and papers, all of them or only PATH..., and switch in one step.

    Exit status: 0 done, 1 when a file could not be read (its earlier version keeps serving).

    \b
    rag ingest
    rag ingest --corpus notes/ --full
    rag ingest --papers
    """
    from ingest.build import ingest

    settings = options.settings(**flags)
    bar = Bar() if sys.stderr.isatty() else None
    linked = settings.papers or settings.offline
    while True:
        try:
            summary = ingest(
                settings, paths=paths, full=full, confirm_removal=confirm_removal, linked=linked, progress=bar
            )
            break
        except CorpusVanishedError as error:
            if not (sys.stdin.isatty() and click.confirm(f"{error}. Forget them?", err=True)):
                raise
            confirm_removal = True
        finally:
            if bar:
                bar.clear()
    if as_json:
        write_json(summary_row(summary))
    else:
        _tell(summary)
    return 1 if summary.failed else 0


class Bar:
    """A progress bar on stderr."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        filled = BAR * done // max(total, 1)
        line = f"[{'#' * filled}{'.' * (BAR - filled)}] {done}/{total} {stage}"
        sys.stderr.write("\r" + fitted(line, 78))
        sys.stderr.flush()

    def clear(self) -> None:
        """Wipe the bar."""
        sys.stderr.write("\r" + " " * 78 + "\r")
        sys.stderr.flush()


def summary_row(summary: Summary) -> dict[str, Any]:
    """The summary as a JSON object."""
    return {
        "added": summary.added,
        "changed": summary.changed,
        "renamed": summary.renamed,
        "removed": summary.removed,
        "unchanged": summary.unchanged,
        "failed": [{"path": path, "reason": reason} for path, reason in summary.failed],
        "generation": summary.generation,
        "embedded": summary.embedded,
        "fetched": summary.fetched,
        "unfetched": [{"paper": paper, "reason": reason} for paper, reason in summary.unfetched],
        "notices": list(summary.notices),
    }


def _tell(summary: Summary) -> None:
    notices([*summary.notices, *unreadable(summary)])
    notices(
        [f"{paper} could not be fetched: {reason}; the next run tries again" for paper, reason in summary.unfetched]
    )
    counts = ("added", "changed", "renamed", "removed", "unchanged")
    told = ", ".join(f"{getattr(summary, name)} {name}" for name in counts)
    write(f"{told}, {len(summary.failed)} failed (generation {summary.generation})")
