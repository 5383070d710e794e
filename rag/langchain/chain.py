"""The whole program as a LangChain runnable: a question in, a checked answer with its citations out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextvars import copy_context
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig

from rag.answer.serialise import to_json
from rag.assistant import Assistant
from rag.errors import UsageError
from rag.types import Answer, Turn

Asked = str | Mapping[str, Any]
"""A question, or {"question": …, "history": [(role, text), …]}."""


class RagChain(Runnable[Asked, BaseMessage]):
    """Answers questions from the assistant's notes, in the words of the language model of its settings, if any.

    The message's content is the text with its [n] marks; `response_metadata` is the whole answer as `rag ask --json`
    prints it. A stream gives a chunk for each line or checked sentence, and the metadata with the last one. The runs
    of the model within are children of the chain's, so callbacks and tracing see both.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def invoke(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> BaseMessage:
        """The answer. Raises UsageError for a question without text."""
        return self._call_with_config(self._answered, input, config, run_type="chain")

    def stream(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[BaseMessage]:
        """The answer as it is checked."""
        yield from self._transform_stream_with_config(iter([input]), self._chunks, config, run_type="chain")

    async def astream(
        self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[BaseMessage]:
        """The same without blocking the event loop: each piece is waited for in a thread."""
        pieces = self.stream(input, config)
        context = copy_context()
        while True:
            piece = await asyncio.to_thread(lambda: context.run(lambda: next(pieces, None)))
            if piece is None:
                return
            yield piece

    def _answered(self, input: Asked) -> AIMessage:
        answer = self._assistant.ask(*_asked(input))
        return AIMessage(content=answer.text, response_metadata=to_json(answer))

    def _chunks(self, inputs: Iterator[Asked]) -> Iterator[BaseMessage]:
        for input in inputs:
            for piece in self._assistant.stream(*_asked(input)):
                if isinstance(piece, Answer):
                    yield AIMessageChunk(content="", response_metadata=to_json(piece), chunk_position="last")
                else:
                    yield AIMessageChunk(content=piece)


def _asked(input: Asked) -> tuple[str, Sequence[Turn]]:
    question = input if isinstance(input, str) else input.get("question")
    if not isinstance(question, str) or not question.strip():
        raise UsageError(f"{input!r:.80} holds no question; give a text or a mapping with the key question")
    history = () if isinstance(input, str) else input.get("history") or ()
    return question, tuple((str(role), str(text)) for role, text in history)
