"""The native HTTP interface, free of any web framework: bodies in, JSON objects and event streams out."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from rag.types import Answer
from server import listing
from server.failures import error_object
from server.questions import question_text, turns

if TYPE_CHECKING:
    from rag.index.snapshot import Snapshot
    from server.opening import Answering

MAX_ROWS = 1_000

log = logging.getLogger(__name__)


class AskBody(BaseModel):
    """What `POST /api/ask` takes."""

    question: str = Field(examples=["which models allow commercial use"])
    history: list[Any] | None = Field(default=None, description="Earlier turns as [role, text].")
    id: str | int | None = Field(default=None, description="Given back with the answer.")
    stream: bool = Field(default=False, description="Answer with server-sent events.")


def ask(assistant: Answering, body: AskBody) -> dict[str, Any]:
    """The answer as the JSON object of `rag ask --json`."""
    answer = assistant.ask(question_text(body.question), turns(body.history))
    return answer_json(answer, body.id)


def answer_json(answer: Answer, id: str | int | None) -> dict[str, Any]:
    """An answer with the caller's own id."""
    from rag.answer.serialise import to_json

    return {**to_json(answer), "id": id}


def events(assistant: Answering, body: AskBody) -> Iterator[str]:
    """Server-sent events: `token` with {"text"} for each piece, then `answer` with the whole object.

    What fails before the first piece is raised; what fails later becomes an `error` event.
    """
    pieces = begun(assistant.stream(question_text(body.question), turns(body.history)))
    return _events(pieces, body.id)


def _events(pieces: Iterable[str | Answer], id: str | int | None) -> Iterator[str]:
    try:
        for piece in pieces:
            if isinstance(piece, Answer):
                yield event("answer", answer_json(piece, id))
            else:
                yield event("token", {"text": piece})
    except Exception as error:  # the status line is long gone: the stream itself must say it
        log.exception("a stream broke off")
        yield event("error", {"error": error_object(error)})


def begun(pieces: Iterator[str | Answer]) -> Iterator[str | Answer]:
    """The same pieces, the first of which has been made already, so that early failures are raised here."""
    first = next(pieces, None)

    def again() -> Iterator[str | Answer]:
        if first is not None:
            yield first
        yield from pieces

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
