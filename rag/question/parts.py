"""Questions that ask several things at once, taken apart."""

from __future__ import annotations

import re

_ENGLISH = re.compile(r",?\s+and\s+(?=(?:when|what|how|who|which|where|why)\b)", re.IGNORECASE)
_CHINESE = re.compile(r"[，,；;、]\s*")
_ASKS = re.compile(r"多少|多大|多重|多久|多长|多快|多贵|哪|什么|谁|几[^个]|怎么|如何|何时|吗|何")
MOST_PARTS = 3


def parts(question: str) -> list[str]:
    """The questions within `question`, in order; one when it asks one thing.

    "Who made X, and when was it released?" is two; so is "X 多重、卖多少钱". A clause that asks nothing stays with the
    one after it.
    """
    if len(_ASKS.findall(question)) >= 2:
        found: list[str] = []
        rest = ""
        for clause in _CHINESE.split(question):
            rest = f"{rest}，{clause}" if rest else clause
            if _ASKS.search(clause):
                found.append(rest)
                rest = ""
        if rest and found:
            found[-1] = f"{found[-1]}，{rest}"
    else:
        found = [part.strip() for part in _ENGLISH.split(question)]
    return found if 1 < len(found) <= MOST_PARTS else [question]
