"""Rows of the records as domain types."""

from __future__ import annotations

import json
import zlib
from typing import Any

from rag.types import Chunk, Entity, Fact, FactKind, Lines, Location, Page, Source, SourceKind


def strings(encoded: str) -> tuple[str, ...]:
    """A column of strings, encoded as JSON."""
    return tuple(json.loads(encoded)) if encoded != "[]" else ()


def entity_of(name: str, keys: str, aliases: str, strength: int) -> Entity:
    """The columns of a row of `entities` that say something."""
    return Entity(name, strings(keys), strings(aliases), strength)


def location_of(row: Any) -> Location:
    """The lines or the page of a row."""
    if not row.page:
        return Lines(row.first, row.last)
    return Page(row.first, None if row.box is None else tuple(json.loads(row.box)))


def source_of(row: Any) -> Source:
    """A row of `sources`."""
    return Source(
        path=row.path,
        kind=SourceKind(row.kind),
        title=row.title,
        digest=row.digest,
        encoding=row.encoding,
        text=zlib.decompress(row.text).decode("utf-8", "surrogatepass"),
        repair=row.repair,
        stale=row.stale,
    )


def chunk_of(row: Any) -> Chunk:
    """A row of `chunks` with its content's digest."""
    return Chunk(row.source, location_of(row), strings(row.heading), row.context, row.text, row.digest)


def fact_of(row: Any) -> Fact:
    """A row of `facts`."""
    return Fact(
        kind=FactKind(row.kind),
        source=row.source,
        location=location_of(row),
        heading=strings(row.heading),
        entity=row.entity,
        entity_key=row.entity_key,
        attribute=row.attribute,
        value=row.value,
        quote=row.quote,
        qualifiers=tuple((key, value) for key, value in json.loads(row.qualifiers)),
        mentions=strings(row.mentions),
        date=row.date,
        ordinal=row.ordinal,
    )
