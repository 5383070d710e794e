"""A document scores the same whether all tokens of a query are looked at or only those that it holds."""

from __future__ import annotations

import random
from collections import Counter

from rag.index.alike import Scoring
from rag.index.query import score


def test_scores_are_those_of_whole_clauses() -> None:
    chosen = random.Random(3)
    words = [f"w{number}" for number in range(30)]
    clauses = [[(word, chosen.uniform(0.1, 4)) for word in chosen.sample(words, k)] for k in (1, 12, 5, 1)]
    scoring = Scoring(clauses, 6.0)

    for _ in range(200):
        counts = Counter(chosen.choices(words, k=chosen.randint(0, 12)))
        assert scoring.points(counts, counts.total()) == score(clauses, counts, counts.total(), 6.0)
