"""What mark each of several columns must have that a question names: "supports A but not B", "有 A 没有 B 的"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from re import Pattern

from rag.answer.column_cells import Column
from rag.answer.column_words import column_words
from rag.question.understand import Question
from rag.question.wording import intent, pattern
from rag.types import Status


def said_mark(question: Question, column: Column, named: Sequence[Column]) -> Status:
    """The mark that the question asks for in one of the columns of marks that it names.

    The word for having or lacking that stands before a column governs it and what is joined to it; in "A yes, B no"
    such words stand behind.
    """
    lacks = any(question.normal.endswith(word, 0, column.start) for word in column_words("lacking"))
    denied = Status.NO if lacks or question.asks("negated", "unstated") else Status.YES
    said = sorted(_said(question.normal, named)) if len(named) > 1 else []
    if all(status is Status.YES for _, status in said):
        return denied
    if said[0][0] < min(other.start for other in named):
        if column is named[-1] and all(at > column.end for at, status in said if status is Status.NO):
            return Status.NO  # "has A while B does not"
        return next((status for at, status in reversed(said) if at < column.start), Status.YES)
    return next((status for at, status in said if at >= column.end), Status.YES)


def _said(normal: str, named: Sequence[Column]) -> Iterator[tuple[int, Status]]:
    """Where the words for lacking and for having stand beside the names of the columns."""
    for column in named:
        normal = _without(normal, column.start, column.end)
    wordings = (
        (intent("negated"), Status.NO), (intent("unstated"), Status.NO),
        (_words("lacking"), Status.NO), (_words("having"), Status.YES),
    )  # fmt: skip
    for words, status in wordings:
        for match in list(words.finditer(normal)):
            yield match.start(), status
            normal = _without(normal, match.start(), match.end())


def _without(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


@cache
def _words(name: str) -> Pattern[str]:
    return pattern(column_words(name))
