"""Which way a table runs, told from its cells: like stands with like along the attribute, not along the thing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations

from ingest.headers import header_is
from rag.text.dates import dates
from rag.types import Table

FEWEST_PAIRS = 3
"""Pairs of comparable cells below which neither direction tells anything."""
MOST_CELLS = 12
"""Cells of a row or column that are compared; more tell nothing new."""
NEAR, FAR = 0.5, 1.0
"""Distances of two numbers in powers of ten: within the first they are alike, beyond the second they are not."""

_MARK = re.compile(r"[\s✅❌✔✓✗✘√×☑☒⭕○●◯◎△▲✖xX–—\-️]+")
_NUMBER = re.compile(r"^[~≈约<>≤≥±¥￥$€£\s]*(\d[\d,]*(?:\.\d+)?)\s*([^\d\s][^\d]{0,11})?$")
_RANGE = re.compile(r"^[~≈约]?\s*\d[\d,.]*\s*(?:-|–|—|~|～|到|to)\s*\d")


@lru_cache(maxsize=256)
def lean(table: Table) -> float:
    """How much more alike the cells of a row are than those of a column, the first column aside: -1 to 1.

    Above 0 the rows are attributes and the columns things; 0 also when too few cells can be compared.
    """
    rows = [[_kind(cell) for cell in row.cells[1:]] for row in table.rows]
    columns = [
        [cells[at] for cells in rows if at < len(cells)] for at in range(max((len(cells) for cells in rows), default=0))
    ]
    along_rows, along_columns = _alike(rows), _alike(columns)
    if along_rows is None or along_columns is None:
        return 0.0
    return along_rows - along_columns


Kind = tuple[str, float, str]
"""(what a cell holds, the power of ten of its number, the number's unit)."""


@lru_cache(maxsize=1 << 12)
def _kind(cell: str) -> Kind | None:
    text = cell.strip()
    if not text:
        return None
    if _MARK.fullmatch(text) or header_is("mark", text):
        return "mark", 0.0, ""
    number = _NUMBER.match(text)
    if number is not None:
        value = float(number[1].replace(",", ""))
        return "number", math.log10(value) if value > 0 else 0.0, (number[2] or "").strip()
    if dates(text) and len(text) <= 12:
        return "date", 0.0, ""
    if "://" in text:
        return "link", 0.0, ""
    return ("range", 0.0, "") if _RANGE.match(text) else ("text", 0.0, "")


def _alike(lines: Iterable[Sequence[Kind | None]]) -> float | None:
    """Mean likeness of the pairs of cells of each line, pairs of two texts aside; None for too few."""
    likeness: list[float] = []
    for line in lines:
        filled = [kind for kind in line if kind is not None][:MOST_CELLS]
        likeness += [_likeness(a, b) for a, b in combinations(filled, 2) if (a[0], b[0]) != ("text", "text")]
    return sum(likeness) / len(likeness) if len(likeness) >= FEWEST_PAIRS else None


def _likeness(one: Kind, other: Kind) -> float:
    if one[0] != other[0]:
        return 0.0
    if one[0] != "number":
        return 1.0
    if one[2] != other[2]:
        return 0.0
    apart = abs(one[1] - other[1])
    return 1.0 if apart <= NEAR else (0.5 if apart <= FAR else 0.0)
