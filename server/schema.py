"""What the HTTP interface gives, as models for its OpenAPI description.

Answers are written by `rag.answer.serialise` and sent as they are; these models only describe them, and a test holds
the two together.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

QUOTE = "| 7B | MIT |"
PLACE = {"source": "notes/serving.md", "lines": [6, 6], "page": None}


class Place(BaseModel):
    """Where something stands: lines of a note (1-based, inclusive) or a page of a paper; the other is null."""

    source: str = Field(description="Path of the source, relative to the corpus.")
    lines: list[int] | None
    page: int | None


class CitationOut(Place):
    """Where a statement stands. `quote` is an exact substring of the source as stored."""

    n: int = Field(description="The number of the mark [n] in the text.")
    title: str
    heading: list[str]
    box: list[float] | None = Field(description="x0, y0, x1, y1 on the page, in points from its top left.")
    quote: str
    url: str | None


class ClaimOut(BaseModel):
    text: str
    citations: list[int]


class ItemOut(BaseModel):
    entity: str
    status: Literal["yes", "no", "conditional", "unknown"]
    value: str
    citations: list[int]


class ConflictValueOut(BaseModel):
    value: str
    citations: list[int]


class ConflictOut(BaseModel):
    entity: str
    attribute: str
    values: list[ConflictValueOut]


class OtherReadingOut(BaseModel):
    reading: str = Field(description="What the question then is about: a heading, a header; may be empty.")
    text: str = Field(description="Its line of the answer.")
    items: list[ItemOut]


class RetrievedOut(Place):
    score: float
    text: str


class IndexOut(BaseModel):
    generation: int
    embedder: str
    stale: bool


class AnswerOut(BaseModel):
    """A checked answer: the same object as `rag ask --json` prints."""

    id: str | int | None = Field(description="The caller's own, given back.")
    question: str
    language: str
    kind: Literal["lookup", "list", "compare", "timeline", "link", "passage", "none"]
    text: str = Field(description="The answer, with marks [n].")
    abstained: bool = Field(description="Whether the notes do not say.")
    claims: list[ClaimOut]
    items: list[ItemOut]
    silent: int | None = Field(description="Of how many things the notes say nothing, for a list.")
    citations: list[CitationOut]
    conflicts: list[ConflictOut]
    retrieved: list[RetrievedOut]
    index: IndexOut
    llm: str | None
    timings_ms: dict[str, float]
    notices: list[str] = []
    otherwise: OtherReadingOut | None = Field(default=None, description="What the question may mean besides.")
    conversation: str | None = Field(default=None, description="Where the exchange was stored, if that was asked for.")
    exchange: str | None = Field(default=None, description="What feedback refers to.")


class ErrorObject(BaseModel):
    type: str
    message: str = Field(description="What was wrong, with which value, and what to do next.")
    param: str | None = Field(description="The field at fault.")
    code: None = Field(default=None, description="Below /v1 only.")


class ErrorOut(BaseModel):
    error: ErrorObject


class SourceOut(BaseModel):
    path: str
    kind: Literal["note", "paper"]
    title: str
    encoding: str
    repair: str | None = Field(description="How damaged text was mended.")
    stale: str | None = Field(description="Why the newest version of the file could not be read.")
    unit: Literal["line", "page"]
    total: int = Field(description="Lines or pages.")


class SourcesOut(BaseModel):
    generation: int
    sources: list[SourceOut]


class ExcerptOut(SourceOut):
    first: int
    last: int
    text: str = Field(description="The stored text of these lines; pages are parted by form feeds.")


class LineOut(BaseModel):
    number: int
    text: str
    marked: bool


class LinesOut(SourceOut):
    """Lines of a note in their context."""

    first: int
    last: int
    marked: list[int] = Field(description="The first and the last of the lines asked for.")
    lines: list[LineOut]


class FactOut(Place):
    entity: str
    attribute: str
    value: str
    qualifiers: list[list[str]]
    date: str | None
    kind: str
    heading: list[str]
    quote: str


class FactsOut(BaseModel):
    total: int
    facts: list[FactOut]


class EntityOut(BaseModel):
    name: str
    aliases: list[str]
    strength: int


class EntitiesOut(BaseModel):
    total: int
    entities: list[EntityOut]


class ConversationOut(BaseModel):
    id: str
    title: str
    created: str
    changed: str


class ConversationsOut(BaseModel):
    conversations: list[ConversationOut]


class ExchangeOut(BaseModel):
    id: str
    question: str
    answer: AnswerOut
    created: str


class SaidOut(BaseModel):
    id: str
    exchanges: list[ExchangeOut]


class FeedbackOut(BaseModel):
    id: int


class FailedFile(BaseModel):
    path: str
    reason: str


class UnfetchedPaper(BaseModel):
    paper: str
    reason: str


class IngestedOut(BaseModel):
    """What an ingest did: the same object as `rag ingest --json` prints."""

    added: int
    changed: int
    renamed: int
    removed: int
    unchanged: int
    failed: list[FailedFile]
    generation: int
    embedded: int
    fetched: int
    unfetched: list[UnfetchedPaper]
    notices: list[str]


class HealthOut(BaseModel):
    status: Literal["ok"]
    version: str


class ReadyOut(BaseModel):
    status: Literal["ready"]
    generation: int
    embedder: str


class ModelOut(BaseModel):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsOut(BaseModel):
    object: Literal["list"]
    data: list[ModelOut]


class MessageOut(BaseModel):
    role: Literal["assistant"]
    content: str
    refusal: None


class ChoiceOut(BaseModel):
    index: Literal[0]
    message: MessageOut
    logprobs: None
    finish_reason: Literal["stop"]


class UsageOut(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionOut(BaseModel):
    """A `chat.completion` of the OpenAI protocol, with the citations as data beside it."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChoiceOut]
    usage: UsageOut
    citations: list[CitationOut]


ANSWER_EXAMPLE: dict[str, Any] = {
    "id": None,
    "question": "which models allow commercial use",
    "language": "en",
    "kind": "list",
    "text": "Heron: yes, MIT [1]",
    "abstained": False,
    "claims": [{"text": "Heron: yes, MIT", "citations": [1]}],
    "items": [{"entity": "Heron", "status": "yes", "value": "MIT", "citations": [1]}],
    "silent": 3,
    "citations": [
        {**PLACE, "n": 1, "title": "Serving", "heading": ["Serving", "Heron"], "box": None, "quote": QUOTE, "url": None}
    ],
    "conflicts": [],
    "retrieved": [{**PLACE, "score": 0.83, "text": QUOTE}],
    "index": {"generation": 7, "embedder": "builtin", "stale": False},
    "llm": None,
    "timings_ms": {"total": 6.1},
}
EVENTS_EXAMPLE = (
    'event: token\ndata: {"text": "Heron: yes, MIT [1]"}\n\n'
    'event: answer\ndata: {"question": "which models allow commercial use", "kind": "list", …}\n\n'
)
CHUNKS_EXAMPLE = (
    'data: {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": '
    '{"content": "Heron: yes [1]"}, "finish_reason": null}]}\n\ndata: [DONE]\n\n'
)
REASONS = {
    400: "The request cannot be answered as it is",
    401: "A key is needed, or this one is not known",
    403: "This key may not do that",
    404: "There is no such thing",
    408: "The request's body did not come",
    413: "The request is too large",
    422: "A field is missing or of the wrong kind",
    429: "Too many requests; Retry-After says when to try again",
    500: "Something unexpected went wrong; the server's log holds the details",
    502: "The language model failed",
    503: "The index, or what the server stores, cannot be used",
    504: "No answer within the time limit",
}
ALWAYS = (401, 403, 408, 413, 429, 500, 504)
"""What any route may answer."""


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of a route: those of every route and these."""
    told = sorted({*ALWAYS, *statuses})
    return {status: {"model": ErrorOut, "description": REASONS[status]} for status in told}


PICTURE: dict[str, Any] = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
"""The content of a response that is a picture."""


def events(example: str) -> dict[str, Any]:
    """A stream of server-sent events as a second content type of a response; the schema is that of one event."""
    event = {
        "type": "object",
        "properties": {"event": {"type": "string"}, "data": {"type": "string", "description": "JSON, or [DONE]."}},
        "required": ["data"],
    }
    return {"text/event-stream": {"schema": event, "example": example}}
