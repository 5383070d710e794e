"""The last check before an answer is shown: quotes stand in the source, claims stand in their quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.index import Snapshot
from rag.text.normalise import normalise
from rag.types import PAGE_BREAK, Citation, Claim, Lines

_NUMBER = re.compile(r"\d+(?:,\d{3}(?!\d))*(?:\.\d+)*")
"""A number; a comma within it parts thousands, any other ends it."""


def quote_stands(citation: Citation, snapshot: Snapshot) -> bool:
    """Whether the quote is an exact substring of the stored source at the cited lines or page."""
    text = snapshot.source(citation.source).text
    if isinstance(citation.location, Lines):
        span = "\n".join(text.split("\n")[citation.location.first - 1 : citation.location.last])
    else:
        pages = text.split(PAGE_BREAK)
        span = pages[citation.location.number - 1] if citation.location.number <= len(pages) else ""
    return bool(citation.quote) and citation.quote in span


def claim_stands(claim: Claim, citations: Sequence[Citation], beside: Mapping[int, str]) -> bool:
    """Whether every number of the claim occurs in what it cites.

    That is the quote, the headings above it, its link target, and `beside`: names and headers of the same row.
    """
    cited = [citation for citation in citations if citation.n in claim.citations]
    if not cited:
        return False
    said = normalise(" ".join(part for c in cited for part in (c.quote, *c.heading, c.url or "", beside.get(c.n, ""))))
    plain = said.replace("\\", "")
    parts = {_bare(part) for number in _NUMBER.findall(plain) for part in re.split(r"[.,]", number)}
    return {_bare(number) for number in _NUMBER.findall(normalise(claim.text))} <= parts | {
        _bare(number) for number in _NUMBER.findall(plain)
    }


def _bare(number: str) -> str:
    """A number without thousands separators and leading zeros."""
    return number.replace(",", "").lstrip("0") or "0"
