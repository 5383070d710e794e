"""Tables written in HTML: `<tr>`, `<th>` and `<td>` with spans, no nesting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from ingest.inline import inline
from ingest.tables import fill_down
from rag.types import Lines, Link, Row, Table

_WIDEST_SPAN = 100
"""HTML lets a cell claim any span; no real table is wider."""


@dataclass(slots=True)
class _Cell:
    start: int
    end: int
    columns: int
    rows: int
    head: bool
    line: int


@dataclass(slots=True)
class _Row:
    first: int
    last: int
    cells: list[_Cell] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text = text
        self.rows: list[_Row] = []
        self.cell: _Cell | None = None
        self.starts = [0]
        for line in text.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.feed(text)
        self.close()
        self._end_cell(len(text))

    def _offset(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def _end_cell(self, end: int) -> None:
        if self.cell is not None:
            self.cell.end = end
            self.cell = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("tr", "td", "th"):
            return
        self._end_cell(self._offset())
        line = self.getpos()[0]
        if tag == "tr" or not self.rows:
            self.rows.append(_Row(line, line))
        if tag != "tr":
            start = self._offset() + len(self.get_starttag_text() or "")
            given = dict(attrs)
            columns, rows = _span(given.get("colspan")), _span(given.get("rowspan"))
            self.cell = _Cell(start, start, columns, rows, tag == "th", line)
            self.rows[-1].cells.append(self.cell)
            self.rows[-1].last = line

    def handle_endtag(self, tag: str) -> None:
        if tag in ("tr", "td", "th", "table"):
            self._end_cell(self._offset())
            if self.rows and tag != "table":
                self.rows[-1].last = self.getpos()[0]


def _span(value: str | None) -> int:
    if value is None or not value.isascii() or not value.isdecimal():
        return 1
    return max(1, min(int(value[:4]), _WIDEST_SPAN))


def read(text: str, first: int, targets: Mapping[str, str]) -> tuple[Table, tuple[Link, ...]] | None:
    """The table in `text`, whose first line is line `first` of the note, and its links; None without cells.

    A cell that spans rows or columns stands in each of them; `raw` is the source between the cell's tags.
    """
    links: list[Link] = []
    rows: list[Row] = []
    heads: list[bool] = []
    carried: dict[int, tuple[int, str, str]] = {}
    for drawn in _Reader(text).rows:
        cells: list[tuple[str, str]] = []
        waiting = list(drawn.cells)
        while waiting or len(cells) in carried:
            column = len(cells)
            if column in carried:
                left, plain, raw = carried.pop(column)
                cells.append((plain, raw))
                if left > 1:
                    carried[column] = (left - 1, plain, raw)
                continue
            cell = waiting.pop(0)
            raw = text[cell.start : cell.end].strip()
            content = inline(raw, first + cell.line - 1, targets)
            links.extend(content.links)
            for _ in range(cell.columns):
                if cell.rows > 1:
                    carried[len(cells)] = (cell.rows - 1, " ".join(content.plain.split()), raw)
                cells.append((" ".join(content.plain.split()), raw))
        if cells:
            heads.append(all(cell.head for cell in drawn.cells))
            lines = Lines(first + drawn.first - 1, first + drawn.last - 1)
            rows.append(Row(tuple(c for c, _ in cells), tuple(r for _, r in cells), lines))
    if not rows:
        return None
    return _table(rows, heads), tuple(links)


def _table(rows: list[Row], heads: list[bool]) -> Table:
    width = max(len(row.cells) for row in rows)
    padded = [
        Row(row.cells + ("",) * (width - len(row.cells)), row.raw + ("",) * (width - len(row.raw)), row.lines)
        for row in rows
    ]
    depth = max(1, next((i for i, head in enumerate(heads) if not head), len(heads)))
    depth = min(depth, 3)
    names = []
    for column in range(width):
        parts = dict.fromkeys(row.cells[column] for row in padded[:depth] if row.cells[column])
        names.append(" / ".join(parts))
    header_lines = Lines(padded[0].lines.first, padded[depth - 1].lines.last)
    return Table(tuple(names), header_lines, fill_down(padded[depth:]))
