"""From settings to an assistant over the index that they name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from rag.config import Settings
from rag.types import Answer, Turn

if TYPE_CHECKING:
    from types import TracebackType

    from rag.index.snapshot import Snapshot


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


def open_assistant(settings: Settings, generation: int | None = None) -> Answering:
    """The assistant over the newest generation of the index, or over another one that is kept.

    Raises IndexNotFoundError and its siblings, and UsageError where `generation` is not kept.
    """
    from rag.assistant import Assistant

    if generation is None:
        return Assistant.open(settings.index_path, settings=settings)
    from rag.index.snapshot import Snapshot

    return Assistant(Snapshot.open(settings.index_path, generation=generation), settings)
