"""A GGUF file run by llama.cpp as a LangChain chat model: the one place that imports llama-cpp-python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, PrivateAttr

from rag.answer.llm.failures import told
from rag.answer.llm.prompt import spoken
from rag.errors import LLMError, MissingExtraError

MOST_NEW_TOKENS = 512
MOST_CONTEXT = 8192
"""Tokens of prompt and answer that memory is taken for."""


class GgufChat(BaseChatModel):
    """A model of llama.cpp with the chat template of its file, decoded greedily. Questions are answered one by one."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    path: str
    most_new_tokens: int = MOST_NEW_TOKENS
    _llama: Any = PrivateAttr()
    _lock: Any = PrivateAttr(default_factory=Lock)

    @classmethod
    def load(cls, path: str) -> GgufChat:
        """The model in the file `path`. Raises MissingExtraError, LLMError."""
        file = Path(path).expanduser()
        if not file.is_file():
            raise LLMError(f"llm gguf:{path} is no file; give a model in the GGUF format")
        try:
            from llama_cpp import Llama
        except ImportError as error:
            raise MissingExtraError(
                f"llm gguf:{path} needs llama-cpp-python ({told(error)}); run `pip install llama-cpp-python`"
            ) from None
        try:
            llama = Llama(str(file), n_ctx=MOST_CONTEXT, verbose=False)
        except Exception as error:  # the library raises ValueError, AssertionError and others
            raise LLMError(f"llm gguf:{path} cannot be loaded ({type(error).__name__}: {told(error)})") from None
        made = cls(path=path)
        made._llama = llama
        return made

    @property
    def _llm_type(self) -> str:
        return "llama.cpp"

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
        turns = [{"role": role, "content": text} for role, text in spoken(messages)]
        with self._lock:
            events = self._llama.create_chat_completion(
                turns, temperature=0.0, max_tokens=self.most_new_tokens, stop=stop, stream=True
            )
            for event in events:
                text = event["choices"][0]["delta"].get("content") or ""
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
                if run_manager:
                    run_manager.on_llm_new_token(text, chunk=chunk)
                yield chunk
