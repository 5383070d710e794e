"""The model that a spec names, as a LangChain chat model.

Keys come from the environment alone: every provider's own variable (OPENAI_API_KEY, ANTHROPIC_API_KEY, …), and
RAG_LLM_KEY for a server by its address.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rag.answer.llm.failures import scrubbed, told
from rag.answer.llm.spec import GGUF, TRANSFORMERS, Model
from rag.errors import LLMError, MissingExtraError, UsageError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

OPENAI_KEY = "OPENAI_API_KEY"
OPENAI_BASE = "OPENAI_BASE_URL"
SERVER_KEYS = ("RAG_LLM_KEY", OPENAI_KEY)
"""Where the key of a server by its address is looked for."""
LIMITED = frozenset(("openai", "azure_openai", "anthropic", "deepseek", "groq", "mistralai", "together", "xai"))
"""Providers whose classes take `timeout` and `max_retries`; of the others only the program's own limit holds."""

_INSTALL = re.compile(r"pip install [\w\-\[\]\"]+")


def chat_model(model: Model, timeout: float) -> BaseChatModel:
    """The chat model; `timeout` is in seconds. The same one for the same model, time and key.

    Raises MissingExtraError for a provider whose package is not installed, UsageError for one that does not exist,
    LLMError for a missing key or a model that cannot be loaded.
    """
    if model.in_process:
        return _in_process(model)
    return _remote(model, timeout, _key(model))


def _key(model: Model) -> str | None:
    """The key to hand over; None leaves it to the provider's class."""
    if model.provider != "openai":
        return next((found for name in SERVER_KEYS[:1] if (found := os.environ.get(name))), None)
    names = SERVER_KEYS if model.base else (OPENAI_KEY,)
    found = next((value for name in names if (value := os.environ.get(name))), None)
    if found is None and not model.keyless:
        raise LLMError(f"{OPENAI_KEY} is not set; set it or use a server of your own (--llm URL#MODEL)")
    return found or "none"


@lru_cache(maxsize=8)
def _remote(model: Model, timeout: float, key: str | None) -> BaseChatModel:
    from langchain.chat_models import init_chat_model
    from pydantic import SecretStr

    given: dict[str, Any] = {}
    if model.provider in LIMITED:
        # No retries: the extractive answer is better than a long wait.
        given |= {"timeout": timeout, "max_retries": 0}
    if key is not None and (model.provider == "openai" or model.base):
        given["api_key"] = SecretStr(key)
    base = model.base or (os.environ.get(OPENAI_BASE) if model.provider == "openai" else None)
    if base:
        given["base_url"] = base
    if model.keyless:
        # Newer models of the providers themselves refuse any temperature but their default; local ones ramble without.
        given["temperature"] = 0.0
    try:
        made: BaseChatModel = init_chat_model(model.name, model_provider=model.provider, **given)
    except ImportError as error:
        command = _INSTALL.search(str(error))
        how = command.group() if command else f"pip install langchain-{model.provider.replace('_', '-')}"
        raise MissingExtraError(f"llm {model.provider}:{model.name} needs another package; run `{how}`") from None
    except Exception as error:  # every provider's class raises its own
        if "Unsupported" in str(error) and "provider" in str(error):
            raise UsageError(
                f"llm provider {model.provider!r} is unknown; known are {_providers(str(error))}, gguf and hf"
            ) from None
        raise LLMError(
            f"llm {scrubbed(model.provider)}:{scrubbed(model.name)} cannot be set up ({type(error).__name__}: "
            f"{told(error)}); set the provider's key in the environment or choose another model"
        ) from None
    return made


def _providers(message: str) -> str:
    return message.rpartition(":")[2].strip()


@lru_cache(maxsize=2)
def _in_process(model: Model) -> BaseChatModel:
    if model.provider == GGUF:
        from rag.answer.llm.gguf_chat import GgufChat

        return GgufChat.load(model.name)
    assert model.provider == TRANSFORMERS
    from rag.answer.llm.transformers_chat import TransformersChat

    return TransformersChat.load(model.name)
