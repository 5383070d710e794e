"""Let a language model word an answer from numbered evidence, through a LangChain runnable.

The model is any server that speaks the OpenAI protocol: `openai:MODEL` takes OPENAI_API_KEY and
OPENAI_BASE_URL from the environment, `URL#MODEL` names the server itself. What comes back is raw text;
`checked_sentences` says which of its sentences may be shown. LangChain takes over a second to import, so this
happens on first use.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rag.answer.checks import Checked, Evidence, checked_sentences
from rag.answer.wordings import wordings
from rag.errors import LLMError, UsageError
from rag.types import Turn

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

__all__ = ["Checked", "Evidence", "Model", "checked_sentences", "parse_spec", "stream", "write"]

KEY_VARIABLE = "OPENAI_API_KEY"
BASE_VARIABLE = "OPENAI_BASE_URL"
MAX_EVIDENCE = 16_000
"""Characters of evidence in a prompt: about 4,000 to 10,000 tokens, which a small local model still holds."""
MAX_HISTORY = 8
"""Turns of the conversation in a prompt: older ones rarely matter and crowd out evidence."""

_KEY = re.compile(r"\b(?:sk|key|pk)-[\w*.-]{4,}")
_CREDENTIALS = re.compile(r"://[^/\s@]+@")
_TAG = re.compile(r"<(?=/?\s*evidence)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Model:
    """Where a model is and what it is called; `base` None means OpenAI's own address."""

    name: str
    base: str | None
    local: bool


def parse_spec(spec: str) -> Model:
    """The model that `spec` names. Raises UsageError for anything but openai:MODEL and URL#MODEL."""
    if spec.startswith("openai:") and spec.removeprefix("openai:").strip():
        return Model(spec.removeprefix("openai:").strip(), os.environ.get(BASE_VARIABLE) or None, local=False)
    base, _, name = spec.partition("#")
    if re.match(r"https?://[^\s/#]+", base) and name.strip():
        return Model(name.strip(), base, local=True)
    shown = _CREDENTIALS.sub("://", spec)
    raise UsageError(f"llm {shown!r} is neither openai:MODEL nor URL#MODEL, as in http://127.0.0.1:8000/v1#name")


def write(
    question: str,
    history: Sequence[Turn],
    evidence: Sequence[Evidence],
    *,
    language: str,
    spec: str,
    timeout: float,
) -> str:
    """The model's answer as raw text with [n] marks.

    `language` is "zh" or "en"; `timeout` is in seconds. Raises LLMError when the model cannot be reached,
    fails, takes too long or says nothing, and UsageError for a spec that names no model.
    """
    model = parse_spec(spec)
    try:
        text: object = _chain(model, language, timeout, _key()).invoke(_inputs(question, history, evidence))
    except Exception as error:  # LangChain and its clients raise dozens of unrelated classes
        raise _failure(error, spec, timeout) from None
    if not isinstance(text, str) or not text.strip():
        raise LLMError(f"llm {_shown(spec)} answered nothing; try another model or --llm none")
    return text


def stream(
    question: str,
    history: Sequence[Turn],
    evidence: Sequence[Evidence],
    *,
    language: str,
    spec: str,
    timeout: float,
) -> Iterator[str]:
    """The same text as `write`, piece by piece; `timeout` bounds the whole. Raises likewise."""
    model = parse_spec(spec)
    said = False
    deadline = time.monotonic() + timeout
    try:
        for piece in _chain(model, language, timeout, _key()).stream(_inputs(question, history, evidence)):
            said = said or bool(piece.strip())
            if time.monotonic() > deadline:
                raise _too_slow(spec, timeout)
            if piece:
                yield piece
    except Exception as error:  # LangChain and its clients raise dozens of unrelated classes
        raise _failure(error, spec, timeout) from None
    if not said:
        raise LLMError(f"llm {_shown(spec)} answered nothing; try another model or --llm none")


@lru_cache(maxsize=8)
def _chain(model: Model, language: str, timeout: float, key: str | None) -> Runnable[dict[str, Any], str]:
    """prompt | model | parser. No retries: the extractive answer is better than a long wait."""
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    if key is None and not model.local:
        raise LLMError(f"{KEY_VARIABLE} is not set; set it or use a local server (--llm URL#MODEL)")
    words = wordings()["prompt"]["zh" if language == "zh" else "en"]
    prompt = ChatPromptTemplate.from_messages(
        [
            ("system", words["system"].strip()),
            MessagesPlaceholder("history"),
            ("human", words["question"].strip()),
        ]
    )
    chat = ChatOpenAI(
        model=model.name,
        base_url=model.base,
        api_key=SecretStr(key or "none"),
        timeout=timeout,
        max_retries=0,
        # Newer models of OpenAI's own refuse any temperature but their default; local ones ramble without 0.
        temperature=0.0 if model.local else None,
    )
    return prompt | chat | StrOutputParser()


def _key() -> str | None:
    return os.environ.get(KEY_VARIABLE) or None


def _inputs(question: str, history: Sequence[Turn], evidence: Sequence[Evidence]) -> dict[str, Any]:
    turns = [("human" if role == "user" else "ai", text) for role, text in history[-MAX_HISTORY:]]
    return {"question": question, "history": turns, "evidence": fenced(evidence)}


def fenced(evidence: Sequence[Evidence]) -> str:
    """The evidence as the prompt shows it, unable to close its own tag; whole pieces up to the limit."""
    shown: list[str] = []
    room = MAX_EVIDENCE
    for piece in evidence:
        where = _TAG.sub("‹", piece.where).replace('"', "'")
        tagged = f'<evidence n="{piece.n}" where="{where}">\n{_TAG.sub("‹", piece.text)}\n</evidence>'
        room -= len(tagged)
        if room < 0 and shown:
            break
        shown.append(tagged)
    return "\n".join(shown)


def _failure(error: Exception, spec: str, timeout: float) -> LLMError:
    if isinstance(error, LLMError):
        return error
    chain = [error, error.__cause__, error.__context__]
    if any("timeout" in type(link).__name__.lower() for link in chain):
        return _too_slow(spec, timeout)
    status = getattr(error, "status_code", None)
    told = " ".join(_scrubbed(str(error)).split())[:200]
    what = f"answered HTTP {status}" if status else f"failed ({type(error).__name__})"
    return LLMError(f"llm {_shown(spec)} {what}: {told}")


def _too_slow(spec: str, timeout: float) -> LLMError:
    return LLMError(f"llm {_shown(spec)} took longer than {timeout:g} s; raise llm_timeout or use another model")


def _shown(spec: str) -> str:
    return _scrubbed(spec)


def _scrubbed(text: str) -> str:
    """The text without the API key, anything that looks like one, and credentials in addresses."""
    key = _key()
    if key:
        text = text.replace(key, "***")
    return _CREDENTIALS.sub("://", _KEY.sub("***", text))
