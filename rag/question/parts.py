"""Questions that ask several things at once, taken apart."""

from __future__ import annotations

import re

from rag.question.wording import intent
from rag.text.normalise import normalise

_ENGLISH = re.compile(
    r",?\s+and\s+(?=(?:when|what|whats|how|who|whose|which|where|why|(?:is|was|does|did|can|has) (?:it|he|she|they))\b)"
    r"|(?<=\?)\s+(?=\w)",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"[，,；;、?？]\s*|\s+(?:and|还有|另外|顺便)?\s*(?=[^\sA-Za-z0-9])")
_ASKS = re.compile(
    r"多少|多大|多重|多久|多长|多快|多贵|多高|多宽|多远|哪|什么|啥|谁|(?<![那这好十前近上头后])几[^个]|怎么|怎样|如何|何时|吗|何|咋|贵不贵|重不重|why|how"
)
_REQUEST = re.compile(
    r"(?:please|pls|plz|just)?\s*"
    r"(?:give|(?:list|name) (?:them|all|each|every)|tell|show|quote|both|all of them|thanks)\b",
    re.IGNORECASE,
)
"""How what belongs to the question before it begins: "give both reasons"."""
MOST_PARTS = 3


def parts(question: str) -> list[str]:
    """The questions within `question`, in order; one when it asks one thing.

    "Who made X, and when was it released?" is two; so is "X 多重、卖多少钱". A clause that asks nothing stays with the
    one after it.
    """
    if len(_ASKS.findall(question)) >= 2:
        spans: list[tuple[int, int]] = []
        start = 0
        for gap in _CHINESE.finditer(question):
            if _ASKS.search(question, start, gap.start()):
                spans.append((start, gap.start()))
                start = gap.end()
        if _ASKS.search(question, start):
            spans.append((start, len(question)))
        elif spans:
            spans[-1] = (spans[-1][0], len(question))
        found = [question[start:end] for start, end in spans]
    else:
        found = _asking([part.strip() for part in _ENGLISH.split(question)])
    found = [part for part in found if part.strip()]
    if any(_doubts(normalise(part)) for part in found[1:]):
        return [question]
    return found if 1 < len(found) <= MOST_PARTS else [question]


def _asking(found: list[str]) -> list[str]:
    """English parts; what asks nothing by itself stays with what it belongs to, as "give both reasons" does."""
    told: list[str] = []
    for part in found:
        if told and _REQUEST.match(part) is not None:
            told[-1] = f"{told[-1]} {part}"
        else:
            told.append(part)
    return told


def _doubts(normal: str) -> bool:
    """Whether a clause says of what the one before it asks that the notes differ: "... right? I saw something else"."""
    return all(intent(name).search(normal) is not None for name in ("doubting", "conflict"))
