from __future__ import annotations

from typing import Any

from rag.index.evidence import told

Row = tuple[Any, ...]


def row(position: int, surface: str, line: int, strength: int = 3) -> Row:
    """A row of `names` as it is written."""
    return "lamps.md", position, surface, surface.lower(), surface.lower(), strength, line, None


def test_lines_that_move_together_tell_the_same() -> None:
    before = [row(0, "Alder", 3), row(1, "Birch", 9, strength=1), row(2, "Cedar", 12)]
    after = [row(0, "Alder", 5), row(1, "Birch", 11, strength=1), row(2, "Cedar", 14)]

    assert told(after) == told(reversed(before))


def test_names_in_another_order_tell_otherwise() -> None:
    before = [row(0, "Alder", 3), row(1, "Birch", 9)]

    assert told([row(0, "Birch", 3), row(1, "Alder", 9)]) != told(before)
    assert told([row(0, "Alder", 9), row(1, "Birch", 3)]) != told(before)


def test_a_name_that_is_another_or_weaker_tells_otherwise() -> None:
    before = [row(0, "Alder", 3)]

    assert told([row(0, "Elder", 3)]) != told(before)
    assert told([row(0, "Alder", 3, strength=2)]) != told(before)
    assert told([]) != told(before)
