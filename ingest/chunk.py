"""Blocks to passages for retrieval: whole sentences, items and rows under one heading path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.places import Box, spanned
from ingest.sentences import sentences
from rag.index.document import STEP, passage_digest
from rag.types import Block, BlockKind, Chunk, Lines, Location, Page

TARGET = 500
"""Characters of a passage: what an answer may quote in full, and below the window of common embedders."""
LONGEST = 2000
"""Characters up to which one row, item or sentence stays whole; beyond, no reader takes it in as one."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut again. `whole` units take whole lines (or PDF blocks) and may share a passage."""

    location: Location
    text: str
    context: str
    heading: tuple[str, ...]
    group: int
    whole: bool = True
    leads: bool = False
    """Whether it must not end a passage: a heading."""
    number: int = 0
    """The block's place in the source: in a PDF only neighbours share a passage."""
    places: tuple[tuple[int, Box], ...] = ()


def chunk(source: str, text: str, blocks: Sequence[Block]) -> tuple[Chunk, ...]:
    """Passages of `source`, in reading order.

    `text` is the stored text of the source and `blocks` its blocks. A passage holds at most TARGET characters
    unless a single row, item, sentence or piece of code is longer; those stay whole up to LONGEST characters.
    Passages of a note are whole lines, or a part of lines too long; passages of a PDF stay on one page.
    """
    lines = text.split("\n")
    units = [unit for number, block in enumerate(blocks) for unit in _units(block, number, lines)]
    passages: list[Chunk] = []
    pending: list[_Unit] = []
    for unit in units:
        if pending and not _fits(pending, unit, lines):
            passages.append(_passage(source, pending, lines))
            pending = []
        pending.append(unit)
    if pending:
        passages.append(_passage(source, pending, lines))
    return tuple(passages)


def _fits(pending: Sequence[_Unit], unit: _Unit, lines: Sequence[str]) -> bool:
    last = pending[-1]
    if not (last.whole and unit.whole and last.heading == unit.heading):
        return False
    here, there = last.location, unit.location
    if isinstance(here, Lines) and isinstance(there, Lines):
        if there.first <= here.last:
            return False
    elif not (isinstance(here, Page) and isinstance(there, Page) and _side_by_side(last, unit, here, there)):
        return False
    length = len(_joined([*pending, unit], lines))
    if all(other.leads for other in pending):
        return length <= LONGEST
    return last.group == unit.group and length <= TARGET


def _side_by_side(last: _Unit, unit: _Unit, here: Page, there: Page) -> bool:
    """Whether two units of a PDF stand in its text with nothing between them."""
    return here.number == there.number and unit.number <= last.number + 1


def _joined(units: Sequence[_Unit], lines: Sequence[str]) -> str:
    first, last = units[0].location, units[-1].location
    if len(units) > 1 and isinstance(first, Lines) and isinstance(last, Lines):
        return "\n".join(lines[first.first - 1 : last.last])
    return "\n\n".join(unit.text for unit in units)


def _passage(source: str, units: Sequence[_Unit], lines: Sequence[str]) -> Chunk:
    text = _joined(units, lines)
    # A heading is part of the path already; what follows it says what else must be read with the passage.
    context = next((unit.context for unit in units if not unit.leads), units[0].context)
    return Chunk(source, _span(units), units[0].heading, context, text, passage_digest(context, text))


def _span(units: Sequence[_Unit]) -> Location:
    first, last = units[0].location, units[-1].location
    if isinstance(first, Lines) and isinstance(last, Lines):
        return Lines(first.first, last.last)
    pages = [unit.location for unit in units if isinstance(unit.location, Page)]
    boxes = [page.box for page in pages if page.box is not None]
    if not boxes:
        return Page(pages[0].number)
    x0, y0 = min(box[0] for box in boxes), min(box[1] for box in boxes)
    return Page(pages[0].number, (x0, y0, max(box[2] for box in boxes), max(box[3] for box in boxes)))


def _units(block: Block, number: int, lines: Sequence[str]) -> Iterator[_Unit]:
    context = "\n".join([STEP.join(block.heading), *(" ".join(parent.split()) for parent in block.parents)])
    unit = _Unit(block.location, block.text, context.strip(), block.heading, _PROSE, number=number, places=block.places)
    whole_up_to = TARGET if block.kind is BlockKind.PARAGRAPH else LONGEST
    if block.kind is BlockKind.HEADING and len(block.text) <= TARGET:
        yield replace(unit, leads=True)
    elif block.table is not None and isinstance(block.location, Lines):
        header = " | ".join(name for name in block.table.header if name)
        unit = replace(unit, context=f"{unit.context}\n{header}".strip(), group=number)
        yield from _row_units(block, block.location, unit, lines)
    elif block.kind in _UNSAID:
        return
    elif block.table is not None:
        header = " | ".join(name for name in block.table.header if name)
        unit = replace(unit, context=f"{unit.context}\n{header}".strip(), group=number)
        if len(block.text) <= LONGEST:
            yield unit
        else:
            yield from _cut(unit, _line_spans(block.text), TARGET)
    elif len(block.text) <= whole_up_to:
        yield unit
    elif block.kind is BlockKind.CODE:
        yield from _cut(unit, _line_spans(block.text), LONGEST)
    else:
        yield from _cut(unit, sentences(block.text, wrapped=isinstance(block.location, Page)), TARGET)


_UNSAID = frozenset((BlockKind.REFERENCE, BlockKind.FIGURE))
"""Blocks that answer nothing: what other papers are called, and the labels within pictures."""
_PROSE = -1
"""The group of all that is not a table: it may share a passage; a table shares none."""


def _row_units(block: Block, location: Lines, unit: _Unit, lines: Sequence[str]) -> Iterator[_Unit]:
    """One unit a row; the first takes the header along, the last what closes the table.

    Names that a row takes from the row above are part of its context.
    """
    rows = {row.lines.last: row for row in block.table.rows} if block.table is not None else {}
    ends = sorted(rows)
    ends[-1:] = [location.last]  # what closes the table belongs to its last row
    first = location.first
    for end in ends:
        text = "\n".join(lines[first - 1 : end])
        cells = rows.get(end)
        taken = [cell for cell, raw in zip(cells.cells, cells.raw, strict=True) if not raw] if cells else []
        names = " | ".join(cell for cell in taken if cell)
        context = f"{unit.context}\n{names}".strip()
        row = replace(unit, location=Lines(first, end), text=text, context=context)
        first = end + 1
        if len(text) <= LONGEST:
            yield row
        else:
            yield from _cut(row, sentences(text), TARGET)


def _line_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of every line that is not blank."""
    spans = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _cut(unit: _Unit, spans: Sequence[tuple[int, int]], target: int) -> Iterator[_Unit]:
    """Cut `unit` between spans into parts of at most `target` characters, or of one longer span."""
    line = position = 0
    for start, end in _packed(unit.text, spans, target):
        line += unit.text.count("\n", position, start)
        height = unit.text.count("\n", start, end)
        position = start
        if not isinstance(unit.location, Lines):
            place = Page(unit.location.number, spanned(unit.places, start, end) or unit.location.box)
            yield replace(unit, location=place, text=unit.text[start:end], whole=False)
            continue
        begin = unit.text.rfind("\n", 0, start) + 1
        stop = unit.text.find("\n", end)
        stop = len(unit.text) if stop < 0 else stop
        location = Lines(unit.location.first + line, unit.location.first + line + height)
        whole = not unit.text[begin:start].strip() and not unit.text[end:stop].strip()
        text = unit.text[begin:stop] if whole else unit.text[start:end]
        yield replace(unit, location=location, text=text, whole=whole)


def _packed(text: str, spans: Sequence[tuple[int, int]], target: int) -> Iterator[tuple[int, int]]:
    begin, last = -1, -1
    for start, end in _bounded(text, spans):
        if begin >= 0 and end - begin > target:
            yield begin, last
            begin = -1
        begin = start if begin < 0 else begin
        last = end
    if begin >= 0:
        yield begin, last


def _bounded(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans, those beyond LONGEST cut behind a comma or a space, or anywhere when there is none."""
    for start, end in spans:
        while end - start > LONGEST:
            reach = start + LONGEST
            cut = max(text.rfind(mark, start + LONGEST // 2, reach) for mark in "，、, |") + 1
            cut = cut if cut > 0 else reach
            yield start, cut
            start = cut
        yield start, end
