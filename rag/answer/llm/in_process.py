"""What chat models that run in this process have in common as LangChain chat models."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, PrivateAttr

MOST_NEW_TOKENS = 512


class InProcessChat(BaseChatModel):
    """A model that answers one question after the other, piece by piece."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    most_new_tokens: int = MOST_NEW_TOKENS
    _lock: Any = PrivateAttr(default_factory=Lock)

    @abstractmethod
    def _texts(self, messages: Sequence[BaseMessage], stop: list[str] | None) -> Iterator[str]:
        """The pieces of the answer to `messages`, which ends before any of `stop`."""

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with self._lock:
            for text in self._texts(messages, stop):
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
                if run_manager:
                    run_manager.on_llm_new_token(text, chunk=chunk)
                yield chunk
