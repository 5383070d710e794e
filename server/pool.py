"""Processes that answer, each with the index open: Python answers on one core at a time within a process."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any

from rag.config import Settings
from rag.types import Answer, Turn
from server.desk import Desk
from server.failures import ToldError, error_object, status_of
from server.threads import compute_on_one_core

GC_AFTER = 50_000
"""Net allocations between collections, as on the command line."""
MOST = 8
"""Processes at most where the settings do not say: each holds the index in memory."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failed:
    """What went wrong in another process: as errors with arguments of their own it could not cross over."""

    status: int
    error: dict[str, Any]


class Pool:
    """`count` processes that answer questions. Questions beyond that wait in line. For one event loop."""

    def __init__(self, settings: Settings, count: int) -> None:
        self._settings = settings
        self._count = count
        self._executor = self._started()
        self._opening: list[Future[None]] = []

    async def ask(self, question: str, history: Sequence[Turn]) -> Answer:
        """The answer from the newest generation. Raises ToldError; a process that dies is replaced, once."""
        try:
            found = await self._asked(question, history)
        except BrokenProcessPool:
            log.exception("an answering process died; starting anew")
            broken, self._executor = self._executor, self._started()
            broken.shutdown(wait=False, cancel_futures=True)
            found = await self._asked(question, history)
        if isinstance(found, Failed):
            raise ToldError(found.status, found.error)
        return found

    async def _asked(self, question: str, history: Sequence[Turn]) -> Answer | Failed:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, _answer, question, tuple(history))

    def warm(self) -> None:
        """Start every process now, so that no question waits for it."""
        self._opening = [self._executor.submit(_opened) for _ in range(self._count)]

    @property
    def ready(self) -> bool:
        """Whether the processes that `warm` started have the index open."""
        return all(future.done() for future in self._opening)

    def close(self) -> None:
        """Stop the processes."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        # A fork would copy locks that other threads hold; a fresh process is safe everywhere.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._count, mp_context=context, initializer=_begin, initargs=(self._settings,))


def process_count(settings: Settings) -> int:
    """How many processes answer. A language model is waited for, not computed: there threads do as well."""
    if settings.llm:
        return 1
    return settings.workers or min(os.cpu_count() or 1, MOST)


_desk: Desk | None = None


def _begin(settings: Settings) -> None:
    """What a process does first. An interrupt is for the server to act on, and none outlives it."""
    global _desk
    compute_on_one_core()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _desk = Desk(settings)


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _opened() -> None:
    """Open the index; if that fails, the first question tells."""
    try:
        assert _desk is not None
        _desk.assistant()
        # What has been opened stays; looking through it for garbage again and again would cost a tenth of every answer.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_AFTER)
    except Exception:
        log.debug("the index is not there yet", exc_info=True)


def _answer(question: str, history: Sequence[Turn]) -> Answer | Failed:
    try:
        assert _desk is not None
        return _desk.assistant().ask(question, history)
    except Exception as error:
        log.exception("a question could not be answered")
        return Failed(status_of(error), error_object(error))
