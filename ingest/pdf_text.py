"""Lines of a page to text that flows: broken words mended, running heads dropped, lines joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ingest.pdf_scan import Box, Piece, Scan

Places = tuple[tuple[int, Box], ...]
"""(offset in a text, the box of the line that begins there)."""

_CJK = re.compile(r"[\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef，。！？；：（）]")
_BROKEN = re.compile(r"([A-Za-z]+)-$")
_GOES_ON = re.compile(r"([a-z]+|[A-Z]{2,})")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_EDGE = 0.1
"""Share of the page's height, from above and from below, in which running heads and page numbers stand."""
_FEWEST_REPEATED = 3
_PAGE_NUMBER = re.compile(
    r"(?:[-–—]\s*)?(?:page\s*|第\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:/|of|页，?共)\s*\d{1,4})?(?:\s*页)?(?:\s*[-–—])?",
    re.IGNORECASE,
)
_SAME_LINE = 0.5
"""Share of the lower line's height by which two lines that are one overlap."""
_LISTED = re.compile(r"[（(]?(?:[一二三四五六七八九十]+|\d{1,2})[、.．）)]")
_FULL_PARAGRAPH = 100
"""Characters from which text without an end is no label or line of a list."""
_ENDS = re.compile(r"[.!?。！？：:;；…][\"'”’」』）)\]]*\s*(?:\d{1,2})?$")


def vocabulary(scans: Sequence[Scan]) -> frozenset[str]:
    """All words of the paper, in lower case, those with hyphens whole: it shows how a broken word is written."""
    return frozenset(word.lower() for scan in scans for line in scan.lines for word in _WORD.findall(line.text))


def without_running_heads(scans: Sequence[Scan]) -> list[tuple[Piece, ...]]:
    """The lines of each page but page numbers and what recurs at the edges of pages."""
    counts: Counter[tuple[bool, str]] = Counter()
    for scan in scans:
        counts.update({(_is_low(line, scan), _shape(line.text)) for line in scan.lines if _is_at_edge(line, scan)})
    needed = _FEWEST_REPEATED if len(scans) > _FEWEST_REPEATED else 2
    kept: list[tuple[Piece, ...]] = []
    for scan in scans:
        lines = [
            line
            for line in scan.lines
            if not _is_at_edge(line, scan)
            or not (
                _PAGE_NUMBER.fullmatch(line.text)
                or (len(line.text) > 2 and counts[_is_low(line, scan), _shape(line.text)] >= needed)
            )
        ]
        kept.append(tuple(lines))
    return kept


def _is_at_edge(line: Piece, scan: Scan) -> bool:
    return line.box[3] < _EDGE * scan.height or line.box[1] > (1 - _EDGE) * scan.height


def _is_low(line: Piece, scan: Scan) -> bool:
    return line.box[1] > scan.height / 2


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", text.casefold())


def visual_lines(pieces: Sequence[Piece]) -> list[Piece]:
    """`pieces` of one region from top to bottom, those side by side (a number and its heading) made one."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.box[1], piece.box[0])):
        if rows and any(_beside(other, piece) for other in rows[-1]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_one(sorted(row, key=lambda piece: piece.box[0])) for row in rows]


def _beside(one: Piece, two: Piece) -> bool:
    shared = min(one.box[3], two.box[3]) - max(one.box[1], two.box[1])
    height = min(one.box[3] - one.box[1], two.box[3] - two.box[1])
    apart = two.box[0] >= one.box[2] - 1 or one.box[0] >= two.box[2] - 1
    return shared > _SAME_LINE * height and apart


def _one(row: Sequence[Piece]) -> Piece:
    if len(row) == 1:
        return row[0]
    longest = max(row, key=lambda piece: len(piece.text))
    text = row[0].text
    for before, after in pairwise(row):
        text += (" " if after.box[0] - before.box[2] > 0.5 else "") + after.text
    mono = all(piece.monospaced for piece in row)
    bold = all(piece.bold for piece in row)
    return Piece(text, union([piece.box for piece in row]), longest.size, bold, mono, longest.upright, longest.group)


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around all of `boxes`."""
    x0, y0 = min(box[0] for box in boxes), min(box[1] for box in boxes)
    return x0, y0, max(box[2] for box in boxes), max(box[3] for box in boxes)


def flowing(lines: Sequence[Piece], words: frozenset[str]) -> tuple[str, Places]:
    """`lines` as one line of text, and where in it each began."""
    text = ""
    places: list[tuple[int, Box]] = []
    for line in lines:
        text, start = joined(text, line.text, words)
        places.append((start, line.box))
    return text, tuple(places)


def joined(text: str, line: str, words: frozenset[str]) -> tuple[str, int]:
    """`text` with `line` after it, and where that begins.

    A word broken at the line's end is mended; it keeps its hyphen only if the paper writes it so elsewhere.
    """
    if not text:
        return line, 0
    broken, rest = _BROKEN.search(text), _GOES_ON.match(line)
    if broken and rest:
        whole, compound = broken[1] + rest[1], f"{broken[1]}-{rest[1]}"
        keeps = whole.lower() not in words and (compound.lower() in words or rest[1].isupper())
        text = text if keeps else text[:-1]
        return text + line, len(text)
    gap = "" if (_CJK.match(text[-1]) and _CJK.match(line)) or (text.endswith("-") and line[:1].isalnum()) else " "
    return text + gap + line, len(text) + len(gap)


def goes_on(text: str, after: str) -> bool:
    """Whether `after` plainly goes on with the sentence in which `text` breaks off."""
    if not text or not after or _ENDS.search(text):
        return False
    first, last = after[0], text[-1]
    if _CJK.match(first):
        return bool(_CJK.match(last) or last.isalnum() or last in ",-") and not _LISTED.match(after)
    if last in "-," or first.islower():
        return True
    long = len(text) > _FULL_PARAGRAPH and last.isalpha() and last.islower()
    return long and (first.isupper() or first in "(0123456789") and not _LISTED.match(after)
