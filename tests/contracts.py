"""Contract suites: what every lexical and vector store must pass, agreement with brute force included."""

from __future__ import annotations

import math
import random
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.index import Clause, Query, Term

Ranked = list[tuple[int, float]]


class Lexical(Protocol):
    """A lexical store that holds documents, some of them hidden."""

    def search(self, query: Query, limit: int) -> Ranked: ...

    def matching(self, query: Query) -> list[int]: ...

    def frequency(self, token: str) -> int: ...

    def __len__(self) -> int: ...


class Dense(Protocol):
    """A vector store that holds unit vectors, some of them hidden."""

    def search(self, vector: NDArray[np.float32], limit: int) -> Ranked: ...


def brute_force(documents: dict[int, list[str]], query: Query) -> dict[int, float]:
    """The BM25 score (k1 = 1.2, b = 0.75) of every document that holds a term of the query, by definition."""
    average = sum(map(len, documents.values())) / len(documents)

    def bm25(term: Term, tokens: list[str]) -> float:
        frequency = sum(term.token in other for other in documents.values())
        idf = math.log(1 + (len(documents) - frequency + 0.5) / (frequency + 0.5))
        count = tokens.count(term.token)
        return term.weight * idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(tokens) / average))

    scores = {
        number: sum(max(bm25(term, tokens) for term in clause) for clause in query)
        for number, tokens in documents.items()
    }
    return {number: score for number, score in scores.items() if score > 0}


class LexicalContract(ABC):
    """What a lexical store must do. A backend's test class derives from it and opens its store."""

    @abstractmethod
    def store(self, directory: Path, batches: Sequence[dict[int, list[str]]], hidden: Collection[int]) -> Lexical:
        """A store to which `batches` were added one after the other; `hidden` are not to be found."""

    QUERIES: tuple[Sequence[Clause], ...] = (
        [(Term("w1"),)],
        [(Term("w1"), Term("w30", 0.5)), (Term("w7"),)],
        [(Term("w2", 2.0),), (Term("w90", 0.25), Term("w91"), Term("nowhere"))],
        [(Term("大模型"), Term("模型", 0.7)), (Term("商用"),), (Term("w0"),)],
    )

    @staticmethod
    def documents(number: int, seed: int = 5) -> dict[int, list[str]]:
        random_ = random.Random(seed)
        words = [f"w{n}" for n in range(200)] + ["大模型", "模型", "商用"]
        weights = [1 / (n + 3) for n in range(len(words))]
        return {n: random_.choices(words, weights, k=random_.choice((3, 8, 20, 60, 150))) for n in range(1, number + 1)}

    @pytest.mark.parametrize("query", QUERIES)
    @pytest.mark.parametrize("limit", [1, 10, 50])
    def test_agrees_with_brute_force(self, tmp_path: Path, query: Query, limit: int) -> None:
        documents = self.documents(600)
        store = self.store(tmp_path, [documents], ())

        found = store.search(query, limit)

        expected = brute_force(documents, query)
        best = sorted(expected.values(), reverse=True)[:limit]
        assert [score for _, score in found[:limit]] == pytest.approx(best, abs=2e-6)
        assert dict(found) == pytest.approx({number: expected[number] for number, _ in found}, abs=2e-6)

    @pytest.mark.parametrize("query", QUERIES)
    def test_history_leaves_no_trace(self, tmp_path: Path, query: Query) -> None:
        documents = self.documents(500)
        kept = {n: tokens for n, tokens in documents.items() if n % 3}
        gone = [n for n in documents if not n % 3]
        batches = [dict(list(documents.items())[start : start + 100]) for start in range(0, 500, 100)]

        edited = self.store(tmp_path / "edited", batches, gone)
        fresh = self.store(tmp_path / "fresh", [kept], ())

        assert edited.search(query, 20) == fresh.search(query, 20)
        assert edited.matching(query) == fresh.matching(query)
        assert [edited.frequency(f"w{n}") for n in range(40)] == [fresh.frequency(f"w{n}") for n in range(40)]
        assert len(edited) == len(fresh) == len(kept)

    def test_all_ties_of_the_last_come_along(self, tmp_path: Path) -> None:
        store = self.store(tmp_path, [{n: ["same", "words"] for n in range(1, 301)}], (7, 8))

        found = store.search([(Term("same"),)], 5)

        assert sorted(number for number, _ in found) == [n for n in range(1, 301) if n not in (7, 8)]

    def test_matching_is_complete(self, tmp_path: Path) -> None:
        documents = self.documents(2000)
        store = self.store(tmp_path, [documents], (3,))

        found = store.matching([(Term("w0"),), (Term("商用"), Term("w5"))])

        wanted = {"w0", "商用", "w5"}
        assert found == [n for n, tokens in documents.items() if n != 3 and wanted.intersection(tokens)]

    @pytest.mark.parametrize("query", [[], [()], [(Term("absent"),)], [(Term(""),)], [(Term("w1", 0.0),)]])
    def test_nothing_asked_or_known_finds_nothing(self, tmp_path: Path, query: Query) -> None:
        store = self.store(tmp_path, [self.documents(20)], ())

        assert store.search(query, 10) == []

    def test_an_empty_store_finds_nothing(self, tmp_path: Path) -> None:
        store = self.store(tmp_path, [], ())

        assert store.search([(Term("w1"),)], 10) == []
        assert store.matching([(Term("w1"),)]) == []
        assert store.frequency("w1") == len(store) == 0


class VectorContract(ABC):
    """What a vector store must do. A backend's test class derives from it and opens its store."""

    @abstractmethod
    def store(
        self, directory: Path, batches: Sequence[dict[int, NDArray[np.float32]]], hidden: Collection[int]
    ) -> Dense:
        """A store to which `batches` were added one after the other; `hidden` are not to be found."""

    @staticmethod
    def vectors(number: int, dimensions: int = 32) -> dict[int, NDArray[np.float32]]:
        made = np.random.default_rng(3).standard_normal((number, dimensions)).astype(np.float32)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        made = made.astype(np.float16).astype(np.float32)  # an index keeps no more of them
        return {n: made[n - 1] for n in range(1, number + 1)}

    @pytest.mark.parametrize("hidden", [(), tuple(range(1, 400, 2))])
    @pytest.mark.parametrize("limit", [1, 10, 300])
    def test_agrees_with_brute_force(self, tmp_path: Path, limit: int, hidden: tuple[int, ...]) -> None:
        vectors = self.vectors(400)
        items = list(vectors.items())
        store = self.store(tmp_path, [dict(items[:250]), dict(items[250:251]), dict(items[251:])], hidden)
        question = self.vectors(401)[401]

        found = store.search(question, limit)

        exact = {n: float(v.astype(np.float64) @ question) for n, v in vectors.items() if n not in hidden}
        best = sorted(exact, key=lambda n: -exact[n])[:limit]
        assert [number for number, _ in found] == best
        assert dict(found) == pytest.approx({n: exact[n] for n in best}, abs=1e-6)

    def test_all_ties_of_the_last_come_along(self, tmp_path: Path) -> None:
        vector = self.vectors(1)[1]
        store = self.store(tmp_path, [dict.fromkeys(range(1, 100), vector), {100: vector}], (4,))

        found = store.search(vector, 3)

        assert sorted(number for number, _ in found) == [n for n in range(1, 101) if n != 4]

    def test_an_empty_store_finds_nothing(self, tmp_path: Path) -> None:
        assert self.store(tmp_path, [], ()).search(self.vectors(1)[1], 3) == []
