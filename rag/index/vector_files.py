"""Files of vectors, made and searched by FAISS; they never change.

A file of few vectors is searched by comparing all of them. One of more than EXACT_UP_TO also holds a short code
of each: the codes are looked through, and what is nearest by them is compared exactly (decision 0019).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.index.layout import DamagedError
from rag.index.query import SCORE_DIGITS
from rag.index.written import Written, finished

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT_UP_TO = 50_000
"""Vectors that are all compared: they take one thread 2 ms."""
COMPARED = 1000
"""Vectors of a large file that are compared exactly, nearest by their codes; fewer miss some of the best ten."""
CODED_TOGETHER = 2
"""Numbers of a vector that share a code of four bits: with four, five times as many must be compared exactly."""
LEARNED_FROM = 4096
"""Vectors, evenly spread over a file, from which its codes are learned: FAISS takes 256 for each of the 16 values."""
READ_AT_ONCE = 16_384
"""Vectors that are in memory as numbers of 32 bits while a file is written: 32 MB of the built-in embedder's."""
WORTH_THREADS = 200_000
"""Vectors below which one thread is as fast: 50,000 take it 2 ms, and waking others up to 6 beside other work."""

VectorsAt = Callable[["NDArray[np.int64]"], "NDArray[np.float32]"]
"""Gives the unit vectors (n, dimensions) at n positions."""
Scored = list[tuple[int, float]]
"""(content id, inner product), best first."""


def write(path: Path, ids: Sequence[int] | NDArray[np.int64], vectors_at: VectorsAt) -> Written:
    """Write the unit vectors at positions 0 to len(ids) - 1 under their content ids, durably: whole or not at all.

    The file holds them in 16 bits a number, as the records do. Equal vectors make equal files.
    """
    import faiss

    held = np.asarray(ids, np.int64)
    order = np.argsort(held)
    index = _empty(order, vectors_at)
    for start in range(0, len(order), READ_AT_ONCE):
        at = order[start : start + READ_AT_ONCE]
        index.add_with_ids(np.ascontiguousarray(vectors_at(at), np.float32), held[at])

    def to_file(temporary: Path) -> None:
        try:
            faiss.write_index(index, str(temporary))
        except RuntimeError as error:
            raise DamagedError(f"{temporary}: {error}") from error

    return finished(path, to_file)


def _empty(order: NDArray[np.int64], vectors_at: VectorsAt) -> Any:
    """A FAISS index without vectors, fit for as many as `order` has positions."""
    import faiss

    sample = np.linspace(0, len(order) - 1, min(LEARNED_FROM, len(order))).astype(np.int64)
    large = len(order) > EXACT_UP_TO
    learned_from = np.ascontiguousarray(vectors_at(order[sample if large else sample[:1]]), np.float32)
    dimensions = int(learned_from.shape[1])
    inner_product = faiss.METRIC_INNER_PRODUCT
    flat = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, inner_product)
    if not large or dimensions % CODED_TOGETHER:
        return faiss.IndexIDMap2(flat)
    # One thread sums in one order, whatever the machine does besides.
    faiss.omp_set_num_threads(1)
    codes = faiss.IndexPQFastScan(dimensions, dimensions // CODED_TOGETHER, 4, inner_product)
    codes.pq.cp.min_points_per_centroid = 1
    codes.train(learned_from)
    return faiss.IndexIDMap(faiss.IndexRefine(codes, flat))


def open_file(path: Path, hidden: NDArray[np.int64]) -> ExactFile | CodedFile:
    """The vectors in the file at `path`, without the contents `hidden`, in order. Raises DamagedError."""
    import faiss

    try:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise DamagedError(f"{path}: {error}") from error
    return (ExactFile if isinstance(index, faiss.IndexIDMap2) else CodedFile)(index, hidden)


def _scored(ids: Iterable[int], vectors: Iterable[NDArray[np.float32]], query: NDArray[np.float32]) -> Scored:
    """The exact inner products with `query` of shape (1, dimensions).

    FAISS adds in an order that depends on the neighbours in a batch: each row is scored by itself.
    """
    exact = query[0].astype(np.float64)
    scores = [round(float(vector.astype(np.float64) @ exact), SCORE_DIGITS) for vector in vectors]
    return sorted(zip(ids, scores, strict=True), key=lambda pair: -pair[1])


class ExactFile:
    """A file whose vectors are all compared."""

    def __init__(self, index: Any, hidden: NDArray[np.int64]) -> None:
        import faiss

        self.held = int(index.ntotal)
        self.dimensions = int(index.d)
        self._index = index
        self._seen = None
        if len(hidden):
            outside = faiss.IDSelectorNot(faiss.IDSelectorBatch(hidden))
            self._seen = faiss.SearchParameters(sel=outside)  # type: ignore[call-arg]

    def search(self, query: NDArray[np.float32], wanted: int) -> Scored:
        """The `wanted` nearest seen vectors to `query` of shape (1, dimensions)."""
        import faiss

        faiss.omp_set_num_threads(1 if self.held < WORTH_THREADS else os.cpu_count() or 1)
        _, found = self._index.search(query, min(wanted, self.held), params=self._seen)
        ids = found[0][found[0] >= 0]
        return _scored(ids.tolist(), self._index.reconstruct_batch(ids), query)

    def compared(self, queries: NDArray[np.float32], wanted: int) -> NDArray[np.float32]:
        """The best scores (n, wanted) of n queries, best first; where there are fewer, the least float follows."""
        scores, _ = self._index.search(queries, wanted, params=self._seen)
        return np.asarray(scores, np.float32)

    def sample(self, wanted: int) -> NDArray[np.float32]:
        """No vectors: what this finds needs no measuring."""
        return np.empty((0, self.dimensions), np.float32)


class CodedFile:
    """A file whose codes are looked through; what is nearest by them is compared exactly."""

    def __init__(self, index: Any, hidden: NDArray[np.int64]) -> None:
        import faiss

        self.held = int(index.ntotal)
        self.dimensions = int(index.d)
        refined: Any = faiss.downcast_index(index.index)
        self._index = index
        self._codes: Any = faiss.downcast_index(refined.base_index)
        self._vectors: Any = faiss.downcast_index(refined.refine_index)
        self._ids = faiss.vector_to_array(index.id_map)
        self._seen = np.ones(self.held, np.bool_)
        self._seen[np.flatnonzero(np.isin(self._ids, hidden))] = False
        self._live = int(self._seen.sum())

    def search(self, query: NDArray[np.float32], wanted: int) -> Scored:
        """The `wanted` nearest seen vectors to `query` of shape (1, dimensions), but for any with a misleading code."""
        at = self._near(query, max(COMPARED, wanted))
        # Not by `@`: that wakes threads, which takes ten times longer than the sums.
        rough = np.einsum("ij,j->i", self._vectors.reconstruct_batch(at), query[0])
        best = at[np.argsort(-rough, kind="stable")[:wanted]]
        return _scored(self._ids[best].tolist(), self._vectors.reconstruct_batch(best), query)

    def _near(self, query: NDArray[np.float32], wanted: int) -> NDArray[np.int64]:
        """The positions of the `wanted` seen vectors (or of all) that are nearest by their codes, in order."""
        import faiss

        faiss.omp_set_num_threads(1)
        asked = wanted * self.held // max(self._live, 1) + 1
        while True:
            _, found = self._codes.search(query, min(asked, self.held))
            at = found[0][found[0] >= 0]
            seen = at[self._seen[at]][:wanted]
            if len(seen) >= min(wanted, self._live) or asked >= self.held:
                return np.sort(seen)
            asked *= 2

    def compared(self, queries: NDArray[np.float32], wanted: int) -> NDArray[np.float32]:
        """As of an exact file: all vectors are compared."""
        import faiss

        params = None
        if self._live < self.held:
            selector = faiss.IDSelectorBatch(np.flatnonzero(self._seen))
            params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        faiss.omp_set_num_threads(os.cpu_count() or 1)
        scores, _ = self._vectors.search(queries, wanted, params=params)
        return np.asarray(scores, np.float32)

    def sample(self, wanted: int) -> NDArray[np.float32]:
        """`wanted` seen vectors (n, dimensions), evenly spread."""
        seen = np.flatnonzero(self._seen)
        at = seen[np.linspace(0, len(seen) - 1, min(wanted, len(seen))).astype(np.int64)]
        return np.asarray(self._vectors.reconstruct_batch(at), np.float32)
