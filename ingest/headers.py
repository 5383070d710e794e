"""Words that table headers use whatever the field, by kind, from `data/headers.toml`."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from rag.text.normalise import normalise


@cache
def _words() -> dict[str, frozenset[str]]:
    raw = tomllib.loads((files("ingest") / "data" / "headers.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(normalise(word) for word in words) for kind, words in raw.items()}


@lru_cache(maxsize=1 << 12)
def header_is(kind: str, header: str) -> bool:
    """Whether a header, or its part beside a "/", is one of the words of `kind` in `data/headers.toml`."""
    parts = [normalise(part).strip(" *") for part in header.split("/")]
    return any(part in _words()[kind] for part in parts) or normalise(header) in _words()[kind]
