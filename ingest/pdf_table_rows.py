"""The rows of a table's body: lines that belong together, labels of groups, values over several columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from ingest.pdf_cells import NUMERIC, cells_of
from ingest.pdf_columns import Column, Line, Part, touched
from ingest.pdf_text import joined

_APART = 0.75
"""Line distance, in usual distances between rows, below which a line belongs to the row beside it."""
_CENTRED = 0.15
"""Share of the columns' width by which a value in the middle of them may be off their middle."""
_FEWEST_RULED = 3
"""Bands between rules from which the rules are taken to stand between all rows."""


def centred(line: Line, columns: Sequence[Column]) -> Part | None:
    """The last part of a line, where it is one value that is centred under all columns behind the part before it."""
    if len(line.parts) < 2 or len(columns) < 4:
        return None
    last = line.parts[-1]
    first = touched(line.parts[-2], columns)[-1] + 1
    if first >= len(columns) - 1:
        return None
    middle, width = (columns[first][0] + columns[-1][1]) / 2, columns[-1][1] - columns[first][0]
    if abs(last.middle - middle) > _CENTRED * width or _fills(last, columns):
        return None
    home = touched(last, columns)
    own = columns[home[0]]
    below = len(home) == 1 and abs(last.middle - sum(own) / 2) <= _CENTRED * (own[1] - own[0])
    return None if below and len(line.parts) > 2 else last


def _fills(part: Part, columns: Sequence[Column]) -> bool:
    """Whether the words of a part are a number each for the columns that it reaches into."""
    over = len(touched(part, columns))
    return over > 1 and len(part.words) >= over and all(NUMERIC.fullmatch(word.text) for word in part.words)


def spread(line: Line, cells: list[str], columns: Sequence[Column]) -> list[str]:
    """`cells`, with a value that is centred under several headers given to each of them."""
    last = centred(line, columns)
    if last is None:
        return cells
    first = touched(line.parts[-2], columns)[-1] + 1
    return [*cells[:first], *[last.text] * (len(columns) - first)]


def with_whole_labels(lines: Sequence[Line], header: int, columns: Sequence[Column]) -> list[Line]:
    """`lines` with labels over two lines, whose values stand beside the middle of both, made one with these."""
    filled = [[at for at, cell in enumerate(cells_of(line, columns)) if cell] for line in lines]
    kept: list[Line] = list(lines[:header])
    at = header
    while at < len(lines):
        three = lines[at : at + 3]
        if len(three) == 3 and filled[at] == filled[at + 2] == [0] and filled[at + 1] and filled[at + 1][0] > 0:
            above, values, below = three
            if above.top < values.top < above.bottom and below.top < values.bottom < below.bottom:
                box = (min(line.box[0] for line in three), above.top, max(line.box[2] for line in three), below.bottom)
                kept.append(Line(box, (*above.parts, *below.parts, *values.parts)))
                at += 3
                continue
        kept.append(lines[at])
        at += 1
    return kept


def kinds(
    lines: Sequence[Line], header: int, columns: Sequence[Column], *, wordy: bool
) -> tuple[set[int], set[int], list[int]]:
    """Lines of the body that label other rows, that divide them, and the rest."""
    labels: set[int] = set()
    strays: set[int] = set()
    body: list[int] = []
    for at in range(header, len(lines)):
        filled = [column for column, cell in enumerate(cells_of(lines[at], columns)) if cell]
        if len(filled) == 1 and not wordy:
            (labels if filled == [0] else strays).add(at)
        else:
            body.append(at)
    return labels, strays, body


def rows_of(
    lines: Sequence[Line], body: Sequence[int], columns: Sequence[Column], dividers: Sequence[float], *, wordy: bool
) -> dict[int, Line]:
    """The rows of the body by their first line; lines that go on with the cells above them are joined to those.

    Text between two rules is one row where rules stand between all rows, unless its numbers show several.
    """
    distances = [lines[two].top - lines[one].top for one, two in pairwise(body)]
    usual = median(distances) if distances else 0.0
    bands = {at: sum(1 for y in dividers if y < lines[at].middle) for at in body}
    ruled = wordy and len(set(bands.values())) >= _FEWEST_RULED
    rows: dict[int, Line] = {}
    first = -1
    for before, at in zip([-1, *body], body, strict=False):
        row = cells_of(lines[at], columns)
        close = before >= 0 and lines[at].top - lines[before].top < _APART * usual
        goes_on = first >= 0 and not row[0] and (wordy or close)
        if ruled:
            goes_on = first >= 0 and bands[at] == bands[first] and not _repeats(cells_of(rows[first], columns), row)
        elif any(NUMERIC.fullmatch(cell) for cell in row if cell):
            goes_on = False
        if goes_on:
            rows[first] = _under(rows[first], lines[at])
        else:
            first = at
            rows[at] = lines[at]
    return rows


def _repeats(above: Sequence[str], row: Sequence[str]) -> bool:
    """Whether a line has a number where the row above it has one: a cell holds one number, so that a row begins."""
    return any(NUMERIC.fullmatch(one) and NUMERIC.fullmatch(two) for one, two in zip(above, row, strict=True))


def _under(above: Line, below: Line) -> Line:
    box = (min(above.box[0], below.box[0]), above.top, max(above.box[2], below.box[2]), below.bottom)
    return replace(above, box=box, parts=(*above.parts, *below.parts))


def with_labels(
    rows: Mapping[int, Line],
    placed: Mapping[int, list[str]],
    labels: Mapping[int, str],
    dividers: Sequence[float],
    words: frozenset[str],
) -> dict[int, tuple[str, ...]]:
    """Rows with the label of their group: the only one between two rules, else the one at or above them."""
    bands = {at: sum(1 for y in dividers if y < line.middle) for at, line in rows.items()}
    order = sorted(rows)
    filled: dict[int, tuple[str, ...]] = {}
    label = ""
    for band in sorted(set(bands.values())):
        members = [at for at in order if bands[at] == band]
        own = [placed[at][0] for at in members]
        whole = _in_the_middle(own, words)
        if "" in own:
            beside = [text for n, text in labels.items() if _band_of(n, order, bands) == band]
            label = next(iter([text for text in own if text] + beside), "")
        for at in members:
            label = whole or placed[at][0] or label
            filled[at] = (label, *placed[at][1:])
    return filled


def _in_the_middle(labels: Sequence[str], words: frozenset[str]) -> str:
    """The one label that runs over several rows in the middle of all of them; "" where that is not how it is."""
    told = [at for at, text in enumerate(labels) if text]
    if len(told) < 2 or len(told) == len(labels) or told[-1] - told[0] + 1 != len(told):
        return ""
    if told[0] == 0 or abs(told[0] - (len(labels) - 1 - told[-1])) > 1 or told[-1] == len(labels) - 1:
        return ""
    text = ""
    for at in told:
        text, _ = joined(text, labels[at], words)
    return text


def _band_of(label: int, order: Sequence[int], bands: Mapping[int, int]) -> int | None:
    """The band in which a line that only labels stands: that of the row before it, when the row after shares it."""
    before = [bands[at] for at in order if at < label]
    after = [bands[at] for at in order if at > label]
    if before and after:
        return before[-1] if before[-1] == after[0] else after[0]
    return next(iter(before[-1:] or after[:1]), None)
