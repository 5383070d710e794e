"""Plain text of a raw slice of a note."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.inline import inline

_REFERENCE = re.compile(r"!?\[([^\[\]]+)\]\[[^\[\]]*\]")


@lru_cache(maxsize=4096)
def plain_text(raw: str) -> str:
    """`raw` without markup, escapes and link targets."""
    return inline(_REFERENCE.sub(r"\1", raw) if "[" in raw else raw).plain
