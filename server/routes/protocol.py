"""Routes under /v1: the OpenAI protocol."""

from __future__ import annotations

import time
import uuid
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from server import openai, schema
from server.api import begun
from server.hall import Hall
from server.observe import QUESTION
from server.routes.native import EVENT_HEADERS

COMPLETED: dict[int | str, dict[str, Any]] = {
    200: {
        "model": schema.CompletionOut,
        "description": "The completion; with `stream` chunks as the protocol has them.",
        "content": {"application/json": {}, **schema.events(schema.CHUNKS_EXAMPLE)},
    }
}


def openai_routes(hall: Hall) -> APIRouter:
    """Chat completions and the one model."""
    router = APIRouter(tags=["OpenAI protocol"])

    @router.post(
        "/v1/chat/completions",
        response_model=None,
        summary="The same answers in the OpenAI protocol",
        responses={**COMPLETED, **schema.failures(400, 502, 503)},
    )
    async def chat(request: Request, body: openai.ChatBody) -> Response:
        asked = openai.parse(body)
        request.scope[QUESTION] = asked.question
        stamp = openai.Stamp(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()))
        if body.stream:
            pieces = await begun(hall.answers.stream(asked.question, asked.history))
            chunks = openai.chunks(pieces, asked, stamp)
            return StreamingResponse(chunks, media_type="text/event-stream", headers=EVENT_HEADERS)
        answer = await hall.answers.ask(asked.question, asked.history)
        return JSONResponse(openai.completion(answer, asked, stamp))

    @router.get(
        "/v1/models",
        response_model=None,
        summary="The one model there is",
        responses={200: {"model": schema.ModelsOut}, **schema.failures()},
    )
    def models() -> dict[str, Any]:
        return openai.models()

    @router.get(
        "/v1/models/{name}",
        response_model=None,
        summary="One model",
        responses={200: {"model": schema.ModelOut}, **schema.failures(404)},
    )
    def model(name: str) -> dict[str, Any]:
        if name != openai.MODEL:
            raise HTTPException(404, f"no model {name!r}; there is {openai.MODEL!r}")
        return openai.model(name)

    return router
