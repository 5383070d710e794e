"""Answers for the HTTP routes: from memory where the same was asked before, else from processes or threads."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from contextvars import copy_context
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from rag.config import Settings
from rag.types import Answer, Turn
from server.metrics import Metrics
from server.pool import Pool
from server.tracing import Tracing, tell_answer

if TYPE_CHECKING:
    from server.desk import Desk
    from server.opening import Answering

COMPUTING = 2
"""Threads that answer in this process: more would only make each other wait, and the last ones longest."""
WAITING = 64
"""Threads that wait for a language model, which computes elsewhere."""

T = TypeVar("T")
Asked = tuple[int, str, tuple[Turn, ...]]


class Answers:
    """The one place that HTTP requests get answers from. For one event loop."""

    def __init__(
        self, desk: Desk, settings: Settings, *, pool: Pool | None, metrics: Metrics, tracing: Tracing | None
    ) -> None:
        self._desk = desk
        self._llm = settings.llm is not None
        # Without a language model the same question to the same generation has the same answer; each takes some 20 KB.
        self._most = 0 if self._llm else settings.remember
        self._pool = pool
        self._metrics = metrics
        self._tracing = tracing
        self._threads = ThreadPoolExecutor(WAITING if self._llm else COMPUTING, thread_name_prefix="answer")
        self._remembered: OrderedDict[Asked, Answer] = OrderedDict()

    async def ask(self, question: str, history: Sequence[Turn]) -> Answer:
        """The answer. Raises what the assistant raises, and ToldError for what another process raised."""
        began = time.perf_counter()
        with self._span() as span:
            assistant = await self.assistant()
            asked = (assistant.snapshot.generation, question, tuple(history))
            found = self._recalled(asked, began)
            answer = found or await self._computed(assistant, question, asked[2])
            # A mark of a file that has changed would outlast the change, were it remembered.
            if found is None and answer.index.generation == asked[0] and not any(c.stale for c in answer.citations):
                self._keep(asked, answer)
            self._tell(span, answer, remembered=found is not None)
        return await self._in_thread(self._desk.marked, answer)

    async def stream(self, question: str, history: Sequence[Turn]) -> AsyncIterator[str | Answer]:
        """The answer's text in pieces, then the whole answer."""
        if not self._llm:
            answer = await self.ask(question, history)
            for line in answer.text.splitlines(keepends=True):
                yield line
            yield answer
            return
        assistant = await self.assistant()
        pieces = assistant.stream(question, history)
        while (piece := await self._in_thread(next, pieces, None)) is not None:
            if isinstance(piece, Answer):
                self._metrics.answered(piece, remembered=False)
            yield piece

    async def assistant(self) -> Answering:
        """The assistant over the newest generation."""
        ready = self._desk.ready()
        return ready if ready is not None else await self._in_thread(self._desk.assistant)

    def close(self) -> None:
        """Stop what answers."""
        if self._pool is not None:
            self._pool.close()
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _computed(self, assistant: Answering, question: str, history: Sequence[Turn]) -> Answer:
        if self._pool is not None and self._pool.ready:  # the first questions do not wait for processes to start
            return await self._pool.ask(question, history)
        return await self._in_thread(assistant.ask, question, history)

    async def _in_thread(self, function: Callable[..., T], *args: Any) -> T:
        # With the context of the request, so that what is logged there bears its id.
        return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, function, *args)

    def _recalled(self, asked: Asked, began: float) -> Answer | None:
        answer = self._remembered.get(asked)
        if answer is None:
            return None
        self._remembered.move_to_end(asked)
        return replace(answer, timings_ms=(("total", round((time.perf_counter() - began) * 1000, 3)),))

    def _keep(self, asked: Asked, answer: Answer) -> None:
        self._remembered[asked] = answer
        if len(self._remembered) > self._most:
            self._remembered.popitem(last=False)

    def _span(self) -> Any:
        return nullcontext() if self._tracing is None else self._tracing.answer()

    def _tell(self, span: Any, answer: Answer, *, remembered: bool) -> None:
        self._metrics.answered(answer, remembered=remembered)
        if span is not None:
            tell_answer(span, answer, remembered=remembered)
