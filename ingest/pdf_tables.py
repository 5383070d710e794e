"""Words and rules within a table region of a page to rows, columns and headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.pdf_columns import Column, Line, columns_of, lines_of, projected, split_at, touched
from ingest.pdf_scan import Box, Piece

_MARGIN = 2.0
_WIDE_RULE = 0.6
"""Share of the table's width from which a rule divides the table and not some of its columns."""
_APART = 0.75
"""Line distance, in usual distances between rows, below which a line belongs to the row beside it."""
_SPARSE = 0.25
"""Share of rows up to which a column without a header is a stray part of the one before it."""
_WORDY = 0.6
"""Share of cells without numbers from which a table holds text, whose cells run over several lines."""
_MOST_HEADER_ROWS = 3
_UPPER_GAP = 0.4
"""Gap, in heights of a word, that tells two upper headers from the words of one over several columns."""
_CENTRED = 0.15
"""Share of the columns' width by which a value in the middle of them may be off their middle."""
_GUTTER = 4.0
"""Points between two columns of text."""
_MOST_TEXT_COLUMNS = 8
_NARROWEST = 20.0
"""Points that a part beside a table must be wide."""
_FEWEST_RULED = 3
"""Bands between rules from which the rules are taken to stand between all rows."""
_NUMERIC = re.compile(r"[-+−–—±~≈<>$¥€£(]*\d[\d.,:/%×xkKMBT()±−\-–+ ]*[%*†‡∗kKMBTx)]*|[-–—−✓✗×/]+|N/?A", re.IGNORECASE)


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
    if len(spans) == 1 and spans[0][1] - spans[0][0] < _WIDE_RULE * (box[2] - box[0]):
        x0, x1 = spans[0][0] - 2 * _MARGIN, spans[0][1] + 2 * _MARGIN
        parts = [(box[0], box[1], x0, box[3]), (x0, box[1], x1, box[3]), (x1, box[1], box[2], box[3])]
        return [part for part in parts if part[2] - part[0] > _NARROWEST]
    if len(spans) < 2 or min(count for *_, count in spans) < 2:
        return [box]
    cuts = [box[0], *((one[1] + two[0]) / 2 for one, two in pairwise(spans)), box[2]]
    return [(x0, box[1], x1, box[3]) for x0, x1 in pairwise(cuts)]


def read_grid(words: Sequence[Piece], rules: Sequence[Box], box: Box) -> Grid | None:
    """The table in `box`; None where the words there do not make one (fewer than two rows or columns)."""
    lines = lines_of([word for word in words if _within(word.box, box)])
    columns = columns_of(lines)
    if len(lines) < 2 or len(columns) < 2:
        return None
    inner = [rule for rule in rules if _within(rule, box) and lines[0].top < rule[1] < lines[-1].bottom]
    wide = [rule for rule in inner if rule[2] - rule[0] >= _WIDE_RULE * (box[2] - box[0])]
    dividers = sorted({round(rule[1]) for rule in wide})
    header_rows = _header_rows(lines, columns, wide, box)
    wordy = _is_wordy(lines[header_rows:], columns)
    if wordy:
        columns = projected([line for line in lines if len(line.parts) > 1], _GUTTER)
        if len(columns) < 2 or len(columns) > _MOST_TEXT_COLUMNS:
            return None
    lines = [
        split_at(line, columns, gap=0.0 if at >= header_rows - 1 or wordy else _UPPER_GAP)
        if len(line.parts) > 1
        else line
        for at, line in enumerate(lines)
    ]
    columns = _without_strays(lines, header_rows, columns)
    header = _header(lines[:header_rows], columns, inner)
    labels, strays, body = _kinds(lines, header_rows, columns, wordy=wordy)
    merged = _joined(lines, body, columns, dividers, wordy=wordy)
    placed = {at: _cells(line, columns) for at, line in merged.items()}
    kept = [at for at in range(len(lines)) if at < header_rows or at in labels or at in strays or at in merged]
    numbers = {at: number for number, at in enumerate(kept)}
    shown = [merged.get(at, lines[at]) for at in kept]
    spread = {at: _spread(line, placed[at], columns) for at, line in merged.items()}
    filled = _filled(merged, spread, {at: _cells(lines[at], columns)[0] for at in labels}, dividers)
    rows = tuple((numbers[at], row) for at, row in filled.items())
    if not rows or len(columns) < 2:
        return None
    texts = tuple(tuple(_cells(line, columns)) for line in shown)
    return Grid(header, header_rows, texts, tuple(line.box for line in shown), rows)


def _within(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] - _MARGIN <= x <= outer[2] + _MARGIN and outer[1] - _MARGIN <= y <= outer[3] + _MARGIN


def _cells(line: Line, columns: Sequence[Column]) -> list[str]:
    """The cells of a line; what stands over several columns goes to the first of them."""
    cells = [""] * len(columns)
    for part in line.parts:
        at = touched(part, columns)[0]
        cells[at] = f"{cells[at]} {part.text}".strip()
    return cells


def _header_rows(lines: Sequence[Line], columns: Sequence[Column], rules: Sequence[Box], box: Box) -> int:
    """How many rows are above the first rule within the table; without one, those above the first numbers.

    A rule that leaves the first column out only divides the header itself.
    """
    placed = [_cells(line, columns) for line in lines]
    for rule in sorted(rules, key=lambda rule: rule[1]):
        above = sum(1 for line in lines if line.middle < rule[1])
        if rule[0] > box[0] + 0.1 * (box[2] - box[0]) and above < _MOST_HEADER_ROWS:
            continue
        numbers = any(_mostly_numbers(cells) for cells in placed[:above])
        if 0 < above <= _MOST_HEADER_ROWS and above < len(lines) and (above == 1 or not numbers):
            return above
        break
    first = next((at for at, cells in enumerate(placed) if _mostly_numbers(cells)), 1)
    return min(first, _MOST_HEADER_ROWS, len(lines) - 1)


def _is_wordy(lines: Sequence[Line], columns: Sequence[Column]) -> bool:
    cells = [cell for line in lines for cell in _cells(line, columns)[1:] if cell]
    words = [cell for cell in cells if not _NUMERIC.fullmatch(cell)]
    long = sum(1 for cell in words if " " in cell)
    return len(words) >= _WORDY * len(cells) and long * 2 >= len(words) > 0


def _spread(line: Line, cells: list[str], columns: Sequence[Column]) -> list[str]:
    """`cells`, with the only value of a row that is centred under all headers given to each of them."""
    if len(line.parts) != 2 or len(columns) < 4:
        return cells
    first = touched(line.parts[0], columns)[-1] + 1
    if first >= len(columns) - 1:
        return cells
    middle, width = (columns[first][0] + columns[-1][1]) / 2, columns[-1][1] - columns[first][0]
    if abs(line.parts[1].middle - middle) > _CENTRED * width:
        return cells
    return [*cells[:first], *[line.parts[1].text] * (len(columns) - first)]


def _mostly_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells[1:] if cell]
    return sum(1 for cell in filled if _NUMERIC.fullmatch(cell)) * 2 > len(filled)


def _without_strays(lines: Sequence[Line], header_rows: int, columns: Sequence[Column]) -> list[Column]:
    """`columns` with those that hold a few parts under no header made part of the one before them."""
    kept: list[Column] = []
    body = [_cells(line, columns) for line in lines[header_rows:]]
    above = [_cells(line, columns) for line in lines[:header_rows]]
    for at, column in enumerate(columns):
        filled = sum(1 for cells in body if cells[at])
        if kept and filled <= _SPARSE * len(body) and not any(cells[at] for cells in above):
            kept[-1] = (kept[-1][0], column[1])
        else:
            kept.append(column)
    return kept


def _header(lines: Sequence[Line], columns: Sequence[Column], rules: Sequence[Box]) -> tuple[str, ...]:
    """The names of the columns, from above to below; what stands over several columns belongs to each."""
    names: list[list[str]] = [[] for _ in columns]
    for number, line in enumerate(lines):
        below = lines[number + 1].middle if number + 1 < len(lines) else None
        spans = [touched(part, columns) for part in line.parts]
        if below is not None:
            between = [rule for rule in rules if line.middle < rule[1] < below]
            lower = {at for under in lines[number + 1 :] for part in under.parts for at in touched(part, columns)}
            spans = _widened(line, spans, columns, between, lower)
        for part, span in zip(line.parts, spans, strict=True):
            for at in span:
                names[at].append(part.text)
    return tuple(" / ".join(dict.fromkeys(parts)) for parts in names)


def _widened(
    line: Line, spans: Sequence[list[int]], columns: Sequence[Column], rules: Sequence[Box], below: set[int]
) -> list[list[int]]:
    """The columns that the words of an upper header row stand for: those above the rule right below them, or,
    where no rules tell, also the columns with a header `below` between them, each to the nearer."""
    under = [[r for r in rules if r[0] <= part.middle <= r[2]] for part in line.parts]
    widened = [
        [at for at, (x0, x1) in enumerate(columns) if found[0][0] < x1 and x0 < found[0][2]] if found else list(span)
        for found, span in zip(under, spans, strict=True)
    ]
    groups = [number for number, span in enumerate(widened) if set(span) <= below and not under[number]]
    if not groups or len(groups) * 2 > len(below):
        return widened
    taken = {at for span in widened for at in span}
    for at in below - taken - {0}:
        middle = sum(columns[at]) / 2
        nearest = min(groups, key=lambda number: abs(line.parts[number].middle - middle))
        widened[nearest].append(at)
    return [sorted(span) for span in widened]


def _kinds(
    lines: Sequence[Line], header_rows: int, columns: Sequence[Column], *, wordy: bool
) -> tuple[set[int], set[int], list[int]]:
    """Lines of the body that label other rows, that divide them, and the rest."""
    labels: set[int] = set()
    strays: set[int] = set()
    body: list[int] = []
    for at in range(header_rows, len(lines)):
        filled = [column for column, cell in enumerate(_cells(lines[at], columns)) if cell]
        if len(filled) == 1 and not wordy:
            (labels if filled == [0] else strays).add(at)
        else:
            body.append(at)
    return labels, strays, body


def _joined(
    lines: Sequence[Line], body: Sequence[int], columns: Sequence[Column], dividers: Sequence[float], *, wordy: bool
) -> dict[int, Line]:
    """The rows of the body by their first line; lines that go on with the cells above them are joined to those.

    Text between two rules is one row where rules stand between all rows.
    """
    distances = [lines[two].top - lines[one].top for one, two in pairwise(body)]
    usual = median(distances) if distances else 0.0
    bands = {at: sum(1 for y in dividers if y < lines[at].middle) for at in body}
    ruled = wordy and len(set(bands.values())) >= _FEWEST_RULED
    joined: dict[int, Line] = {}
    first = -1
    for before, at in zip([-1, *body], body, strict=False):
        row = _cells(lines[at], columns)
        close = before >= 0 and lines[at].top - lines[before].top < _APART * usual
        goes_on = first >= 0 and not row[0] and (wordy or close)
        if ruled:
            goes_on = first >= 0 and bands[at] == bands[first]
        elif any(_NUMERIC.fullmatch(cell) for cell in row if cell):
            goes_on = False
        if goes_on:
            joined[first] = _under(joined[first], lines[at])
        else:
            first = at
            joined[at] = lines[at]
    return joined


def _under(above: Line, below: Line) -> Line:
    box = (min(above.box[0], below.box[0]), above.top, max(above.box[2], below.box[2]), below.bottom)
    return replace(above, box=box, parts=(*above.parts, *below.parts))


def _filled(
    rows: dict[int, Line], placed: dict[int, list[str]], labels: dict[int, str], dividers: Sequence[float]
) -> dict[int, tuple[str, ...]]:
    """Rows with the label of their group: the only one between two rules, else the one at or above them."""
    bands = {at: sum(1 for y in dividers if y < line.middle) for at, line in rows.items()}
    own: dict[int, list[str]] = {}
    empty: set[int] = set()
    for at, cells in placed.items():
        own.setdefault(bands[at], []).extend(cells[:1] if cells[0] else [])
        if not cells[0]:
            empty.add(bands[at])
    filled: dict[int, tuple[str, ...]] = {}
    label = ""
    last = -1
    order = sorted(rows)
    for at in order:
        cells = placed[at]
        if bands[at] != last:
            beside = [text for n, text in labels.items() if _band_of(n, order, bands) == bands[at]]
            label = next(iter([*own.get(bands[at], []), *beside]), "") if bands[at] in empty else ""
            last = bands[at]
        label = cells[0] or label
        filled[at] = (label, *cells[1:])
    return filled


def _band_of(label: int, order: Sequence[int], bands: dict[int, int]) -> int | None:
    """The band in which a line that only labels stands: that of the row before it, when the row after shares it."""
    before = [bands[at] for at in order if at < label]
    after = [bands[at] for at in order if at > label]
    if before and after:
        return before[-1] if before[-1] == after[0] else after[0]
    return next(iter(before[-1:] or after[:1]), None)
