"""The timelines of a corpus, looked up by the words above them: their headings and the name of their file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from rag.index import tables as t
from rag.text.tokenise import tokenise
from rag.types import FactKind

FEW = 2_000
"""Entries under a word up to which all of them are looked at."""
LONGEST = 200
"""Characters that are kept of a word."""
_COLUMNS = ("source", "heading", "kind", "entity_key", "date")


def event_words(rows: Mapping[int, Sequence[Any]], columns: Sequence[t.Column[Any]]) -> Iterator[tuple[str, int]]:
    """(word, row) of every dated entry of a timeline among new rows of facts; `columns` says what their values are."""
    names = [column.name for column in columns]
    source, heading, kind, key, date = (names.index(name) for name in _COLUMNS)
    event = FactKind.EVENT.value
    for number, row in rows.items():
        if row[kind] == event and row[date] is not None and row[key]:
            yield from ((word, number) for word in _words(row[source], row[heading]))


@lru_cache(maxsize=256)
def _words(source: str, heading: str) -> tuple[str, ...]:
    return tuple(sorted({word[:LONGEST] for word in tokenise(" ".join((source, *json.loads(heading))))}))


def entries() -> tuple[t.Condition, ...]:
    """The conditions that a fact is a dated entry of a timeline about a thing."""
    return t.facts.c.kind == FactKind.EVENT.value, t.dated()


def most_worded(
    connection: t.Connection, generation: int, asked: Sequence[Collection[str]], least: int
) -> tuple[str, tuple[str, ...]] | None:
    """(source, headings as they are stored) of the timelines above which a word of most of the `asked` ones stands.

    Of several sources the first; None where no timeline has a word of `least` of them.
    """
    rare: list[tuple[Collection[str], list[int]]] = []
    broad: list[Collection[str]] = []
    for words in asked:
        rows = connection.execute(_rows(words).limit(FEW + 1)).scalars().all() if words else []
        if len(rows) > FEW:
            broad.append(words)
        elif rows:
            rare.append((words, list(rows)))
    if len(rare) + len(broad) < least:
        return None
    known = sorted({row for _, rows in rare for row in rows})
    hits = _counted(connection, generation, rare)
    if known:
        hits += _counted(connection, generation, [(words, _among(connection, words, known)) for words in broad])
    if len(broad) >= max(least, max(hits.values(), default=0)):  # a timeline under common words alone may have most
        hits = _counted(connection, generation, [(words, None) for words in (*broad, *(words for words, _ in rare))])
    most = max(hits.values(), default=0)
    if most < least:
        return None
    best = sorted(lists for lists, count in hits.items() if count == most)
    return best[0][0], tuple(heading for source, heading in best if source == best[0][0])


def _rows(words: Collection[str]) -> t.Select[Any]:
    return t.select(t.event_words.c.fact).where(
        t.among(t.event_words.c.word, sorted({word[:LONGEST] for word in words}))
    )


def _among(connection: t.Connection, words: Collection[str], known: Sequence[int]) -> list[int]:
    return list(connection.execute(_rows(words).where(t.among(t.event_words.c.fact, known))).scalars())


def _counted(
    connection: t.Connection, generation: int, asked: Iterable[tuple[Collection[str], Sequence[int] | None]]
) -> Counter[tuple[str, str]]:
    """For every timeline how many of the asked ones have a word above it; of None all entries are looked at."""
    columns = t.facts.c
    query = t.select(columns.source, columns.heading).where(t.live(t.facts, generation), *entries()).distinct()
    hits: Counter[tuple[str, str]] = Counter()
    for words, rows in asked:
        within = columns.row.in_(_rows(words)) if rows is None else t.among(columns.row, rows)
        hits.update((source, heading) for source, heading in connection.execute(query.where(within)))
    return hits
