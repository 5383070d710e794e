"""Keys without a colon, and values that a line gives variant by variant."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from ingest.line_forms import KeyLine, key_line
from ingest.plain import plain_text
from ingest.subjects import Subject
from rag.text.names import name_key
from rag.types import Block, BlockKind, Lines

FEWEST_CARDS = 2
"""Sections in which a word must stand before a value to be a key without a colon."""
FEWEST_VARIANTS = 2
LONGEST_VARIANT = 12
"""Characters beyond which what stands beside a value is no name of a variant."""
LONGEST_GIVEN = 400
"""Characters beyond which a text is no value given for several variants."""

_ITEM = re.compile(r"\s*[-*+•]\s+")
_WORD = r"[^\W\d_][^\d\s:：，,;；（(。!?]*"
_ABOUT = r"(?:(?:from|up to|about|around|over|under|only|约|大约|最多|最高)\s*)?[~≈<>≤≥]?\s*[$€£¥￥]?\s*"
_BARE = re.compile(
    rf"(?P<key>{_WORD}(?: {_WORD}){{0,2}}?)(?:\s*[（(](?P<of>[^（）()]{{1,12}})[)）]\s*|\s+)(?P<value>{_ABOUT}\d.*)"
)
_CUT = re.compile(r"\s*[,，;；]\s*(?!\d{3}\b)")
_FOR = re.compile(r"(?P<value>.*\d.*?) for (?:the )?(?P<of>\S+)")
_IN_BRACKETS = re.compile(r"(?P<value>[^()（）]*\d[^()（）]*?)\s*[（(](?P<of>[^（）()]+)[)）]")
_GENERATION = r"\s?[版代款型号]"
_FIRST = re.compile(
    rf"(?=\S*[^\W\d_]|\S+{_GENERATION})(?P<of>[A-Z\d][\w.\-]*(?:{_GENERATION})?)\s+(?P<value>{_ABOUT}\d.*)"
)


def bare_key(raw: str) -> tuple[str, str, str] | None:
    """(key, value, what of) of a list item "KEY 12 kg" or "KEY（B）12 kg"; None for another line."""
    marker = _ITEM.match(raw)
    if marker is None:
        return None
    found = _BARE.fullmatch(plain_text(raw[marker.end() :]).strip())
    return (found["key"].strip(), found["value"].strip(), found["of"] or "") if found else None


def bare_keys(blocks: Sequence[Block], owners: Sequence[Subject | None]) -> frozenset[str]:
    """Keys of `name_key` that stand without a colon before values, in cards that also have them otherwise."""
    cards: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    bare: set[str] = set()
    for block, owner in zip(blocks, owners, strict=True):
        if owner is None or block.kind is not BlockKind.ITEM or not isinstance(block.location, Lines):
            continue
        line = block.text.split("\n")[0]
        found, without = key_line(line), bare_key(line)
        for key in ([found.key] if found else []) + ([without[0]] if without else []):
            cards[name_key(plain_text(key))].add(owner.heading)
        if without and not found:
            bare.add(name_key(without[0]))
    return frozenset(key for key in bare if len(cards[key]) >= FEWEST_CARDS)


@lru_cache(maxsize=1 << 10)
def variants(value: str) -> tuple[tuple[str, str], ...]:
    """(variant, its value) of a value given for several: "4 kg for the S, 5 kg for the L"; () where it is one."""
    parts = [part.strip(" .。") for part in _CUT.split(value)] if len(value) <= LONGEST_GIVEN else []
    if len(parts) < FEWEST_VARIANTS or ":" in value or "：" in value:
        return ()
    for form in (_FOR, _IN_BRACKETS, _FIRST):
        found = [form.fullmatch(part) for part in parts]
        told = [(match["of"].strip(), match["value"].strip()) for match in found if match is not None]
        apart = len({name_key(of) for of, _ in told}) == len(parts)
        if len(told) == len(parts) and apart and all(len(of) <= LONGEST_VARIANT for of, _ in told):
            return tuple(told)
    return ()


def written_key(raw: str, keys: frozenset[str]) -> tuple[KeyLine, str] | None:
    """A line with a bare key that is one of `keys` as one that gives a key, and what of the thing it is said."""
    found = bare_key(raw) if keys else None
    if found is None or name_key(found[0]) not in keys:
        return None
    key, value, of = found
    return KeyLine(key, value, raw), of
