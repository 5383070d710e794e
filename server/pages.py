"""The web page: every file of `ui/` as it lies there, since there is no build step."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response

UI = Path(__file__).parent / "ui"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PLACES = {"index.html": "/", "icon.svg": "/favicon.ico"}
"""Files that are asked for under another path than their name."""


def page_routes(app: FastAPI) -> None:
    """Bind a route for each file of the page."""
    for file in sorted(UI.iterdir()):
        if file.suffix in KINDS:
            place = PLACES.get(file.name, f"/{file.name}")
            app.get(place, include_in_schema=False)(_file(file.read_bytes(), KINDS[file.suffix]))


def _file(content: bytes, kind: str) -> Callable[[Request], Awaitable[Response]]:
    """Answers with the file, or with 304 where the browser holds it as it is."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {"cache-control": "no-cache", "etag": tag}

    async def file(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=kind, headers=headers)

    return file
