"""Re-ingesting as files change: saves are heard of within a moment, and nothing that goes wrong ends the watch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ingest.build import Progress, Summary, ingest
from ingest.hearing import Ears, is_network_folder
from rag.config import Settings

SWEEP_SECONDS = 30.0
"""How often to look although nothing was heard of: the system drops reports when there are too many."""
NETWORK_SECONDS = 2.0
"""How often to look in a network folder, whose other writers nobody hears of."""
MOST_REST = 2.0
"""Seconds between two ingests at most while changes never end: half of the time at most is spent on ingesting."""
FIRST_RETRY, LAST_RETRY = 1.0, 30.0
"""Seconds until an ingest that failed is tried again: first, and after many failures."""
_TICK = 0.2


@dataclass(frozen=True, slots=True)
class Reports:
    """What the watch tells: of each ingest that did something, of what failed, and what a person should know."""

    done: Callable[[Summary], None]
    failed: Callable[[Exception], None]
    tell: Callable[[str], None]
    progress: Progress | None = None


class _StoppedError(Exception):
    """The watch is to end while files are read; nothing of this ingest is kept but embedded texts."""


def watch(
    settings: Settings,
    reports: Reports,
    stop: threading.Event,
    *,
    full: bool = False,
    confirm_removal: bool = False,
    another_embedder: bool = True,
    linked: bool = False,
) -> None:
    """Ingest now, then whenever files of the corpus change, until `stop` is set.

    `full`, `confirm_removal`, `another_embedder` and `linked` are those of `ingest`; all but `another_embedder` hold
    for the first time only: a save must not wait for servers of papers.
    Errors are reported, once while they stay the same, and tried again.
    """
    heard = threading.Event()
    ears = Ears(settings.corpus, settings.index_path, heard, reports.tell)
    seconds = _between_looks(settings, reports)
    ears.start()
    try:
        _until_listening(ears, settings, stop)
        _loop(settings, reports, stop, ears, heard, seconds, _Attempt(full, confirm_removal, another_embedder, linked))
    finally:
        ears.close()
        ears.join(timeout=2 * _TICK)


@dataclass(frozen=True, slots=True)
class _Attempt:
    full: bool
    confirm_removal: bool
    another_embedder: bool
    linked: bool = False


def _between_looks(settings: Settings, reports: Reports) -> float:
    if settings.watch_poll:
        return settings.watch_poll
    if is_network_folder(settings.corpus):
        reports.tell(f"{settings.corpus} is a network folder: looking for changes every {NETWORK_SECONDS:g} s")
        return NETWORK_SECONDS
    return SWEEP_SECONDS


def _until_listening(ears: Ears, settings: Settings, stop: threading.Event) -> None:
    """Wait until no change can be missed any more; where there is no directory, there is nothing to hear."""
    while not stop.is_set() and not ears.listening.wait(_TICK) and settings.corpus.is_dir() and ears.is_alive():
        continue


def _loop(
    settings: Settings,
    reports: Reports,
    stop: threading.Event,
    ears: Ears,
    heard: threading.Event,
    seconds: float,
    attempt: _Attempt,
) -> None:
    wrong, failures, failed = "", 0, None
    while not stop.is_set():
        heard.clear()
        started = time.monotonic()
        try:
            summary = _once(settings, reports, stop, attempt)
        except _StoppedError:
            return
        except Exception as error:  # whatever it is, the next save may put it right
            failures += 1
            if str(error) != wrong:
                reports.failed(error)
            wrong = str(error)
            wait = min(FIRST_RETRY * 2 ** (failures - 1), LAST_RETRY)
        else:
            if _tells(summary) or summary.failed != failed or wrong:
                reports.done(summary)
            wrong, failures, failed = "", 0, summary.failed
            wait = min(seconds, NETWORK_SECONDS) if ears.deaf.is_set() else seconds
            attempt = _Attempt(False, False, attempt.another_embedder)
        took = time.monotonic() - started
        if heard.is_set() or failures:
            stop.wait(min(took, MOST_REST))
        _rest(stop, heard, time.monotonic() + wait)


def _once(settings: Settings, reports: Reports, stop: threading.Event, attempt: _Attempt) -> Summary:
    def progress(stage: str, done: int, total: int) -> None:
        if stop.is_set():
            raise _StoppedError
        if reports.progress:
            reports.progress(stage, done, total)

    return ingest(
        settings,
        full=attempt.full,
        confirm_removal=attempt.confirm_removal,
        another_embedder=attempt.another_embedder,
        linked=attempt.linked,
        progress=progress,
    )


def _tells(summary: Summary) -> bool:
    return bool(summary.added or summary.changed or summary.removed or summary.renamed or summary.notices)


def _rest(stop: threading.Event, heard: threading.Event, until: float) -> None:
    """Wait for a change, the end, or the time to look."""
    while not stop.is_set() and time.monotonic() < until:
        if heard.wait(min(_TICK, max(until - time.monotonic(), 0.0))):
            return
