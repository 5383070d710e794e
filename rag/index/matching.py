"""The first facts in reading order that hold a word of a question, without reading the others.

Few that hold one are all looked up. Where words are common, facts are gone through in reading order instead, a part
at a time, until as many as are wanted hold one: the more common the words, the sooner that ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from rag.index import tables as t
from rag.index.query import Query, tokens

LOOKED_UP = 40_000
"""Facts that are all looked up: that takes as long as going through five times as many in order."""
PART, LARGEST = 20_000, 160_000
"""Facts of the first part, and of the largest: parts double."""


REMEMBERED = 32
"""Looks for words whose rows are remembered: one question asks for the same words up to ten times. About 12 MB."""


class Matches(Protocol):
    """The lexical index of one generation."""

    def frequency(self, token: str) -> int: ...

    def matching(self, query: Query, among: Collection[int] | None = None) -> list[int]: ...


Ask = Callable[[Callable[[Matches], list[int]]], list[int]]


def first_rows(connection: t.Connection, seen: t.Condition, ask: Ask, query: Query, limit: int) -> list[int]:
    """The rows of the first `limit` facts that are `seen`, by source and ordinal, that hold a term of any clause."""
    [most] = ask(lambda lexical: [sum(map(lexical.frequency, tokens(query)))])
    if most > LOOKED_UP:
        return _gone_through(connection, seen, ask, query, limit)
    columns = t.facts.c
    contents = ask(lambda lexical: lexical.matching(query))
    rows = t.select(columns.row).where(seen, t.among(columns.content, contents))
    ordered = rows.order_by(columns.source, columns.ordinal).limit(limit)
    return list(connection.execute(ordered).scalars()) if contents else []


def _gone_through(connection: t.Connection, seen: t.Condition, ask: Ask, query: Query, limit: int) -> list[int]:
    columns = t.facts.c
    ordered = t.select(columns.source, columns.ordinal, columns.row, columns.content).where(seen)
    ordered = ordered.order_by(columns.source, columns.ordinal)
    found: list[int] = []
    after: tuple[str, int] | None = None
    size = PART
    while len(found) < limit:
        part = ordered
        if after is not None:
            part = ordered.where(columns.source >= after[0], t.behind((columns.source, columns.ordinal), after))
        read = connection.execute(part.limit(size)).all()
        ids = {row.content for row in read}
        holding = set(ask(lambda lexical: lexical.matching(query, ids)))  # noqa: B023 - asked at once
        found += [row.row for row in read if row.content in holding]
        if len(read) < size:
            break
        after, size = (read[-1].source, read[-1].ordinal), min(size * 2, LARGEST)
    return found[:limit]
