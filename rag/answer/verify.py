"""The last check before an answer is shown: quotes stand in the source, claims stand in their quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.index import Snapshot
from rag.text.normalise import normalise
from rag.types import Citation, Claim, Lines

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def quote_stands(citation: Citation, snapshot: Snapshot) -> bool:
    """Whether the quote is an exact substring of the stored source at the cited lines or page."""
    text = snapshot.source(citation.source).text
    if isinstance(citation.location, Lines):
        span = "\n".join(text.split("\n")[citation.location.first - 1 : citation.location.last])
    else:
        pages = text.split("\f")
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
    return _numbers(normalise(claim.text)) <= _numbers(said.replace("\\", ""))


def _numbers(text: str) -> set[str]:
    """The numbers of a text, without thousands separators and leading zeros, whole and in their parts."""
    found: set[str] = set()
    for number in _NUMBER.findall(text):
        whole = number.replace(",", "")
        found.update(part.lstrip("0") or "0" for part in (whole, *re.split(r"[.,]", number)))
    return found
