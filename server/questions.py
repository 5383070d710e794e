"""Questions and conversations as they come in, checked before anything is done with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import UsageError
from rag.types import Turn

MAX_QUESTION = 4_000
"""Characters of a question. Anything longer is a pasted document, not a question."""

ROLES = ("user", "assistant")


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a batch. `id` is whatever JSON value the caller gave."""

    id: Any
    text: str
    history: tuple[Turn, ...] = ()


class BadQuestionError(UsageError):
    """A question that cannot be asked; `param` names the field at fault, `id` is the caller's own."""

    def __init__(self, message: str, *, param: str | None = None, id: Any = None) -> None:
        super().__init__(message)
        self.param = param
        self.id = id


def question_text(value: object, *, id: Any = None) -> str:
    """The question without surrounding white space. Raises BadQuestionError when there is none to ask."""
    if not isinstance(value, str):
        raise BadQuestionError("question must be a text", param="question", id=id)
    text = well_formed(value).strip()
    if not text:
        raise BadQuestionError("the question is empty; ask something", param="question", id=id)
    if len(text) > MAX_QUESTION:
        message = f"the question has {len(text)} characters; ask in at most {MAX_QUESTION}"
        raise BadQuestionError(message, param="question", id=id)
    return text


def turns(value: object, *, id: Any = None) -> tuple[Turn, ...]:
    """A conversation from a list of [role, text], of {"role", "content"} objects, or None."""
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise BadQuestionError("history must be a list of [role, text]", param="history", id=id)
    found = []
    for position, entry in enumerate(value):
        turn = [entry.get("role"), entry.get("content")] if isinstance(entry, dict) else entry
        match turn:
            case [role, str(text)] if role in ROLES:
                found.append((str(role), well_formed(text)))
            case _:
                message = f'history[{position}] is not [role, text] with role "user" or "assistant"'
                raise BadQuestionError(message, param="history", id=id)
    return tuple(found)


def parse_history(data: bytes, name: str) -> tuple[Turn, ...]:
    """A conversation from the bytes of a JSON file called `name`."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise UsageError(f"{name}: not JSON ({error}); give a list of [role, text]") from error
    return turns(value)


def parse_line(line: bytes) -> Question:
    """One line of a batch. Raises BadQuestionError, with the line's id where that could be read."""
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadQuestionError(f"not a JSON object in UTF-8 ({error})") from error
    if not isinstance(value, dict):
        raise BadQuestionError('not a JSON object with "question"')
    id = value.get("id")
    if "question" not in value:
        raise BadQuestionError('"question" is missing', param="question", id=id)
    return Question(id, question_text(value["question"], id=id), turns(value.get("history"), id=id))


def well_formed(text: str) -> str:
    """The text with lone surrogates, which no encoding can hold, replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
