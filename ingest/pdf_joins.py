"""Paragraphs that a column or page break cuts in two, made one again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.pdf_blocks import Draft
from ingest.pdf_text import goes_on, joined
from ingest.sentences import sentences

_FLOWS = frozenset(("text", "item"))
_NOTE = re.compile(r"[∗*†‡§¶\d]")
_SAME_SIZE = 0.6
"""Points by which the type of two halves of a paragraph may differ."""


def across_columns(drafts: Sequence[Draft], words: frozenset[str]) -> list[Draft]:
    """`drafts` of one page with paragraphs joined over column breaks, and over tables and footnotes between."""
    result: list[Draft] = []
    last = -1
    for draft in drafts:
        if last >= 0 and draft.kind == "text" and _continues(result[last], draft):
            before = result[last]
            text, start = joined(before.text, draft.text, words)
            places = (*before.places, *((start + at, box) for at, box in draft.places))
            result[last] = replace(before, text=text, places=places)
            continue
        result.append(draft)
        if last >= 0 and draft.size < result[last].size - _SAME_SIZE and _NOTE.match(draft.text):
            continue  # a footnote of this column: the paragraph above it goes on in the next
        if draft.kind in _FLOWS:
            last = len(result) - 1
        elif draft.kind in ("heading", "formula", "code"):
            last = -1
    return result


def _continues(before: Draft, draft: Draft) -> bool:
    return abs(before.size - draft.size) <= _SAME_SIZE and goes_on(before.text, draft.text)


def across_pages(pages: list[list[Draft]], words: frozenset[str]) -> None:
    """Bring sentences that a page break cuts in two together, on the page that holds more of them. In place.

    The citation of a sentence names one page, and its quote stands in that page's text.
    """
    for number in range(len(pages) - 1):
        here, there = _last(pages[number]), _first(pages[number + 1])
        if here is None or there is None:
            continue
        before, after = pages[number][here], pages[number + 1][there]
        if not _continues(before, after):
            continue
        start = sentences(before.text)[-1][0]
        end = sentences(after.text)[0][1]
        if end <= len(before.text) - start:
            _pull(pages, number, here, there, end, words)
        else:
            _push(pages, number, here, there, start, words)


def _pull(pages: list[list[Draft]], number: int, here: int, there: int, end: int, words: frozenset[str]) -> None:
    """Move the end of a sentence from the next page to this one."""
    before, after = pages[number][here], pages[number + 1][there]
    text, _ = joined(before.text, after.text[:end], words)
    pages[number][here] = replace(before, text=text)
    skip = end + len(after.text[end:]) - len(after.text[end:].lstrip())
    _shorten(pages[number + 1], there, skip, len(after.text))


def _push(pages: list[list[Draft]], number: int, here: int, there: int, start: int, words: frozenset[str]) -> None:
    """Move the beginning of a sentence from this page to the next one."""
    before, after = pages[number][here], pages[number + 1][there]
    text, at = joined(before.text[start:], after.text, words)
    places = tuple((at + offset if offset else 0, box) for offset, box in after.places)
    pages[number + 1][there] = replace(after, text=text, places=places)
    _shorten(pages[number], here, 0, len(before.text[:start].rstrip()))


def _shorten(page: list[Draft], at: int, start: int, end: int) -> None:
    """Keep only text[start:end] of a draft, or nothing where that is empty."""
    draft = page[at]
    text = draft.text[start:end]
    if not text:
        del page[at]
        return
    inside = [(offset - start, box) for offset, box in draft.places if start <= offset < end]
    earlier = [box for offset, box in draft.places if offset < start]
    if earlier and (not inside or inside[0][0] > 0):
        inside.insert(0, (0, earlier[-1]))
    boxes = [box for _, box in inside] or [draft.box]
    tight = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    page[at] = replace(draft, text=text, box=tight, places=tuple(inside))


def _last(page: Sequence[Draft]) -> int | None:
    """The paragraph that runs to the end of the page, before floats and footnotes."""
    for at in range(len(page) - 1, -1, -1):
        if page[at].kind in _FLOWS:
            return at
        if page[at].kind in ("heading", "formula", "code"):
            return None
    return None


def _first(page: Sequence[Draft]) -> int | None:
    """The paragraph with which the page goes on, behind floats at its top."""
    for at, draft in enumerate(page):
        if draft.kind == "text":
            return at
        if draft.kind in ("heading", "formula", "code", "item"):
            return None
    return None
