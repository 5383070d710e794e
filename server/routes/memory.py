"""Routes for what the server stores: conversations and feedback."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from server import api, schema
from server.conversations import add_feedback
from server.hall import Hall
from server.questions import BadQuestionError, question_text, turns


def memory_routes(hall: Hall) -> APIRouter:
    """Conversations of the caller, and feedback."""
    router = APIRouter(tags=["conversations"])
    _conversations(router, hall)
    _feedback(router, hall)
    return router


def _conversations(router: APIRouter, hall: Hall) -> None:
    @router.get(
        "/api/conversations",
        response_model=None,
        summary="The caller's stored conversations, the latest first",
        responses={200: {"model": schema.ConversationsOut}, **schema.failures(503)},
    )
    def conversations(request: Request) -> dict[str, Any]:
        found = hall.conversations.of(request.scope["caller"].key)
        return {"conversations": [asdict(conversation) for conversation in found]}

    @router.get(
        "/api/conversations/{id}",
        response_model=None,
        summary="What was said in one conversation",
        responses={200: {"model": schema.SaidOut}, **schema.failures(404, 503)},
    )
    def conversation(request: Request, id: str) -> dict[str, Any]:
        said = hall.conversations.exchanges(request.scope["caller"].key, id)
        return {"id": id, "exchanges": [asdict(exchange) for exchange in said]}

    @router.delete(
        "/api/conversations/{id}",
        response_class=Response,
        status_code=204,
        summary="Forget one conversation",
        responses=schema.failures(404, 503),
    )
    def forget(request: Request, id: str) -> Response:
        hall.conversations.remove(request.scope["caller"].key, id)
        return Response(status_code=204)


def _feedback(router: APIRouter, hall: Hall) -> None:
    @router.post(
        "/api/feedback",
        response_model=None,
        status_code=201,
        summary="Say whether an answer was right, and what it should have said",
        responses={201: {"model": schema.FeedbackOut}, **schema.failures(400, 404, 422, 502, 503)},
    )
    async def feedback(request: Request, body: api.FeedbackBody) -> dict[str, Any]:
        owner = request.scope["caller"].key
        if body.exchange is not None:
            said, history = await run_in_threadpool(hall.conversations.before, owner, body.exchange)
            question, answer = said.question, said.answer
        elif body.question is not None:
            # The answer is made again, not taken from the caller: without a language model it is the same one.
            question, history = question_text(body.question), turns(body.history)
            answer = api.answer_json(await hall.answers.ask(question, history), None)
        else:
            raise BadQuestionError("give the exchange or the question that the feedback is about", param="exchange")
        number = await run_in_threadpool(
            add_feedback,
            hall.state,
            owner,
            rating=body.rating,
            question=question,
            history=history,
            answer=answer,
            correction=body.correction,
            comment=body.comment,
        )
        hall.metrics.rated(body.rating)
        return {"id": number}
