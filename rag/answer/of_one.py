"""What one sentence or cell about the one thing named lists: "which models does X's demo hold"."""

from __future__ import annotations

import re

from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.lookup import lookup
from rag.answer.wants import asks_for_related
from rag.question.mentions import Mention
from rag.question.understand import Question
from rag.question.wording import intent
from rag.retrieve.evidence import holds_number
from rag.types import FactKind

CHANCE = 0.3
"""Chance from which a fact about the thing is taken for what is asked for."""
SURE = 0.5
"""Chance from which a fact about the thing that holds a number is how many it has."""
LOOKED_AT = 3
"""Facts among which one lists something: the likeliest ones."""
FEWEST, LONGEST = 3, 40
"""Parts that make an enumeration, and characters of one."""
_PARTS = re.compile(r"[、;；/]|[,，](?!\d)|\s(?:and|or)\s|[和及与]")
_WHICH = re.compile(r"哪|什么|啥|谁|几|多少|which|what|how many|name |list ")


_TOPIC = re.compile(r"\s[-–—]\s|[:：]")
"""What sets off that of which something is asked: "X's demo - which ..."."""
_HELPER = re.compile(r"\b(?:does|do|did|is|are|was|were|can|could|has|have)\s+(?:the\s+)?$")


def of_one(context: Context) -> Draft | None:
    """The answer that quotes what lists something of the thing; None where other things are asked for."""
    question = context.question
    if len(question.mentions) != 1 or question.dates or question.quantities:
        return None
    if question.asks("negated", "unstated", "only", "compare"):
        return None
    mention = question.mentions[0]
    owns = question.normal[mention.end :].startswith("'s")
    if not mention.exact or not (owns or (_comes_first(question, mention) and not asks_for_related(question))):
        return None
    for scored in context.ranked[:LOOKED_AT]:
        fact = scored.fact
        about = fact.entity_key in mention.keys and fact.kind is not FactKind.LINK
        counted = question.asks("count") and scored.chance >= SURE and holds_number(fact)
        if about and scored.chance >= CHANCE and (counted or enumerates(fact.value)):
            found = lookup(context)
            return None if found.abstained else found
    return None


def enumerates(value: str) -> bool:
    """Whether a text lists three things or more."""
    return sum(1 for part in _PARTS.split(value) if 0 < len(part.strip()) <= LONGEST) >= FEWEST


def _comes_first(question: Question, mention: Mention) -> bool:
    """Whether the thing is what something is asked of, and not what others are made of or come from."""
    before = question.normal[: mention.start]
    which = _WHICH.search(question.normal)
    if which is not None and _TOPIC.search(question.normal[mention.end : which.start()]) is not None:
        return True
    if any(match.end() >= len(before.rstrip()) for match in intent("relating").finditer(before)):
        return False
    return which is None or mention.start < which.start() or _HELPER.search(before) is not None
