"""What the rows or columns of a table are called: the forms of the name that each cell holds."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from rag.text.names import cell_forms, name_key
from rag.types import Table

KEPT = 256
"""Tables whose names are remembered."""


def row_forms(table: Table, column: int, cell: str) -> tuple[tuple[str, ...], ...]:
    """The things that `cell` of the column of names holds, each by its forms.

    A part of the cell is no other name for it where it is what another row is called: beside a row "Otter", "小 Otter"
    is that alone.
    """
    return _forms(table, column).get(cell.strip(), ())


def column_forms(table: Table, header: str) -> tuple[tuple[str, ...], ...]:
    """As `row_forms`, of a header of a table whose columns are things."""
    return _forms_of(table.header[1:]).get(header, ())


@lru_cache(maxsize=KEPT)
def _forms(table: Table, column: int) -> dict[str, tuple[tuple[str, ...], ...]]:
    cells = dict.fromkeys(row.cells[column].strip() for row in table.rows if column < len(row.cells))
    return _forms_of(tuple(cells))


@lru_cache(maxsize=KEPT)
def _forms_of(cells: tuple[str, ...]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The things that each of the cells that name the rows or columns of a table holds."""
    found = {cell: cell_forms(cell) for cell in cells}
    called: dict[str, set[str]] = defaultdict(set)
    for cell, things in found.items():
        for form in {name_key(form) for forms in things for form in forms}:
            called[form].add(cell)
    told: dict[str, tuple[tuple[str, ...], ...]] = {}
    for cell, things in found.items():
        kept = [[form for form in forms if len(called[name_key(form)]) == 1] or [forms[-1]] for forms in things]
        told[cell] = tuple(tuple(forms) for forms in kept)
    return told
