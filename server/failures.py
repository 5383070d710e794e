"""How every door tells what went wrong: {"type", "message", "param"} and an HTTP status."""

from __future__ import annotations

from typing import Any

from rag.errors import IndexError_, LLMError, RagError, UnreadableFileError, UsageError
from server.questions import BadQuestionError

INVALID = "invalid_request_error"
NOT_FOUND = "not_found_error"
TOO_LARGE = "request_too_large"
UNAVAILABLE = "index_unavailable"
UPSTREAM = "llm_error"
INTERNAL = "internal_error"


class NotFoundError(UsageError):
    """The caller named something that the index does not hold."""


def error_object(error: Exception) -> dict[str, Any]:
    """The error as it is shown to a caller; an unexpected one does not tell its innards."""
    param = error.param if isinstance(error, BadQuestionError) else None
    message = str(error) if isinstance(error, RagError) else "unexpected error; the server's log holds the details"
    return {"type": _type(error), "message": message, "param": param}


def status_of(error: Exception) -> int:
    """The HTTP status for an error."""
    return {
        INVALID: 400,
        NOT_FOUND: 404,
        UNAVAILABLE: 503,
        UPSTREAM: 502,
    }.get(_type(error), 500)


def _type(error: Exception) -> str:
    match error:
        case NotFoundError():
            return NOT_FOUND
        case UsageError():
            return INVALID
        case IndexError_() | UnreadableFileError():
            return UNAVAILABLE
        case LLMError():
            return UPSTREAM
        case _:
            return INTERNAL
