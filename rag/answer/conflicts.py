"""Where notes disagree: facts about the same thing and attribute whose values differ."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.context import Context
from rag.question.understand import Question
from rag.retrieve.evidence import Scored
from rag.text.names import name_key
from rag.text.values import quantities, same_quantity
from rag.types import Fact, FactKind

RIVAL, RIVAL_ASKED = 0.86, 0.75
"""Share of the best score from which another note's statement is held against it; lower when conflict is asked for."""
BRIEF = 40
"""Characters up to which a value is one thing that another note can contradict."""


def disagreement(context: Context, found: Sequence[Scored]) -> list[Scored]:
    """Facts about the same thing and attribute from different places whose values differ."""
    best = found[0]
    question = context.question
    if not question.mentions or best.subject < 1.0:
        return []
    rivals: list[Scored] = [best]
    for scored in found[1:]:
        least = best.score * (RIVAL_ASKED if question.asks("conflict") else RIVAL)
        dated = scored.fact.kind is FactKind.EVENT and "date" in question.types
        if scored.subject < 1.0 or (scored.score < least and not dated):
            continue
        if not question.asks("conflict") and (scored.fact.source, scored.fact.heading) == (
            best.fact.source,
            best.fact.heading,
        ):
            continue
        if any(not differs(question, scored.fact, rival.fact) for rival in rivals):
            continue
        rivals.append(scored)
    several = len({r.fact.source for r in rivals}) > 1 or question.asks("conflict")
    return rivals if len(rivals) > 1 and several else []


def differs(question: Question, one: Fact, other: Fact) -> bool:
    """Whether two facts give different values of the kind that the question asks for."""
    if "date" in question.types:
        first, second = one.date or "", other.date or ""
        return bool(first and second) and not (first.startswith(second) or second.startswith(first))
    if question.types & {"money", "size", "duration", "count"}:
        left, right = quantities(one.value), quantities(other.value)
        if not left or not right:
            return False
        return not any(same_quantity(a, b) for a in left for b in right)
    if "name" in question.types:
        mine = {key for key in (*one.mentions, name_key(one.value)) if key}
        theirs = {key for key in (*other.mentions, name_key(other.value)) if key}
        return bool(mine and theirs) and not _overlap(mine, theirs)
    return _gives_other_value(one, other)


def _gives_other_value(one: Fact, other: Fact) -> bool:
    """Whether two cells or keys of the same attribute hold different brief values."""
    same = bool(one.attribute) and name_key(one.attribute) == name_key(other.attribute)
    plain = all(f.kind in (FactKind.CELL, FactKind.KEY) and len(f.value) <= BRIEF for f in (one, other))
    mine, theirs = name_key(one.value), name_key(other.value)
    return same and plain and not (mine in theirs or theirs in mine)


def _overlap(one: set[str], other: set[str]) -> bool:
    return any(a in b or b in a for a in one for b in other if len(a) > 1 and len(b) > 1)
