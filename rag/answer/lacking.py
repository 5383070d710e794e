"""Lists of what the notes leave out: "which of them have no price", over things that are described alike."""

from __future__ import annotations

from collections import defaultdict

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.answer.polarity import verdict
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import attribute_concepts, intent
from rag.retrieve.evidence import unit_match
from rag.retrieve.view import view
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.types import Fact, FactKind, Kind, Status

LEAST_PLACED = 0.3
"""How well a thing's row, table or headings must hold a word that says among which things is asked."""


def lacking(context: Context) -> Draft | None:
    """The things without the asked attribute, among those in tables with a column of it.

    And among those that share another key of a note's lines with a thing that has it as a line.

    None when the question does not ask for one attribute, or no header of the corpus is that attribute, or it is one of
    ticks and crosses: those deny it.
    """
    asked, places = _asked(context.question)
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
            if verdict(fact.value) in (Status.YES, Status.NO):
                return None
            said[key] = said.get(key, False) or verdict(fact.value) is not Status.UNKNOWN
    if not said:
        return None
    tables = {_table(f) for key in said for f in cells[key] if f.kind is FactKind.CELL and _is_of(asked, f)}
    lined = [key for key in said if any(f.kind is FactKind.KEY and _is_of(asked, f) for f in cells[key])]
    alike = {_line(f) for key in lined for f in cells[key] if f.kind is FactKind.KEY and not _is_of(asked, f)}
    beside = {
        key: [f for f in of_it if (_table(f) in tables if f.kind is FactKind.CELL else _line(f) in alike)]
        for key, of_it in cells.items() if not said.get(key, False)
    }  # fmt: skip
    for unit in places:
        inside = {key: [f for f in of_it if _is_among(unit, f)] for key, of_it in beside.items()}
        beside = inside if any(inside.values()) else beside
    missing = {key: [f for f in cells[key] if _is_of(asked, f)] or of_it[:1] for key, of_it in beside.items() if of_it}
    return _composed(context, missing, asked) if missing else None


def _table(fact: Fact) -> tuple[str, tuple[str, ...]]:
    """Where a table stands, as near as a cell tells it: its note and headings."""
    return fact.source, tuple(fact.heading)


def _line(fact: Fact) -> tuple[str, str]:
    """In which note a key-value line stands, and its key."""
    return fact.source, fact.attribute


def _is_among(unit: Unit, fact: Fact) -> bool:
    """Whether a fact stands where a word of the question says, also as part of a longer Chinese word."""
    seen = view(fact)
    return unit_match(unit, seen) >= LEAST_PLACED or (has_cjk(unit.label) and unit.label in seen.heading)


def _asked(question: Question) -> tuple[Unit | None, list[Unit]]:
    """The one attribute whose absence is asked for, and the words that say among which things.

    A yes-or-no attribute is denied, not left out.
    """
    if not question.asks("unstated") or question.mentions or question.dates:
        return None, []
    silent = intent("unstated")
    units = [
        unit for unit in question.units
        if unit.concept is not None or (unit.weight > KIND_WEIGHT and not silent.fullmatch(unit.label))
    ]  # fmt: skip
    asked = [unit for unit in units if unit.concept is not None] or units
    if len(asked) != 1 or any(unit.quantity is not None for unit in units):
        return None, []
    concept = asked[0].concept
    if concept is not None and concept.type == "yesno":
        return None, []
    return asked[0], [unit for unit in units if unit is not asked[0]]


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
