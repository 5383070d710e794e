"""The web application, put together in one place: every route, guard and error handler is bound here."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from rag import __version__
from rag.config import Settings
from rag.errors import RagError
from server import api, openai
from server.desk import Desk
from server.failures import INVALID, NOT_FOUND, error_object, status_of
from server.guards import BodyLimit, SecurityHeaders
from server.listing import FactFilter
from server.opening import Answering, open_assistant
from server.pictures import Pictures, boxes, lines_around, page_text

UI = Path(__file__).parent / "ui"
PAGES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/app.css": ("app.css", "text/css; charset=utf-8"),
    "/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/words.js": ("words.js", "text/javascript; charset=utf-8"),
    "/favicon.ico": ("icon.svg", "image/svg+xml"),
}
PICTURE_HEADERS = {"cache-control": "private, max-age=60"}
"""The address does not name the version of the paper."""
EVENT_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}

From = Annotated[int | None, Query(ge=1)]
Offset = Annotated[int, Query(ge=0)]
Limit = Annotated[int, Query(ge=1, le=api.MAX_ROWS)]


def create_app(settings: Settings, *, opener: Callable[[Settings], Answering] = open_assistant) -> FastAPI:
    """The application over the index that the settings name; it is opened when first needed."""
    desk = Desk(settings, opener=opener)
    pictures = Pictures(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()
        pictures.close()

    app = FastAPI(title="rag", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    _source_routes(app, desk, pictures)
    _native_routes(app, desk)
    _openai_routes(app, desk)
    _health_routes(app, desk)
    for path, (name, kind) in PAGES.items():
        app.get(path, include_in_schema=False)(_page((UI / name).read_bytes(), kind))
    _error_handlers(app)
    return app


def _native_routes(app: FastAPI, desk: Desk) -> None:
    @app.post("/api/ask", response_model=None, summary="Answer a question from the notes")
    def ask(body: api.AskBody) -> Response:
        if body.stream:
            return _event_stream(api.events(desk.assistant(), body))
        return JSONResponse(api.ask(desk.assistant(), body))

    @app.get("/api/sources", summary="The notes and papers of the index")
    def sources() -> dict[str, Any]:
        return api.sources(desk.assistant().snapshot)

    @app.get("/api/sources/{path:path}", summary="The stored text of one source, or some of its lines")
    def source(path: str, first: From = None, last: From = None) -> dict[str, Any]:
        return api.source(desk.assistant().snapshot, path, first, last)

    @app.get("/api/facts", summary="What the notes say, fact by fact")
    def facts(
        entity: str | None = None,
        attribute: str | None = None,
        source: str | None = None,
        q: str | None = None,
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> dict[str, Any]:
        return api.facts(desk.assistant().snapshot, FactFilter(entity, attribute, source, q), offset, limit)

    @app.get("/api/entities", summary="The things that the notes speak of")
    def entities(q: str | None = None, offset: Offset = 0, limit: Limit = 100) -> dict[str, Any]:
        return api.entities(desk.assistant().snapshot, q, offset, limit)


def _source_routes(app: FastAPI, desk: Desk, pictures: Pictures) -> None:
    """Parts of sources; they come before the route of whole sources, whose path takes everything."""

    @app.get("/api/sources/{path:path}/pages/{number}.png", summary="A page of a paper as a picture, with boxes marked")
    def picture(path: str, number: int, mark: Annotated[list[str] | None, Query()] = None) -> Response:
        png = pictures.page(desk.assistant().snapshot, path, number, boxes(mark or []))
        return Response(png, media_type="image/png", headers=PICTURE_HEADERS)

    @app.get("/api/sources/{path:path}/pages/{number}", summary="The stored text of a page of a paper")
    def page(path: str, number: int) -> dict[str, Any]:
        return page_text(desk.assistant().snapshot, path, number)

    @app.get("/api/sources/{path:path}/lines/{first}-{last}", summary="Lines of a note in their context, marked")
    def lines(path: str, first: int, last: int) -> dict[str, Any]:
        return lines_around(desk.assistant().snapshot, path, first, last)


def _openai_routes(app: FastAPI, desk: Desk) -> None:
    @app.post("/v1/chat/completions", response_model=None, summary="The same answers in the OpenAI protocol")
    def chat(body: openai.ChatBody) -> Response:
        asked = openai.parse(body)
        stamp = openai.Stamp(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()))
        if body.stream:
            return _event_stream(openai.stream(desk.assistant(), asked, stamp))
        return JSONResponse(openai.completion(desk.assistant(), asked, stamp))

    @app.get("/v1/models", summary="The one model there is")
    def models() -> dict[str, Any]:
        return openai.models()

    @app.get("/v1/models/{name}", summary="One model")
    def model(name: str) -> dict[str, Any]:
        if name != openai.MODEL:
            raise HTTPException(404, f"no model {name!r}; there is {openai.MODEL!r}")
        return openai.model(name)


def _health_routes(app: FastAPI, desk: Desk) -> None:
    @app.get("/healthz", summary="The process runs")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @app.get("/readyz", summary="The index can be read")
    def readyz() -> dict[str, Any]:
        snapshot = desk.assistant().snapshot
        return {"status": "ready", "generation": snapshot.generation, "embedder": snapshot.embedder}


def _event_stream(events: Iterator[str]) -> Response:
    return StreamingResponse(events, media_type="text/event-stream", headers=EVENT_HEADERS)


def _page(content: bytes, kind: str) -> Callable[[], Response]:
    def page() -> Response:
        return Response(content, media_type=kind, headers={"cache-control": "no-cache"})

    return page


def _error_handlers(app: FastAPI) -> None:
    @app.exception_handler(RagError)
    def refused(request: Request, error: RagError) -> JSONResponse:
        return _failure(request, status_of(error), error_object(error))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        kind = NOT_FOUND if error.status_code == 404 else INVALID
        message = str(error.detail)
        if message == "Not Found":
            message = f"there is nothing at {request.url.path}"
        found = {"type": kind, "message": message, "param": None}
        return _failure(request, error.status_code, found, error.headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"] if part not in ("body", "query", "path")]
        broken = first["type"] == "json_invalid"
        message = "the body is not JSON" if broken else f"{'.'.join(place) or 'body'}: {first['msg']}"
        found = {"type": INVALID, "message": message, "param": None if broken else (".".join(place) or None)}
        # The OpenAI protocol knows 400 only; elsewhere 422 tells a well-formed body with a wrong field.
        status = 400 if broken or request.url.path.startswith("/v1/") else 422
        return _failure(request, status, found)

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> JSONResponse:
        return _failure(request, 500, error_object(error))


def _failure(request: Request, status: int, error: dict[str, Any], headers: Any = None) -> JSONResponse:
    if request.url.path.startswith("/v1/"):
        error = {**error, "code": None}
    return JSONResponse({"error": error}, status_code=status, headers=headers)
