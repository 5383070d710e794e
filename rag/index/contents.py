"""Distinct contents of passages and facts, as the derived parts hold them: which are seen, and which are not."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rag.index import tables as t
from rag.index.decoding import chunk_of, fact_of
from rag.types import Chunk, Fact


def hidden(connection: t.Connection, generation: int, kind: str, last: int) -> set[int]:
    """The contents up to id `last` that `generation` does not see. `kind` is "chunks" or "facts"."""
    placements, contents = (t.chunks, t.chunk_contents) if kind == "chunks" else (t.facts, t.fact_contents)
    gone = t.select(placements.c.content).where(t.ended(placements), placements.c.removed <= generation)
    orphans = t.select(contents.c.id).where(t.orphaned(contents))
    seen = t.select(placements.c.content).where(t.live(placements, generation))
    left = set(connection.execute(gone).scalars()) | set(connection.execute(orphans).scalars())
    if left:
        left -= set(connection.execute(seen.where(t.among(placements.c.content, left))).scalars())
    return {content for content in left if content <= last}


def every_content(
    connection: t.Connection, kind: str, generation: int, after: int = 0, among: Collection[int] | None = None
) -> Iterator[tuple[int, str, Chunk | Fact]]:
    """(content id, digest, a placement) of every content that any kept generation up to `generation` sees.

    `kind` is "chunks" or "facts". Placements of generations up to `after` do not count; `among` are the
    only contents that do.
    """
    placements, contents = (t.chunks, t.chunk_contents) if kind == "chunks" else (t.facts, t.fact_contents)
    kept = t.and_(placements.c.added <= generation, placements.c.added > after)
    if among is not None:
        kept = t.and_(kept, t.among(placements.c.content, among))
    first = t.select(t.func.min(placements.c.row)).where(kept).group_by(placements.c.content)
    query = (
        t.select(placements, contents.c.digest)
        .select_from(placements.join(contents, placements.c.content == contents.c.id))
        .where(placements.c.row.in_(first))
        .order_by(placements.c.content)
    )
    for row in connection.execute(t.streamed(query)):
        yield row.content, row.digest, chunk_of(row) if kind == "chunks" else fact_of(row)
