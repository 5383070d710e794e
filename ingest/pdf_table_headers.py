"""The header rows of a table: how many there are, and the name that they give each column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.pdf_cells import cells_of, mostly_numbers, shape
from ingest.pdf_columns import Column, Line
from ingest.pdf_columns import touched as touched_by
from ingest.pdf_scan import Box
from ingest.pdf_text import joined

_MOST_HEADER_ROWS = 3
_UNLIKE = 0.5
"""Share of the columns from which numbers above a rule that look unlike those below it are headers."""
_BROKEN = re.compile(r"[A-Za-z]-$")


def header_rows(lines: Sequence[Line], columns: Sequence[Column], rules: Sequence[Box], box: Box) -> int:
    """How many rows are above the first rule within the table; without one, those above the first numbers.

    A rule that leaves the first column out only divides the header itself.
    """
    placed = [cells_of(line, columns) for line in lines]
    for rule in sorted(rules, key=lambda rule: rule[1]):
        above = sum(1 for line in lines if line.middle < rule[1])
        if rule[0] > box[0] + 0.1 * (box[2] - box[0]) and above < _MOST_HEADER_ROWS:
            continue
        numbers = any(mostly_numbers(cells) for cells in placed[:above])
        plain = above == 1 or not numbers or _is_unlike(placed[:above], placed[above:])
        if 0 < above <= _MOST_HEADER_ROWS and above < len(lines) and plain:
            return above
        break
    first = next((at for at, cells in enumerate(placed) if mostly_numbers(cells)), 1)
    return min(first, _MOST_HEADER_ROWS, len(lines) - 1)


def _is_unlike(above: Sequence[list[str]], below: Sequence[list[str]]) -> bool:
    """Whether most columns hold nothing above that looks like what they hold below."""
    columns = range(1, len(above[0]))
    held = [({shape(row[at]) for row in above} - {""}, {shape(row[at]) for row in below} - {""}) for at in columns]
    told = [not upper & lower for upper, lower in held if upper and lower]
    return sum(told) > _UNLIKE * len(told)


def header(
    lines: Sequence[Line],
    columns: Sequence[Column],
    rules: Sequence[Box],
    uprights: Sequence[Box],
    words: frozenset[str],
) -> tuple[str, ...]:
    """The names of the columns, from above to below; what stands over several columns belongs to each."""
    names: list[list[str]] = [[] for _ in columns]
    for number, line in enumerate(lines):
        below = lines[number + 1].middle if number + 1 < len(lines) else None
        spans = [touched_by(part, columns) for part in line.parts]
        if below is not None:
            between = [rule for rule in rules if line.middle < rule[1] < below]
            lower = {at for under in lines[number + 1 :] for part in under.parts for at in touched_by(part, columns)}
            spans = _widened(line, spans, columns, between, uprights, lower)
        for part, span in zip(line.parts, spans, strict=True):
            for at in span:
                if names[at] and _BROKEN.search(names[at][-1]) and part.text[0].islower():
                    names[at][-1], _ = joined(names[at][-1], part.text, words)
                else:
                    names[at].append(part.text)
    return tuple(" / ".join(dict.fromkeys(parts)) for parts in names)


def _widened(
    line: Line,
    spans: Sequence[list[int]],
    columns: Sequence[Column],
    rules: Sequence[Box],
    uprights: Sequence[Box],
    below: set[int],
) -> list[list[int]]:
    """The columns that the words of an upper header row stand for: those above the rule right below them, or,
    where no rules tell, also the columns with a header `below` between them, each to the nearer that no upright
    rule parts from it."""
    under = [[r for r in rules if r[0] <= part.middle <= r[2]] for part in line.parts]
    widened = [
        [at for at, (x0, x1) in enumerate(columns) if found[0][0] < x1 and x0 < found[0][2]] if found else list(span)
        for found, span in zip(under, spans, strict=True)
    ]
    groups = [number for number, span in enumerate(widened) if set(span) <= below and not under[number]]
    if not groups or len(groups) * 2 > len(below):
        return widened
    taken = {at for span in widened for at in span}
    parting = [rule[0] for rule in uprights if rule[1] < line.middle < rule[3]]
    for at in sorted(below - taken - {0}):
        middle = sum(columns[at]) / 2
        beside = [n for n in groups if not _are_parted(line.parts[n].middle, middle, parting)]
        if beside:
            widened[min(beside, key=lambda number: abs(line.parts[number].middle - middle))].append(at)
    return [sorted(span) for span in widened]


def _are_parted(one: float, two: float, parting: Sequence[float]) -> bool:
    return any(min(one, two) < x < max(one, two) for x in parting)
