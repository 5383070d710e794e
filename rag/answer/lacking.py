"""Lists of what the notes leave out: "which of them have no price", over things that are described alike."""

from __future__ import annotations

from collections import defaultdict

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.answer.polarity import verdict
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import attribute_concepts
from rag.retrieve.view import view
from rag.text.normalise import normalise
from rag.types import Fact, FactKind, Kind, Status


def lacking(context: Context) -> Draft | None:
    """The things without the asked attribute, among those that share a header with a thing that has it.

    None when the question does not ask for one attribute, or no header of the corpus is that attribute.
    """
    asked = _asked(context.question)
    if asked is None:
        return None
    cells: dict[str, list[Fact]] = defaultdict(list)
    said: dict[str, bool] = {}
    for fact in context.snapshot.facts():
        entity = context.entity(fact.entity_key)
        if entity is None or entity.strength < 3:
            continue
        key = entity.keys[0]
        if fact.kind in (FactKind.CELL, FactKind.KEY):
            cells[key].append(fact)
        if _is_of(asked, fact):
            said[key] = said.get(key, False) or verdict(fact.value) is not Status.UNKNOWN
    if not said:
        return None
    alike = {(f.source, f.attribute) for key in said for f in cells[key] if not _is_of(asked, f)}
    missing = {
        key: [f for f in of_it if _is_of(asked, f)] or of_it[:1]
        for key, of_it in cells.items()
        if not said.get(key, False) and any((f.source, f.attribute) in alike for f in of_it)
    }
    return _composed(context, missing, asked) if missing else None


def _asked(question: Question) -> Unit | None:
    """The one attribute whose absence is asked for; a yes-or-no attribute is denied, not left out."""
    if not question.asks("unstated") or question.mentions or question.dates:
        return None
    asked = [unit for unit in question.units if unit.concept is not None or unit.weight > KIND_WEIGHT]
    if len(asked) != 1 or asked[0].quantity is not None:
        return None
    concept = asked[0].concept
    return asked[0] if concept is None or concept.type != "yesno" else None


def _is_of(asked: Unit, fact: Fact) -> bool:
    """Whether a fact's attribute is the asked one."""
    if asked.concept is not None:
        return asked.concept.name in attribute_concepts(normalise(fact.attribute))
    seen = view(fact)
    return any(token in seen.attribute_tokens for token, _ in asked.alternatives)


def _composed(context: Context, missing: dict[str, list[Fact]], asked: Unit) -> Draft:
    draft = Draft(context.snapshot, context.question.language, Kind.LIST)
    draft.lines.append(say(draft.language, "lacking", attribute=asked.surface, count=len(missing)))
    for key, facts in sorted(missing.items(), key=lambda entry: (entry[1][0].source, entry[1][0].ordinal)):
        entity = context.entity(key)
        name = display(entity) if entity is not None else key
        numbers = draft.item(name, Status.UNKNOWN, "", facts[:1])
        draft.lines.append(say(draft.language, "item_bare", entity=name, marks=marks(numbers)))
    return draft
