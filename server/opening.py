"""From settings to an assistant that sees the notes as they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from rag.config import Settings
from rag.errors import CorpusError, IndexLockedError, IndexNotFoundError
from rag.types import Answer, Turn

if TYPE_CHECKING:
    from types import TracebackType

    from ingest.build import Summary
    from rag.index.snapshot import Snapshot

FEW = 3
"""Unreadable files that are told one by one on every question; more would bury the answer."""


class Answering(Protocol):
    """What every door needs of an assistant."""

    @property
    def snapshot(self) -> Snapshot: ...

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer: ...

    def ask_briefly(self, question: str, history: Sequence[Turn] = ()) -> Answer: ...

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[str | Answer]: ...

    def refresh(self) -> bool: ...

    def close(self) -> None: ...

    def __enter__(self) -> Answering: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


def open_assistant(settings: Settings) -> Answering:
    """The assistant over the newest generation of the index. Raises IndexNotFoundError and its siblings."""
    from rag.assistant import Assistant

    return Assistant.open(settings.index_path, settings=settings)


def freshen(settings: Settings, *, refresh: bool, tell: Callable[[str], None]) -> str | None:
    """Make the index hold the notes as they are now; the reason why it may be stale, None when it is not.

    Without an index the notes are ingested in any case. With one, `refresh` re-ingests what changed; when
    that is not possible just now (another writer, notes that are gone), the earlier index keeps serving.
    Raises EmbedderMismatchError where the index was made by another embedder than the settings name.
    """
    if not refresh and index_exists(settings):
        return None
    from ingest.build import ingest
    from rag.index.layout import records_path

    first = not records_path(settings.index_path).exists()
    try:
        summary = ingest(settings, another_embedder=False)
    except (IndexLockedError, CorpusError) as error:
        if not index_exists(settings):
            raise
        reason = f"the notes could not be read again ({error}); answering from the index as it is"
        tell(reason)
        return reason
    for line in told(summary, first=first):
        tell(line)
    return None


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


def marked_stale(answer: Answer, stale: str | None) -> Answer:
    """The answer, saying that the index behind it may be stale."""
    return answer if stale is None else replace(answer, index=replace(answer.index, stale=True))
