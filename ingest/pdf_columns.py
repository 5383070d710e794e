"""Words of a table to lines of parts that stand close together, and the columns that these make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from ingest.pdf_scan import Box, Piece

Column = tuple[float, float]
"""The extent of a column, from left to right."""

_GAP = 0.7
"""Gap between two words, in heights of a word, from which they stand in different columns: a space of text
is a quarter to a third, and tight tables set columns one height apart."""
_SPACE = 0.1
"""Gap, in heights of a word, from which a space stands between two words."""
_TALL = 1.6
"""Heights of the usual word beyond which a box is that of a symbol."""
_ON_RULE = 0.5
"""Points by which a word may touch the rule beside it."""
_OVERLAP = 0.25
"""Share of a line's height by which the middle of a word must reach into it."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words of one line that stand close together."""

    words: tuple[Piece, ...]

    @property
    def x0(self) -> float:
        """The left edge."""
        return self.words[0].box[0]

    @property
    def x1(self) -> float:
        """The right edge."""
        return self.words[-1].box[2]

    @property
    def middle(self) -> float:
        """The middle between both edges."""
        return (self.x0 + self.x1) / 2

    @property
    def text(self) -> str:
        """The words, with spaces where gaps show them."""
        text = self.words[0].text
        for before, word in zip(self.words, self.words[1:], strict=False):
            height = word.box[3] - word.box[1]
            text += (" " if word.box[0] - before.box[2] > _SPACE * height else "") + word.text
        return text


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table, its parts from left to right."""

    box: Box
    parts: tuple[Part, ...]

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.box[1]

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.box[3]

    @property
    def middle(self) -> float:
        """The middle between both edges."""
        return (self.box[1] + self.box[3]) / 2


def lines_of(words: Sequence[Piece], uprights: Sequence[Box] = ()) -> list[Line]:
    """The lines that `words` make, from top to bottom; vertical rules, `uprights`, part what stands beside them."""
    rows: list[list[Piece]] = []
    usual = median(word.box[3] - word.box[1] for word in words) if words else 0.0
    words = [_trimmed(word, usual) for word in words]
    for word in sorted(words, key=lambda word: (word.box[1] + word.box[3], word.box[0])):
        middle = (word.box[1] + word.box[3]) / 2
        if rows:
            top = median(other.box[1] for other in rows[-1])
            bottom = median(other.box[3] for other in rows[-1])
            if middle < bottom - _OVERLAP * (bottom - top):
                rows[-1].append(word)
                continue
        rows.append([word])
    return [_line(sorted(row, key=lambda word: word.box[0]), uprights) for row in rows]


def _trimmed(word: Piece, usual: float) -> Piece:
    """A word of the `usual` height: the boxes of symbols reach far below the line on which they stand."""
    x0, y0, x1, y1 = word.box
    return replace(word, box=(x0, y0, x1, y0 + usual)) if y1 - y0 > _TALL * usual else word


def _line(words: Sequence[Piece], uprights: Sequence[Box]) -> Line:
    height = median(word.box[3] - word.box[1] for word in words)
    middle = median((word.box[1] + word.box[3]) / 2 for word in words)
    parting = [rule[0] for rule in uprights if rule[1] <= middle <= rule[3]]
    parts: list[list[Piece]] = []
    for word in words:
        before = parts[-1][-1].box[2] if parts else 0.0
        ruled = any(before - _ON_RULE <= x <= word.box[0] + _ON_RULE for x in parting)
        if parts and not ruled and word.box[0] - before < _GAP * height:
            parts[-1].append(word)
        else:
            parts.append([word])
    top, bottom = min(word.box[1] for word in words), max(word.box[3] for word in words)
    box = (words[0].box[0], top, max(word.box[2] for word in words), bottom)
    return Line(box, tuple(Part(tuple(part)) for part in parts))


def columns_of(lines: Sequence[Line]) -> list[Column]:
    """The columns' extents: lines of most parts say where they are, the others widen them or add to them."""
    columns: list[Column] = []
    for line in sorted(lines, key=lambda line: -len(line.parts)):
        for part in line.parts:
            found = _touching(part, columns)
            if not found:
                columns.append((part.x0, part.x1))
            elif len(found) == 1:
                x0, x1 = columns[found[0]]
                columns[found[0]] = (min(x0, part.x0), max(x1, part.x1))
        columns.sort()
    return columns


def touched(part: Part, columns: Sequence[Column]) -> list[int]:
    """The columns that a part reaches into; the nearest one where it reaches into none."""
    return _touching(part, columns) or [
        min(range(len(columns)), key=lambda at: abs(sum(columns[at]) / 2 - part.middle))
    ]


def _touching(part: Part, columns: Sequence[Column]) -> list[int]:
    return [at for at, (x0, x1) in enumerate(columns) if part.x0 < x1 and x0 < part.x1]


def projected(lines: Sequence[Line], narrowest: float) -> list[Column]:
    """The columns of text that is set in them: what no word of any line reaches into divides them."""
    columns: list[Column] = []
    for word in sorted((word for line in lines for part in line.parts for word in part.words), key=lambda w: w.box[0]):
        if columns and word.box[0] - columns[-1][1] < narrowest:
            columns[-1] = (columns[-1][0], max(columns[-1][1], word.box[2]))
        else:
            columns.append((word.box[0], word.box[2]))
    return columns


def split_at(line: Line, columns: Sequence[Column], *, gap: float = 0.0) -> Line:
    """`line` with parts over several columns cut between words, where each of those columns has one of them.

    Only gaps from `gap` on, in heights of a word, are cut.
    """
    parts: list[Part] = []
    for part in line.parts:
        found = _touching(part, columns)
        if len(found) < 2 or len(part.words) < len(found):
            parts.append(part)
            continue
        homes = [touched(Part((word,)), columns)[0] for word in part.words]
        if len(set(homes)) < len(found) or _narrowest_cut(part, homes) < gap:
            parts.append(part)
            continue
        groups: dict[int, list[Piece]] = {}
        for home, word in zip(homes, part.words, strict=True):
            groups.setdefault(home, []).append(word)
        parts += [Part(tuple(words)) for _, words in sorted(groups.items())]
    return replace(line, parts=tuple(parts))


def _narrowest_cut(part: Part, homes: Sequence[int]) -> float:
    """The narrowest gap, in heights of a word, between two words with different homes."""
    pairs = zip(part.words, part.words[1:], homes, homes[1:], strict=False)
    gaps = [
        (two.box[0] - one.box[2]) / max(one.box[3] - one.box[1], 1.0)
        for one, two, home, next_home in pairs
        if home != next_home
    ]
    return min(gaps, default=0.0)
