"""Things side by side over the attributes that all of them have, where the question words none that the notes use."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.measures import measured_in
from rag.answer.messages import marks, say
from rag.answer.wording import shorten
from rag.question.mentions import Mention
from rag.text.names import name_key
from rag.text.values import cell_quantities
from rag.types import Fact, FactKind, Kind, Status

LENGTH = 490
"""Characters of all lines."""
LONGEST_VALUE = 40
MOST_LINES = 8

Columns = dict[tuple[str, str], Fact]


def abreast(
    context: Context,
    mentions: Sequence[Mention],
    seen: Sequence[Sequence[Fact]],
    units: frozenset[str],
    *,
    measured: bool = False,
) -> Draft | None:
    """One line an attribute with each thing's value, the likeliest to be meant first; None when they share none.

    `seen` holds facts found for each, among them cells of tables that have the things in columns; `measured` demands an
    attribute that is measured in one of `units`, as the question's comparing words are.
    """
    own = [_attributes(context, mention, found) for mention, found in zip(mentions, seen, strict=True)]
    shared = [key for key in own[0] if all(key in other for other in own[1:])]
    if not shared:
        return None
    if measured and not any(_fits(own[0][key], units) > 1 for key in shared):
        return None
    shared.sort(key=lambda key: (-_fits(own[0][key], units), own[0][key].source, own[0][key].ordinal))
    draft = Draft(context.snapshot, context.question.language, Kind.COMPARE)
    for key in shared[:MOST_LINES]:
        _add(draft, context, mentions, [columns[key] for columns in own])
        if len(draft.text) > LENGTH and len(draft.lines) > 1:
            draft.lines.pop()
            break
    return draft


def _attributes(context: Context, mention: Mention, seen: Sequence[Fact]) -> Columns:
    """The thing's cells by place and header."""
    found: Columns = {}
    beside = [fact for fact in seen if qualified_by(fact, mention)]
    for fact in (*context.snapshot.facts_of(mention.keys), *beside):
        if fact.kind in (FactKind.CELL, FactKind.KEY) and fact.attribute and fact.value.strip():
            found.setdefault((fact.source, name_key(fact.attribute)), fact)
    return found


def qualified_by(fact: Fact, mention: Mention) -> bool:
    """Whether one of the row's identifying cells is the thing named, though the table is not about it."""
    return any(name_key(value) in mention.keys for _, value in fact.qualifiers)


def _fits(fact: Fact, units: frozenset[str]) -> int:
    """2 where a cell is measured in one of the units, 1 where it holds a number, else 0; without units always 0."""
    if not units:
        return 0
    return 2 if measured_in(fact, units) else int(bool(cell_quantities(fact.attribute, fact.value)))


def _add(draft: Draft, context: Context, mentions: Sequence[Mention], facts: Sequence[Fact]) -> None:
    told: list[str] = []
    for mention, fact in zip(mentions, facts, strict=True):
        name = display(mention.entities[0])
        value = shorten(fact.value.replace("\n", " "), (), LONGEST_VALUE)[: 2 * LONGEST_VALUE]
        numbers = draft.item(name, Status.YES, f"{fact.attribute}: {value}", [fact])
        told.append(f"{name} {value} {marks(numbers)}")
    listed = say(draft.language, "side_separator").join(told)
    draft.lines.append(say(draft.language, "item", entity=facts[0].attribute, value=listed, marks=""))
