"""Lines that count (`1、…`, `（2）…`, `③…`) inside a paragraph or item: items that markdown does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_MARKER = re.compile(r"\s*(?:(\d{1,2})、|[（(](\d{1,2})[）)]|([①-⑳])|([一二三四五六七八九十])、)\s*")
_CHINESE = "一二三四五六七八九十"


def _number(line: str) -> tuple[int, int]:
    """The number that a line begins with and where its text starts; (0, 0) without one."""
    match = _MARKER.match(line)
    if match is None:
        return 0, 0
    if match[3]:
        return ord(match[3]) - ord("①") + 1, match.end()
    if match[4]:
        return _CHINESE.index(match[4]) + 1, match.end()
    return int(match[1] or match[2]), match.end()


def pieces(lines: Sequence[str], first: int) -> Iterator[tuple[int, int, int]]:
    """Cut `lines` where they count upwards from 1, at least to 2: (start, end, length of the marker).

    Lines before `first` begin no piece of their own. Text before the first number has no marker (length 0).
    """
    starts: list[tuple[int, int]] = []
    for at in range(first, len(lines)):
        number, length = _number(lines[at])
        if number == len(starts) + 1:
            starts.append((at, length))
    if len(starts) < 2:
        starts = []
    if not starts or starts[0][0] > 0:
        starts.insert(0, (0, 0))
    for i, (start, length) in enumerate(starts):
        yield start, starts[i + 1][0] if i + 1 < len(starts) else len(lines), length
