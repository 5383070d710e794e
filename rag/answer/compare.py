"""Comparisons of named things over the asked attributes, with what follows from the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.answer.support import ENOUGH_COVERAGE, WITH_CONCEPT, numbers_agree
from rag.answer.wording import LONGEST_ITEM, attribute_text, shorten
from rag.question.mentions import Mention
from rag.retrieve.evidence import Scored, rank
from rag.text.names import name_key
from rag.text.values import Quantity, quantities
from rag.types import FactKind, Item, Kind, Status

ROWS_WITHOUT_ATTRIBUTE = 6
"""Attributes shown when none is asked for."""


def compare(context: Context) -> Draft | None:
    """A comparison; None when fewer than two of the things have anything to compare."""
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.COMPARE)
    if not question.units:
        return _profiles(context, draft)
    found = [(mention, _best(context, mention)) for mention in question.mentions]
    fewest = 1 if question.asks("each", "compare") else 2
    if sum(1 for _, scored in found if scored) < fewest:
        return None
    values: list[tuple[str, str, Quantity | None]] = []
    for mention, scored in found:
        name = display(mention.entities[0])
        if not scored:
            draft.lines.append(say(question.language, "missing", entity=name))
            draft.items.append(Item(name, Status.UNKNOWN, "", ()))
            continue
        value = "; ".join(_said(context, s) for s in scored)
        numbers = draft.item(name, Status.YES, value, [s.fact for s in scored])
        draft.lines.append(say(question.language, "item", entity=name, value=value, marks=marks(numbers)))
        measured = quantities(scored[0].fact.value)
        values.append((name, measured[0].text if measured else "", measured[0] if len(measured) == 1 else None))
    _derive(context, draft, values)
    return draft


def _best(context: Context, mention: Mention) -> list[Scored]:
    """The best facts about one of the things."""
    question = context.question
    keys = mention.keys | mention.relatives
    own = [s for s in context.ranked if s.fact.entity_key in mention.keys]
    own = own or [s for s in context.ranked if s.fact.entity_key in keys]
    own = rank(question, (s.fact for s in own), context.rare)
    good = [
        s
        for s in own
        if numbers_agree(question, s)
        and s.coverage >= (WITH_CONCEPT if _holds_concept(context, s) else ENOUGH_COVERAGE)
    ]
    if not good:
        return []
    top = [s for s in good if s.score >= good[0].score * 0.95 and s.matched == good[0].matched][:2]
    for at, unit in enumerate(question.units):
        if unit.concept is not None and all(at not in s.matched for s in top):
            top += [s for s in own if at in s.matched and s.fact.attribute][:1]
    distinct: list[Scored] = []
    for scored in top:
        if all(name_key(scored.fact.value) != name_key(other.fact.value) for other in distinct):
            distinct.append(scored)
    return distinct[:4]


def _holds_concept(context: Context, scored: Scored) -> bool:
    return any(context.question.units[at].concept is not None for at in scored.matched)


def _said(context: Context, scored: Scored) -> str:
    fact = scored.fact
    value = shorten(fact.value.replace("\n", " "), context.question.units, LONGEST_ITEM)
    attribute = attribute_text(fact)
    return f"{attribute}: {value}" if attribute and fact.kind in (FactKind.CELL, FactKind.KEY) else value


def _derive(context: Context, draft: Draft, values: Sequence[tuple[str, str, Quantity | None]]) -> None:
    """States which of two single numbers of one unit is larger, and by what factor."""
    if len(values) != 2 or values[0][2] is None or values[1][2] is None:
        return
    (one, one_text, first), (other, other_text, second) = values
    assert first is not None
    assert second is not None
    if first.unit != second.unit or not first.value or not second.value:
        return
    if first.value == second.value:
        draft.lines.append(say(draft.language, "equal"))
        return
    if first.value < second.value:
        one, one_text, first, other, other_text, second = other, other_text, second, one, one_text, first
    ratio = f"{first.value / second.value:.2g}"
    draft.lines.append(
        say(
            draft.language,
            "larger",
            one=one,
            one_value=one_text,
            other=other,
            other_value=other_text,
            ratio=ratio,
        )
    )


def _profiles(context: Context, draft: Draft) -> Draft | None:
    """Without an attribute: those that both things have, side by side."""
    facts = [
        {
            s.fact.attribute: s
            for s in context.ranked
            if s.fact.entity_key in m.keys and s.fact.kind in (FactKind.CELL, FactKind.KEY)
        }
        for m in context.question.mentions
    ]
    shared = [attribute for attribute in facts[0] if attribute and all(attribute in other for other in facts[1:])]
    if not shared:
        return None
    order = sorted(shared, key=lambda a: (facts[0][a].fact.source, facts[0][a].fact.ordinal))
    for mention, own in zip(context.question.mentions, facts, strict=True):
        name = display(mention.entities[0])
        for attribute in order[:ROWS_WITHOUT_ATTRIBUTE]:
            scored = own[attribute]
            value = f"{attribute}: {shorten(scored.fact.value, (), 60)}"
            numbers = draft.item(name, Status.YES, value, [scored.fact])
            draft.lines.append(say(draft.language, "item", entity=name, value=value, marks=marks(numbers)))
    return draft
