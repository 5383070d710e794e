"""Headings as they are meant: levels set right by numbering and by repetition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag.text.names import name_key
from rag.types import Block, BlockKind

SLIP = 2
"""Levels by which a single heading must differ from both its neighbours to stand on a wrong one."""
DEEPEST_REAL = 6
"""Deeper "headings" are bold lines, which have no level."""

_NUMBER = re.compile(r"^\s*(\d{1,3})\s*[.、．)）](?!\d)")


def outline(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same blocks with heading levels set right and heading paths to match.

    A numbered heading stands on the level of the heading that carries the number before it; a heading whose
    text returns elsewhere on a deeper level (an aspect such as "Overview") stands on that level.
    """
    depths = iter(_meant_depths([block for block in blocks if block.kind is BlockKind.HEADING]))
    result: list[Block] = []
    path: list[tuple[int, str]] = []
    above: tuple[str, ...] = ()
    for block in blocks:
        meant = block
        if block.kind is BlockKind.HEADING:
            depth = next(depths)
            while path and path[-1][0] >= depth:
                path.pop()
            path.append((depth, block.plain.strip()))
            above = tuple(text for _, text in path)
            if depth != block.depth:
                meant = replace(block, depth=depth)
        result.append(meant if meant.heading == above else replace(meant, heading=above))
    return tuple(result)


def _meant_depths(headings: Sequence[Block]) -> list[int]:
    written = _without_slips([heading.depth for heading in headings])
    deepest: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for heading, depth in zip(headings, written, strict=True):
        key = name_key(heading.plain)
        counts[key] += 1
        deepest[key] = max(deepest.get(key, 0), depth)
    depths: list[int] = []
    numbered: dict[int, int] = {}
    for heading, slipped in zip(headings, written, strict=True):
        key, depth = name_key(heading.plain), slipped
        number = _NUMBER.match(heading.plain)
        if number:
            value = int(number.group(1))
            before = numbered.get(value - 1)
            depth = before if before is not None and value > 1 else depth
            if value == 1:
                numbered = {}
            numbered[value] = depth
        elif counts[key] > 1 and not heading.links:
            depth = max(depth, deepest[key])
        depths.append(depth)
    return depths


def _without_slips(depths: Sequence[int]) -> list[int]:
    """Levels with a slip of the pen mended: one far from both its neighbours, which stand on one level.

    A deeper heading counts as a slip only where no other stands as deep, a higher one only where the level
    between is in use: else skipping levels is the note's own way.
    """
    counts = Counter(depths)
    meant = list(depths)
    real = [at for at, depth in enumerate(depths) if depth <= DEEPEST_REAL]
    for before, at, after in zip(real, real[1:], real[2:], strict=False):
        level = meant[before]
        apart = depths[at] - level
        above = apart <= -SLIP and counts[level - 1] > 0
        below = apart >= SLIP and counts[depths[at]] == 1
        if depths[after] == level and (above or below):
            meant[at] = level
    return meant
