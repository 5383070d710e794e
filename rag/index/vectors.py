"""Vector search: FAISS indexes in files that never change; a generation searches a few of them."""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.index.layout import DamagedError, make_durable
from rag.index.query import SCORE_DIGITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORTH_THREADS = 200_000
"""Vectors below which one thread is as fast: 50,000 take it 2 ms, and waking others up to 6 beside other work."""
CHECKED_BYTES = 16 * 1024 * 1024
"""Opening compares the checksum of files up to this size; of larger ones only the size."""


NOTE = ".written"
"""After the name of a file: that of the note beside it, where no record says what it was like."""


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: its size in bytes and its CRC-32."""

    size: int
    checksum: int


def write(path: Path, ids: Sequence[int] | NDArray[np.int64], vectors: NDArray[np.float32]) -> Written:
    """Write unit vectors (n, dimensions) under their content ids, durably: whole or not at all.

    The file holds them in 16 bits a number, as the records do.
    """
    import faiss

    half = faiss.ScalarQuantizer.QT_fp16
    flat = faiss.IndexScalarQuantizer(int(vectors.shape[1]), half, faiss.METRIC_INNER_PRODUCT)
    index = faiss.IndexIDMap2(flat)
    index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.asarray(ids, np.int64))
    temporary = path.with_suffix(".part")
    try:
        faiss.write_index(index, str(temporary))
    except RuntimeError as error:
        raise DamagedError(f"{temporary}: {error}") from error
    make_durable(temporary)
    written = Written(temporary.stat().st_size, _checksum(temporary))
    temporary.replace(path)
    make_durable(path.parent)
    return written


def note(path: Path, written: Written) -> None:
    """Write down beside a file what it was like when it was finished."""
    beside = path.with_name(path.name + NOTE)
    temporary = beside.with_suffix(".part")
    temporary.write_text(f"{written.size} {written.checksum}\n", encoding="ascii")
    temporary.replace(beside)


def noted(path: Path) -> Written | None:
    """What is written down beside a file; None where nothing is."""
    try:
        size, checksum = path.with_name(path.name + NOTE).read_text(encoding="ascii").split()
        return Written(int(size), int(checksum))
    except (OSError, ValueError):
        return None


def damage(path: Path, written: Written, *, thorough: bool) -> str | None:
    """What is wrong with a file; None when nothing is. `thorough` compares the checksum whatever the size."""
    try:
        if path.stat().st_size != written.size:
            return f"{path} has the wrong size"
        if (thorough or written.size <= CHECKED_BYTES) and _checksum(path) != written.checksum:
            return f"{path} is damaged"
    except OSError as error:
        return f"{path} cannot be read ({error.strerror})"
    return None


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum


class VectorReader:
    """Search over the vectors of `files`, without the contents in `hidden`. Safe to share between threads."""

    def __init__(self, files: Sequence[Path], hidden: Collection[int] = ()) -> None:
        import faiss

        self._parts: list[Any] = []
        for path in files:
            try:
                self._parts.append(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))
            except RuntimeError as error:
                raise DamagedError(f"{path}: {error}") from error
        self._hidden = np.asarray(sorted(hidden), np.int64)

    @property
    def dimensions(self) -> int | None:
        """Of the vectors; None when there are none."""
        return int(self._parts[0].d) if self._parts else None

    def search(self, vector: NDArray[np.float32], limit: int) -> list[tuple[int, float]]:
        """(content id, inner product) of the `limit` nearest and of all that tie with the last, best first.

        `vector` has shape (dimensions,). Raises ValueError for another shape.
        """
        if not self._parts or limit < 1:
            return []
        query = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
        if query.shape[1] != self.dimensions:
            raise ValueError(f"the question's vector has {query.shape[1]} dimensions, the index {self.dimensions}")
        wanted = limit + 16
        while True:
            found = [self._search_part(part, query, wanted) for part in self._parts]
            scored = sorted((pair for part in found for pair in part), key=lambda pair: (-pair[1], pair[0]))
            last = scored[limit - 1][1] if len(scored) >= limit else -math.inf
            # Every part that may hold more must have gone below the last score.
            if all(len(part) < wanted or part[-1][1] < last for part in found):
                return [pair for pair in scored if pair[1] >= last]
            wanted *= 4

    def _search_part(self, part: Any, query: NDArray[np.float32], wanted: int) -> list[tuple[int, float]]:
        import faiss

        faiss.omp_set_num_threads(1 if part.ntotal < WORTH_THREADS else os.cpu_count() or 1)
        parameters = None
        if len(self._hidden):
            outside = faiss.IDSelectorNot(faiss.IDSelectorBatch(self._hidden))
            parameters = faiss.SearchParameters(sel=outside)  # type: ignore[call-arg]
        _, found = part.search(query, min(wanted, part.ntotal), params=parameters)
        ids = [int(i) for i in found[0] if i >= 0]
        # FAISS adds in an order that depends on the neighbours in a batch: scored again, each row by itself.
        exact = query[0].astype(np.float64)
        scores = [round(float(part.reconstruct(i).astype(np.float64) @ exact), SCORE_DIGITS) for i in ids]
        return sorted(zip(ids, scores, strict=True), key=lambda pair: -pair[1])
