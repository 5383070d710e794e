"""ASGI middleware that sees every request from outside: its id, its time, its log line, its counts and its span."""

from __future__ import annotations

import re
import time
import uuid
from contextlib import nullcontext
from typing import Any

from server.asgi import App, Message, Receive, Scope, Send, header, refuse
from server.failures import INTERNAL, error_object
from server.logs import FIELDS, REQUEST_ID, log
from server.metrics import Metrics
from server.tracing import Tracing, tell_request

ID_HEADER = b"x-request-id"
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
QUESTION = "question"
"""Where a route leaves the question in the scope, for the log, if that is allowed to have it."""


class Observed:
    """Gives each request an id (the caller's own, if that is a plain one) and tells logs, metrics and traces of it."""

    def __init__(self, app: App, *, metrics: Metrics, tracing: Tracing | None, log_questions: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing
        self._log_questions = log_questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = header(scope, ID_HEADER) or ""
        request_id = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        REQUEST_ID.set(request_id)
        began = time.perf_counter()
        status: int | None = None

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (ID_HEADER, request_id.encode())]
            await send(message)

        self._metrics.begin()
        with self._span(scope, request_id) as span:
            try:
                await self._app(scope, receive, noted)
            except Exception as error:
                log.exception("a request broke")
                if status is not None:
                    raise  # a response that has begun cannot be taken back; the connection is closed instead
                await refuse(scope, noted, 500, INTERNAL, error_object(error)["message"])
            finally:
                seconds = time.perf_counter() - began
                self._tell(scope, status or 500, seconds)
                if span is not None:
                    tell_request(span, scope["method"], _route(scope), status or 500)

    def _span(self, scope: Scope, request_id: str) -> Any:
        if self._tracing is None:
            return nullcontext()
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        return self._tracing.request(scope["method"], headers, request_id)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.end(scope["method"], route, status, seconds)
        caller = scope.get("caller")
        line = {
            "method": scope["method"],
            # A path that no route knows is told as it came: that is how attacks are seen. Queries are not told.
            "route": route or scope["path"],
            "status": status,
            "ms": round(seconds * 1000, 1),
            "address": caller.address if caller else (scope.get("client") or ("",))[0],
        }
        if caller and caller.key:
            line["key"] = caller.key
        if self._log_questions and QUESTION in scope:
            line[QUESTION] = scope[QUESTION]
        log.info("request", extra={FIELDS: line})


def _route(scope: Scope) -> str | None:
    return getattr(scope.get("route"), "path", None)
