"""Which words of a question it denies: "no guard", "without a pedal", "没有滤网"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from rag.question.wording import intent
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens

BEFORE = 0.5
"""How far a Chinese denial reaches the words in front of it, whose verb it denies: "外壳没上漆"."""
REACH = 10
"""Characters in front of a Chinese denial that it reaches."""
KEPT = 1 << 10
"""Questions and headers whose denied words are kept in memory."""
_ENDS = re.compile(
    r"[,，;；。.!！?？、:：()（）\"“”]|\s[-–—]\s|\b(?:but|and|that|which|who|while|yet|though|where)\b"
    r"|但|却|而且|并且|同时|又|也|还能|还有|可(?![以能])|且|的"
)
"""What ends the words behind a denial that it reaches."""
_BEGINS = re.compile(
    r"[,，;；。.!！?？、:：()（）\"“”]|但|却|而且|并且|同时|可(?![以能])|且|的|哪些|哪几.|哪.|有几.|几.|里(?!程)"
)
"""What the words in front of a Chinese denial that it reaches begin behind."""
_FREE = re.compile(r"\b([a-z]{3,})-free\b")
_EITHER_OR = re.compile(r"(.)[不没]\1|有没有")


@lru_cache(maxsize=KEPT)
def denied(normal: str) -> Mapping[str, float]:
    """The tokens of a normalised question that it denies, each with how surely: 0 to 1."""
    found: dict[str, float] = {}
    text = _EITHER_OR.sub(lambda match: " " * len(match.group()), normal)
    for match in _FREE.finditer(text):
        found |= dict.fromkeys(query_tokens(match[1]), 1.0)
    for match in intent("denial").finditer(text):
        for tokens, degree in _reached(text, match.start(), match.end()):
            for token in tokens:
                found[token] = max(found.get(token, 0.0), degree)
    return found


def _reached(text: str, start: int, end: int) -> Iterator[tuple[Iterable[str], float]]:
    """The tokens behind and in front of a denial that it reaches, with how surely."""
    behind = _ENDS.search(text, end)
    after = query_tokens(text[end : behind.start() if behind else len(text)])
    yield after, 1.0
    if has_cjk(text[start:end]):
        first = max((match.end() for match in _BEGINS.finditer(text, 0, start)), default=0)
        yield query_tokens(text[max(first, start - REACH) : start]), BEFORE if after else 1.0


@lru_cache(maxsize=KEPT)
def denies_itself(header: str) -> bool:
    """Whether a header asks for what is not there: "Lead-free", "无铅"."""
    normal = normalise(header)
    return _FREE.search(normal) is not None or intent("denial_in_header").search(normal) is not None
