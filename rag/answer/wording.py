"""How a fact is put into a line: its value cut to what was asked, never more than a few sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.messages import say
from rag.question.understand import Question, Unit
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.types import Fact, FactKind

LONGEST_LINE = 220
"""Characters of one statement: an answer of two such lines still says its fact within 500."""
LONGEST_ITEM = 90
"""Characters of the value on one line of a list."""
_CLAUSES = re.compile(r"(?<=[。！？；;!?•，])|(?<=,)(?!\d)|(?<=\.)(?<!al\.)(?=\s)")


def statement(question: Question, fact: Fact, limit: int = LONGEST_LINE) -> str:
    """One line that says `fact`: "entity – attribute: value", or the sentence itself."""
    value = shorten(fact.value.replace("\n", " "), question.units, limit)
    attribute = attribute_text(fact)
    if fact.kind in (FactKind.STATEMENT, FactKind.EVENT) or (not attribute and not fact.entity):
        about = fact.entity and name_key(fact.entity) not in name_key(value)
        if about and fact.kind is FactKind.STATEMENT:
            return say(question.language, "fact_bare", entity=fact.entity, value=value, marks="")
        return value
    if not attribute:
        return say(question.language, "fact_bare", entity=fact.entity, value=value, marks="")
    if not fact.entity:
        return say(question.language, "attribute_only", attribute=attribute, value=value, marks="")
    return say(question.language, "fact", entity=fact.entity, attribute=attribute, value=value, marks="")


def attribute_text(fact: Fact) -> str:
    """The attribute with the row's other identifying cells: "speed (GPU 3090)"."""
    narrowing = [" ".join(part for part in pair if part) for pair in fact.qualifiers if pair[0] and pair[1]]
    attribute = fact.attribute.strip()
    if not narrowing:
        return attribute
    return f"{attribute} ({'; '.join(narrowing)})" if attribute else "; ".join(narrowing)


def shorten(value: str, units: Sequence[Unit], limit: int) -> str:
    """`value` cut to whole clauses around what `units` ask for, at most about `limit` characters."""
    if len(value) <= limit:
        return value
    clauses = [clause for clause in _CLAUSES.split(value) if clause]
    best = max(range(len(clauses)), key=lambda at: (_holds(clauses[at], units), -at))
    first = last = best
    length = len(clauses[best])
    while True:
        grown = False
        if last + 1 < len(clauses) and length + len(clauses[last + 1]) <= limit:
            last += 1
            length += len(clauses[last])
            grown = True
        if first > 0 and length + len(clauses[first - 1]) <= limit:
            first -= 1
            length += len(clauses[first])
            grown = True
        if not grown:
            break
    cut = "".join(clauses[first : last + 1]).strip()
    cut = cut if len(cut) <= 2 * limit else cut[: 2 * limit]
    return ("…" if first > 0 else "") + cut.rstrip("，,；;") + ("…" if last + 1 < len(clauses) else "")


def _holds(clause: str, units: Sequence[Unit]) -> float:
    normal = normalise(clause)
    found = 0.0
    for unit in units:
        if unit.concept is not None:
            found += unit.weight if unit.concept.in_notes.search(normal) else 0.0
        else:
            found += max((weight for token, weight in unit.alternatives if token in normal), default=0.0)
    return found + min(sum(char.isdigit() for char in clause), 3) * 0.02
