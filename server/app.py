"""The web application, put together in one place: every route, guard and error handler is bound here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from rag import __version__
from rag.config import Settings
from rag.errors import RagError
from server.access import Access, parted
from server.asgi import PROTOCOL, failure_body
from server.corpus.routes import corpus_routes
from server.failures import INVALID, NOT_FOUND, ToldError, error_object, status_of
from server.guards import BodyLimit, SecurityHeaders, TimeLimit
from server.hall import Hall, furnish
from server.mcp import Door, Notes
from server.observe import Observed
from server.opening import Answering, open_assistant
from server.pages import page_routes
from server.pictures import Pictures
from server.routes.memory import memory_routes
from server.routes.native import native_routes
from server.routes.pictures import picture_routes
from server.routes.protocol import openai_routes
from server.routes.service import service_routes

MCP = "/mcp"
DESCRIPTION = """Ask survey notes: short answers, every statement cited to the line or page.

Errors are `{"error": {"type", "message", "param"}}`. Where the server has API keys, send one as
`Authorization: Bearer KEY`. Every response bears `x-request-id`, which the server's log bears too.
"""


def create_app(
    settings: Settings, *, opener: Callable[[Settings], Answering] = open_assistant, processes: int = 1
) -> FastAPI:
    """The application over the index that the settings name; it is opened when first needed.

    With more than one process the answers are made in processes of their own. Raises ConfigError and MissingExtraError.
    """
    hall = furnish(settings, opener=opener, processes=processes)
    pictures = Pictures(settings)

    mcp = Door(Notes(hall.answers.ask, lambda: hall.desk.assistant().snapshot))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        hall.begin()
        yield
        await mcp.close()
        hall.close()
        pictures.close()

    app = FastAPI(
        title="rag",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    _guards(app, hall)
    app.include_router(picture_routes(hall, pictures))
    for routes in (native_routes, openai_routes, memory_routes, service_routes):
        app.include_router(routes(hall))
    app.router.routes.append(Route(MCP, mcp, include_in_schema=False))
    corpus_routes(app, hall.desk.assistant, settings, guard=lambda _: None)
    page_routes(app)
    _error_handlers(app)
    _describe_keys(app)
    return app


def _describe_keys(app: FastAPI) -> None:
    """Say in the OpenAPI description that a key may be sent. Whether one is needed hangs on whether there are any."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{}, {"key": []}]
        return document

    app.openapi = described  # type: ignore[method-assign]


def _guards(app: FastAPI, hall: Hall) -> None:
    """Bind the middleware; what is added last sees a request first."""
    settings = hall.settings
    app.add_middleware(BodyLimit, limit=settings.request_bytes, file_limit=settings.max_file_bytes)
    app.add_middleware(TimeLimit, seconds=settings.request_timeout + (settings.llm_timeout if settings.llm else 0.0))
    app.add_middleware(Access, keys=hall.keys, settings=settings)
    if settings.cors:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=parted(settings.cors),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["authorization", "content-type", "x-api-key", "x-request-id"],
            expose_headers=["x-request-id", "retry-after"],
        )
    app.add_middleware(Observed, metrics=hall.metrics, tracing=hall.tracing, log_questions=settings.log_questions)
    app.add_middleware(SecurityHeaders)


def _error_handlers(app: FastAPI) -> None:
    @app.exception_handler(RagError)
    @app.exception_handler(ToldError)
    def refused(request: Request, error: Exception) -> JSONResponse:
        return _failure(request, status_of(error), error_object(error))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        kind = NOT_FOUND if error.status_code == 404 else INVALID
        message = str(error.detail)
        if message == "Not Found":
            message = f"there is nothing at {request.url.path}"
        found = {"type": kind, "message": message, "param": None}
        headers = {"allow": _allowed(request)} if error.status_code == 405 else error.headers
        return _failure(request, error.status_code, found, headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"] if part not in ("body", "query", "path")]
        broken = first["type"] == "json_invalid"
        message = "the body is not JSON" if broken else f"{'.'.join(place) or 'body'}: {first['msg']}"
        found = {"type": INVALID, "message": message, "param": None if broken else (".".join(place) or None)}
        # The OpenAI protocol knows 400 only; elsewhere 422 tells a well-formed body with a wrong field.
        status = 400 if broken or request.url.path.startswith(PROTOCOL) else 422
        return _failure(request, status, found)


def _allowed(request: Request) -> str:
    """The methods of all routes at this path; each route knows of its own only."""
    there = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for route in there for method in getattr(route, "methods", None) or ()}))


def _failure(request: Request, status: int, error: dict[str, Any], headers: Any = None) -> JSONResponse:
    return JSONResponse(failure_body(request.url.path, error), status_code=status, headers=headers)
