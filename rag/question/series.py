"""Things of one series named together: "Foo 1 2 3", "Foo 1、2 和 3" name Foo 1, Foo 2 and Foo 3."""

from __future__ import annotations

import re

from rag.question.name_index import NameIndex
from rag.text.names import name_key
from rag.text.normalise import normalise

_NUMBER = r"v?\d+(?:\.\d+)?(?![a-z0-9_.%])(?!\s?[年月日号个台款天点倍万亿元块米人])"
_SERIES = re.compile(rf"(?<![0-9.])({_NUMBER})((?:\s*(?:[、,/]|和|与|跟|还有|and|or|vs\.?|\s)\s*(?:{_NUMBER}))+)")
_STEM = re.compile(r"(?:[a-z0-9][\w.+\-]*|[一-鿿]{1,6})$")
MOST_WORDS = 3
"""Words of a series' name."""
LONGEST_REST = 16
"""Characters of a name behind the number that stands for it."""


def written_out(normal: str, index: NameIndex) -> str:
    """A normalised question with the name of the series before each of its numbers, where all are known names.

    Of the numbers but one, each may also begin the name of one thing alone: the 3 of "Foo 2 and 3" means "Foo 3 Core".
    """
    for match in reversed(list(_SERIES.finditer(normal))):
        numbers = [match[1], *re.findall(_NUMBER, match[2])]
        listed = _listed(normal[: match.start()], numbers, index)
        if listed is not None:
            length, names = listed
            normal = normal[: match.start() - length] + "、".join(names) + normal[match.end() :]
    return normal


def _listed(before: str, numbers: list[str], index: NameIndex) -> tuple[int, list[str]] | None:
    """(length of the words right before a series' first number, the names that they make with every number)."""
    start = len(before.rstrip())
    for _ in range(MOST_WORDS):
        found = _STEM.search(before[:start].rstrip())
        if found is None:
            return None
        start = found.start()
        stem = before[start:]
        names = [_name(stem + number, index) for number in numbers]
        if all(names) and any(name_key(stem + number) in index.names for number in numbers):
            return len(stem), names
    return None


def _name(written: str, index: NameIndex) -> str:
    """The name that is written, or the only one that it begins; "" for none."""
    key = name_key(written)
    if key in index.names:
        return written
    longer = [other for other in index.keys.beginning(key, len(key) + LONGEST_REST) if not other[len(key)].isdigit()]
    things = {index.names[other].name: index.names[other] for other in longer if other[len(key)] != "."}
    if len(things) != 1:
        return ""
    aliases = [normalise(alias) for alias in next(iter(things.values())).aliases]
    return min((alias for alias in aliases if name_key(alias) in longer), key=len, default="")
