"""`rag ingest`: bring the index up to date with the notes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.config import ENGINES, Settings
from rag.errors import CorpusVanishedError, RagError
from server.commands import options
from server.failures import error_object
from server.listing import summary_row
from server.refreshing import unreadable
from server.terminal import complain, fitted, notice, notices, write, write_json

if TYPE_CHECKING:
    from ingest.build import Summary

BAR = 24


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@options.places
@click.option("--papers", is_flag=True, default=None, help="Fetch the papers that the notes link to.")
@click.option("--offline", is_flag=True, default=None, help="Take linked papers from the cache alone.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="Who reads and embeds: this machine's processes, or Ray (RAY_ADDRESS names a cluster).  [local]",
)
@click.option("--full", is_flag=True, help="Read every file again, changed or not.")
@click.option(
    "--yes", "--confirm-removal", "confirm_removal", is_flag=True, help="Go on although every known file is gone."
)
@click.option(
    "--watch",
    is_flag=True,
    help="Go on, and read again whenever files change (papers are fetched at the start only); Ctrl-C ends.",
)
@options.poll
@click.option("--until-closed", is_flag=True, hidden=True, help="With --watch: end when standard input does.")
@options.as_json
def command(
    paths: tuple[Path, ...],
    full: bool,
    confirm_removal: bool,
    watch: bool,
    until_closed: bool,
    as_json: bool,
    **flags: object,
) -> int:
    """Read what changed among the notes and papers, all of them or only PATH..., and switch in one step.

    Exit status: 0 done, 1 when a file could not be read (its earlier version keeps serving).

    \b
    rag ingest
    rag ingest --corpus notes/ --full
    rag ingest --papers
    rag ingest --watch
    """
    settings = options.settings(**flags)
    if watch:
        if paths:
            raise click.UsageError("--watch watches the whole corpus; leave PATH away")
        return keep_watch(
            settings, full=full, confirm_removal=confirm_removal, as_json=as_json, until_closed=until_closed
        )
    from ingest.build import ingest

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


def keep_watch(settings: Settings, *, full: bool, confirm_removal: bool, as_json: bool, until_closed: bool) -> int:
    """Ingest as files change until a signal, or with `until_closed` the end of standard input, comes; 0.

    JSON comes one object a line: the summary of an ingest, {"error": ...} or {"notice": text}.
    """
    from ingest.watch import Reports, watch

    def done(summary: Summary) -> None:
        if as_json:
            write_json(summary_row(summary))
        else:
            _tell(summary)

    def failed(error: Exception) -> None:
        message = str(error) if isinstance(error, RagError) else f"unexpected {type(error).__name__}: {error}"
        if as_json:
            write_json({"error": {**error_object(error), "message": message}})
        else:
            complain(message)

    def tell(line: str) -> None:
        if as_json:
            write_json({"notice": line})
        else:
            notice(line)

    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, frame: stop.set())
    if until_closed:
        threading.Thread(target=_at_end_of_input, args=(stop,), daemon=True).start()
    if not as_json:
        notice(f"watching {settings.corpus}; Ctrl-C ends")
    linked = settings.papers or settings.offline
    watch(settings, Reports(done, failed, tell), stop, full=full, confirm_removal=confirm_removal, linked=linked)
    if not as_json:
        notice("the watch has ended")
    return 0


def _at_end_of_input(stop: threading.Event) -> None:
    # Not through sys.stdin: its lock must not be held when the program ends for another reason.
    while os.read(sys.stdin.fileno(), 1024):
        continue
    stop.set()


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


def _tell(summary: Summary) -> None:
    notices([*summary.notices, *unreadable(summary)])
    notices(
        [f"{paper} could not be fetched: {reason}; the next run tries again" for paper, reason in summary.unfetched]
    )
    counts = ("added", "changed", "renamed", "removed", "unchanged")
    told = ", ".join(f"{getattr(summary, name)} {name}" for name in counts)
    write(f"{told}, {len(summary.failed)} failed (generation {summary.generation})")
