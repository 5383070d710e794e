"""The passages and facts of a generation, each where it stands."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from operator import itemgetter
from typing import Any

from rag.index import tables as t
from rag.index.decoding import chunk_of, fact_of
from rag.types import Chunk, Fact, FactKind, Lines, Location

ChunkCache = dict[int, tuple[Chunk, ...]]
"""Content id -> its placements in one generation."""
CACHED_CHUNKS = 10_000
"""About 10 MB."""
FactOrder = tuple[str, int, tuple[int, int, tuple[float, ...]]]
FactCache = dict[int, tuple[FactOrder, int, Fact]]
"""Row -> (place in the reading order, content id, fact): rows never change but for their stamps, so none need be
decoded twice."""
CACHED_FACTS = 50_000
"""About 50 MB."""


def chunks(
    connection: t.Connection,
    generation: int,
    contents: Collection[int] | None = None,
    *,
    where: Sequence[Any] = (),
) -> list[tuple[int, Chunk]]:
    """(content id, chunk) of every placement, of all contents or of `contents`, by source and place.

    `where` are further conditions.
    """
    conditions = list(where) if contents is None else [*where, t.among(t.chunks.c.content, contents)]
    digest = t.chunk_contents.c.digest
    joined = t.chunks.join(t.chunk_contents, t.chunks.c.content == t.chunk_contents.c.id)
    query = t.select(t.chunks, digest).select_from(joined).where(t.live(t.chunks, generation), *conditions)
    found = [(row.content, chunk_of(row)) for row in connection.execute(query)]
    found.sort(key=lambda pair: (pair[1].source, place(pair[1].location), pair[1].digest))
    return found


def kept_chunks(
    reading: Callable[[], AbstractContextManager[t.Connection]],
    generation: int,
    contents: Collection[int],
    cache: ChunkCache,
) -> list[tuple[int, Chunk]]:
    """`chunks` of `contents`; what `cache` of this generation lacks is read, and kept there."""
    if len(cache) > CACHED_CHUNKS:
        cache.clear()
    known = {content: placed for content in contents if (placed := cache.get(content)) is not None}
    missing = [content for content in contents if content not in known]
    if missing:
        made: dict[int, list[Chunk]] = {content: [] for content in missing}
        with reading() as connection:
            for content, chunk in chunks(connection, generation, missing):
                made[content].append(chunk)
        new = {content: tuple(placed) for content, placed in made.items()}
        cache.update(new)
        known.update(new)
    found = [(content, chunk) for content, placed in known.items() for chunk in placed]
    found.sort(key=lambda pair: (pair[1].source, place(pair[1].location), pair[1].digest))
    return found


def facts(
    connection: t.Connection, generation: int, *conditions: Any, cache: FactCache | None = None
) -> list[tuple[int, Fact]]:
    """(content id, fact) of every placement that meets `conditions`, by source and ordinal."""
    cache = {} if cache is None else cache
    query = t.select(t.facts.c.row).where(t.live(t.facts, generation), *conditions)
    return decoded(connection, list(connection.execute(query).scalars()), cache)


def rows_under(
    connection: t.Connection,
    seen: t.Condition,
    headers: Collection[str],
    takes: Callable[[str, str], bool],
    limit: int,
) -> list[int]:
    """The rows of the first `limit` cells and key-value lines that are `seen`, under `headers`, and `takes` takes."""
    columns = t.facts.c
    structured = columns.kind.in_([FactKind.CELL.value, FactKind.KEY.value])
    query = t.select(columns.source, columns.ordinal, columns.row, columns.attribute, columns.value).where(
        seen, t.among(columns.attribute, sorted(headers)), structured
    )
    told: dict[tuple[str, str], bool] = {}
    found: list[tuple[str, int, int]] = []
    for source, ordinal, row, attribute, value in connection.execute(t.streamed(query)):
        said = (attribute, value)
        if said not in told:
            told[said] = takes(attribute, value)
        if told[said]:
            found.append((source, ordinal, row))
    return [row for *_, row in heapq.nsmallest(limit, found)]


PlaceCache = dict[int, tuple[tuple[str, int, int], ...]]
"""Content id of facts -> (source, ordinal, row) of its placements in one generation."""
CACHED_PLACES = 200_000
"""Which take up to 60 MB."""


def best_facts(
    connection: t.Connection,
    generation: int,
    scores: Mapping[int, float],
    limit: int,
    cache: FactCache,
    places: PlaceCache,
) -> list[tuple[int, Fact]]:
    """(content id, fact) of the `limit` best placements by the `scores` of contents; ties by source and ordinal.

    Thousands may tie with the last in notes of one kind: only those that are wanted are read whole.
    """
    placed = _kept_places(connection, generation, scores, places)
    ranked = heapq.nsmallest(limit, ((-scores[content], *one) for content, every in placed.items() for one in every))
    found = decoded(connection, [row for *_, row in ranked], cache)
    return sorted(found, key=lambda pair: (-scores[pair[0]], pair[1].source, pair[1].ordinal))


def _kept_places(connection: t.Connection, generation: int, contents: Collection[int], cache: PlaceCache) -> PlaceCache:
    """Where the contents stand: the same thousands tie for one question after the other."""
    if len(cache) > CACHED_PLACES:
        cache.clear()
    found = {content: known for content in contents if (known := cache.get(content)) is not None}
    missing = [content for content in contents if content not in found]
    if missing:
        columns = t.facts.c
        query = t.select(columns.content, columns.source, columns.ordinal, columns.row)
        made: dict[int, list[tuple[str, int, int]]] = {content: [] for content in missing}
        for content, *one in connection.execute(
            query.where(t.live(t.facts, generation), t.among(columns.content, missing))
        ):
            made[content].append((one[0], one[1], one[2]))
        new = {content: tuple(every) for content, every in made.items()}
        cache.update(new)
        found.update(new)
    return found


def decoded(connection: t.Connection, rows: Sequence[int], cache: FactCache) -> list[tuple[int, Fact]]:
    """(content id, fact) of rows of facts, by source and ordinal; what `cache` lacks is read, and kept there."""
    if len(cache) > CACHED_FACTS:
        cache.clear()
    wanted = {row: cache.get(row) for row in rows}
    missing = [row for row, known in wanted.items() if known is None]
    if missing:
        for row in connection.execute(t.select(t.facts).where(t.among(t.facts.c.row, missing))):
            fact = fact_of(row)
            order = (fact.source, fact.ordinal, place(fact.location))
            wanted[row.row] = cache[row.row] = (order, row.content, fact)
    found = sorted((known for known in wanted.values() if known is not None), key=itemgetter(0))
    return [(content, fact) for _, content, fact in found]


def mentioning(keys: Collection[str]) -> Any:
    """The condition that a fact mentions one of `keys`."""
    wanted = t.select(t.mentions.c.fact).where(t.among(t.mentions.c.key, keys))
    return t.facts.c.row.in_(wanted)


def attributes(connection: t.Connection, generation: int, most: int | None = None) -> tuple[tuple[str, int], ...]:
    """Distinct attributes as written, with the number of their facts, sorted; or the `most` frequent ones first."""
    columns = t.headers.c
    query = t.select(columns.attribute, columns.facts).where(t.live(t.headers, generation))
    if most is not None:
        query = query.order_by(columns.facts.desc(), columns.attribute).limit(most)
    found = [(name, count) for name, count in connection.execute(query)]
    return tuple(sorted(found) if most is None else found)


def place(location: Location) -> tuple[int, int, tuple[float, ...]]:
    """A key that sorts locations of one source in reading order."""
    if isinstance(location, Lines):
        return location.first, location.last, ()
    return location.number, location.number, location.box or ()
