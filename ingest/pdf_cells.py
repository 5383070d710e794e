"""What stands in the cells of a line of a table, and what sort of thing it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.pdf_columns import Column, Line, touched
from ingest.pdf_text import joined

NUMERIC = re.compile(r"[-+−–—±~≈<>$¥€£(]*\d[\d.,:/%×xkKMBT()±−\-–+ ]*[%*†‡∗kKMBTx)]*|[-–—−✓✗×/]+|N/?A", re.IGNORECASE)
"""A number with its marks and units, or what stands for none."""
_DIGITS = re.compile(r"\d+")


def cells_of(line: Line, columns: Sequence[Column], words: frozenset[str] = frozenset()) -> list[str]:
    """The cells of a line; what stands over several columns goes to the first of them.

    A word broken at the end of a cell's line is mended; `words` show how the paper writes it.
    """
    cells = [""] * len(columns)
    for part in line.parts:
        at = touched(part, columns)[0]
        cells[at], _ = joined(cells[at], part.text, words)
    return cells


def mostly_numbers(cells: Sequence[str]) -> bool:
    """Whether most of what stands behind the first cell are numbers."""
    filled = [cell for cell in cells[1:] if cell]
    return sum(1 for cell in filled if NUMERIC.fullmatch(cell)) * 2 > len(filled)


def shape(cell: str) -> str:
    """A cell with its numbers made alike: values of one column mostly have one shape."""
    return _DIGITS.sub("9", cell)
