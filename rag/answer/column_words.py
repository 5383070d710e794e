"""The wordings of lists by a named column, from data/columns.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from rag.text.normalise import normalise


@cache
def column_words(name: str) -> tuple[str, ...]:
    """The wordings of one table of data/columns.toml in both languages, the longest first."""
    read = tomllib.loads((files("rag.answer") / "data" / "columns.toml").read_text(encoding="utf-8"))[name]
    said = (normalise(word) for language in ("zh", "en") for word in read[language])
    return tuple(sorted(said, key=lambda word: (-len(word), word)))
