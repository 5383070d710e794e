"""Where a table begins and ends, and how its lines fall into cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

_DELIMITER = re.compile(r"\|?[ \t]*:?[-—]+:?[ \t]*(?:\|[ \t]*:?[-—]+:?[ \t]*)*\|?")
_OTHER_BLOCK = re.compile(r"(?:#{1,6}\s|>|```|~~~|(?:[-*+]|\d{1,9}[.)])[ \t])")
_PIPE = re.compile(r"(?<!\\)(?:\\\\)*\|")


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a table's parts lie, as offsets from its first line; `delimiter` is None when it has none."""

    delimiter: int | None
    first_row: int
    end: int


LineAt = Callable[[int], str | None]
"""Content of the line at an offset, or None where the text ends. Offsets start at 0."""


def shape(line_at: LineAt) -> Shape | None:
    """The table that starts at offset 0, or None."""
    head = line_at(0)
    if head is None or "|" not in head:
        return None
    head = head.strip()
    if _OTHER_BLOCK.match(head) or not _PIPE.search(head):
        return None
    if is_delimiter(head):
        return _grown(line_at, 0, 1, len(split(head)), head)
    columns = len(split(head))
    for offset in (1, 2):
        following = line_at(offset)
        if following is None:
            return None
        following = following.strip()
        if is_delimiter(following):
            named = len(split(following))
            fits = named == columns or (offset == 1 and (named > 1 or head.startswith("|")))
            return _grown(line_at, offset, offset + 1, max(named, columns), following) if fits else None
        if following:
            break
    return _headerless(line_at, head, columns)


def is_delimiter(line: str) -> bool:
    """Whether `line` is the row of dashes under a header."""
    line = line.strip()
    return "|" in line and line.strip("|-—: \t") == "" and _DELIMITER.fullmatch(line) is not None


def _headerless(line_at: LineAt, head: str, columns: int) -> Shape | None:
    """Two fully bordered lines with the same number of cells are a table even without a row of dashes."""
    following = (line_at(1) or "").strip()
    bordered = all(len(s) > 2 and s[0] == "|" and s[-1] == "|" for s in (head, following))
    if not bordered or columns < 2 or len(split(following)) != columns:
        return None
    return _grown(line_at, None, 1, columns, head)


def _grown(line_at: LineAt, delimiter: int | None, first_row: int, columns: int, sample: str) -> Shape:
    end = first_row
    bordered = sample.startswith("|")
    while (line := line_at(end)) is not None:
        line = line.strip()
        if not line or not _PIPE.search(line):
            break
        if not line.startswith("|"):
            cells = len(split(line))
            if _OTHER_BLOCK.match(line) and (bordered or cells != columns):
                break
            if bordered and cells < min(columns, 2):
                break
        end += 1
    return Shape(delimiter, first_row, end)


def split(line: str, columns: int | None = None) -> list[str]:
    """Raw cells of a table line. A pipe inside inline code counts as text when that gives `columns` cells."""
    line = line.strip()
    if "\\" not in line and "`" not in line:
        return _between_pipes(line)
    plainly = _cells(line, [match.end() - 1 for match in _PIPE.finditer(line)])
    if columns is None or len(plainly) == columns or "`" not in line:
        return plainly
    code = [match.span() for match in re.finditer(r"(`+)(?!`)[^`]+\1(?!`)", line)]
    pipes = [m.end() - 1 for m in _PIPE.finditer(line) if not any(a < m.end() - 1 < b for a, b in code)]
    carefully = _cells(line, pipes)
    return carefully if len(carefully) == columns else plainly


def _between_pipes(line: str) -> list[str]:
    """As `_cells`, of a line in which every pipe is a border."""
    parts = line.split("|")
    if len(parts) > 1 and not parts[0]:
        del parts[0]
    if len(parts) > 1 and not parts[-1]:
        del parts[-1]
    return [part.strip() for part in parts]


def _cells(line: str, pipes: list[int]) -> list[str]:
    edges = [-1, *pipes, len(line)]
    if pipes and pipes[0] == 0:
        edges.pop(0)
    if len(edges) > 2 and pipes[-1] == len(line) - 1:
        edges.pop()
    return [line[a + 1 : b].strip() for a, b in pairwise(edges)]
