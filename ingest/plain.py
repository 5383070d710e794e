"""Plain text of a raw slice of a note."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.inline import inline

_REFERENCE = re.compile(r"!?\[([^\[\]]+)\]\[[^\[\]]*\]")
FOOTNOTE = re.compile(r"\s*\[\^(\d{1,3})\]:[ \t]*")
FOOTNOTE_MARK = re.compile(r"\[\^(\d{1,3})\](?!:)")
"""A mark that refers to a footnote."""


@lru_cache(maxsize=4096)
def plain_text(raw: str) -> str:
    """`raw` without markup, escapes and link targets."""
    if "[" in raw:
        raw = FOOTNOTE_MARK.sub("", _REFERENCE.sub(r"\1", raw))
    return inline(raw).plain
