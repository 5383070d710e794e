"""Which FAISS files a generation searches: new vectors get a new file, small and worn files are merged.

Small files are those whose vectors are all compared. As soon as they hold more than EXACT_UP_TO together, they become
one large file, whose codes are learned anew; large ones are left alone but for wear, and where files are too many.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rag.index import tables as t
from rag.index import vector_files
from rag.index.rebuild import write_segment
from rag.index.records import Records
from rag.index.segments import packed, segments_of, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SEGMENTS = 8
"""A search asks every file: more of them cost more than a merge now and then."""
LEAST_LIVE = 0.5
"""A file with a smaller part in use is written anew: the rest would be compared for nothing."""
A_FEW = 4096
"""Vectors of a file so small that what is seen of it is looked up one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    row: int
    live: NDArray[np.int64]
    stored: int


def cover(
    store: Records,
    connection: t.Connection,
    generation: int,
    embedder: str,
    changes: tuple[Collection[int], int] | None = None,
) -> None:
    """Bring every content that `generation` sees into exactly one file of `embedder`.

    `changes` are the contents that it may see otherwise than the generation before, and how many it sees; where
    they are unknown, all are looked at.
    """
    others = t.and_(t.segments.c.removed == t.NEVER, t.segments.c.embedder != embedder)
    connection.execute(t.update(t.segments).where(others).values(removed=generation))
    held = {s.row: unpacked(s.ids) for s in segments_of(connection, generation, embedder)}
    plan = None if changes is None else _planned_by_changes(connection, generation, held, *changes)
    gone, ids = plan or _planned(connection, generation, held)
    connection.execute(t.update(t.segments).where(t.among(t.segments.c.row, gone)).values(removed=generation))
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


def _planned(
    connection: t.Connection, generation: int, held: Mapping[int, NDArray[np.int64]]
) -> tuple[list[int], NDArray[np.int64]]:
    """Which files to replace, and what the new one holds."""
    wanted = _seen(connection, generation)
    parts = [_Part(row, np.intersect1d(wanted, ids), len(ids)) for row, ids in held.items()]
    missing = np.setdiff1d(wanted, np.concatenate([part.live for part in parts])) if parts else wanted
    replaced = _worn(parts)
    tail = [part for part in parts if _all_compared(part.stored)]
    if sum(len(part.live) for part in tail) + len(missing) > vector_files.EXACT_UP_TO:
        replaced += [part for part in tail if part not in replaced]
    if len(parts) - len(replaced) + 1 > MOST_SEGMENTS:
        replaced = _merged(parts, replaced, len(missing))
    return [part.row for part in replaced], np.unique(np.concatenate([missing, *(part.live for part in replaced)]))


def _planned_by_changes(
    connection: t.Connection,
    generation: int,
    held: Mapping[int, NDArray[np.int64]],
    touched: Collection[int],
    seen: int,
) -> tuple[list[int], NDArray[np.int64]] | None:
    """As `_planned`, without reading which contents are seen.

    None where a large file may be worn, files are many, or those whose vectors are all compared hold many.
    What the files hold beyond the contents that are seen tells how worn a large one is at most.
    """
    if not held or len(held) >= MOST_SEGMENTS:
        return None
    now = _seen(connection, generation, touched)
    stored = np.concatenate(list(held.values()))
    small = {row: ids for row, ids in held.items() if len(ids) <= A_FEW}
    parts = [_Part(row, _seen(connection, generation, ids.tolist()), len(ids)) for row, ids in small.items()]
    fresh = np.setdiff1d(now, stored)
    if sum(filter(_all_compared, map(len, held.values()))) + len(fresh) > vector_files.EXACT_UP_TO:
        return None
    dead = len(stored) + len(fresh) - seen - sum(part.stored - len(part.live) for part in parts)
    large = [len(ids) for ids in held.values() if len(ids) > A_FEW]
    if any(size - dead < size * LEAST_LIVE for size in large):
        return None
    replaced = _worn(parts)
    return [part.row for part in replaced], np.unique(np.concatenate([fresh, *(part.live for part in replaced)]))


def _seen(connection: t.Connection, generation: int, among: Collection[int] | None = None) -> NDArray[np.int64]:
    """The contents that `generation` sees, of all or of `among`, in order."""
    conditions = [] if among is None else [t.among(t.chunks.c.content, list(among))]
    query = t.select(t.chunks.c.content).where(t.live(t.chunks, generation), *conditions)
    return np.unique(np.fromiter(connection.execute(query).scalars(), np.int64))


def _all_compared(stored: int) -> bool:
    return stored <= vector_files.EXACT_UP_TO


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
