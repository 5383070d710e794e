"""The native HTTP interface, free of any web framework: bodies in, JSON objects and event streams out."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from rag.types import Answer
from server import listing
from server.failures import error_object
from server.questions import MAX_QUESTION

if TYPE_CHECKING:
    from rag.index.snapshot import Snapshot

MAX_ROWS = 1_000
MAX_REMARK = 10_000
"""Characters of a corrected answer or a comment."""
ROLE = {"enum": ["user", "assistant"]}
HISTORY = {
    "anyOf": [
        {
            "type": "array",
            "items": {
                "anyOf": [
                    {"type": "array", "prefixItems": [ROLE, {"type": "string"}], "minItems": 2, "maxItems": 2},
                    {
                        "type": "object",
                        "properties": {"role": ROLE, "content": {"type": "string"}},
                        "required": ["role", "content"],
                    },
                ]
            },
        },
        {"type": "null"},
    ]
}

QuestionText = Annotated[
    str,
    Field(
        examples=["which models allow commercial use"],
        json_schema_extra={"minLength": 1, "maxLength": MAX_QUESTION, "pattern": r"\S"},
    ),
]
History = Annotated[
    Any,
    WithJsonSchema(HISTORY),
    Field(description="Earlier turns, as [role, text] or {role, content}.", examples=[[["user", "what is Heron"]]]),
]

T = TypeVar("T")

log = logging.getLogger(__name__)


class Body(BaseModel):
    """Data as JSON says it: no text taken for a number, no number for a truth value."""

    model_config = ConfigDict(strict=True)


class AskBody(Body):
    """What `POST /api/ask` takes."""

    question: QuestionText
    history: History = None
    id: str | int | None = Field(default=None, description="Given back with the answer.")
    stream: bool = Field(default=False, description="Answer with server-sent events.")
    conversation: str | None = Field(
        default=None,
        description='Store the exchange: "new" begins a conversation, an id goes on with it; its turns are then the '
        "history where none is given.",
        examples=["new"],
    )


def _given(field: str, **limits: str) -> dict[str, Any]:
    return {"properties": {field: {"type": "string", **limits}}, "required": [field]}


class FeedbackBody(Body):
    """What `POST /api/feedback` takes: the exchange, or the question, and what was thought of the answer."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [_given("exchange"), _given("question", pattern=r"\S")]})

    rating: Literal["up", "down"]
    exchange: str | None = Field(default=None, description="The exchange of a stored conversation.")
    question: str | None = Field(
        default=None, description="Without an exchange: what was asked.", examples=["which models allow commercial use"]
    )
    history: History = None
    correction: str | None = Field(default=None, max_length=MAX_REMARK, description="What a right answer says.")
    comment: str | None = Field(default=None, max_length=MAX_REMARK)


class IngestBody(Body):
    """What `POST /api/ingest` takes."""

    full: bool = Field(default=False, description="Read every file again, changed or not.")


def answer_json(answer: Answer, id: str | int | None, **told: Any) -> dict[str, Any]:
    """An answer with the caller's own id, and whatever else is told with it."""
    from rag.answer.serialise import to_json

    return {**to_json(answer), "id": id, **told}


async def events(pieces: AsyncIterator[str | dict[str, Any]]) -> AsyncIterator[str]:
    """Server-sent events: `token` with {"text"} for each piece, then `answer` with the whole object.

    What fails on the way becomes an `error` event: the status line is long gone.
    """
    try:
        async for piece in pieces:
            if isinstance(piece, str):
                yield event("token", {"text": piece})
            else:
                yield event("answer", piece)
    except Exception as error:
        log.exception("a stream broke off")
        yield event("error", {"error": error_object(error)})


async def begun(pieces: AsyncIterator[T]) -> AsyncIterator[T]:
    """The same pieces, the first of which has been made already, so that early failures are raised here."""
    first = await anext(pieces, None)

    async def again() -> AsyncIterator[T]:
        if first is not None:
            yield first
        async for piece in pieces:
            yield piece

    return again()


def event(name: str, value: Any) -> str:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"


def sources(snapshot: Snapshot) -> dict[str, Any]:
    """Every source without its text."""
    return {
        "generation": snapshot.generation,
        "sources": [listing.source_row(source) for source in listing.sources(snapshot)],
    }


def source(snapshot: Snapshot, path: str, first: int | None, last: int | None) -> dict[str, Any]:
    """One source with the stored text of its lines (of a paper: pages) `first` to `last`."""
    return listing.excerpt(snapshot.source(listing.known_path(snapshot, path)), first, last)


def facts(snapshot: Snapshot, wanted: listing.FactFilter, offset: int, limit: int) -> dict[str, Any]:
    """A slice of the facts that pass the filter, and how many there are."""
    found = listing.facts(snapshot, wanted)
    return {"total": len(found), "facts": [listing.fact_row(f) for f in found[offset : offset + limit]]}


def entities(snapshot: Snapshot, pattern: str | None, offset: int, limit: int) -> dict[str, Any]:
    """A slice of the entities whose name holds the pattern, and how many there are."""
    found = listing.entities(snapshot, pattern)
    return {"total": len(found), "entities": [listing.entity_row(e) for e in found[offset : offset + limit]]}
