"""The numbered evidence that a model gets: what the extractive answer cites, then the best passages."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.checking import Evidence
from rag.answer.llm.guard import guarded
from rag.index import Snapshot
from rag.types import Answer, Citation, Fact, Lines, Location, Retrieved

MOST_EVIDENCE = 10
"""Pieces of evidence that a model sees beside what the extractive answer cites, and together with that."""
MOST_FACTS = 60
"""Facts of one piece: a passage over a long table would fill the prompt with them."""


def cited_pieces(answer: Answer) -> list[Citation]:
    """What the answer cites."""
    return list(answer.citations)


def numbered(answer: Answer, snapshot: Snapshot) -> list[Citation]:
    """What the answer cites, then retrieved passages, numbered on from there."""
    citations = cited_pieces(answer)
    for item in answer.retrieved:
        if len(citations) >= MOST_EVIDENCE:
            break
        if any((c.source, c.location) == (item.source, item.location) for c in citations):
            continue
        citations.append(passage(item, max((c.n for c in citations), default=0) + 1, snapshot))
    return citations


def passage(item: Retrieved, number: int, snapshot: Snapshot) -> Citation:
    """A retrieved place as a citation."""
    facts = _at(item.source, item.location, snapshot)
    heading = facts[0].heading if facts else ()
    return Citation(number, item.source, snapshot.source(item.source).title, heading, item.location, item.text)


def pieces_of(citations: Sequence[Citation], snapshot: Snapshot) -> tuple[Evidence, ...]:
    """Citations as a model may see them, each with the facts that an ingest read out of it."""
    return tuple(guarded(_piece(citation, snapshot)) for citation in citations)


def _piece(citation: Citation, snapshot: Snapshot) -> Evidence:
    facts = [
        fact for fact in _at(citation.source, citation.location, snapshot)
        if fact.quote in citation.quote or citation.quote in fact.quote
    ]  # fmt: skip
    link = f"\n{citation.url}" if citation.url and citation.url not in citation.quote else ""
    where = " › ".join(dict.fromkeys((citation.title, *citation.heading)))
    return Evidence(citation.n, citation.quote + link, where, tuple(facts[:MOST_FACTS]))


def _at(source: str, location: Location, snapshot: Snapshot) -> tuple[Fact, ...]:
    if isinstance(location, Lines):
        return snapshot.facts_at(source, location.first, location.last)
    return snapshot.facts_at(source, location.number, location.number)
