"""Where sentences end in Chinese, English and mixed text."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_CLOSERS = "”’\"'」』）)》】\\]*"
_END = re.compile(
    rf"(?P<full>[。！？；]+|[！？。]*[!?]+[！？。]*)[{_CLOSERS}]*|(?P<semicolon>;)|(?P<stop>\.+)[{_CLOSERS}]*|\n"
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_CONTINUED = re.compile(r"[，、,（(《“「—/&+\\-]\s*$")
_CONTINUES = re.compile(r"\s*[，。、；：！？,.;:!?）)》”」’]")
_WORD_BEFORE = re.compile(r"(?:[A-Za-z]+\.)*[A-Za-z]+$")
_NUMBERING = re.compile(r"[\s>*+\-#]*\d{1,3}$")
_LONGEST_WORD = 24
"""Characters looked at before a full stop: no abbreviation is longer."""


def sentences(text: str, *, wrapped: bool = False) -> list[tuple[int, int]]:
    """(start, end) of every sentence of `text`, without the space around it; together they hold all else.

    A line break ends a sentence unless the line plainly goes on. With `wrapped`, for text set by a page
    layout, only blank lines do. Closing quotation marks and brackets stay with their sentence.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match.start() >= start and _ends(text, match, start, wrapped):
            _append(spans, text, start, match.end())
            start = match.end()
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _ends(text: str, match: re.Match[str], start: int, wrapped: bool) -> bool:
    after = text[match.end() : match.end() + 1]
    if match.group() == "\n":
        return _line_ends(text, match.start(), start, wrapped)
    if match["full"] and not match["full"].isascii():
        return True
    apart = not after or after.isspace() or _CJK.match(after) is not None
    if not apart or not match["stop"]:
        return apart
    return _stop_ends(text, match, start)


def _stop_ends(text: str, match: re.Match[str], start: int) -> bool:
    """Whether a full stop, followed by space or Chinese, ends a sentence."""
    before = text[max(start, match.start() - _LONGEST_WORD) : match.start()]
    if len(match["stop"]) == 1:
        word = _WORD_BEFORE.search(before)
        if word is not None and (word.group().lower() in _abbreviations() or _is_initial(word.group())):
            return False
        if match.start() - start < _LONGEST_WORD and _NUMBERING.fullmatch(before):
            return False  # the number of a list item
    following = text[match.end() : match.end() + 40].lstrip()[:1]
    return not (following.isascii() and following.islower())


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isupper()


@cache
def _abbreviations() -> frozenset[str]:
    words = tomllib.loads((files("ingest") / "data" / "abbreviations.toml").read_text(encoding="utf-8"))["words"]
    return frozenset(words)


def _line_ends(text: str, at: int, start: int, wrapped: bool) -> bool:
    """Whether the line break at `at` ends a sentence."""
    end = text.find("\n", at + 1)
    following = text[at + 1 : end if 0 <= end < at + 200 else at + 200]
    if not following.strip():
        return end >= 0 or at + 1 + len(following) >= len(text)
    if wrapped:
        return False
    before = text[max(start, at - 40) : at].rstrip()
    if _CONTINUED.search(before) or _CONTINUES.match(following):
        return False
    first, last = following.lstrip()[:1], before[-1:]
    return not (first.isascii() and first.islower() and last.isascii() and last.isalnum() and "://" not in following)
