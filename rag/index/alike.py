"""Scores of documents, each computed once for all that are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.index.query import score


class Scoring:
    """The scores of documents for one query, by the tokens of it that they hold: of hundreds most hold a few.

    Documents with the same counts of those and the same length, thousands of them, have one score.
    """

    def __init__(self, clauses: Sequence[Sequence[tuple[str, float]]], average_length: float) -> None:
        self.known: dict[int, float] = {}
        self._clauses = clauses
        self._tokens = frozenset(token for clause in clauses for token, _ in clause)
        self._average_length = average_length
        self._alike: dict[tuple[object, ...], float] = {}
        self._holding: dict[frozenset[str], Sequence[Sequence[tuple[str, float]]]] = {}

    def points(self, counts: Counter[str], length: int) -> float:
        """The score of a document by its token counts and their sum."""
        held = self._tokens.intersection(counts)
        key = (length, *held, *map(counts.__getitem__, held))
        found = self._alike.get(key)
        if found is None:
            found = self._alike[key] = score(self._of(held), counts, length, self._average_length)
        return found

    def _of(self, held: frozenset[str]) -> Sequence[Sequence[tuple[str, float]]]:
        """The clauses without the tokens that a document lacks."""
        found = self._holding.get(held)
        if found is None:
            found = [[entry for entry in clause if entry[0] in held] for clause in self._clauses]
            found = self._holding[held] = [clause for clause in found if clause]
        return found
