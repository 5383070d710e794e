"""The shapes of ASGI, and an error as a response."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PROTOCOL = "/v1/"
"""Below this errors have one field more, as the OpenAI protocol wants it."""


def header(scope: Scope, name: bytes) -> str | None:
    """The request's header of that name (in lower case), None when it has none."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def failure_body(path: str, error: dict[str, Any]) -> dict[str, Any]:
    """The body that tells an error {"type", "message", "param"} to a caller of `path`."""
    return {"error": {**error, "code": None} if path.startswith(PROTOCOL) else error}


async def refuse(
    scope: Scope, send: Send, status: int, kind: str, message: str, headers: Iterable[tuple[str, str]] = ()
) -> None:
    """Send an error as the whole response."""
    error = {"type": kind, "message": message, "param": None}
    body = json.dumps(failure_body(scope["path"], error), ensure_ascii=False).encode()
    told = [("content-type", "application/json"), ("content-length", str(len(body))), *headers]
    encoded = [(name.encode(), value.encode()) for name, value in told]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
