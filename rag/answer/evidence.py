"""The numbered evidence that a model gets: what the extractive answer cites, then the best passages."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.checking import Evidence
from rag.answer.llm.guard import clean, speaks_to_model, within
from rag.index import Snapshot
from rag.text.normalise import normalise
from rag.types import PAGE_BREAK, Answer, Citation, Fact, Lines, Location, Retrieved

MOST_EVIDENCE = 10
"""Pieces of evidence that a model sees beside what the extractive answer cites, and together with that."""
MOST_FACTS = 60
"""Facts of one piece: a passage over a long table would fill the prompt with them."""


LONGEST_OPENING = 12
"""Lines under a title that may say in which units a note's tables are."""


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
    return tuple(_piece(citation, snapshot) for citation in citations)


def _piece(citation: Citation, snapshot: Snapshot) -> Evidence:
    seen = _seen(citation, snapshot)
    facts = [
        fact for fact in _at(citation.source, citation.location, snapshot)
        if fact.quote in citation.quote or citation.quote in fact.quote
    ]  # fmt: skip
    if seen != citation.quote:
        facts = [fact for fact in facts if _letters(fact.value) in _letters(seen)]
    facts = [fact for fact in facts if not speaks_to_model(f"{fact.entity} ； {fact.attribute} ； {fact.value}")]
    link = f"\n{citation.url}" if citation.url and citation.url not in citation.quote else ""
    where = " › ".join(dict.fromkeys((citation.title, *citation.heading)))
    opening = clean(_opening(snapshot.source(citation.source).text)) if isinstance(citation.location, Lines) else ""
    return Evidence(citation.n, seen + link, clean(where), tuple(facts[:MOST_FACTS]), opening)


def _opening(text: str) -> str:
    """What a note says under its title, before its first section or table."""
    body = text.split("\n")[1:] if text.startswith("#") else text.split("\n")
    end = next((at for at, line in enumerate(body) if line.startswith(("#", "|"))), len(body))
    return "\n".join(body[: min(end, LONGEST_OPENING)])


def _seen(citation: Citation, snapshot: Snapshot) -> str:
    """The quote without what in its source speaks to a model or is hidden."""
    text = snapshot.source(citation.source).text
    if isinstance(citation.location, Lines):
        lines = text.split("\n")
        start = sum(len(line) + 1 for line in lines[: citation.location.first - 1])
    else:
        pages = text.split(PAGE_BREAK)
        start = sum(len(page) + 1 for page in pages[: citation.location.number - 1])
    at = text.find(citation.quote, start)
    return within(text, at, citation.quote) if at >= 0 else clean(citation.quote)


def _letters(text: str) -> str:
    """Letters and digits alone: values of facts are without the markup that stands in the source."""
    return "".join(char for char in normalise(text) if char.isalnum())


def _at(source: str, location: Location, snapshot: Snapshot) -> tuple[Fact, ...]:
    if isinstance(location, Lines):
        return snapshot.facts_at(source, location.first, location.last)
    return snapshot.facts_at(source, location.number, location.number)
