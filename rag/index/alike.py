"""Scores of documents, each computed once for all that are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.index.query import score


class Scoring:
    """The scores of documents for one query; documents with the same counts and length, thousands of them, have one."""

    def __init__(self, clauses: Sequence[Sequence[tuple[str, float]]], average_length: float) -> None:
        self.known: dict[int, float] = {}
        self._clauses = clauses
        self._tokens = tuple({token for clause in clauses for token, _ in clause})
        self._average_length = average_length
        self._alike: dict[tuple[int | None, ...], float] = {}

    def points(self, counts: Counter[str], length: int) -> float:
        """The score of a document by its token counts and their sum."""
        key = (length, *map(counts.get, self._tokens))
        found = self._alike.get(key)
        if found is None:
            found = self._alike[key] = score(self._clauses, counts, length, self._average_length)
        return found
