"""What is asked of lexical search, and how a document scores: BM25 over clauses of alternatives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

K1 = 1.2
B = 0.75
"""Okapi BM25 constants as Robertson & Zaragoza (2009) and Lucene have them; Tantivy uses the same."""

SCORE_DIGITS = 6
"""Scores are rounded to this many decimals, so that the order of float additions never decides a tie."""


@dataclass(frozen=True, slots=True)
class Term:
    """One token, as `rag.text.tokenise` makes it, and how much a match of it counts."""

    token: str
    weight: float = 1.0


Clause = tuple[Term, ...]
"""Alternatives: a document scores as its best one (weight * BM25)."""

Query = Sequence[Clause]
"""A document's score is the sum over clauses."""


def distinct(query: Query) -> list[Clause]:
    """The query without empty clauses, useless weights and repeated tokens (the highest weight stays)."""
    clauses = []
    for clause in query:
        best: dict[str, float] = {}
        for term in clause:
            if term.token and term.weight > best.get(term.token, 0.0):
                best[term.token] = term.weight
        if best:
            clauses.append(tuple(Term(token, weight) for token, weight in best.items()))
    return clauses


def tokens(query: Query) -> frozenset[str]:
    """What a document must hold one of to match."""
    return frozenset(term.token for clause in distinct(query) for term in clause)


def inverse_document_frequency(documents: int, frequency: int) -> float:
    """ln(1 + (N - n + 0.5) / (n + 0.5)): never negative."""
    return math.log1p((documents - frequency + 0.5) / (frequency + 0.5))


def weighted(clauses: Sequence[Clause], weights: Mapping[str, float]) -> list[list[tuple[str, float]]]:
    """Per clause its tokens that occur in the corpus, each with its own weight times its inverse document frequency."""
    found = [[(t.token, t.weight * weights[t.token]) for t in clause if t.token in weights] for clause in clauses]
    return [clause for clause in found if clause]


def score(
    clauses: Sequence[Sequence[tuple[str, float]]], counts: Mapping[str, int], length: int, average_length: float
) -> float:
    """The BM25 score of one document: of every clause (`weighted`) the best token counts.

    `counts` are its token counts, `length` their sum.
    """
    norm = K1 * (1 - B + B * length / average_length)
    total = 0.0
    for clause in clauses:
        best = 0.0
        for token, weight in clause:
            if token in counts:
                count = counts[token]
                best = max(best, weight * count * (K1 + 1) / (count + norm))
        total += best
    return round(total, SCORE_DIGITS)
