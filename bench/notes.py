"""The notes as every system but ours reads them, and where a piece of a note lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag.types import Lines


def read_notes(corpus: Path) -> Iterator[tuple[str, str]]:
    """(path relative to the corpus root, text) of every note, in the order of their paths."""
    for path in sorted(corpus.rglob("*.md")):
        yield path.relative_to(corpus).as_posix(), path.read_text(encoding="utf-8", errors="replace")


def lines_of(text: str, start: int, end: int) -> Lines:
    """The lines of `text` that the characters from `start` to before `end` touch."""
    first = text.count("\n", 0, start) + 1
    return Lines(first, first + text.count("\n", start, max(end - 1, start)))


def bytes_below(directory: Path) -> int:
    """What the files below a directory take, in bytes."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
