"""Vector search: a generation searches a few files of vectors, and how much of the best that finds."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.index.vector_files import CodedFile, Scored, open_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME_SCORE = 1e-5
"""Scores of one pair of unit vectors differ by less, however their products are added up."""


class VectorReader:
    """Search over the vectors of `files`, without the contents in `hidden`. Safe to share between threads."""

    def __init__(self, files: Sequence[Path], hidden: Collection[int] = ()) -> None:
        gone = np.asarray(sorted(hidden), np.int64)
        self._parts = [open_file(path, gone) for path in files]

    @property
    def dimensions(self) -> int | None:
        """Of the vectors; None when there are none."""
        return self._parts[0].dimensions if self._parts else None

    @property
    def coded(self) -> int:
        """How many vectors are looked for by codes, hidden ones too."""
        return sum(part.held for part in self._parts if isinstance(part, CodedFile))

    def search(self, vector: NDArray[np.float32], limit: int) -> Scored:
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
            found = [part.search(query, wanted) for part in self._parts]
            scored = sorted((pair for part in found for pair in part), key=lambda pair: (-pair[1], pair[0]))
            last = scored[limit - 1][1] if len(scored) >= limit else -math.inf
            # Every part that may hold more must have gone below the last score.
            if all(len(part) < wanted or part[-1][1] < last for part in found):
                return [pair for pair in scored if pair[1] >= last]
            wanted *= 4

    def recall(self, limit: int, sampled: int) -> float:
        """The part of the `limit` nearest others of up to `sampled` vectors of each large file that a search finds.

        The vectors are the same whenever the files are: evenly spread. 1 where all are compared.
        """
        if not self.coded:
            return 1.0
        queries = np.concatenate([part.sample(sampled) for part in self._parts])
        nearest = np.concatenate([part.compared(queries, limit + 1) for part in self._parts], axis=1)
        nearest = -np.sort(-nearest, axis=1)[:, : limit + 1]
        found = 0
        for query, best in zip(queries, nearest, strict=True):
            least = best[best > -1.5][-1] - SAME_SCORE
            found += min(sum(score >= least for _, score in self.search(query, limit + 1)), limit + 1) - 1
        return found / float((nearest > -1.5).sum() - len(queries))
