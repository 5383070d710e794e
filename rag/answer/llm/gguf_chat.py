"""A GGUF file run by llama.cpp as a LangChain chat model: the one place that imports llama-cpp-python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic import PrivateAttr

from rag.answer.llm.failures import told
from rag.answer.llm.in_process import InProcessChat
from rag.answer.llm.prompt import spoken
from rag.errors import LLMError, MissingExtraError

MOST_CONTEXT = 8192
"""Tokens of prompt and answer that memory is taken for."""


class GgufChat(InProcessChat):
    """A model of llama.cpp with the chat template of its file, decoded greedily. Questions are answered one by one."""

    path: str
    _llama: Any = PrivateAttr()

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

    def _texts(self, messages: Sequence[BaseMessage], stop: list[str] | None) -> Iterator[str]:
        turns = [{"role": role, "content": text} for role, text in spoken(messages)]
        events = self._llama.create_chat_completion(
            turns, temperature=0.0, max_tokens=self.most_new_tokens, stop=stop, stream=True
        )
        for event in events:
            yield event["choices"][0]["delta"].get("content") or ""
