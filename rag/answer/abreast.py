"""Things side by side over the attributes that all of them have, where the question words none that the notes use."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.measures import units_asked
from rag.answer.messages import marks, say
from rag.answer.wording import shorten
from rag.question.mentions import Mention
from rag.text.names import name_key
from rag.text.values import cell_quantities
from rag.types import Fact, FactKind, Kind, Status

LENGTH = 490
"""Characters of all lines."""
LONGEST_VALUE = 40

Columns = dict[tuple[str, str], Fact]


def abreast(context: Context, mentions: Sequence[Mention]) -> Draft | None:
    """One line an attribute with each thing's value, the likeliest to be meant first; None when they share none."""
    own = [_attributes(context, mention) for mention in mentions]
    shared = [key for key in own[0] if all(key in other for other in own[1:])]
    if not shared:
        return None
    units = units_asked(context.question.normal)
    shared.sort(key=lambda key: (-_fits(own[0][key], units), own[0][key].source, own[0][key].ordinal))
    draft = Draft(context.snapshot, context.question.language, Kind.COMPARE)
    for key in shared:
        _add(draft, context, mentions, [columns[key] for columns in own])
        if len(draft.text) > LENGTH and len(draft.lines) > 1:
            draft.lines.pop()
            break
    return draft


def _attributes(context: Context, mention: Mention) -> Columns:
    """The thing's cells by place and header."""
    found: Columns = {}
    for fact in context.snapshot.facts_of(mention.keys):
        if fact.kind in (FactKind.CELL, FactKind.KEY) and fact.attribute and fact.value.strip():
            found.setdefault((fact.source, name_key(fact.attribute)), fact)
    return found


def _fits(fact: Fact, units: frozenset[str]) -> int:
    """2 where a cell is measured in one of the units, 1 where it holds a number, else 0; without units always 0."""
    if not units:
        return 0
    found = cell_quantities(fact.attribute, fact.value)
    return 2 if any(q.unit in units for q in found) else int(bool(found))


def _add(draft: Draft, context: Context, mentions: Sequence[Mention], facts: Sequence[Fact]) -> None:
    told: list[str] = []
    for mention, fact in zip(mentions, facts, strict=True):
        name = display(mention.entities[0])
        value = shorten(fact.value.replace("\n", " "), (), LONGEST_VALUE)[: 2 * LONGEST_VALUE]
        numbers = draft.item(name, Status.YES, f"{fact.attribute}: {value}", [fact])
        told.append(f"{name} {value} {marks(numbers)}")
    listed = say(draft.language, "side_separator").join(told)
    draft.lines.append(say(draft.language, "item", entity=facts[0].attribute, value=listed, marks=""))
