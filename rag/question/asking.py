"""What sort of answer a question wants: the intents that wordings show, and those that its build shows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.mentions import Mention
from rag.question.wording import intent, words

INTENTS = (
    "list", "count", "compare", "timeline", "link", "howto", "definition", "conflict", "yesno", "negated", "unstated",
    "superlative_max", "superlative_min", "which", "each", "earliest", "latest", "before", "after",
    "between", "neighbour",
)  # fmt: skip
_PLURAL = r"[a-z\-]{2,}(?<!s)s(?<!this)(?<!does)(?<!was)(?<!has)"
_WHICH_PLURAL = re.compile(
    rf"(?:which|what)\s+((?:[a-z\-]+\s+){{0,2}}?)({_PLURAL})\b(?!\s+(?:is|was|has|does|did)\b)"
)
"""English questions for several things: "which open models", "what tools"."""
_KIND_PLURAL = re.compile(
    r"(?:which|what)\s+(?:[a-z\-]+\s+){0,3}?(?:models|projects|tools|systems|products|ones|things|libraries|frameworks"
    r"|datasets|methods)\b"
)
_PHRASE = re.compile(
    rf"(?:[a-z0-9'\-]+ ){{0,4}}?{_PLURAL} (?:(?:in|on|from) (?:the|my|our|these|those) [a-z]+ )?(?:announced|released"
    r"|published|made|built|trained|based|licensed|that|which|who|with|without|from|by|supporting|using|under|over"
    r"|below|above|launched|introduced|written|running|available|doing|having|costing|weighing|where|whose|cheaper"
    r"|heavier|lighter|older|newer|bigger|smaller|faster|sold|offered|rated|older than)\b"
)
"""English list questions without a verb: "engines written in Rust", "bodies without a viewfinder"."""
_NOMINAL = re.compile(r"的[?.!]?$")
_ASKS = re.compile(r"谁|哪|什么|几|多|吗|怎|何|是|呢")
_TWO = 2


def intents(normal: str, mentions: Sequence[Mention], *, dated: bool) -> frozenset[str]:
    """The intents of a normalised question; `dated` tells whether it speaks of dates."""
    found = {name for name in INTENTS if intent(name).search(normal)}
    if _lists_by_build(normal) and not (_TWO <= len(mentions) and "compare" in found):
        found.add("list")
    if not dated:
        found -= _conditions(normal, mentions)
    return frozenset(found)


def _lists_by_build(normal: str) -> bool:
    """Whether a question asks for several things by its build and not by a wording."""
    if _KIND_PLURAL.search(normal) or (_NOMINAL.search(normal) and _ASKS.search(normal) is None):
        return True
    found = _WHICH_PLURAL.search(normal)
    if found is not None and found[2] not in words("verb_in_s"):
        return True
    return normal.split(" ", 1)[0] not in words("opening") and _PHRASE.match(normal) is not None


def _conditions(normal: str, mentions: Sequence[Mention]) -> set[str]:
    """Intents of an order in time that "before" and "after" only seem to show: they state a condition."""
    if mentions or intent("timeline").search(intent("condition").sub(" ", normal)):
        return set()
    return {"timeline", "before", "after", "between"}
