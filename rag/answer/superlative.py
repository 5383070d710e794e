"""The most or least of an attribute: every thing's value is compared, not the first few found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.answer.wording import attribute_text
from rag.question.wording import attribute_concepts
from rag.retrieve.evidence import query
from rag.retrieve.view import view
from rag.text.values import quantities
from rag.types import Fact, FactKind, Kind, Status

MEASURED = frozenset(("money", "size", "bytes", "duration", "speed"))
RUNNERS_UP = 2
"""Next ones told beside the extreme, so that a reader can check it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One thing's value of the attribute."""

    key: str
    name: str
    value: float
    unit: str
    fact: Fact


def superlative(context: Context) -> Draft | None:
    """The things with the largest or smallest value; None when the attribute is not measured for two of them."""
    question = context.question
    concept = next((u.concept for u in question.units if u.concept is not None and u.concept.type in MEASURED), None)
    if concept is None:
        return None
    found: dict[str, Measured] = {}
    for fact in context.snapshot.facts_matching(query(question.units)):
        if fact.kind not in (FactKind.CELL, FactKind.KEY) or not fact.entity_key:
            continue
        if attribute_concepts(view(fact).attribute).get(concept.name, 0.0) < 1:
            continue
        for item in _measured(context, fact):
            found.setdefault(item.key, item)
    if not found:
        return None
    unit = Counter(item.unit for item in found.values()).most_common(1)[0][0]
    alike = [item for item in found.values() if item.unit == unit]
    if len(alike) < 2:
        return None
    most = question.asks("superlative_max")
    ordered = sorted(alike, key=lambda m: (-m.value if most else m.value, m.name))
    draft = Draft(context.snapshot, question.language, Kind.LIST)
    best = [item for item in ordered if item.value == ordered[0].value]
    for item in [*best, *ordered[len(best) : len(best) + RUNNERS_UP]]:
        value = f"{attribute_text(item.fact)}: {item.fact.value}"
        numbers = draft.item(item.name, Status.YES, value, [item.fact]) if item in best else (draft.cite(item.fact),)
        draft.lines.append(say(draft.language, "item", entity=item.name, value=value, marks=marks(numbers)))
    return draft


def _measured(context: Context, fact: Fact) -> list[Measured]:
    """The one number of a cell with its unit; none where the cell holds several or none."""
    own = [q for q in quantities(fact.value) if q.value > 0]
    if len(own) != 1:
        return []
    entity = context.entity(fact.entity_key)
    name = display(entity, fact.entity) if entity is not None else fact.entity
    key = entity.keys[0] if entity is not None else fact.entity_key
    return [Measured(key, name, own[0].value, own[0].unit, fact)]
