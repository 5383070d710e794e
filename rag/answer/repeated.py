"""What a question says again for the second of two things: "of A and of B", "A 的价格和 B 的价格"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.answer.measures import side_wordings
from rag.question.mentions import Mention
from rag.text.normalise import normalise

_TAIL = re.compile(r"\s*(?:的|'s\s)\s*(?P<asked>[^，。,.?？!;；、]{0,16}?)\s*$")
"""What is asked of the first thing, up to the joiner."""


@cache
def _opening() -> re.Pattern[str]:
    """A preposition behind the joiner, with what may stand for the attribute before it: "that of"."""
    frame = side_wordings()["frame"]
    pointing, prepositions = ("|".join(map(re.escape, map(normalise, frame[key]))) for key in ("pointing", "before"))
    return re.compile(rf"\s*(?:(?:{pointing})\s+)?(?P<before>{prepositions})\s+(?:the\s+)?")


def joiner(normal: str, mentions: Sequence[Mention], start: int, end: int) -> tuple[int, int]:
    """The span of a joiner at `start` to `end` with what is said again beside it, as far as the names it joins."""
    one = max((m for m in mentions if m.end <= start), key=lambda m: m.end, default=None)
    other = min((m for m in mentions if m.start >= end), key=lambda m: m.start, default=None)
    if one is None or other is None:
        return start, end
    opening = _opening().fullmatch(normal, end, other.start)
    if opening is not None and re.search(rf"(?<![a-z]){opening['before']}\s+(?:the\s+)?$", normal[: one.start]):
        end = other.start
    tail = _TAIL.fullmatch(normal, one.end, start)
    if tail is not None and re.match(rf"\s*(?:的|'s\s)\s*{re.escape(tail['asked'])}", normal[other.end :]):
        start = one.end
    return start, end
