"""What the rows or columns of a table are called: the forms of the name that each cell holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rag.text.names import cell_forms, name_key
from rag.types import Table

KEPT = 256
"""Tables whose names are remembered."""
Called = Mapping[str, tuple[tuple[str, ...], ...]]
"""By cell, the things that it holds, each by its forms."""


def row_names(table: Table, column: int) -> Called:
    """What the cells of the column of names call the rows.

    A part of a cell is no other name for it where it is what another row is called: beside a row "Otter", "小 Otter"
    is that alone.
    """
    return _called(row.cells[column].strip() for row in table.rows if column < len(row.cells))


def column_names(table: Table) -> Called:
    """The same of the headers of a table whose columns are things."""
    return _called(table.header[1:])


def _called(cells: Iterable[str]) -> Called:
    return _forms_of(tuple(dict.fromkeys(cells)))


@lru_cache(maxsize=KEPT)
def _forms_of(cells: tuple[str, ...]) -> Called:
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
