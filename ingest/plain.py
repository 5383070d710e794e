"""Plain text of a raw slice of a note."""

from __future__ import annotations

from functools import lru_cache

from ingest.inline import inline


@lru_cache(maxsize=4096)
def plain_text(raw: str) -> str:
    """`raw` without markup, escapes and link targets."""
    return inline(raw).plain
