"""Ranked evidence for display and for language models: facts' places and passages, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.index import Snapshot, Term
from rag.question.understand import Question
from rag.retrieve import weights as w
from rag.retrieve.evidence import Scored
from rag.text.lexicon import Lexicon
from rag.text.tokenise import query_tokens
from rag.types import Hit, Lines, Location, Retrieved


@dataclass(slots=True)
class _Entry:
    source: str
    location: Location
    text: str
    score: float = 0.0


def passages(question: Question, snapshot: Snapshot) -> list[Hit]:
    """Passages by the question's own words and their translations; best first.

    Every word counts here, also those that say nothing of a fact: in prose they tell passages apart.
    """
    clauses: list[tuple[Term, ...]] = []
    for unit, translations in Lexicon.load().expand(query_tokens(question.normal)):
        other = [Term(t, w.TRANSLATED_SHARE * tr.weight) for tr in translations for t in tr.term.split(" ")]
        words = unit.split(" ")
        clauses += [(Term(word), *(other if at == 0 else ())) for at, word in enumerate(words)]
    return snapshot.search_chunks(clauses, w.PASSAGE_POOL) if clauses else []


def blend(words: Sequence[Hit], near: Sequence[Hit]) -> list[Hit]:
    """One ranking of passages by words and by meaning; best first.

    A score is that by words as a share of the best, plus `DENSE_WEIGHT` times what the cosine exceeds the least of
    the pool by: sums of scores keep how sure each ranking is, which ranks alone would lose.
    """
    best = max((hit.score for hit in words), default=0.0) or 1.0
    least = min((hit.score for hit in near), default=0.0)
    chunks = {(hit.chunk.source, hit.chunk.location): hit.chunk for hit in (*words, *near)}
    scores = dict.fromkeys(chunks, 0.0)
    for hit in words:
        scores[hit.chunk.source, hit.chunk.location] += hit.score / best
    for hit in near:
        scores[hit.chunk.source, hit.chunk.location] += w.DENSE_WEIGHT * (hit.score - least)
    order = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0][0], _first(entry[0][1])))
    return [Hit(chunks[place], score) for place, score in order]


def fuse(ranked: Sequence[Scored], rankings: Sequence[tuple[float, Sequence[Hit]]], limit: int) -> list[Retrieved]:
    """Places of facts and passages by reciprocal rank fusion; `rankings` are (share, hits) pairs.

    A fact's place also gains what the passages around it gain, so that structure and words confirm each other.
    """
    entries: dict[tuple[str, Location], _Entry] = {}
    for share, hits in rankings:
        for rank, hit in enumerate(hits):
            key = (hit.chunk.source, hit.chunk.location)
            entry = entries.setdefault(key, _Entry(*key, hit.chunk.text))
            entry.score += share / (w.RRF_K + rank)
    around = list(entries.values())
    places: dict[tuple[str, Location], _Entry] = {}
    for scored in ranked:
        key = (scored.fact.source, scored.fact.location)
        if key in places or not scored.score > 0:
            continue
        share = w.FACT_SHARE * min(scored.score, 1.0)
        entry = places[key] = _Entry(*key, scored.fact.quote, share / (w.RRF_K + len(places)))
        entry.score += max(
            (e.score for e in around if e.source == entry.source and within(key[1], e.location)), default=0.0
        )
        if len(places) >= limit:
            break
    for key, entry in places.items():
        kept = entries.get(key)
        entries[key] = entry if kept is None or entry.score > kept.score else kept
    order = sorted(entries.values(), key=lambda e: (-e.score, e.source, _first(e.location)))
    return [Retrieved(e.source, e.location, round(e.score, 6), e.text) for e in order[:limit]]


def within(inner: Location, outer: Location) -> bool:
    """Whether a place lies in another one of the same source: its lines among the lines, or on the same page."""
    if isinstance(inner, Lines) and isinstance(outer, Lines):
        return outer.first <= inner.first and inner.last <= outer.last
    return not isinstance(inner, Lines) and not isinstance(outer, Lines) and inner.number == outer.number


def _first(location: Location) -> int:
    return location.first if isinstance(location, Lines) else location.number
