"""Which FAISS files there are, and what they hold."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.index import tables as t

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Segment:
    """A FAISS file of a generation, with its size in bytes, its CRC-32 and the content ids in it."""

    row: int
    file: str
    embedder: str
    size: int
    checksum: int
    ids: bytes


def segments_of(connection: t.Connection, generation: int, embedder: str) -> list[Segment]:
    """The FAISS files that `generation` searches."""
    theirs = t.select(t.segments).where(t.live(t.segments, generation), t.segments.c.embedder == embedder)
    return _read(connection, theirs)


def all_segments(connection: t.Connection) -> list[Segment]:
    """The FAISS files of every generation that is kept."""
    return _read(connection, t.select(t.segments))


def segment_files(connection: t.Connection) -> set[str]:
    """The names of the FAISS files of every generation that is kept."""
    return set(connection.execute(t.select(t.segments.c.file)).scalars())


def _read(connection: t.Connection, query: Any) -> list[Segment]:
    rows = connection.execute(query.order_by(t.segments.c.row))
    return [Segment(r.row, r.file, r.embedder, r.size, r.checksum, r.ids) for r in rows]


def packed(ids: NDArray[np.int64]) -> bytes:
    """Content ids as they are kept in a row of `segments`."""
    return zlib.compress(ids.astype("<i8").tobytes(), 1)


def unpacked(ids: bytes) -> NDArray[np.int64]:
    """The content ids of a row of `segments`."""
    return np.frombuffer(zlib.decompress(ids), "<i8").astype(np.int64)
