"""Empty cells: a table or card speaks of the named thing and others like it have what is asked for, but it has not."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer.context import Context
from rag.question.understand import Unit
from rag.question.wording import attribute_concepts
from rag.retrieve.evidence import Scored
from rag.retrieve.view import view
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.types import Fact, FactKind, Lines

REACH = 80
"""Lines around a row in which other rows of its table stand."""
WORDED = 0.75
"""Share of what is asked that the header of an empty cell must word."""
AHEAD = 0.25
"""Lead of that share over what the header of the best fact words."""
LIKELY, WELL_WORDED = 0.3, 0.8
"""Chance and coverage from which a sentence about the thing answers in place of the empty cell."""
WORDED_ALONE = 0.45
"""The same where the best fact words nothing of the question."""
ITSELF = 1.0
"""Sureness from which a fact is about the very thing named."""
FEWEST_LABELS = 2
"""Labels with numbers by which a question picks a cell."""
FEWEST_CELLS = 2
"""Cells of a row that make sure that the table is about the thing."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell or key of the thing asked about, and a header or key that others beside it have and it has not."""

    row: Fact
    header: str


def empty_cell(context: Context, best: Scored | None) -> Gap | None:
    """The empty cell that the question asks for; None where a fact words as much of the question."""
    question = context.question
    named = [mention for mention in question.mentions if mention.exact or mention.is_one_firm_thing]
    asked = [unit for unit in question.units if unit.weight >= 1 and unit.quantity is None]
    if len(named) != 1 or not asked or len(question.mentions) > 1:
        return None
    of_other = best is not None and best.fact.entity_key in named[0].relatives
    said = _worded(context, asked, view(best.fact).attribute) if best is not None and not of_other else 0.0
    if said >= 1 - AHEAD or (best is not None and _is_told(best)):
        return None
    found: Gap | None = None
    unlikely = best is not None and best.chance < LIKELY and not best.typed and not best.literal
    beside = unlikely and best is not None and said == 0 and not _words_value(asked, best)
    most = max(WORDED_ALONE if beside else WORDED, said + AHEAD)
    cards = best is None or unlikely or best.subject < ITSELF
    kinds = (FactKind.CELL, FactKind.KEY) if cards else (FactKind.CELL,)
    tables: dict[tuple[str, tuple[str, ...], FactKind], list[Fact]] = {}
    for fact in context.snapshot.facts_of(named[0].keys):
        if fact.kind in kinds and isinstance(fact.location, Lines) and fact.attribute:
            tables.setdefault((fact.source, fact.heading, fact.kind), []).append(fact)
    filled = {fact.attribute for facts in tables.values() for fact in facts}
    for _, facts in sorted(tables.items(), key=lambda entry: entry[0]):
        if len(facts) < FEWEST_CELLS:
            continue
        for header in sorted(_headers(context, facts[0]) - filled):
            share = _worded(context, asked, header)
            if share > most or (share == most and found is None):
                found, most = Gap(facts[0], header), share
    return found


def is_of_no_cell(context: Context, best: Scored) -> bool:
    """Whether a question picks a cell of the table of `best` by several labels with numbers, all of which no cell has.

    "X on a 3090 at 512": the table has what X does on other cards at 512, and on a 3090 at other lengths.
    """
    if best.fact.kind is not FactKind.CELL:
        return False
    labels = [
        at for at, unit in enumerate(context.question.units)
        if unit.concept is None and not unit.limit and any(char.isdigit() for char in unit.label)
    ]  # fmt: skip
    table = [
        scored for scored in context.ranked
        if scored.fact.kind is FactKind.CELL
        and (scored.fact.source, scored.fact.heading) == (best.fact.source, best.fact.heading)
    ]  # fmt: skip
    held = [frozenset(at for at in labels if _labels(context.question.units[at], scored)) for scored in table]
    asked = frozenset[int]().union(*held)
    return len(asked) >= FEWEST_LABELS and not any(asked <= of_cell for of_cell in held)


def _labels(unit: Unit, scored: Scored) -> bool:
    """Whether a word with a number stands in what says which cell this is, and not in the cell."""
    seen = view(scored.fact)
    return bool(unit.tokens & (seen.attribute_tokens | seen.qualifier_tokens | seen.entity_tokens))


def _is_told(best: Scored) -> bool:
    """Whether a sentence elsewhere most likely says what the cell leaves open."""
    prose = best.fact.kind in (FactKind.STATEMENT, FactKind.EVENT)
    return (
        prose
        and best.typed is not False
        and best.subject >= 1
        and best.coverage >= WELL_WORDED
        and best.chance >= LIKELY
    )


def _words_value(asked: list[Unit], best: Scored) -> bool:
    """Whether the value of the best fact holds a word of the question."""
    seen = view(best.fact)
    return any(unit.may_stand_in(seen.value_tokens, seen.value) for unit in asked if unit.concept is None)


def _headers(context: Context, cell: Fact) -> set[str]:
    """The headers under which other things have something in the table of `cell`, or the keys of cards beside it."""
    assert isinstance(cell.location, Lines)
    line = cell.location.first
    beside = context.snapshot.facts_at(cell.source, max(line - REACH, 1), line + REACH)
    others = [fact for fact in beside if fact.kind is cell.kind and fact.entity_key not in ("", cell.entity_key)]
    if cell.kind is FactKind.CELL:
        return {fact.attribute for fact in others if fact.heading == cell.heading}
    alike = {fact.attribute for fact in others if _section(fact) == _section(cell)}
    return alike if cell.attribute in alike else set()


def _section(fact: Fact) -> tuple[str, ...]:
    """The headings above the card that a key stands in."""
    own = bool(fact.heading) and fact.entity_key in name_key(fact.heading[-1])
    return fact.heading[:-1] if own else fact.heading


def _worded(context: Context, asked: list[Unit], header: str) -> float:
    """Share of what is asked, by rarity, that a header words, 0 to 1; less where the header says more."""
    weights = [unit.weight * context.rare(unit) for unit in asked]
    total = sum(weights) or 1.0
    concepts = attribute_concepts(normalise(header))
    tokens = frozenset(tokenise(header))
    held = [_holds(unit, concepts, tokens) for unit in asked]
    return sum(weight * share for weight, share in zip(weights, held, strict=True)) / total


def _holds(unit: Unit, concepts: dict[str, float], tokens: frozenset[str]) -> float:
    if unit.concept is not None:
        return concepts.get(unit.concept.name, 0.0)
    return max((weight for token, weight in unit.alternatives if token in tokens), default=0.0)
