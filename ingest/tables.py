"""Tables as notes really write them: header names, cells with their raw slices, and row lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.inline import inline, may_be_marked
from ingest.table_shape import Shape, split
from rag.types import Lines, Link, Row, Table

_NUMBER = re.compile(r"[^\w]*\d[\d.,:/%\s\-+~×xeEkKwWgGmMbBtThH万亿]*[^\w]*")
_LONGEST_ROW = 8
"""Lines that a row broken by mistake may take; more is a list in a table's clothes."""
_LABEL_LENGTH = 20
"""A longer cell is a value, not the name of a column."""


@dataclass(slots=True)
class _Draft:
    """A row while it is put together: raw cells, lines, and whether it ended with a pipe."""

    raw: list[str]
    first: int
    last: int
    closed: bool


def read(lines: Sequence[str], form: Shape, first: int, targets: Mapping[str, str]) -> tuple[Table, tuple[Link, ...]]:
    """The table in `lines` (its first one is line `first` of the note) and the links in its cells."""
    headless = form.delimiter == 0
    header = [] if headless else split(lines[0])
    width = max(len(header), len(split(lines[form.delimiter])) if form.delimiter is not None else 0)
    drafts = _drafts(lines, form, first, width)
    width = max([width, *(_filled(draft.raw) for draft in drafts)])
    links: list[Link] = []
    names = [_plain(cell, first, targets, links) for cell in header] + [""] * (width - len(header))
    rows = [_row(draft, width, targets, links) for draft in drafts]
    last = first
    if rows and not headless and _is_second_header(names, len(header), rows):
        names = _nested(names, rows[0].cells)
        last = rows.pop(0).lines.last
    else:
        names = _spread(names, len(header))
    return Table(tuple(names), Lines(first, last), fill_down(rows)), tuple(links)


def _drafts(lines: Sequence[str], form: Shape, first: int, width: int) -> list[_Draft]:
    drafts: list[_Draft] = []
    bordered = sum(line.rstrip().endswith("|") for line in lines) * 2 > len(lines)
    for offset in range(form.first_row, form.end):
        line = lines[offset].strip()
        cells = split(line, width)
        stray = len(cells) == 1 and width > 1 and bool(drafts)
        if stray and _cut_short(drafts[-1], width, bordered):
            above = drafts[-1]
            if len(above.raw) < width and above.closed:
                above.raw += cells
            else:
                above.raw[-1] = _between(lines, form, first, above, cells[0], offset)
            above.last, above.closed = first + offset, line.endswith("|")
        else:
            drafts.append(_Draft(cells, first + offset, first + offset, line.endswith("|")))
    return drafts


def _cut_short(row: _Draft, width: int, bordered: bool) -> bool:
    """Whether a line break fell into `row`: cells, the last pipe, a quotation mark or bracket is missing."""
    last = row.raw[-1]
    if row.last - row.first + 1 >= _LONGEST_ROW:
        return False
    unclosed = last.count('"') % 2 == 1 or any(
        last.count(a) > last.count(b) for a, b in ("“”", "（）", "()", "「」", "《》")
    )
    return len(row.raw) < width or (bordered and not row.closed) or unclosed


def _between(lines: Sequence[str], form: Shape, first: int, above: _Draft, cell: str, offset: int) -> str:
    """The raw slice from the last cell of `above` to the end of `cell`, which stands at `offset`."""
    start = lines[above.last - first].rfind(above.raw[-1].rsplit("\n", 1)[-1])
    end = lines[offset].find(cell) + len(cell)
    head = above.raw[-1].rsplit("\n", 1)[0] + "\n" if "\n" in above.raw[-1] else ""
    return head + lines[above.last - first][start:] + "\n" + lines[offset][:end]


def _filled(cells: Sequence[str]) -> int:
    """How many cells there are up to the last one that holds something."""
    return max((i + 1 for i, cell in enumerate(cells) if cell), default=0)


def _plain(raw: str, line: int, targets: Mapping[str, str], links: list[Link]) -> str:
    if not raw:
        return ""
    if "\n" in raw:  # inside a joined row the borders are no text
        raw = "\n".join(part.strip().strip("|") for part in raw.split("\n"))
    if not may_be_marked(raw):
        return " ".join(raw.split())
    cell = inline(raw, line, targets)
    links.extend(cell.links)
    return " ".join(cell.plain.removesuffix("\\").split())


def _row(draft: _Draft, width: int, targets: Mapping[str, str], links: list[Link]) -> Row:
    raw = [*draft.raw, *[""] * (width - len(draft.raw))][:width]
    cells = tuple(_plain(cell, draft.first, targets, links) for cell in raw)
    return Row(cells, tuple(raw), Lines(draft.first, draft.last))


def is_number(cell: str) -> bool:
    """Whether a cell is a figure (with its unit), not a name."""
    return _NUMBER.fullmatch(cell) is not None


def _is_second_header(names: Sequence[str], written: int, rows: Sequence[Row]) -> bool:
    """Whether the first body row names columns: short labels for what the header leaves open."""
    labels = rows[0].cells
    spanned = [i for i in range(1, written) if not names[i]]
    repeated = [i for i in range(1, written) if names[i] and names[i] == names[i - 1]]
    open_columns = spanned + repeated
    if len(rows) < 2 or not open_columns:
        return False
    if any(len(label) > _LABEL_LENGTH or is_number(label) for label in labels if label):
        return False
    divided = set(open_columns) | {i - 1 for i in open_columns}
    return all(labels[i] for i in divided if i or names[i]) and not any(
        label and label != names[i] for i, label in enumerate(labels) if i not in divided
    )


def _spread(names: Sequence[str], written: int) -> list[str]:
    """An empty header cell continues the name to its left; columns beyond the header stay nameless."""
    spread = list(names)
    for i in range(1, written):
        spread[i] = spread[i] or spread[i - 1]
    return spread


def _nested(names: Sequence[str], labels: Sequence[str]) -> list[str]:
    return [
        f"{top} / {label}" if top and label and top != label else top or label
        for top, label in zip(_spread(names, len(names)), labels, strict=True)
    ]


def fill_down(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows whose empty leading cells take the name from above, in the leading columns that hold names."""
    if not rows:
        return ()
    naming = 0
    for column in range(len(rows[0].cells) - 1):
        values = [row.cells[column] for row in rows if row.cells[column]]
        if not values or not rows[0].cells[column] or sum(map(is_number, values)) * 2 > len(values):
            break
        naming += 1
    above: list[str] = [""] * naming
    filled = []
    for row in rows:
        cells = list(row.cells)
        if any(cells):
            for column in range(naming):
                if cells[column]:
                    above[column:] = cells[column:naming]
                    break
                cells[column] = above[column]
        filled.append(Row(tuple(cells), row.raw, row.lines))
    return tuple(filled)
