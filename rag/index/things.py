"""What the notes of a generation speak of: names as they were found, and the entities they were merged into."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter

from rag.index import tables as t
from rag.index.decoding import strings
from rag.types import Entity, Name


def entities(connection: t.Connection, generation: int, known: Mapping[int, Entity] | None = None) -> dict[int, Entity]:
    """Row -> entity of all entities, sorted by name; those `known` by their row are not read again."""
    known = known or {}
    query = t.select(t.entities.c.row).where(t.live(t.entities, generation))
    found = {row: known.get(row) for row in connection.execute(query).scalars()}
    missing = [row for row, entity in found.items() if entity is None]
    if missing:
        for row in connection.execute(t.select(t.entities).where(t.among(t.entities.c.row, missing))):
            found[row.row] = Entity(row.name, strings(row.keys), strings(row.aliases), row.strength)
    held = [(row, entity) for row, entity in found.items() if entity is not None]
    return dict(sorted(held, key=lambda pair: (pair[1].name, pair[1].keys)))


def about(connection: t.Connection) -> int:
    """About how many entities there are: no fewer than any generation sees. Counting them would read all."""
    return int(connection.execute(t.select(t.func.max(t.entities.c.row))).scalar() or 0)


def names(connection: t.Connection, generation: int) -> list[Name]:
    """The names of all sources, in the order in which they were found, source by source."""
    columns = t.names.c
    said = (columns.surface, columns.key, columns.group, columns.strength, columns.source, columns.line, columns.url)
    query = t.select(columns.source, columns.position, *said).where(t.live(t.names, generation))
    rows = sorted(connection.execute(query).all(), key=itemgetter(0, 1))
    return [Name(*row[2:]) for row in rows]
