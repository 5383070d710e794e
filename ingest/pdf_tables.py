"""Words and rules within a table region of a page to rows, columns and headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.pdf_cells import NUMERIC, cells_of
from ingest.pdf_columns import Column, Line, columns_of, lines_of, projected, split_at, touched
from ingest.pdf_scan import Box, Piece
from ingest.pdf_table_headers import header, header_rows
from ingest.pdf_table_rows import centred, kinds, rows_of, spread, with_labels, with_whole_labels

_MARGIN = 2.0
_WIDE_RULE = 0.6
"""Share of the table's width from which a rule divides the table and not some of its columns."""
_SPARSE = 0.25
"""Share of rows up to which a column without a header is a stray part of the one before it."""
_WORDY = 0.6
"""Share of cells without numbers from which a table holds text, whose cells run over several lines."""
_UPPER_GAP = 0.4
"""Gap, in heights of a word, that tells two upper headers from the words of one over several columns."""
_GUTTER = 4.0
"""Points between two columns of text."""
_MOST_TEXT_COLUMNS = 8
_NARROWEST = 20.0
"""Points that a part beside a table must be wide."""
_FEWEST_RULES = 3
_BESIDE = 0.1
"""Share of a table's width up to which something beside its rules is a mark and not a column."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: one header a column (nested header rows joined by " / ") and body rows of as many cells.

    `lines` are all rows as they stand, header rows first, with their `boxes`. `rows` pairs each body row's number
    in `lines` with its cells, in which the label of a group of rows is filled in; rows that only label others
    are not among them.
    """

    header: tuple[str, ...]
    header_rows: int
    lines: tuple[tuple[str, ...], ...]
    boxes: tuple[Box, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def separated(box: Box, rules: Sequence[Box]) -> list[Box]:
    """`box`, cut where it holds several tables, or a table and text, side by side: rules end at their edges."""
    spans: list[list[float]] = []
    inside = [rule for rule in rules if _within(rule, box) and rule[2] - rule[0] > 0.15 * (box[2] - box[0])]
    for x0, _, x1, _ in sorted(inside):
        if spans and x0 < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], x1)
            spans[-1][2] += 1
        else:
            spans.append([x0, x1, 1])
    if len(spans) == 1:
        x0, x1 = spans[0][0] - 2 * _MARGIN, spans[0][1] + 2 * _MARGIN
        parts = [(box[0], box[1], x0, box[3]), (x0, box[1], x1, box[3]), (x1, box[1], box[2], box[3])]
        if spans[0][1] - spans[0][0] < _WIDE_RULE * (box[2] - box[0]):
            return [part for part in parts if part[2] - part[0] > _NARROWEST]
        if _are_alike(inside) and max(x0 - box[0], box[2] - x1) < _BESIDE * (x1 - x0):
            return [part for part in parts if part[2] - part[0] > _MARGIN]
    if len(spans) < 2 or min(count for *_, count in spans) < 2:
        return [box]
    cuts = [box[0], *((one[1] + two[0]) / 2 for one, two in pairwise(spans)), box[2]]
    return [(x0, box[1], x1, box[3]) for x0, x1 in pairwise(cuts)]


def _are_alike(rules: Sequence[Box]) -> bool:
    """Whether rules are as many as a table has, from one edge to one other."""
    first = rules[0]
    return len(rules) >= _FEWEST_RULES and all(
        abs(rule[0] - first[0]) < _MARGIN and abs(rule[2] - first[2]) < _MARGIN for rule in rules
    )


def read_grid(
    words: Sequence[Piece],
    rules: Sequence[Box],
    box: Box,
    *,
    uprights: Sequence[Box] = (),
    vocabulary: frozenset[str] = frozenset(),
) -> Grid | None:
    """The table in `box`; None where the words there do not make one (fewer than two rows or columns).

    `rules` are horizontal, `uprights` vertical lines; `vocabulary` holds the words of the paper.
    """
    lines = lines_of([word for word in words if _within(word.box, box)], uprights)
    columns = columns_of(lines)
    if len(lines) < 2 or len(columns) < 2:
        return None
    inner = [rule for rule in rules if _within(rule, box) and lines[0].top < rule[1] < lines[-1].bottom]
    wide = [rule for rule in inner if rule[2] - rule[0] >= _WIDE_RULE * (box[2] - box[0])]
    dividers = sorted({round(rule[1]) for rule in wide})
    above = header_rows(lines, columns, wide, box)
    wordy = _is_wordy(lines[above:], columns)
    if wordy:
        columns = projected([line for line in lines if len(line.parts) > 1], _GUTTER)
        if len(columns) < 2 or len(columns) > _MOST_TEXT_COLUMNS:
            return None
    columns = _without_bridges(lines, above, columns)
    lines = [_cut(line, columns, body=at >= above - 1 or wordy, whole=at >= above) for at, line in enumerate(lines)]
    columns = _without_strays(lines, above, columns)
    if not wordy:
        lines = with_whole_labels(lines, above, columns)
    names = header(lines[:above], columns, inner, uprights, vocabulary)
    labels, strays, body = kinds(lines, above, columns, wordy=wordy)
    merged = rows_of(lines, body, columns, dividers, wordy=wordy)
    placed = {at: cells_of(line, columns, vocabulary) for at, line in merged.items()}
    kept = [at for at in range(len(lines)) if at < above or at in labels or at in strays or at in merged]
    numbers = {at: number for number, at in enumerate(kept)}
    shown = [merged.get(at, lines[at]) for at in kept]
    told = {at: spread(line, placed[at], columns) for at, line in merged.items()}
    filled = with_labels(merged, told, {at: cells_of(lines[at], columns)[0] for at in labels}, dividers, vocabulary)
    rows = tuple((numbers[at], row) for at, row in filled.items())
    if not rows or len(columns) < 2:
        return None
    texts = tuple(tuple(cells_of(line, columns, vocabulary)) for line in shown)
    return Grid(names, above, texts, tuple(line.box for line in shown), rows)


def _cut(line: Line, columns: Sequence[Column], *, body: bool, whole: bool) -> Line:
    """`line` with its parts cut at columns, but where a part is one value for several of them."""
    if len(line.parts) < 2 or (whole and centred(line, columns) is not None):
        return line
    return split_at(line, columns, gap=0.0 if body else _UPPER_GAP)


def _within(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] - _MARGIN <= x <= outer[2] + _MARGIN and outer[1] - _MARGIN <= y <= outer[3] + _MARGIN


def _is_wordy(lines: Sequence[Line], columns: Sequence[Column]) -> bool:
    cells = [cell for line in lines for cell in cells_of(line, columns)[1:] if cell]
    words = [cell for cell in cells if not NUMERIC.fullmatch(cell)]
    long = sum(1 for cell in words if " " in cell)
    return len(words) >= _WORDY * len(cells) and long * 2 >= len(words) > 0


def _without_bridges(lines: Sequence[Line], above: int, columns: Sequence[Column]) -> list[Column]:
    """`columns` without those that only hold values which stand, alone, in the middle of several others."""
    placed = [[touched(part, columns) for part in line.parts] for line in lines]
    headed = {at for line in placed[:above] for span in line for at in span}
    kept: list[Column] = []
    for at, column in enumerate(columns):
        users = [line for line in placed[above:] if any(at in span for span in line)]
        alone = all(at in line[-1] and at - 1 > max((span[-1] for span in line[:-1]), default=-1) for line in users)
        if not users or not headed or at in headed or not alone or not 0 < at < len(columns) - 1:
            kept.append(column)
    return kept


def _without_strays(lines: Sequence[Line], header_rows: int, columns: Sequence[Column]) -> list[Column]:
    """`columns` with those that hold a few parts under no header made part of the one before them."""
    kept: list[Column] = []
    body = [cells_of(line, columns) for line in lines[header_rows:]]
    above = [cells_of(line, columns) for line in lines[:header_rows]]
    for at, column in enumerate(columns):
        filled = sum(1 for cells in body if cells[at])
        if kept and filled <= _SPARSE * len(body) and not any(cells[at] for cells in above):
            kept[-1] = (kept[-1][0], column[1])
        else:
            kept.append(column)
    return kept
