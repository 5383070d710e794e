"""The same two questions that files answer, put to a search server.

The server proposes candidates; scores are computed here, with the statistics of one generation, which lie in the
records. So answers are those of the files, digit by digit.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from rag.index import lexical
from rag.index import tables as t
from rag.index.milvus import Milvus, term
from rag.index.query import SCORE_DIGITS, Query, distinct, inverse_document_frequency, score, tokens, weighted
from rag.index.remote import ALL_TOKENS, Searched, entries_of, statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.index.records import Generation, Records

ROUNDING = 1e-5
"""How far the server's inner products of unit vectors, added in 32 bits, can be off."""


class RemoteLexical:
    """Lexical search of one generation: "chunks" or "facts". Safe to share between threads."""

    def __init__(self, store: Records, generation: Generation, kind: str, place: Searched) -> None:
        self._store = store
        self._generation = generation.id
        self._kind = kind
        self._name = place.collection(kind)
        self._server = Milvus(store.search or "")
        self._documents = generation.chunks if kind == "chunks" else generation.facts
        self._frequencies: dict[str, int] = {}
        self._counts: dict[int, tuple[Counter[str], int]] = {}
        self._held: tuple[tuple[str, ...], frozenset[int]] | None = None
        self._average_length = max(self.frequency(ALL_TOKENS) / max(self._documents, 1), 1.0)
        ratio = place.length(kind) / self._average_length
        self._slack = lexical.SLACK * max(ratio, 1 / ratio)

    def __len__(self) -> int:
        return self._documents

    def frequency(self, token: str) -> int:
        """How many texts hold `token`."""
        known = self._frequencies.get(token)
        if known is None:
            columns = statistics.c
            query = t.select(t.func.sum(columns.change)).where(
                columns.collection == self._name, columns.token == term(token), columns.generation <= self._generation
            )
            with self._store.reading() as connection:
                known = self._frequencies[token] = int(connection.execute(query).scalar() or 0)
        return known

    def matching(self, query: Query, among: Collection[int] | None = None) -> list[int]:
        """The ids of all texts, or of those `among` them, that hold any term of any clause."""
        known = tuple(token for token in sorted(tokens(query)) if self.frequency(token))
        if not known:
            return []
        if among is None:
            return self._server.holding(self._name, list(known), self._generation)
        held = self._held
        if held is None or held[0] != known:  # the same question is asked of one part after the other
            found = frozenset(self._server.holding(self._name, list(known), self._generation))
            held = self._held = (known, found)
        return [content for content in among if content in held[1]]

    def search(self, query: Query, limit: int, among: Collection[int] | None = None) -> list[tuple[int, float]]:
        """(id, score) of the `limit` best texts, or of those `among` them, and of all that tie with the last.

        The best come first.
        """
        clauses = distinct(query)
        frequencies = {term.token: self.frequency(term.token) for clause in clauses for term in clause}
        weights = {
            token: inverse_document_frequency(self._documents, number)
            for token, number in frequencies.items()
            if number > 0
        }
        if not weights or limit < 1:
            return []
        asked = weighted(clauses, weights)
        wish: Counter[str] = Counter()
        for clause in asked:
            for token, weight in clause:
                wish[token] += weight  # type: ignore[assignment]
        wanted = max(limit * lexical.CANDIDATES, lexical.FEWEST)
        while True:
            hits = self._server.matches(self._name, wish, self._generation, wanted)
            scored, last_points = [], hits[-1].points if hits else 0.0
            best: list[float] = []
            for hit in hits:
                if len(best) == limit and hit.points * self._slack + lexical._ROUNDING < best[0]:
                    break  # from here on they have only fewer points
                if among is not None and hit.content not in among:
                    continue
                counts, length = self._document(hit.content, hit.tokens)
                points = score(asked, counts, length, self._average_length)
                if points > 0:
                    scored.append((hit.content, points))
                    (heapq.heappush if len(best) < limit else heapq.heappushpop)(best, points)
            scored.sort(key=lambda pair: (-pair[1], pair[0]))
            last = scored[limit - 1][1] if len(scored) >= limit else 0.0
            if len(hits) < wanted or wanted >= lexical.MOST or last_points * self._slack + lexical._ROUNDING < last:
                return [pair for pair in scored if pair[1] >= last]
            wanted = min(wanted * 4, lexical.MOST)

    def _document(self, content: int, stored: str | None) -> tuple[Counter[str], int]:
        known = self._counts.get(content)
        if known is None:
            if stored is None:
                with self._store.reading() as connection:
                    [entry] = entries_of(connection, self._kind, self._generation, [content])
                said = list(entry.tokens)
            else:
                said = stored.split()
            if len(self._counts) >= lexical.CACHED_DOCUMENTS:
                self._counts.clear()
            known = self._counts[content] = (Counter(said), len(said))
        return known


class RemoteVectors:
    """Vector search of one generation. Safe to share between threads."""

    def __init__(self, store: Records, generation: Generation, place: Searched) -> None:
        self._name = place.collection("chunks")
        self._generation = generation
        self._dimensions = place.dimensions
        self._server = Milvus(store.search or "")

    def search(self, vector: NDArray[np.float32], limit: int) -> list[tuple[int, float]]:
        """(content id, inner product) of the `limit` nearest and of all that tie with the last, best first.

        `vector` has shape (dimensions,). Raises ValueError for another shape.
        """
        if not self._generation.chunks or limit < 1:
            return []
        if vector.size != self._dimensions:
            raise ValueError(f"the question's vector has {vector.size} dimensions, the index {self._dimensions}")
        exact = np.ascontiguousarray(vector, np.float32).ravel().astype(np.float64)
        wanted = limit + 16
        while True:
            hits = self._server.near(self._name, vector, self._generation.id, wanted)
            scored = [
                (content, round(float(np.asarray(stored, np.float32).astype(np.float64) @ exact), SCORE_DIGITS))
                for content, _, stored in hits
            ]
            scored.sort(key=lambda pair: (-pair[1], pair[0]))
            last = scored[limit - 1][1] if len(scored) >= limit else -np.inf
            if len(hits) < wanted or hits[-1][1] + ROUNDING < last:
                return [pair for pair in scored if pair[1] >= last]
            wanted *= 4
