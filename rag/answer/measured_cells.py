"""Which cells and key-value lines may hold a number that a question states or limits, without reading all facts.

Of a large corpus those count whose header words the question, or states a unit of the same dimension; what holds the
number under another header is found by its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.answer.conditions import MET, header_words
from rag.answer.context import Context
from rag.index import Snapshot
from rag.question.understand import Question, Unit
from rag.retrieve.evidence import within_limit
from rag.text.values import Quantity, cell_quantities, header_unit, same_quantity, units_agree
from rag.types import Fact, FactKind

STRUCTURED = (FactKind.CELL, FactKind.KEY)


def measured_cells(context: Context, units: Sequence[Unit]) -> Iterable[Fact]:
    """The cells and key-value lines that may hold a number of `units`, all of which state or limit one.

    Of a small corpus that is every cell and key-value line, since it may meet another condition too.
    """
    snapshot = context.snapshot
    if snapshot.name_table is None:
        return (fact for fact in snapshot.facts() if fact.kind in STRUCTURED)

    def holds(attribute: str, value: str) -> bool:
        own = cell_quantities(attribute, value)
        return any(_meets(unit, quantity) for unit in units for quantity in own)

    return snapshot.facts_under(_headers(snapshot, context.question, units), holds)


def _meets(unit: Unit, quantity: Quantity) -> bool:
    """A limit may belong to what is asked: then what equals it is wanted as well."""
    if unit.quantity is None:
        return False
    return same_quantity(unit.quantity, quantity) or (bool(unit.limit) and within_limit(unit, quantity))


def _headers(snapshot: Snapshot, question: Question, units: Sequence[Unit]) -> list[str]:
    """The headers that the question words, or whose unit measures what it limits."""
    words = [unit for unit in question.units if unit.quantity is None]
    limits = [unit.quantity for unit in units if unit.quantity is not None and unit.quantity.unit]
    found = []
    for attribute, _ in snapshot.attributes():
        stated = header_unit(attribute)
        agrees = stated is not None and stated.unit and any(units_agree(stated, limit) for limit in limits)
        if agrees or any(header_words(unit, attribute) >= MET for unit in words):
            found.append(attribute)
    return found
