"""Bringing the index up to date before an answer, where that is quick, and saying so where it is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.errors import CorpusError, EmbedderMismatchError, IndexError_, IndexLockedError, IndexNotFoundError
from rag.types import Behind
from server.wording import say

if TYPE_CHECKING:
    from ingest.build import Summary
    from ingest.pending import Pending

BUDGET = 1.0
"""Seconds that an answer may wait for the notes to be read again, unless --refresh asks for it."""
GIVEN_UP = 2.5
"""Seconds after which reading that was expected within the budget is given up; the index is as it was then."""
FEW = 3
"""Unreadable files that are told one by one on every question; more would bury the answer."""

Tell = Callable[[str], None]


class _TooSlowError(Exception):
    """Reading the notes takes longer than an answer may wait."""


def freshen(settings: Settings, *, refresh: bool | None, tell: Tell) -> Behind | None:
    """Make the index hold the notes as they are now; how far it is behind them, None when it is not.

    Without an index the notes are ingested in any case. With one, `refresh` True re-ingests what changed, None does
    so where that will take less than a second, False never. When it is not possible just now (another writer, notes
    that are gone, for None also a disk that is full or read-only), the earlier index keeps serving.
    Raises EmbedderMismatchError where the index was made by another embedder than the settings name.
    """
    there = index_exists(settings)
    if there and refresh is False:
        return left_behind(settings)
    if there and refresh is None:
        return _freshen_quickly(settings, tell)
    return _ingest(settings, tell, first=not there)


def _freshen_quickly(settings: Settings, tell: Tell) -> Behind | None:
    from ingest.pending import pending

    try:
        due = pending(settings)
    except CorpusError as error:
        return _as_it_is(error, tell)
    if not due.matters and not due.touched:
        return None
    if due.seconds > BUDGET and not _another_embedder(settings):
        return behind(due) if due.matters else None
    hasty = replace(settings, lock_timeout=min(settings.lock_timeout, BUDGET))
    started = time.monotonic()

    def in_time(stage: str, done: int, total: int) -> None:
        if time.monotonic() - started > GIVEN_UP:
            raise _TooSlowError

    try:
        return _ingest(hasty, tell, first=False, progress=in_time)
    except EmbedderMismatchError:
        raise
    except IndexError_ as error:  # a full or read-only disk: what is there can still be read
        return _as_it_is(error, tell)
    except _TooSlowError:
        _learn(settings, (time.monotonic() - started) / due.seconds)
        return behind(replace(due, seconds=2 * GIVEN_UP))


def _another_embedder(settings: Settings) -> bool:
    """Whether the index was made by another embedder than the settings name: an ingest explains that best."""
    from rag.index.snapshot import Snapshot

    with Snapshot.open(settings.index_path) as snapshot:
        return snapshot.embedder_name != settings.embedder


def _learn(settings: Settings, factor: float) -> None:
    from ingest.pace import Pace

    Pace.read(settings.index_path, settings.embedder).slowed(2 * factor).write(settings.index_path)


def _ingest(
    settings: Settings, tell: Tell, *, first: bool, progress: Callable[[str, int, int], None] | None = None
) -> Behind | None:
    from ingest.build import ingest

    try:
        summary = ingest(settings, another_embedder=False, progress=progress)
    except (IndexLockedError, CorpusError) as error:
        if first:
            raise
        return _as_it_is(error, tell)
    for line in told(summary, first=first):
        tell(line)
    if summary.failed:
        return Behind(changed=len(summary.failed), reason=f"{len(summary.failed)} files could not be read")
    return None


def _as_it_is(error: Exception, tell: Tell) -> Behind:
    reason = f"the notes could not be read again ({error}); answering from the index as it is"
    tell(reason)
    return Behind(reason=reason)


def left_behind(settings: Settings) -> Behind | None:
    """How far the index is behind the notes; None when it is not, or when the notes are not there to be compared."""
    from ingest.pending import pending

    try:
        due = pending(settings)
    except (CorpusError, IndexLockedError):
        return None
    return behind(due) if due.matters else None


def behind(due: Pending) -> Behind:
    """What is pending, as an answer tells it. A renamed file is told as a changed one."""
    changed = len(due.changed) + len(due.renamed) + len(due.unreadable)
    return Behind(len(due.added), changed, len(due.removed), round(due.seconds, 1))


def behind_line(found: Behind, language: str) -> str | None:
    """The one line that tells a person; None where the reason was told already."""
    if found.reason is not None:
        return None
    return say(
        language, "behind", added=found.added, changed=found.changed, removed=found.removed, seconds=found.seconds
    )


def index_exists(settings: Settings) -> bool:
    """Whether an index with at least one generation lies where the settings say."""
    from rag.index.snapshot import Snapshot

    try:
        with Snapshot.open(settings.index_path):
            return True
    except IndexNotFoundError:
        return False


def told(summary: Summary, *, first: bool) -> list[str]:
    """What a person should know about a write that was not asked for, one line each."""
    lines = list(summary.notices)
    if len(summary.failed) <= FEW:
        lines += unreadable(summary)
    else:
        lines.append(f"{len(summary.failed)} files could not be read; `rag ingest` lists them")
    counts = ("added", "changed", "renamed", "removed")
    moved = ", ".join(f"{count} {name}" for name in counts if (count := getattr(summary, name)))
    if moved:
        lines.append(f"{'ingested' if first else 're-ingested'} the notes: {moved}")
    return lines


def unreadable(summary: Summary) -> list[str]:
    """The files that could not be read and why, one line each."""
    return [f"{path} could not be read: {reason}" for path, reason in summary.failed]
