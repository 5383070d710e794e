"""The OpenAI chat protocol over the assistant, free of any web framework.

Protocol: platform.openai.com/docs/api-reference/chat. The notes answer, so sampling parameters mean nothing
and are ignored; `model` is echoed. Citations stand in the text as [n], with a source list after it, and as
data in the extra field `citations`; `index` says which state of the notes answered.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from rag.answer.serialise import citation_row, index_row, render
from rag.types import Answer, Turn
from server.api import Body
from server.failures import error_object
from server.questions import ROLES, BadQuestionError, question_text, well_formed

MODEL = "rag"
KNOWN_ROLES = (*ROLES, "system", "developer", "tool", "function")
DONE = "data: [DONE]\n\n"
_TOKEN = re.compile(r"[A-Za-z0-9_]+|[^\sA-Za-z0-9_]")

log = logging.getLogger(__name__)


TEXT = {"type": "string", "pattern": r"\S"}
PART = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
SPOKEN_PART = {"type": "object", "properties": {"text": TEXT}, "required": ["text"]}
PARTS = {"type": "array", "items": PART}
SAID = {
    "type": "object",
    "properties": {
        "role": {"const": "user"},
        "content": {"anyOf": [TEXT, {**PARTS, "contains": SPOKEN_PART, "minItems": 1}]},
    },
    "required": ["role", "content"],
}
OTHER = {
    "type": "object",
    "properties": {
        "role": {"enum": ["system", "developer", "assistant", "tool", "function"]},
        "content": {"anyOf": [{"type": "string"}, PARTS, {"type": "null"}]},
    },
    "required": ["role"],
}
MESSAGES = {"type": "array", "items": {"anyOf": [SAID, OTHER]}, "contains": SAID, "minItems": 1}


class ChatBody(Body):
    """What `POST /v1/chat/completions` takes; other parameters are ignored."""

    model: str = Field(default=MODEL, description="Given back; there is one.")
    messages: Annotated[
        Any,
        WithJsonSchema(MESSAGES),
        Field(
            description="The conversation. The last message of the user is the question; system messages are ignored.",
            examples=[[{"role": "user", "content": "which models allow commercial use"}]],
        ),
    ]
    stream: bool | None = False
    stream_options: dict[str, Any] | None = Field(
        default=None, description="`include_usage` asks for the usage at the end of a stream."
    )
    n: Annotated[int | None, WithJsonSchema({"enum": [1, None]})] = Field(
        default=1, description="There is one answer to a question."
    )


@dataclass(frozen=True, slots=True)
class Chat:
    """A checked request. `prompt_tokens` counts words, numbers and CJK characters of all messages."""

    question: str
    history: tuple[Turn, ...]
    model: str
    prompt_tokens: int
    usage_wanted: bool


@dataclass(frozen=True, slots=True)
class Stamp:
    """What names one completion: its id and its time in Unix seconds."""

    id: str
    created: int


def parse(body: ChatBody) -> Chat:
    """The question (the user's last message) and the conversation before it. Raises BadQuestionError."""
    if body.n not in (None, 1):
        raise BadQuestionError(f"n = {body.n}: there is one answer to a question; leave n at 1", param="n")
    spoken = _spoken(body.messages)
    last = max((at for at, (role, _) in enumerate(spoken) if role == "user"), default=None)
    if last is None:
        raise BadQuestionError('no message has the role "user"; the last one of them is the question', param="messages")
    try:
        question = question_text(spoken[last][1])
    except BadQuestionError as error:
        raise BadQuestionError(str(error), param="messages") from error
    options = body.stream_options or {}
    return Chat(
        question=question,
        history=tuple(turn for turn in spoken[:last] if turn[1].strip()),
        model=body.model,
        prompt_tokens=sum(count_tokens(text) for _, text in spoken),
        usage_wanted=bool(options.get("include_usage")),
    )


def _spoken(messages: object) -> list[Turn]:
    """What user and assistant said, in order; every message is checked."""
    if not isinstance(messages, list):
        raise BadQuestionError("messages: Input should be a valid list", param="messages")
    found = []
    for position, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if role not in KNOWN_ROLES:
            known = ", ".join(KNOWN_ROLES)
            raise BadQuestionError(f"messages[{position}].role is none of {known}", param="messages")
        text = _content(message.get("content"), position)
        if role == "user" and not text.strip():
            raise BadQuestionError(f"messages[{position}] of the user is empty; say something", param="messages")
        if role in ROLES:
            found.append((role, text))
    return found


def _content(content: object, position: int) -> str:
    match content:
        case None:
            return ""
        case str():
            return well_formed(content)
        case list():
            texts = [part.get("text") if isinstance(part, dict) else None for part in content]
            if all(isinstance(text, str) for text in texts):
                return well_formed("\n".join(map(str, texts)))
    raise BadQuestionError(f"messages[{position}].content is neither text nor a list of text parts", param="messages")


def count_tokens(text: str) -> int:
    """A model-free token count: words, numbers, and every other visible character."""
    return len(_TOKEN.findall(text))


def completion(answer: Answer, chat: Chat, stamp: Stamp) -> dict[str, Any]:
    """The answer as a `chat.completion` object."""
    content = render(answer)
    return {
        **_head(chat, stamp, "chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": _usage(chat, content),
        "citations": [citation_row(citation) for citation in answer.citations],
        "index": index_row(answer.index),
    }


async def chunks(pieces: AsyncIterator[str | Answer], chat: Chat, stamp: Stamp) -> AsyncIterator[str]:
    """The answer as `chat.completion.chunk` events. What fails on the way becomes the protocol's error event."""
    yield _chunk(chat, stamp, {"role": "assistant", "content": ""})
    said = ""
    try:
        async for piece in pieces:
            if isinstance(piece, Answer):
                rest = render(piece).removeprefix(piece.text)
                said += rest
                yield _chunk(chat, stamp, {"content": rest})
                cited = [citation_row(c) for c in piece.citations]
                yield _chunk(chat, stamp, {}, finish="stop", citations=cited, index=index_row(piece.index))
            else:
                said += piece
                yield _chunk(chat, stamp, {"content": piece})
    except Exception as error:  # the status line is long gone: the stream itself must say it
        log.exception("a stream broke off")
        yield _data({"error": {**error_object(error), "code": None}})
        return
    if chat.usage_wanted:
        yield _data({**_head(chat, stamp, "chat.completion.chunk"), "choices": [], "usage": _usage(chat, said)})
    yield DONE


def _chunk(chat: Chat, stamp: Stamp, delta: dict[str, Any], *, finish: str | None = None, **extra: Any) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _data({**_head(chat, stamp, "chat.completion.chunk"), "choices": [choice], **extra})


def _head(chat: Chat, stamp: Stamp, kind: str) -> dict[str, Any]:
    return {"id": stamp.id, "object": kind, "created": stamp.created, "model": chat.model}


def _usage(chat: Chat, content: str) -> dict[str, int]:
    answered = count_tokens(content)
    return {
        "prompt_tokens": chat.prompt_tokens,
        "completion_tokens": answered,
        "total_tokens": chat.prompt_tokens + answered,
    }


def models() -> dict[str, Any]:
    """The one model there is, as `GET /v1/models` lists it."""
    return {"object": "list", "data": [model(MODEL)]}


def model(name: str) -> dict[str, Any]:
    """A model as `GET /v1/models/{name}` shows it."""
    return {"id": name, "object": "model", "created": 0, "owned_by": "local"}


def _data(value: Any) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
