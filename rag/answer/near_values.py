"""Statements in passing that give nearly the same number: "the kitchen scale says 468 g" beside a cell "461 g"."""

from __future__ import annotations

from rag.answer.context import Context
from rag.answer.dissent import ABOUT_IT, SPEAKS_OF_IT, as_ranked, is_apart, of_things_named, one_a_line, speaking_of
from rag.question.understand import Question
from rag.question.wording import attribute_concepts
from rag.retrieve.evidence import Scored, unit_match
from rag.retrieve.view import view
from rag.text.names import name_key
from rag.text.values import Quantity, cell_quantities, comparable, same_quantity, units_agree
from rag.types import Fact, FactKind, Lines

LEAST_SHARE, CLOSE_SHARE = 0.6, 0.85
"""The lesser number as a share of the greater from which both measure one thing, in a statement that speaks of what is
asked, and in any other."""
MOST = 2
_TOLD = (FactKind.STATEMENT, FactKind.KEY, FactKind.EVENT)
_TABLED = (FactKind.CELL, FactKind.KEY)


def nearly_the_same(context: Context, best: Scored) -> list[Scored]:
    """Facts of other places that give for the thing named a number near that of `best`, in the same unit.

    They must speak of what is asked, or the thing must have nothing else that is measured in that unit.
    """
    question, fact = context.question, best.fact
    if len(question.mentions) != 1 or best.subject < ABOUT_IT or not isinstance(fact.location, Lines):
        return []
    known = [quantity for quantity in cell_quantities(fact.attribute, fact.value) if quantity.unit]
    if len(known) != 1:
        return []
    told = dict.fromkeys(speaking_of(context, question.mentions[0]))
    alone = len(_measured(context, known[0])) <= 1
    found = [
        other for other in told
        if other.kind in _TOLD and is_apart(other, fact) and of_things_named(question, other)
        and not _is_of_another(question, other)
        and _is_near(other, known[0], _least(question, other, alone=alone))
    ]  # fmt: skip
    found.sort(key=lambda one: (one.source, one.ordinal))
    return one_a_line(as_ranked(context, found))[:MOST]


def _measured(context: Context, known: Quantity) -> set[str]:
    """The attributes of the thing named whose values are in the unit of `known`."""
    facts = context.snapshot.facts_of(sorted(context.question.mentions[0].keys))
    return {
        name_key(fact.attribute) for fact in facts
        if fact.kind in _TABLED
        and _in_unit(fact, known)
    }  # fmt: skip


def _in_unit(fact: Fact, known: Quantity) -> list[Quantity]:
    """The quantities of a fact that are measured as the known one is."""
    return [q for q in cell_quantities(fact.attribute, fact.value) if q.unit and units_agree(q, known)]


def _least(question: Question, fact: Fact, *, alone: bool) -> float:
    """The share from which a number of a fact is near; above 1 where none is."""
    if _speaks_of(question, fact):
        return LEAST_SHARE
    return CLOSE_SHARE if alone else 2.0


def _is_near(fact: Fact, known: Quantity, least: float) -> bool:
    """Whether a fact gives another number near the known one; beside the known one itself it must be close."""
    alike = _in_unit(fact, known)
    others = [q for q in alike if not same_quantity(q, known) and comparable(q, known)[0] != comparable(q, known)[1]]
    least = least if len(others) == len(alike) else max(least, CLOSE_SHARE)
    pairs = [sorted(comparable(q, known)) for q in others]
    return any(greater > 0 and lesser / greater >= least for lesser, greater in pairs)


def _is_of_another(question: Question, fact: Fact) -> bool:
    """Whether a key or header surely says another attribute than all that are asked for."""
    said = {name for name, share in attribute_concepts(view(fact).attribute).items() if share >= 1}
    asked = {unit.concept.name for unit in question.units if unit.concept is not None}
    return bool(said and asked) and not said & asked


def _speaks_of(question: Question, fact: Fact) -> bool:
    seen = view(fact)
    asked = [unit for unit in question.units if unit.quantity is None and unit.weight >= 1]
    return any(unit_match(unit, seen, beside=False) >= SPEAKS_OF_IT for unit in asked)
