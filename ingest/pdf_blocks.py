"""The lines of a page to the drafts of its blocks, in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.pdf_order import in_reading_order
from ingest.pdf_scan import Box, Piece, Region, Scan
from ingest.pdf_tables import Grid, read_grid, separated
from ingest.pdf_text import Places, flowing, union, visual_lines

CAPTION = re.compile(
    r"(?P<what>Table|Tab\.|Figure|Fig\.|Algorithm|Listing|表|图|圖)\s*(?:[A-Z]\.?)?\d+(?:[-–.]\d+)*", re.IGNORECASE
)
TABLE_CAPTION = re.compile(r"(?:Table|Tab\.|表)\s*(?:[A-Z]\.?)?\d+", re.IGNORECASE)
NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){0,3})[.、]?\s+\S")
"""A heading with its number."""
_PART = re.compile(r"\([a-z]\)\s")
"""The name of a part of a figure."""
_LINE_CAPTION = re.compile(r"(?:Table|Figure|Fig\.|表|图)\s*\d+(?:[-–.]\d+)*\s*[:：.|]", re.IGNORECASE)
_LED = re.compile(r"(?:\.{4,}|(?:\. ){4,}|…{2,}|·{4,})\s*(?:\d{1,4}|[ivxl]{1,6})?$")
"""A line of a table of contents: dots lead to its page."""
_SENTENCE = re.compile(r"[。；，,;]$")
_CONTINUED = re.compile(r"[（(]?(?:续上?表|接上表|表续|continued)\s*[\d.\-–]*\s*[）)]?", re.IGNORECASE)
"""What stands above the next part of a table that a page break cuts."""
_LONGEST_HEADING = 160
_LONGEST_RUNNING = 120
_EDGE = 0.12
"""Share of the page's height in which a running head or footer may stand."""
_INSIDE = 0.8
"""Share of a region's area that lies within another from which it is a part of that."""
_SHORTEST_RULE = 80.0
_FEWEST_RULES = 3
_CLIPPED = 5.0
"""Points by which the layout model may cut a picture too short."""
_EMPTY_LINE = 0.9
"""Gap between two lines, in type sizes, from which a line could stand between them."""
_CAPTION_REACH = 60.0
"""Points between a table and its caption."""
_BULLET = re.compile(r"^[•·▪●○◦‣■□–*-]\s+|^[（(]?(?:\d{1,2}|[a-z]|[ivx]+)[.)）、]\s+")


@dataclass(frozen=True, slots=True)
class Draft:
    """A block before its place in the outline is known.

    `kind` is text, heading, item, table, caption, figure (text within a picture), formula, footnote, contents (lines of
    a table of contents), stamp (what stands at the margin of page one) or code.
    `size` and `bold` are those of its type; `grid` and `caption` are a table's.
    """

    kind: str
    text: str
    page: int
    box: Box
    places: Places = ()
    size: float = 0.0
    bold: bool = False
    grid: Grid | None = None
    caption: str = ""


_CAPTIONED = frozenset(("text", "heading", "item", "footnote"))
_KINDS = {
    "title": "heading",
    "section-header": "heading",
    "list-item": "item",
    "table": "table",
    "caption": "caption",
    "picture": "figure",
    "formula": "formula",
    "footnote": "footnote",
}


def page_drafts(scan: Scan, lines: Sequence[Piece], words: frozenset[str]) -> list[Draft]:
    """The blocks of a page, from `lines` (those of the scan that are no running heads)."""
    upright = [line for line in lines if line.upright]
    turned = [line for line in lines if not line.upright]
    regions = _regions(scan, upright)
    homes: dict[int, list[Piece]] = {}
    for line in upright:
        homes.setdefault(_home(line.box, regions), []).append(line)
    drafts: list[Draft] = []
    for at, region in enumerate(regions):
        drafts += _region_drafts(scan, region, homes.get(at, []), words)
    if turned and (scan.number == 1 or len(turned) > 2):  # what stands beside a turned figure; on page one, a stamp
        text, places = flowing(turned, words)
        kind = "stamp" if scan.number == 1 else "text"
        drafts.append(Draft(kind, text, scan.number, union([line.box for line in turned]), places))
    return _captioned(drafts)


def _regions(scan: Scan, lines: Sequence[Piece]) -> list[Region]:
    """The regions of a page; lines within none of them make their own, in front of what stands below them."""
    found = list(scan.regions or ())
    found += _drawn_tables(scan, found)
    tables = [region for region in found if region.kind == "table"]
    found = [r for r in found if r.kind != "table" or not _is_inside_another(r, tables)]
    groups: dict[int, list[Piece]] = {}
    for line in lines:
        if not any(_holds(region.box, line.box) for region in found):
            groups.setdefault(line.group, []).append(line)
    for group in groups.values():
        own = Region("text", union([line.box for line in group]))
        above = (n for n, region in enumerate(found) if _is_above(own.box, region.box))
        found.insert(next(above, len(found)) if scan.regions else len(found), own)
    held = [r for r in found if any(_holds(r.box, line.box) for line in lines)] if scan.regions else found
    return in_reading_order(held, scan.width)


def _is_inside_another(region: Region, others: Sequence[Region]) -> bool:
    return any(other != region and _share(region.box, other.box) > _INSIDE for other in others)


def _drawn_tables(scan: Scan, regions: Sequence[Region]) -> list[Region]:
    """Tables that the layout model took for pictures: at least three rules of one length near a table's caption."""
    captions = [line for line in scan.lines if _LINE_CAPTION.match(line.text) and TABLE_CAPTION.match(line.text)]
    tables = [region for region in regions if region.kind == "table"]
    found: list[Region] = []
    for picture in (region for region in regions if region.kind == "picture"):
        x0, y0, x1, y1 = picture.box
        reach = (x0 - _CLIPPED, y0 - _CLIPPED, x1 + _CLIPPED, y1 + _CLIPPED)
        rules = [rule for rule in scan.rules if _holds(reach, rule) and rule[2] - rule[0] > _SHORTEST_RULE]
        for x0, x1 in sorted({(rule[0], rule[2]) for rule in rules}):
            same = [rule for rule in rules if abs(rule[0] - x0) < 2 and abs(rule[2] - x1) < 2]
            box = union(same)
            near = any(_distance(box, caption.box) < 2 * _CAPTION_REACH for caption in captions)
            if len(same) >= _FEWEST_RULES and near and not any(_share(box, t.box) > 0 for t in [*tables, *found]):
                found.append(Region("table", (box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1)))
    return found


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] - 1 <= x <= outer[2] + 1 and outer[1] - 1 <= y <= outer[3] + 1


def _share(inner: Box, outer: Box) -> float:
    width = min(inner[2], outer[2]) - max(inner[0], outer[0])
    height = min(inner[3], outer[3]) - max(inner[1], outer[1])
    area = (inner[2] - inner[0]) * (inner[3] - inner[1])
    return max(width, 0) * max(height, 0) / area if area > 0 else 0.0


def _is_above(one: Box, two: Box) -> bool:
    return one[3] <= two[1] + 2 and min(one[2], two[2]) > max(one[0], two[0])


def _home(box: Box, regions: Sequence[Region]) -> int:
    """The smallest region that holds the middle of `box`."""
    inside = [at for at, region in enumerate(regions) if _holds(region.box, box)]
    return min(inside, key=lambda at: _area(regions[at].box))


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _region_drafts(scan: Scan, region: Region, pieces: Sequence[Piece], words: frozenset[str]) -> list[Draft]:
    lines = visual_lines(pieces)
    if not lines or _is_running(scan, region, lines):
        return []
    led = sum(1 for line in lines if _LED.search(line.text))
    if led * 2 >= len(lines) and led:
        text = "\n".join(line.text for line in lines)
        return [Draft("contents", text, scan.number, union([line.box for line in lines]), size=lines[0].size)]
    if region.kind == "table":
        drafts = _table_drafts(scan, region, pieces, words)
        if drafts:
            return drafts
    if _KINDS.get(region.kind) == "heading":
        starts = [0, *(at for at, line in enumerate(lines) if at and NUMBERED.match(line.text)), len(lines)]
        runs = [lines[one:two] for one, two in pairwise(starts)]
        return [_flowing_draft(scan, region.kind, run, words) for run in runs]
    if _KINDS.get(region.kind, "text") in ("text", "caption") and not all(line.monospaced for line in lines):
        return [_flowing_draft(scan, region.kind, run, words) for run in _paragraphs(lines)]
    return [_flowing_draft(scan, region.kind, lines, words)]


def _paragraphs(lines: Sequence[Piece]) -> list[list[Piece]]:
    """Lines of a region, parted where an empty line stands between them."""
    runs = [[lines[0]]]
    for before, line in pairwise(lines):
        if line.box[1] - before.box[3] > _EMPTY_LINE * max(line.size, before.size):
            runs.append([])
        runs[-1].append(line)
    return runs


def _is_running(scan: Scan, region: Region, lines: Sequence[Piece]) -> bool:
    """Whether the layout model sees a running head or footer where one can be."""
    if region.kind not in ("page-header", "page-footer") or len(lines) > 2:
        return False
    at_edge = region.box[3] < _EDGE * scan.height or region.box[1] > (1 - _EDGE) * scan.height
    return at_edge and sum(len(line.text) for line in lines) <= _LONGEST_RUNNING


def _flowing_draft(scan: Scan, seen: str, lines: Sequence[Piece], words: frozenset[str]) -> Draft:
    kind = _KINDS.get(seen, "text")
    longest = max(lines, key=lambda line: len(line.text))
    text, places = flowing(lines, words)
    if kind in ("text", "item") and len(lines) > 1 and all(line.monospaced for line in lines):
        kind = "code"
    if kind == "code":
        text, places = "\n".join(line.text for line in lines), ()
    elif (kind == "heading" and _PART.match(text)) or (kind in _CAPTIONED and _is_caption(text)):
        kind = "caption"
    elif seen == "page-footer":
        kind = "footnote"
    elif kind == "table" or _is_no_heading(kind, text) or _is_no_item(kind, text):
        kind = "text"
    bold = all(line.bold for line in lines)
    return Draft(kind, text, scan.number, union([line.box for line in lines]), places, longest.size, bold)


def _is_no_heading(kind: str, text: str) -> bool:
    """Whether what the layout model took for a heading is too long or ends as a sentence or a clause does."""
    return kind == "heading" and (len(text) > _LONGEST_HEADING or _SENTENCE.search(text) is not None)


def _is_no_item(kind: str, text: str) -> bool:
    return kind == "item" and not _BULLET.match(text)


def _is_caption(text: str) -> bool:
    """Whether what begins like a caption is one: a colon, a full stop or words without a verb follow the number."""
    match = CAPTION.match(text)
    rest = text[match.end() :] if match else ""
    return bool(re.match(r"\s*[:：.|]|\s+[A-Z\u4e00-\u9fff(（]", rest)) and not re.match(r"[.]\d", rest)


def _table_drafts(scan: Scan, region: Region, pieces: Sequence[Piece], words: frozenset[str]) -> list[Draft]:
    """The tables of a region and the captions between them; nothing where its words make no table."""
    drafts: list[Draft] = []
    found = False
    for box in separated(region.box, scan.rules):
        inside = [piece for piece in pieces if _holds(box, piece.box)]
        for part, caption in _between_captions(box, visual_lines(inside)):
            own = visual_lines([piece for piece in inside if _holds(part, piece.box)])
            grid = (
                None if caption else read_grid(scan.words, scan.rules, part, uprights=scan.uprights, vocabulary=words)
            )
            if grid is not None:
                drafts.append(_table_draft(scan, grid))
                found = True
            elif own:
                drafts.append(_flowing_draft(scan, "caption" if caption else "text", own, words))
    return drafts if found else []


def _between_captions(box: Box, lines: Sequence[Piece]) -> list[tuple[Box, bool]]:
    """`box` cut at captions within it: (part, whether it is a caption)."""
    parts: list[tuple[Box, bool]] = []
    top = box[1]
    for line in lines:
        at_edge = line is lines[0] or line is lines[-1]
        told = TABLE_CAPTION.match(line.text) and _is_caption(line.text)
        if _LINE_CAPTION.match(line.text) or (at_edge and (told or _CONTINUED.fullmatch(line.text))):
            if line.box[1] - top > line.size:
                parts.append(((box[0], top, box[2], line.box[1] - 1), False))
            parts.append(((box[0], line.box[1], box[2], line.box[3]), True))
            top = line.box[3] + 1
    if box[3] - top > 5:
        parts.append(((box[0], top, box[2], box[3]), False))
    return parts


def _table_draft(scan: Scan, grid: Grid) -> Draft:
    texts = ["\t".join(cells).rstrip("\t") for cells in grid.lines]
    places: list[tuple[int, Box]] = []
    start = 0
    for text, box in zip(texts, grid.boxes, strict=True):
        places.append((start, box))
        start += len(text) + 1
    return Draft("table", "\n".join(texts), scan.number, union(grid.boxes), tuple(places), grid=grid)


def _captioned(drafts: Sequence[Draft]) -> list[Draft]:
    """`drafts` with each table right behind its caption and knowing it."""
    order = list(drafts)
    captions = [d for d in drafts if d.kind == "caption" and TABLE_CAPTION.match(d.text)]
    tables = [d for d in drafts if d.kind == "table"]
    pairs = sorted((_distance(t.box, c.box), t.box, c.box, t, c) for t in tables for c in captions)
    taken: set[Box] = set()
    for distance, _, _, table, caption in pairs:
        if distance > _CAPTION_REACH or table.box in taken or caption.box in taken:
            continue
        taken |= {table.box, caption.box}
        bound = replace(table, caption=caption.text)
        order = [d for d in order if d is not table]
        order.insert(next(n for n, d in enumerate(order) if d is caption) + 1, bound)
    return order


def _distance(table: Box, caption: Box) -> float:
    """The points between a table and a caption above or below it; infinite for one beside it."""
    if min(table[2], caption[2]) <= max(table[0], caption[0]):
        return float("inf")
    return max(caption[1] - table[3], table[1] - caption[3], 0.0)
