"""Routes under /api: ask, look into the index, ingest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from rag.types import Answer, Turn
from server import api, schema
from server.hall import Hall
from server.listing import FactFilter
from server.observe import QUESTION
from server.questions import question_text, turns

EVENT_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
ASKED: dict[int | str, dict[str, Any]] = {
    200: {
        "model": schema.AnswerOut,
        "description": "The answer; with `stream` events: `token` with {text}, then `answer` with the whole object, or "
        "`error`.",
        "content": {"application/json": {"example": schema.ANSWER_EXAMPLE}, **schema.events(schema.EVENTS_EXAMPLE)},
    }
}
NEW = "new"

Within = Annotated[str, Path(min_length=1, max_length=1_000, examples=["notes/serving.md"])]
From = Annotated[int | None, Query(ge=1, description="First line or page, from 1.")]
Earlier = Annotated[
    int | None, Query(ge=1, le=10**9, description="A generation that is still kept; the newest one if left out.")
]
Until = Annotated[int | None, Query(ge=1, description="Last line or page, inclusive.")]
Offset = Annotated[int, Query(ge=0, le=10**9)]
Limit = Annotated[int, Query(ge=1, le=api.MAX_ROWS)]
Named = Annotated[str | None, Query(description="Only what is said of this thing, under any of its names.")]
Headed = Annotated[str | None, Query(description="Only attributes that hold this.")]
Stored = Annotated[str | None, Query(description="Only this source.")]
Part = Annotated[str | None, Query(description="Only what holds this anywhere.")]


def native_routes(hall: Hall) -> APIRouter:
    """Ask, sources, facts, entities and ingest."""
    router = APIRouter(tags=["notes"])
    _asking(router, hall)
    _looking(router, hall)
    _ingesting(router, hall)
    return router


def _asking(router: APIRouter, hall: Hall) -> None:
    @router.post(
        "/api/ask",
        response_model=None,
        summary="Answer a question from the notes",
        responses={**ASKED, **schema.failures(400, 404, 422, 502, 503)},
    )
    async def ask(request: Request, body: api.AskBody) -> Response:
        question, history = question_text(body.question), turns(body.history)
        request.scope[QUESTION] = question
        owner = request.scope["caller"].key
        stored = body.conversation if body.conversation not in (None, NEW) else None
        if stored is not None:
            said = await run_in_threadpool(hall.conversations.history, owner, stored)
            history = said if body.history is None else history

        async def given(answer: Answer) -> dict[str, Any]:
            if body.conversation is None:
                return api.answer_json(answer, body.id)
            row = api.answer_json(answer, None)
            conversation, exchange = await run_in_threadpool(hall.conversations.add, owner, stored, question, row)
            return {**row, "id": body.id, "conversation": conversation, "exchange": exchange}

        if body.stream:
            return await event_stream(_pieces(hall, question, history, given))
        return JSONResponse(await given(await hall.answers.ask(question, history)))


async def _pieces(
    hall: Hall, question: str, history: tuple[Turn, ...], given: Any
) -> AsyncIterator[str | dict[str, Any]]:
    async for piece in hall.answers.stream(question, history):
        yield await given(piece) if isinstance(piece, Answer) else piece


async def event_stream(pieces: AsyncIterator[str | dict[str, Any]]) -> Response:
    """The pieces as server-sent events. What fails before the first one is raised."""
    events = api.events(await api.begun(pieces))
    return StreamingResponse(events, media_type="text/event-stream", headers=EVENT_HEADERS)


def _looking(router: APIRouter, hall: Hall) -> None:
    @router.get(
        "/api/sources",
        response_model=None,
        summary="The notes and papers of the index",
        responses={200: {"model": schema.SourcesOut}, **schema.failures(503)},
    )
    def sources() -> dict[str, Any]:
        return api.sources(hall.desk.assistant().snapshot)

    @router.get(
        "/api/sources/{path:path}",
        response_model=None,
        summary="The stored text of one source, or some of its lines, as a generation has it",
        responses={200: {"model": schema.ExcerptOut}, **schema.failures(404, 422, 503)},
    )
    def source(path: Within, first: From = None, last: Until = None, generation: Earlier = None) -> dict[str, Any]:
        with hall.desk.snapshot(generation) as snapshot:
            return api.source(snapshot, path, first, last)

    @router.get(
        "/api/facts",
        response_model=None,
        summary="What the notes say, fact by fact",
        responses={200: {"model": schema.FactsOut}, **schema.failures(404, 422, 503)},
    )
    def facts(
        entity: Named = None,
        attribute: Headed = None,
        source: Stored = None,
        q: Part = None,
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> dict[str, Any]:
        return api.facts(hall.desk.assistant().snapshot, FactFilter(entity, attribute, source, q), offset, limit)

    @router.get(
        "/api/entities",
        response_model=None,
        summary="The things that the notes speak of",
        responses={200: {"model": schema.EntitiesOut}, **schema.failures(422, 503)},
    )
    def entities(q: Part = None, offset: Offset = 0, limit: Limit = 100) -> dict[str, Any]:
        return api.entities(hall.desk.assistant().snapshot, q, offset, limit)


def _ingesting(router: APIRouter, hall: Hall) -> None:
    @router.post(
        "/api/ingest",
        response_model=None,
        summary="Read what changed among the notes (admin key)",
        responses={200: {"model": schema.IngestedOut}, **schema.failures(400, 422, 503)},
    )
    def ingest(body: api.IngestBody | None = None) -> dict[str, Any]:
        from ingest.build import ingest
        from server.listing import summary_row

        return summary_row(ingest(hall.settings, full=body is not None and body.full, another_embedder=False))
