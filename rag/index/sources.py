"""The sources of a generation: notes and papers as they were read."""

from __future__ import annotations

from dataclasses import dataclass

from rag.index import tables as t
from rag.index.decoding import source_of
from rag.types import Source


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows of a source without reading it."""

    digest: str
    size: int
    mtime_ns: int
    stale: str | None


def source(connection: t.Connection, generation: int, path: str) -> Source | None:
    """The source at `path`."""
    here = t.select(t.sources).where(t.live(t.sources, generation), t.sources.c.path == path)
    row = connection.execute(here).first()
    return None if row is None else source_of(row)


def sources(connection: t.Connection, generation: int) -> list[Source]:
    """All sources, sorted by path."""
    query = t.select(t.sources).where(t.live(t.sources, generation)).order_by(t.sources.c.path)
    return [source_of(row) for row in connection.execute(query).all()]


def source_paths(connection: t.Connection, generation: int, suffix: str = "") -> tuple[str, ...]:
    """The paths of all sources that end with `suffix`, sorted."""
    column = t.sources.c.path
    query = t.select(column).where(t.live(t.sources, generation)).order_by(column)
    if suffix:
        query = query.where(column.endswith(suffix, autoescape=True))
    return tuple(path for path in connection.execute(query).scalars() if path.endswith(suffix))


def known_sources(connection: t.Connection, generation: int) -> dict[str, Known]:
    """What is known of every source, by path."""
    columns = t.sources.c
    query = t.select(columns.path, columns.digest, columns.size, columns.mtime_ns, columns.stale)
    rows = connection.execute(query.where(t.live(t.sources, generation)))
    return {row[0]: Known(row[1], row[2], row[3], row[4]) for row in rows}
