"""A hard limit on the time that a model takes, whatever its client does."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of the monotonic clock, in seconds, until which `seconds` are given."""

    at: float
    seconds: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The moment `seconds` from now."""
        return cls(time.monotonic() + seconds, seconds)

    @property
    def left(self) -> float:
        """Seconds until then, at least 0."""
        return max(0.0, self.at - time.monotonic())


@dataclass(frozen=True, slots=True)
class _Raised:
    error: BaseException


_DONE = object()


def within(deadline: Deadline, pieces: Callable[[], Iterable[T]]) -> Iterator[T]:
    """The pieces as they come. Raises TimeoutError when the next one has not come by the deadline.

    They are made in a thread of their own that is left behind then: no client promises to return in time. It runs
    in the caller's context, so that LangChain's callbacks reach it, and stops at its next piece.
    """
    queue: SimpleQueue[object] = SimpleQueue()
    given_up = Event()

    def work() -> None:
        try:
            made = iter(pieces())
            for piece in made:
                if given_up.is_set():
                    _close(made)
                    return
                queue.put(piece)
        except BaseException as error:  # handed over to the caller's thread, which raises it
            queue.put(_Raised(error))
        else:
            queue.put(_DONE)

    Thread(target=copy_context().run, args=(work,), daemon=True, name="llm").start()
    try:
        while True:
            try:
                found = queue.get(timeout=deadline.left)
            except Empty:
                raise TimeoutError(f"nothing came within {deadline.seconds:g} s") from None
            if found is _DONE:
                return
            if isinstance(found, _Raised):
                raise found.error
            yield found  # type: ignore[misc]
    finally:
        given_up.set()


def _close(pieces: Iterator[object]) -> None:
    """End what nobody waits for any more; that a client fails then, as its server is slow, concerns nobody either."""
    if isinstance(pieces, Generator):
        with suppress(Exception):
            pieces.close()
