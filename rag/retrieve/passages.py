"""Ranked evidence for display and for language models: facts' places and passages, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.index import Snapshot, Term
from rag.question.understand import Question
from rag.retrieve import weights as w
from rag.retrieve.evidence import Scored, query
from rag.types import Hit, Lines, Location, Retrieved


@dataclass(slots=True)
class _Entry:
    source: str
    location: Location
    text: str
    score: float = 0.0


def passages(question: Question, snapshot: Snapshot) -> list[Hit]:
    """Passages by words, translations included; best first."""
    clauses = query(question.units)
    clauses += [tuple(Term(token) for token in mention.tokens) for mention in question.mentions]
    return snapshot.search_chunks(clauses, w.PASSAGE_POOL) if clauses else []


def fuse(ranked: Sequence[Scored], rankings: Sequence[tuple[float, Sequence[Hit]]], limit: int) -> list[Retrieved]:
    """Places of facts and passages by reciprocal rank fusion; `rankings` are (share, hits) pairs."""
    entries: dict[tuple[str, Location], _Entry] = {}
    places = 0
    for scored in ranked:
        key = (scored.fact.source, scored.fact.location)
        if key in entries:
            continue
        entries[key] = _Entry(*key, scored.fact.quote, w.FACT_SHARE / (w.RRF_K + places))
        places += 1
        if places >= limit:
            break
    for share, hits in rankings:
        for rank, hit in enumerate(hits):
            key = (hit.chunk.source, hit.chunk.location)
            entry = entries.setdefault(key, _Entry(*key, hit.chunk.text))
            entry.score += share / (w.RRF_K + rank)
    order = sorted(entries.values(), key=lambda e: (-e.score, e.source, _first(e.location)))
    return [Retrieved(e.source, e.location, round(e.score, 6), e.text) for e in order[:limit]]


def _first(location: Location) -> int:
    return location.first if isinstance(location, Lines) else location.number
