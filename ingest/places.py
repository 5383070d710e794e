"""Where on a page a part of a block stands."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Block, Page

Box = tuple[float, float, float, float]
_COLUMN_BREAK = 5.0
"""Points by which a line must stand above the one before it to be in another column."""


def narrowed(block: Block, part: str) -> Page:
    """The page and box of `part` of the text of a PDF block: the lines that it touches, in the first column
    where it runs over several. Without those places, or where it is not found, the whole block's."""
    location = block.location
    if not isinstance(location, Page):
        raise TypeError(f"a block of a note has lines and no page: {location}")
    start = block.text.find(part)
    if start < 0 or not block.places:
        return location
    return Page(location.number, spanned(block.places, start, start + len(part)) or location.box)


def spanned(places: Sequence[tuple[int, Box]], start: int, end: int) -> Box | None:
    """The box around the lines that text[start:end] touches, as far as they stand in one column."""
    if not places:
        return None
    ends = [*(at for at, _ in places[1:]), end + 1]
    lines = [box for (at, box), stop in zip(places, ends, strict=True) if at < end and stop > start]
    if not lines:
        return None
    column = [lines[0]]
    for box in lines[1:]:
        if box[1] < column[-1][1] - _COLUMN_BREAK:
            break
        column.append(box)
    return (
        min(box[0] for box in column),
        min(box[1] for box in column),
        max(box[2] for box in column),
        max(box[3] for box in column),
    )
