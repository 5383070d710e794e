"""How a table is to be read: what names its rows or columns, and which cells are attributes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ingest.headers import header_is
from ingest.table_axes import lean
from ingest.table_labels import LONGEST_LABEL, is_capitalised, is_coined, is_name, is_proper, share_foreign
from rag.types import Table

_NUMERIC = re.compile(r"^[\s\d.,%~+\-–—/:：、年月日]*$")
_LETTER = re.compile(r"[^\W\d_]{2}")
KEPT = 256
"""Tables whose reading is remembered: their names, their facts and the headings above them are told by it."""
CLEAR = 0.3
"""How much more alike the cells of one direction are than those of the other when that alone decides."""
MARGIN = 0.2
"""How much larger the share of names among the headers is than that among the labels when that tells columns."""
SOME_COINED = 1 / 3
"""Share of headers above which coined words tell that all of them, written as names, name things and no cases."""


class Orientation(StrEnum):
    ROWS = "rows"
    """Each row is about the thing in its name column."""
    COLUMNS = "columns"
    """Each column is about the thing in its header; the first column holds attributes."""
    PROPERTIES = "properties"
    """All of it is about the section's subject: attributes in the first column, columns are cases."""
    CARD = "card"
    """One row about the section's subject: the headers are the attributes."""


@dataclass(frozen=True, slots=True)
class Reading:
    orientation: Orientation
    name_column: int
    proper: bool
    """Whether the row or column names are names of things rather than labels."""


def read_table(table: Table, owner: str) -> Reading:
    """How to read `table`; `owner` is the name of the section's subject, "" for none."""
    return _read(table, bool(owner))


@dataclass(frozen=True, slots=True)
class _Names:
    """What a table holds of names, whatever its section is about: the share of names among headers and labels."""

    column: int
    labels: tuple[str, ...]
    among_headers: float
    among_labels: float
    things: bool
    """Whether all headers but that of the labels, which is empty or says "property", are written as names of things."""


@lru_cache(maxsize=KEPT)
def _names(table: Table) -> _Names:
    column = _name_column(table)
    labels = [row.cells[column] for row in table.rows if column < len(row.cells)]
    heads = [header for at, header in enumerate(table.header) if at != column]
    among_labels = max(_share(is_proper, labels), share_foreign(table.header, labels))
    corner = table.header[column] if column < len(table.header) else ""
    if not corner.strip() or header_is("property", corner):
        coined, others = _share(is_coined, heads), _share(is_coined, labels)
        things = len(heads) > 1 and all(map(is_capitalised, heads)) and coined > max(SOME_COINED, others + MARGIN)
        among_headers, among_labels = _share(is_name, heads), max(among_labels, _share(is_name, labels))
    else:
        things, among_headers = False, _share(is_proper, heads)
    return _Names(column, tuple(labels), among_headers, among_labels, things)


@lru_cache(maxsize=KEPT)
def _read(table: Table, owner: bool) -> Reading:
    columns = len(table.header)
    names = _names(table)
    name_column, labels = names.column, names.labels
    linked = sum("](" in row.raw[name_column] for row in table.rows if name_column < len(row.raw))
    named = header_is("name", table.header[name_column]) if table.header else False
    leads = name_column == 0 or (name_column == 1 and header_is("index", table.header[0]))
    named = named and (leads or len(table.rows) > 1)
    paired = columns == 2 and (header_is("property", table.header[0]) or header_is("value", table.header[1]))
    if len(table.rows) == 1 and owner and not named and columns > 1 and not paired:
        return Reading(Orientation.CARD, name_column, proper=False)
    head_names, label_names = names.among_headers, names.among_labels
    named_rows = label_names >= 0.5 and head_names < 0.5
    properties = bool(table.header) and header_is("property", table.header[0]) and not named_rows
    if columns == 2 and (properties or header_is("value", table.header[1])):
        return Reading(Orientation.PROPERTIES, 0, proper=False)
    leaning = lean(table) if columns > 2 and len(table.rows) > 1 else 0.0
    told = names.things or ((properties or head_names > label_names + MARGIN) and head_names >= 0.5)
    if leaning > -CLEAR and (told or leaning >= CLEAR) and not (named and label_names > 0.5):
        things = told or not owner
        return Reading(Orientation.COLUMNS if things else Orientation.PROPERTIES, 0, proper=things)
    if properties and leaning > -CLEAR:
        return Reading(Orientation.PROPERTIES if owner or columns == 2 else Orientation.COLUMNS, 0, proper=not owner)
    alike = leaning <= -CLEAR and not owner and all(0 < len(label) <= LONGEST_LABEL for label in labels)
    proper = named or alike or label_names >= 0.5 or linked * 2 > len(table.rows)
    return Reading(Orientation.ROWS, name_column, proper=proper)


def _name_column(table: Table) -> int:
    """The column with a name word for a header, unless the first names the rows better.

    The first does when its cells differ and those of the other repeat, or when it heads no maker or kind
    and the other only names what a thing runs or holds.
    """
    leading = _leading_column(table)
    for at, header in enumerate(table.header):
        if header_is("name", header):
            if at <= leading or _repeats(table, leading):
                return at
            grouped = header_is("group", table.header[leading])
            part = header_is("part", header) and not grouped
            return leading if part or _repeats(table, at) else at
    return leading + 1 if _groups_rows(table, leading) else leading


def _groups_rows(table: Table, at: int) -> bool:
    """Whether a column only groups the rows, and the next one names them: cells that all differ and hold words.

    It does where rows leave it empty under one that fills it, or where it is headed so and repeats.
    """
    left_empty = any(at < len(row.raw) and not row.raw[at].strip() and row.cells[at].strip() for row in table.rows)
    headed = header_is("group", table.header[at]) if at < len(table.header) else False
    following = table.header[at + 1] if at + 1 < len(table.header) else ""
    if not following or not (left_empty or (headed and _repeats(table, at))):
        return False
    if header_is("remark", following) or header_is("value", following) or header_is("group", following):
        return False
    cells = [row.cells[at + 1].strip() for row in table.rows if at + 1 < len(row.cells)]
    wordy = all(0 < len(cell) <= LONGEST_LABEL and not cell[0].isdigit() and _LETTER.search(cell) for cell in cells)
    return wordy and len(set(cells)) == len(table.rows)


def _leading_column(table: Table) -> int:
    """The first column that holds words and no running numbers."""
    for at, header in enumerate(table.header):
        cells = [row.cells[at] for row in table.rows if at < len(row.cells)]
        if not header_is("index", header) and not all(_NUMERIC.match(cell) for cell in cells):
            return at
    return 0


def _repeats(table: Table, at: int) -> bool:
    cells = [row.cells[at].strip() for row in table.rows if at < len(row.cells)]
    return len(set(cells)) < len(cells)


def _share(fits: Callable[[str], bool], labels: list[str]) -> float:
    filled = [label for label in labels if label.strip()]
    return sum(map(fits, filled)) / len(filled) if filled else 0.0
