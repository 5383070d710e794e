"""How a generation's vectors are searched, and how much of the best that finds."""

from __future__ import annotations

from dataclasses import dataclass

from rag.index import tables as t
from rag.index import vector_files
from rag.index.contents import hidden
from rag.index.layout import DamagedError, vectors_path
from rag.index.records import Generation, Records
from rag.index.segments import segments_of, unpacked

SAMPLED = 50
"""Vectors of each large file for which the search is compared with looking at all."""
NEAREST = 10


@dataclass(frozen=True, slots=True)
class VectorSearch:
    """`kind` is "exact" (all vectors are compared), "codes" (of large files only the best by their codes) or "server".

    `coded` of `stored` vectors are looked for by codes. `recall` is the part of the ten nearest others of a fixed
    sample of vectors that is found; None on a server, or where the files are not there or damaged.
    """

    kind: str
    stored: int
    coded: int
    recall: float | None


def vector_search(store: Records, connection: t.Connection, current: Generation) -> VectorSearch:
    """How the vectors of the generation `current` are searched. Nothing is made or mended for that."""
    if store.search is not None:
        return VectorSearch("server", current.chunks, 0, None)
    held = segments_of(connection, current.id, current.embedder)
    sizes = [len(unpacked(segment.ids)) for segment in held]
    if all(size <= vector_files.EXACT_UP_TO for size in sizes):
        return VectorSearch("exact", sum(sizes), 0, 1.0)
    from rag.index.vectors import VectorReader

    gone = hidden(connection, current.id, "chunks", current.last_chunk)
    try:
        reader = VectorReader([vectors_path(store.index) / segment.file for segment in held], gone)
    except DamagedError:
        return VectorSearch("codes", sum(sizes), 0, None)
    kind = "codes" if reader.coded else "exact"
    return VectorSearch(kind, sum(sizes), reader.coded, reader.recall(NEAREST, SAMPLED))
