"""What is a heading in a paper, how deep it is, and which part of the paper is its list of references."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ingest.pdf_blocks import NUMBERED, Draft
from rag.text.normalise import normalise
from rag.types import BlockKind

_CHINESE = re.compile(r"第[一二三四五六七八九十\d]+章|[一二三四五六七八九十]+、")
_CHINESE_BELOW = re.compile(r"[（(][一二三四五六七八九十]+[）)]|第[一二三四五六七八九十\d]+节")
_TOP, _BELOW = 2, 3
"""Depths of the first two levels under the title."""
_SAME_SIZE = 0.4
_LARGER = 0.8
_SHORT = 80
_KINDS = {
    "item": BlockKind.ITEM,
    "table": BlockKind.TABLE,
    "figure": BlockKind.FIGURE,
    "contents": BlockKind.FIGURE,
    "formula": BlockKind.FORMULA,
    "code": BlockKind.CODE,
}

Place = tuple[BlockKind, tuple[str, ...], int]
"""(kind, path of headings, depth) of a block."""


@cache
def section_words() -> dict[str, frozenset[str]]:
    """Headings that mean the same in every paper, by what they mean."""
    raw = tomllib.loads((files("ingest") / "data" / "papers.toml").read_text(encoding="utf-8"))["sections"]
    return {kind: frozenset(normalise(word) for word in words) for kind, words in raw.items()}


def section_is(kind: str, heading: str) -> bool:
    """Whether a heading, but for its number, is one of the words for `kind`."""
    return normalise(re.sub(r"^[\dA-Z][\d.]*\s+", "", heading)).strip(" .:：") in section_words()[kind]


@dataclass(slots=True)
class Outline:
    """Where each block of a paper stands. Blocks must be asked for in reading order."""

    title: str
    body: float
    numbered: dict[int, float]
    """The usual type size of numbered headings by their depth."""
    has_known_opening: bool
    path: list[tuple[int, str]]
    references: bool = False

    def placed(self, draft: Draft) -> Place:
        """The kind, the headings above and the depth of a block, which may open a section."""
        if draft.page == 1 and not self.path and normalise(draft.text) in normalise(self.title):
            return BlockKind.HEADING, (self.title,), 1
        if self._is_heading(draft):
            depth = self._depth(draft)
            while self.path and self.path[-1][0] >= depth:
                self.path.pop()
            self.path.append((depth, draft.text))
            self.references = section_is("references", draft.text) or (self.references and depth > _TOP)
            return BlockKind.HEADING, self._heading(), min(depth, 6)
        if self.references and draft.kind in ("text", "item", "footnote", "heading"):
            return BlockKind.REFERENCE, self._heading(), 0
        return _KINDS.get(draft.kind, BlockKind.PARAGRAPH), self._heading(), 0

    def _heading(self) -> tuple[str, ...]:
        return (self.title, *(text for _, text in self.path))

    def _is_heading(self, draft: Draft) -> bool:
        if draft.page == 1 and not self.path and not self._opens(draft):
            return False  # what stands between the title and the abstract names authors
        if section_is("references", draft.text):
            return draft.kind != "figure"
        if self.references and draft.kind == "heading":
            return bool(NUMBERED.match(draft.text)) or section_is("appendix", draft.text)
        if draft.kind == "heading":
            return True
        if draft.kind != "text" or len(draft.places) > 2 or len(draft.text) > _SHORT:
            return False
        marked = draft.size > self.body + _LARGER or draft.bold or draft.text.isupper()
        return section_is("known", draft.text) or (
            marked and bool(NUMBERED.match(draft.text) or _CHINESE.match(draft.text))
        )

    def _opens(self, draft: Draft) -> bool:
        """Whether a heading of page one can be the first section."""
        known = section_is("known", draft.text) or _CHINESE.match(draft.text)
        return bool(known or NUMBERED.match(draft.text)) or not self.has_known_opening

    def _depth(self, draft: Draft) -> int:
        number = NUMBERED.match(draft.text)
        if number:
            return _TOP + number["number"].count(".")
        if _CHINESE.match(draft.text) or section_is("known", draft.text) or section_is("references", draft.text):
            return _TOP
        if _CHINESE_BELOW.match(draft.text):
            return _BELOW
        fits = [depth for depth, size in sorted(self.numbered.items()) if draft.size >= size - _SAME_SIZE]
        if fits:
            return fits[0]
        return max(self.numbered, default=_TOP - 1) + 1


def outlined(title: str, pages: Sequence[Sequence[Draft]]) -> Outline:
    """The outline of a paper, ready to be asked."""
    sizes: Counter[float] = Counter()
    headings: dict[int, Counter[float]] = {}
    for draft in (draft for page in pages for draft in page):
        if draft.kind in ("text", "item"):
            sizes[draft.size] += len(draft.text)
        number = NUMBERED.match(draft.text) if draft.kind == "heading" else None
        if number and number["number"][0].isdigit():
            headings.setdefault(_TOP + number["number"].count("."), Counter())[draft.size] += 1
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    usual = {depth: found.most_common(1)[0][0] for depth, found in headings.items()}
    first = [draft.text for draft in pages[0] if draft.kind in ("heading", "text")]
    opening = any(section_is("known", text) or NUMBERED.match(text) or _CHINESE.match(text) for text in first)
    return Outline(title, body, usual, opening, [])
