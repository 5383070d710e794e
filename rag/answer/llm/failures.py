"""What goes wrong with a language model, as one readable line that holds no key."""

from __future__ import annotations

import os
import re

from rag.errors import LLMError, RagError

LONGEST = 200
"""Characters of what a library says that are passed on."""
SHORTEST_SECRET = 6
"""Characters of a secret below which it could be an ordinary word."""
OVER_QUOTA = 429

_SECRET_NAME = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS)$")
_KEY = re.compile(r"\b(?:sk|pk|key|gsk|xai|hf|ak)[-_][\w*.-]{4,}|(?<=Bearer )\S+", re.IGNORECASE)
_CREDENTIALS = re.compile(r"://[^/\s@]+@")


def scrubbed(text: str) -> str:
    """The text without any secret of the environment, what looks like a key, and credentials in addresses."""
    for name, value in os.environ.items():
        if len(value) >= SHORTEST_SECRET and _SECRET_NAME.search(name.upper()):
            text = text.replace(value, "***")
    return _CREDENTIALS.sub("://", _KEY.sub("***", text))


def failure(error: BaseException, spec: str, timeout: float) -> RagError:
    """What a model or its client raised, as LLMError; an error of the program stays as it is."""
    if isinstance(error, RagError):
        return error
    if any("timeout" in type(link).__name__.lower() for link in (error, error.__cause__, error.__context__)):
        return too_slow(spec, timeout)
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    if status == OVER_QUOTA:
        what = f"is over its quota or rate limit (HTTP {status})"
    else:
        what = f"answered HTTP {status}" if isinstance(status, int) else f"failed ({type(error).__name__})"
    return LLMError(f"llm {scrubbed(spec)} {what}: {told(error)}")


def told(error: BaseException) -> str:
    """What an error says, in one line; of a validation error only the messages, since it shows its input."""
    errors = getattr(error, "errors", None)
    if callable(errors):
        try:
            text = "; ".join(str(entry["msg"]) for entry in errors())
        except (TypeError, KeyError, ValueError):
            text = type(error).__name__
    else:
        text = str(error)
    return " ".join(scrubbed(text).split())[:LONGEST]


def too_slow(spec: str, timeout: float) -> LLMError:
    """The model used up its time."""
    return LLMError(f"llm {scrubbed(spec)} took longer than {timeout:g} s; raise llm_timeout or use another model")


def silent(spec: str) -> LLMError:
    """The model said nothing."""
    return LLMError(f"llm {scrubbed(spec)} answered nothing; try another model or --llm none")
