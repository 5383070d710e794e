"""By what means an answer is found: each can be left out, so that what it contributes can be measured."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Means:
    """Which means are used; all of them unless told otherwise.

    `lexical` ranks passages by words, `dense` by meaning. `facts` are what tables, keys, timelines, links and commands
    state; without them sentences remain. `lexicon` translates between Chinese and English. `near_headers` adds words
    of headers that are near in meaning to those of the question; `sense` compares facts with the question in meaning.
    `rerank` lets a cross-encoder order the passages, where the settings name one.
    """

    lexical: bool = True
    dense: bool = True
    facts: bool = True
    lexicon: bool = True
    near_headers: bool = True
    sense: bool = True
    rerank: bool = True

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The means there are."""
        return tuple(field.name for field in fields(cls))

    def without(self, name: str) -> Self:
        """All of these but the one called `name`."""
        left_out: dict[str, bool] = {name: False}
        return replace(self, **left_out)


ALL = Means()
