"""All facts of a small generation in memory, arranged as questions look them up."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from rag.types import Fact, Lines

MOST_ARRANGED = 20_000
"""Facts up to which all are held: about 20 MB, and 0.3 s to read them."""


class Arranged:
    """Facts by thing, mention, place and content. They are numbered in reading order, and all results come in it."""

    def __init__(self, placed: Sequence[tuple[int, Fact]]) -> None:
        """`placed` are (content id, fact) of every placement, by source and ordinal."""
        self.facts = tuple(fact for _, fact in placed)
        self._by_content: dict[int, list[int]] = {}
        self._by_thing: dict[str, list[int]] = {}
        self._by_mention: dict[str, list[int]] = {}
        self._by_source: dict[str, list[tuple[int, int, Fact]]] = {}
        for number, (content, fact) in enumerate(placed):
            self._by_content.setdefault(content, []).append(number)
            self._by_thing.setdefault(fact.entity_key, []).append(number)
            for key in dict.fromkeys(fact.mentions):
                self._by_mention.setdefault(key, []).append(number)
            at = fact.location
            span = (at.first, at.last) if isinstance(at, Lines) else (at.number, at.number)
            self._by_source.setdefault(fact.source, []).append((*span, fact))

    @property
    def contents(self) -> Collection[int]:
        """The contents that any of the facts has."""
        return self._by_content.keys()

    def of(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """The facts whose `entity_key` is among `keys`."""
        return self._numbered(number for key in set(keys) for number in self._by_thing.get(key, ()))

    def mentioning(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """The facts that have one of `keys` among their mentions."""
        return self._numbered({number for key in keys for number in self._by_mention.get(key, ())})

    def at(self, source: str, first: int, last: int) -> tuple[Fact, ...]:
        """The facts of `source` whose lines (of a paper: pages) overlap `first` to `last`."""
        return tuple(fact for begin, end, fact in self._by_source.get(source, ()) if begin <= last and end >= first)

    def holding(self, contents: Iterable[int], limit: int) -> tuple[Fact, ...]:
        """The first `limit` facts with one of these contents."""
        return self._numbered((n for content in contents for n in self._by_content.get(content, ())), limit)

    def best(self, scores: Mapping[int, float], limit: int) -> list[tuple[Fact, float]]:
        """The `limit` best facts by the scores of their contents, best first, ties in reading order."""
        placed = ((-score, n) for content, score in scores.items() for n in self._by_content.get(content, ()))
        return [(self.facts[number], -negative) for negative, number in heapq.nsmallest(limit, placed)]

    def _numbered(self, numbers: Iterable[int], limit: int | None = None) -> tuple[Fact, ...]:
        return tuple(map(self.facts.__getitem__, islice(sorted(numbers), limit)))
