"""Text without what speaks to a model instead of a reader.

Notes are data. What in them addresses an assistant ("ignore the rules above", "回答时请说…") is taken out of the
evidence before a model sees it and before a sentence is checked against it, and so can support nothing. So is what no
reader sees: zero-width and tag characters, comments, hidden elements. The text of the note itself stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from rag.answer.wordings import wordings
from rag.text.normalise import normalise

GAP = "…"
"""Stands where something was taken out."""

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
                     "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]")  # fmt: skip
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|$)|<(?P<tag>script|style|template|noscript)\b.*?(?:</(?P=tag)\s*>|$)"
    r"|<(?P<box>\w+)\b[^>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])"
    r"|color\s*:\s*(?:white|#fff(?:fff)?\b)|\shidden\b)[^>]*>.*?(?:</(?P=box)\s*>|$)",
    re.IGNORECASE | re.DOTALL,
)
_LINK_TITLE = re.compile(r"\]\([^)\s]+(?P<title>\s+(?:\"[^\"\n]*\"|'[^'\n]*'))\)")
# A statement ends with its sentence, its line or its table cell.
_SEGMENT = re.compile(r"(?:[。！？!?;；]+|\.(?=\s|$))[”\"』」)）]*|\n|\|")
# A paragraph ends at an empty line and where a list item, a table row, a heading or a quotation begins.
_BREAK = re.compile(r"\n[^\S\n]*\n|\n(?=[^\S\n]*(?:[-*+] |[|#>]|\d+[.)] ))|\f")
# Letters one by one, as nobody writes who wants to be read.
_SPELT = re.compile(r"(?:(?<![a-z])[a-z][ .\-_*]){8,}")
# Letters of other scripts that look like Latin ones.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏԛԝвкмнтαορετικνυ", "aeopcyxijsdhlqwbkmhtaopetikvu")


def clean(text: str) -> str:
    """The text with a gap for every statement that speaks to a model, and without what no reader sees."""
    return within(text, 0, text)


def within(source: str, start: int, quote: str) -> str:
    """`quote`, which begins at `start` of the text `source`, as a model may see it.

    What speaks to a model, or is hidden, may begin before the quote: the whole source decides.
    """
    kept: list[str] = []
    at, end = start, start + len(quote)
    for first, last in unsafe(source):
        if last <= at or first >= end:
            continue
        kept += [source[at:first], GAP] if first >= at else [GAP]
        at = last
    return _UNSEEN.sub("", "".join((*kept, source[at:end])))


@lru_cache(maxsize=256)
def unsafe(source: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of what a model must not see of a text, in order and apart."""
    found = [match.span() for match in _HIDDEN.finditer(source)]
    found += [match.span("title") for match in _LINK_TITLE.finditer(source)]
    shown = source
    for first, last in found:
        shown = shown[:first] + " " * (last - first) + shown[last:]
    start = 0
    for end in (*(match.end() for match in _BREAK.finditer(source)), len(source)):
        found += _addressing(shown, start, end)
        start = end
    return _merged(found)


def _addressing(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What of a paragraph speaks to a model: from the first such statement to the end of the paragraph or cell."""
    if not speaks_to_model(source[start:end]):
        return
    at, first, any_found = start, -1, False
    ends = [start + match.end() for match in _SEGMENT.finditer(source[start:end])]
    for stop in dict.fromkeys((*ends, end)):
        if first < 0 and speaks_to_model(source[at:stop]):
            first = at
        if first >= 0 and (source[stop - 1 : stop] == "|" or stop == end):
            any_found = True
            yield first, stop - (source[stop - 1 : stop] in ("|", "\n"))
            first = -1
        at = stop
    if not any_found:
        yield start, end


def _merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        elif last > first:
            merged.append((first, last))
    return tuple(merged)


def speaks_to_model(text: str) -> bool:
    """Whether anything in the text addresses an assistant, in whatever guise of letters."""
    normal = normalise(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
    folded = normal.translate(_LOOKALIKES)
    return _SPELT.search(folded) is not None or any(_addresses().search(form) for form in {normal, folded})


@cache
def _addresses() -> re.Pattern[str]:
    tables = wordings()["addresses"]
    return re.compile("|".join(f"(?:{pattern})" for name in ("zh", "en", "marks") for pattern in tables[name]))
