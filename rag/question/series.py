"""Things of one series named together: "Foo 1 2 3", "Foo 1、2 和 3" name Foo 1, Foo 2 and Foo 3."""

from __future__ import annotations

import re

from rag.question.name_index import NameIndex
from rag.text.names import name_key

_NUMBER = r"v?\d+(?:\.\d+)?(?![\w.%])"
_SERIES = re.compile(rf"(?<![a-z0-9.])({_NUMBER})((?:\s*(?:[、,/]|和|与|跟|还有|and|or|vs\.?|\s)\s*(?:{_NUMBER}))+)")
_STEM = re.compile(r"(?:[a-z0-9][\w.+\-]*|[一-鿿]{1,6})$")
MOST_WORDS = 3
"""Words of a series' name."""


def written_out(normal: str, index: NameIndex) -> str:
    """A normalised question with the name of the series before each of its numbers, where all are known names."""
    for match in reversed(list(_SERIES.finditer(normal))):
        numbers = [match[1], *re.findall(_NUMBER, match[2])]
        stem = _stem(normal[: match.start()], numbers, index)
        if stem:
            listed = "、".join(f"{stem}{number}" for number in numbers)
            normal = normal[: match.start() - len(stem)] + listed + normal[match.end() :]
    return normal


def _stem(before: str, numbers: list[str], index: NameIndex) -> str:
    """The words right before a series' first number with which every number makes a known name; "" for none."""
    start = len(before.rstrip())
    for _ in range(MOST_WORDS):
        found = _STEM.search(before[:start].rstrip())
        if found is None:
            return ""
        start = found.start()
        stem = before[start:]
        if all(name_key(stem + number) in index.names for number in numbers):
            return stem
    return ""
