"""ASGI middleware: request size, time, and response headers."""

from __future__ import annotations

import asyncio

from server.asgi import App, Message, Receive, Scope, Send, refuse
from server.failures import TOO_LARGE, TOO_SLOW

BODY_SECONDS = 20.0
"""A body that has not come by then does not come; waiting longer is what an attack wants."""
FILE_SECONDS = 300.0
UPLOADS = "/api/corpus/"
"""Below this a request may carry a whole note or paper; only an admin gets as far as sending one."""

HEADERS = {
    # Everything the page needs comes from this server; nothing inline, no frame, no plug-in, no form target but this.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Adds HEADERS to every response that does not set them itself, and keeps answers out of shared caches."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name.lower() for name, _ in given}
                message["headers"] = given + [(name, value) for name, value in self._added if name not in names]
                if b"cache-control" not in names:
                    message["headers"].append((b"cache-control", b"no-store"))
            await send(message)

        await self._app(scope, receive, with_headers)


UNTIMED = ("/api/ingest", "/api/corpus")
"""Below these notes are read, which takes as long as it takes and must not be left half done."""


class TimeLimit:
    """Refuses with status 504 what has not begun to answer after `seconds`, and ends a stream that lasts longer."""

    def __init__(self, app: App, *, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(UNTIMED):
            await self._app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            async with asyncio.timeout(self._seconds) as limit:
                await self._app(scope, receive, noted)
        except TimeoutError:
            if begun or not limit.expired():
                raise
            message = f"no answer within {self._seconds:g} s; ask for less, or raise request_timeout in rag.toml"
            await refuse(scope, send, 504, TOO_SLOW, message)


class BodyLimit:
    """Reads the whole request body and refuses one above `limit` bytes (413) or that does not come (408).

    Below UPLOADS a file may come: `file_limit` bytes.
    """

    def __init__(self, app: App, *, limit: int, file_limit: int) -> None:
        self._app = app
        self._limits = {False: (limit, BODY_SECONDS), True: (max(limit, file_limit), FILE_SECONDS)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit, seconds = self._limits[scope["path"].startswith(UPLOADS)]
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > limit:
            await _too_large(scope, send, limit)
            return
        try:
            async with asyncio.timeout(seconds):
                body = await _body(receive, limit)
        except TimeoutError:
            message = f"the request's body did not come within {seconds:g} s"
            await refuse(scope, send, 408, TOO_SLOW, message, [("connection", "close")])
            return
        if body is None:
            return
        if len(body) > limit:
            await _too_large(scope, send, limit)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)


async def _body(receive: Receive, limit: int) -> bytes | None:
    """The body, or its beginning once that is too long; None where the caller has left."""
    parts: list[bytes] = []
    size = 0
    while size <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body", False):
            break
    return b"".join(parts)


async def _too_large(scope: Scope, send: Send, limit: int) -> None:
    message = f"the request has more than {limit} bytes; send less"
    await refuse(scope, send, 413, TOO_LARGE, message, [("connection", "close")])
