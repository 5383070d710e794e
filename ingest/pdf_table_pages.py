"""Tables that a page break cuts: the part on the next page gets the headers and the caption of the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.pdf_blocks import Draft
from ingest.pdf_cells import shape
from ingest.pdf_tables import Grid

_ALIGNED = 8.0
"""Points by which the edges of two parts of a table may differ."""
_BEFORE = 3
"""Drafts that may stand above the second part: what says that it is one."""
_SHORT = 40
_LIKE = 0.5
"""Share of its columns in which the first row of a part without headers looks like rows of the part before."""


def across_pages(pages: list[list[Draft]]) -> None:
    """Give the parts of tables their headers and captions, in place, page by page."""
    for before, after in pairwise(pages):
        above = _last_table(before)
        at = _first_table(after)
        if above is None or at is None:
            continue
        bound = _bound(above, after[at])
        if bound is not None:
            after[at] = bound


def _last_table(page: Sequence[Draft]) -> Draft | None:
    """The table with which a page ends."""
    tables = [draft for draft in page if draft.grid is not None]
    if not tables:
        return None
    last = max(tables, key=lambda draft: draft.box[3])
    below = (draft for draft in page if draft.box[1] >= last.box[3] and draft.kind in ("text", "item", "heading"))
    return None if any(len(draft.text) > _SHORT or draft.kind == "heading" for draft in below) else last


def _first_table(page: Sequence[Draft]) -> int | None:
    """Where among the drafts the table stands with which a page begins."""
    for at, draft in enumerate(page[: _BEFORE + 1]):
        if draft.grid is not None:
            return at
        if len(draft.text) > _SHORT or draft.kind == "heading":
            return None
    return None


def _bound(above: Draft, draft: Draft) -> Draft | None:
    """`draft` as the next part of the table `above`; None where it is a table of its own."""
    first, grid = above.grid, draft.grid
    assert first is not None
    assert grid is not None
    aligned = abs(above.box[0] - draft.box[0]) <= _ALIGNED or abs(above.box[2] - draft.box[2]) <= _ALIGNED
    if draft.caption or not aligned or len(first.header) != len(grid.header):
        return None
    if grid.header == first.header:
        return replace(draft, caption=above.caption)
    if not _goes_on(first, grid):
        return None
    rows = tuple((at, tuple(grid.lines[at])) for at in range(grid.header_rows)) + grid.rows
    return replace(draft, caption=above.caption, grid=replace(grid, header=first.header, header_rows=0, rows=rows))


def _goes_on(first: Grid, grid: Grid) -> bool:
    """Whether what was taken for headers looks like the rows of the part before: the same shapes in most columns."""
    if not grid.header_rows:
        return not any(grid.header)
    row = grid.lines[0]
    alike = [
        any(shape(cells[at]) == shape(cell) for _, cells in first.rows) for at, cell in enumerate(row) if at and cell
    ]
    return bool(alike) and sum(alike) > _LIKE * len(alike)
