"""What `--llm` names: a model of a provider, of a server by its address, or in a file or folder.

PROVIDER:MODEL       any provider of LangChain's init_chat_model: openai:…, anthropic:…, ollama:…
PROVIDER:MODEL@URL   the same at another address
URL#MODEL            any server that speaks the OpenAI protocol
gguf:FILE            a file for llama.cpp, run in this process
hf:FOLDER            a transformers model in a folder, run in this process
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from rag.answer.llm.failures import scrubbed
from rag.errors import UsageError

GGUF = "gguf"
TRANSFORMERS = "hf"
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_PROVIDED = re.compile(r"(?P<provider>[a-z][a-z0-9_]*):(?P<name>.+?)(?:@(?P<base>https?://.+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Model:
    """Which model, and where. `provider` is one of LangChain's, "gguf" or "hf"; `name` is a path for the last two.

    `base` None means the provider's own address; `keyless` that the server may well ask for no key.
    """

    provider: str
    name: str
    base: str | None = None
    keyless: bool = False

    @property
    def in_process(self) -> bool:
        """Whether the model runs in this process."""
        return self.provider in (GGUF, TRANSFORMERS)


def parse_spec(spec: str) -> Model:
    """The model that `spec` names. Raises UsageError for anything else, and for an address that holds a password."""
    if _ADDRESS.match(spec):
        base, _, name = spec.partition("#")
        if urlsplit(base).hostname and name.strip():
            return Model("openai", name.strip(), _without_password(base), keyless=True)
    elif match := _PROVIDED.fullmatch(spec.strip()):
        base, name = match["base"], match["name"].strip()
        if name and not base and not name.startswith("//"):
            return Model(match["provider"], name)
        if name and urlsplit(base).hostname and match["provider"] not in (GGUF, TRANSFORMERS):
            return Model(match["provider"], name, _without_password(base), keyless=True)
    raise UsageError(
        f"llm {scrubbed(spec)!r} names no model; give PROVIDER:MODEL such as openai:MODEL, URL#MODEL as in "
        "http://127.0.0.1:8000/v1#name, gguf:FILE or hf:FOLDER"
    )


def _without_password(base: str) -> str:
    if "@" in urlsplit(base).netloc:
        raise UsageError(
            f"the llm's address {scrubbed(base)} holds a password; put the key into RAG_LLM_KEY or OPENAI_API_KEY"
        )
    return base
