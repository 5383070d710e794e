"""Sections that give answers to the same keys: cards about like things."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.text.names import name_key
from rag.types import Block, BlockKind

SHARED_KEYS = 3
"""Keys that two sections must both answer to be cards about like things, whatever stands beside them."""

_KEY_LINE = re.compile(r"^[\s\-*]*([^\s:：。，,.;；|][^:：。，,;；|\n]{0,19}?)\s*[:：][ \t]*\S", re.MULTILINE)
_OPEN_KEY = re.compile(r"^[\s\-*]*([^\s:：。，,.;；|][^:：。，,;；|\n]{0,19}?)[ \t]*[:：][ \t]*$", re.MULTILINE)
"""A key that nothing is given for."""


@dataclass(frozen=True, slots=True)
class Card:
    """The keys and table headers that a section answers, and the keys that it leaves open."""

    answered: frozenset[str]
    left_open: frozenset[str]


def cards(blocks: Sequence[Block], siblings: Sequence[int]) -> dict[int, Card]:
    """What each of the sibling sections gives answers to."""
    found: dict[int, Card] = {}
    for index in siblings:
        answered: set[str] = set()
        left_open: set[str] = set()
        for block in (blocks[at] for at in range(index + 1, len(blocks))):
            if block.kind is BlockKind.HEADING and block.depth <= blocks[index].depth:
                break
            answered |= _keys(block)
            if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
                left_open |= {name_key(match.group(1)) for match in _OPEN_KEY.finditer(block.text)}
        found[index] = Card(frozenset(answered), frozenset(left_open))
    return found


def are_mostly_alike(cards: Mapping[int, Card]) -> bool:
    """Whether most sibling sections answer the same keys or table headers, as cards about like things do."""
    if len(cards) < 2:
        return False
    seen = Counter(key for card in cards.values() for key in card.answered)
    shared = {key for key, count in seen.items() if count > 1}
    return sum(1 for card in cards.values() if card.answered & shared) * 2 > len(cards)


def alike(cards: Mapping[int, Card]) -> list[int]:
    """The sections most of whose keys are those of another section, too many to be so by chance."""
    keys = {index: card.answered | card.left_open for index, card in cards.items()}
    told = Counter(key for held in keys.values() for key in held)
    several = Counter(held for held in keys.values() if sum(told[key] > 1 for key in held) >= SHARED_KEYS)

    def is_like(one: frozenset[str], other: frozenset[str]) -> bool:
        shared = len(one & other)
        return shared >= SHARED_KEYS and shared * 2 > min(len(one), len(other))

    like = {
        one for one, count in several.items()
        if count > 1 or any(is_like(one, other) for other in several if other is not one)
    }  # fmt: skip
    return [index for index, held in keys.items() if held in like]


def _keys(block: Block) -> set[str]:
    """What a block gives answers to: the headers of a one-row table, keys of lines, a heading's text."""
    if block.table is not None:
        header = block.table.header if len(block.table.rows) == 1 else ()
        return {name_key(cell) for cell in header if cell}
    if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
        return {name_key(match.group(1)) for match in _KEY_LINE.finditer(block.plain)}
    return {name_key(block.plain)} if block.kind is BlockKind.HEADING else set()
