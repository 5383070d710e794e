"""The title of a paper: from its metadata, else from the type of page one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ingest.pdf_blocks import Draft
from ingest.pdf_headings import section_is
from ingest.pdf_scan import Opened
from ingest.pdf_text import joined

_LONGEST = 300
_SAME_SIZE = 0.2
"""Points by which the size of one typeface may differ between lines: rounding in the file."""
_TOP = 0.6
_NO_TITLE = re.compile(
    r"(?:untitled|microsoft word|microsoft powerpoint|paper|title|full text|.*\.(?:tex|dvi|docx?|pdf|ps|indd))\b.*",
    re.IGNORECASE,
)


def title_of(path: Path, said: Opened, first: Sequence[Draft], words: frozenset[str]) -> str:
    """The title in the metadata, else the largest type of page one (`first`), else the file's name."""
    given = said.title
    if len(given) > 3 and not _NO_TITLE.fullmatch(given):
        return given[:_LONGEST]
    lines = [draft for draft in first if draft.kind in ("heading", "text") and len(draft.text) > 3]
    lines = [draft for draft in lines if not section_is("known", draft.text)]
    if not lines:
        return path.stem
    largest = max(draft.size for draft in lines)
    text = ""
    for draft in lines:
        if draft.size > largest - _SAME_SIZE:
            text, _ = joined(text, draft.text, words)
    return text[:_LONGEST]
