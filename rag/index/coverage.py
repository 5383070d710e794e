"""Which FAISS files a generation searches: new vectors get a new file, small and worn files are merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rag.index import records
from rag.index import tables as t
from rag.index.rebuild import packed, unpacked, write_segment
from rag.index.records import Records

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SEGMENTS = 8
"""A search asks every file: more of them cost more than a merge now and then."""
LEAST_LIVE = 0.5
"""A file with a smaller part in use is written anew: the rest would be compared for nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    row: int
    live: NDArray[np.int64]
    stored: int


def cover(store: Records, connection: t.Connection, generation: int, embedder: str) -> None:
    """Bring every content that `generation` sees into exactly one file of `embedder`."""
    seen = t.select(t.chunks.c.content).where(t.live(t.chunks, generation))
    wanted = np.unique(np.fromiter(connection.execute(seen).scalars(), np.int64))
    others = t.and_(t.segments.c.removed == t.NEVER, t.segments.c.embedder != embedder)
    connection.execute(t.update(t.segments).where(others).values(removed=generation))
    parts = []
    for segment in records.segments(connection, generation, embedder):
        ids = unpacked(segment.ids)
        parts.append(_Part(segment.row, np.intersect1d(wanted, ids), len(ids)))
    missing = np.setdiff1d(wanted, np.concatenate([part.live for part in parts])) if parts else wanted
    replaced = _worn(parts)
    if len(parts) - len(replaced) + 1 > MOST_SEGMENTS:
        replaced = _merged(parts, replaced, len(missing))
    gone = [part.row for part in replaced]
    connection.execute(t.update(t.segments).where(t.among(t.segments.c.row, gone)).values(removed=generation))
    ids = np.unique(np.concatenate([missing, *(part.live for part in replaced)]))
    if not len(ids):
        return
    name, written = write_segment(store, connection, embedder, ids)
    row = {
        "file": name,
        "embedder": embedder,
        "size": written.size,
        "checksum": written.checksum,
        "ids": packed(ids),
        "added": generation,
        "removed": t.NEVER,
    }
    connection.execute(t.insert(t.segments), [row])


def _worn(parts: list[_Part]) -> list[_Part]:
    return [part for part in parts if len(part.live) < part.stored * LEAST_LIVE]


def _merged(parts: list[_Part], replaced: list[_Part], new: int) -> list[_Part]:
    """The worn parts and the smallest others, as long as a part is no larger than all before it together.

    So a vector is written again only when its file doubles. At least as many as needed are merged.
    """
    chosen = list(replaced)
    size = new + sum(len(part.live) for part in chosen)
    rest = sorted((part for part in parts if part not in replaced), key=lambda part: (len(part.live), part.row))
    for part in rest:
        if len(part.live) > size and len(parts) - len(chosen) + 1 <= MOST_SEGMENTS:
            break
        chosen.append(part)
        size += len(part.live)
    return chosen
