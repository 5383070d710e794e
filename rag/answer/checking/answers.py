"""What a cell answers to a header that asks yes or no."""

from __future__ import annotations

import re

from rag.answer.checking.words import said_words
from rag.answer.polarity import condition, verdict
from rag.text.normalise import normalise
from rag.types import Fact, Status

LONGEST = 8
"""Characters of a cell that is an answer whatever its header asks; a longer one is a sentence."""

_ASKING = re.compile(
    r"^是否|^能否|^可否|^有无|^可|可用$|开放$|^支持|^允许|^(?:is|has|can|supports?|allows?)\b|able$|ed(?: in)?$"
)


def answer_of(fact: Fact) -> Status | None:
    """Yes, no or on conditions; None where the cell gives another kind of value."""
    found = verdict(fact.value)
    if found is Status.UNKNOWN:
        return None
    asks = _ASKING.search(normalise(fact.attribute)) is not None
    if found is not None:
        return found if asks or len(fact.value) <= LONGEST else None
    if not asks or re.search(r"\d", fact.value) or len(fact.value) < 2:
        return None
    told = condition(fact.value)
    return told if told is Status.NO else Status.CONDITIONAL


def asked_words(attribute: str) -> frozenset[str]:
    """The words of a header without those that only ask: 是否, 可, supports."""
    return said_words(_ASKING.sub("", normalise(attribute))) or said_words(attribute)
