"""Answers as JSON and as terminal text."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.answer.messages import say
from rag.types import Answer, Citation, IndexState, Item, Lines, Location


def to_json(answer: Answer) -> dict[str, Any]:
    """The object that `rag ask --json`, `--batch` and POST /api/ask give."""
    told: dict[str, Any] = {"notices": list(answer.notices)} if answer.notices else {}
    if answer.otherwise is not None:
        other = answer.otherwise
        told["otherwise"] = {"reading": other.reading, "text": other.text, "items": [*map(_item_row, other.items)]}
    return {
        "id": answer.id,
        "question": answer.question,
        "language": answer.language,
        "kind": str(answer.kind),
        "text": answer.text,
        "abstained": answer.abstained,
        "claims": [{"text": claim.text, "citations": list(claim.citations)} for claim in answer.claims],
        "items": [_item_row(item) for item in answer.items],
        "silent": answer.silent,
        "citations": [citation_row(citation) for citation in answer.citations],
        "conflicts": [
            {
                "entity": conflict.entity,
                "attribute": conflict.attribute,
                "values": [{"value": v.value, "citations": list(v.citations)} for v in conflict.values],
            }
            for conflict in answer.conflicts
        ],
        "retrieved": [
            {"source": r.source, **place(r.location), "score": r.score, "text": r.text} for r in answer.retrieved
        ],
        "index": index_row(answer.index),
        "llm": answer.llm,
        "timings_ms": dict(answer.timings_ms),
        **told,
    }  # fmt: skip


def _item_row(item: Item) -> dict[str, Any]:
    return {
        "entity": item.entity,
        "status": str(item.status),
        "value": item.value,
        "citations": list(item.citations),
    }


def index_row(index: IndexState) -> dict[str, Any]:
    """The state of the index as a JSON object; `behind` and `newest` only where there is something to say."""
    row: dict[str, Any] = {"generation": index.generation, "embedder": index.embedder, "stale": index.stale}
    if index.behind is not None:
        row["behind"] = asdict(index.behind)
    if index.newest is not None:
        row["newest"] = index.newest
    return row


def citation_row(citation: Citation) -> dict[str, Any]:
    """A citation as a JSON object; `lines` or `page` is None, `box` is four numbers in points or None."""
    box = citation.location.box if not isinstance(citation.location, Lines) else None
    return {
        "n": citation.n,
        "source": citation.source,
        "title": citation.title,
        "heading": list(citation.heading),
        **place(citation.location),
        "box": list(box) if box else None,
        "quote": citation.quote,
        "url": citation.url,
        "digest": citation.digest,
        "stale": asdict(citation.stale) if citation.stale else None,
    }


def place(location: Location) -> dict[str, Any]:
    """{"lines": [first, last], "page": number} of a location; one of the two is None."""
    if isinstance(location, Lines):
        return {"lines": [location.first, location.last], "page": None}
    return {"lines": None, "page": location.number}


def render(answer: Answer) -> str:
    """Terminal text: the answer, then the sources that it cites."""
    parts = [answer.text]
    if answer.citations:
        parts.append("")
        parts += [source_line(citation, answer.language) for citation in answer.citations]
    return "\n".join(parts)


def source_line(citation: Citation, language: str = "en") -> str:
    """One line of the source list: "[1] notes/a.md:6 (changed since) › Heading — quote"."""
    if isinstance(citation.location, Lines):
        first, last = citation.location.first, citation.location.last
        where = f"{citation.source}:{first}" + (f"-{last}" if last > first else "")
    else:
        where = f"{citation.source} p. {citation.location.number}"
    if citation.stale is not None:
        where += " " + say(language, f"source_{citation.stale.what}")
    heading = f" › {citation.heading[-1]}" if citation.heading else ""
    quote = " ".join(citation.quote.split())
    return f"[{citation.n}] {where}{heading} — {quote if len(quote) <= 160 else quote[:159] + '…'}"
