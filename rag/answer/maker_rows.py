"""The rows of the things whose maker a question names: "Foo" of the rows "Foo X1" and "Foo X2".

Surveys seldom give the maker of a thing a column: the first word of its name says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.answer.column_cells import is_value
from rag.answer.context import Context, once
from rag.answer.makers import FEWEST, maker
from rag.index import Term
from rag.text.names import name_key
from rag.text.tokenise import query_tokens
from rag.types import Fact, FactKind, Lines


@dataclass(frozen=True, slots=True)
class Made:
    """The first cells of the rows of a maker's things, and what the question says for the maker.

    `at` is its number among the conditions of the question: a unit's, or a name's behind these.
    """

    at: int
    said: str
    rows: tuple[Fact, ...]


@once
def made(context: Context) -> Made | None:
    """What the maker made that the question names; None where it names none, or where a column tells the makers."""
    question = context.question
    found = maker(context)
    if found is None:
        return None
    if question.mentions:
        at, said = len(question.units), question.mentions[0].surface
    else:
        at, said = next((at, unit.said) for at, unit in enumerate(question.units) if unit.label in found.words)
    rows = tuple(_first_cells(context, found.keys - found.own))
    own = [fact for fact in context.snapshot.facts_of(sorted(found.own)) if fact.kind is FactKind.CELL]
    beside = {(fact.source, fact.heading) for fact in own} & {(fact.source, fact.heading) for fact in rows}
    several = len({context.key(fact.entity_key) for fact in rows}) >= FEWEST
    if beside or not several or _has_column(context, said):  # one of a series itself, or told by a column
        return None
    return Made(at, said, rows)


def rows_made(context: Context) -> Iterator[tuple[int, Fact]]:
    """(number of the condition, first cell of a row) of everything by the maker that the question names."""
    found = made(context)
    if found is not None:
        yield from ((found.at, fact) for fact in found.rows)


def _first_cells(context: Context, keys: frozenset[str]) -> Iterator[Fact]:
    seen: set[tuple[str, str, int]] = set()
    for fact in context.snapshot.facts_of(sorted(keys)):
        if fact.kind is FactKind.CELL and isinstance(fact.location, Lines):
            row = (fact.source, fact.entity_key, fact.location.first if _names_row(fact) else 0)
            if row not in seen:
                seen.add(row)
                yield fact


def _names_row(fact: Fact) -> bool:
    """Whether the thing of a cell is that of its row, and not of its column."""
    return fact.entity_key in name_key(fact.quote)


def _has_column(context: Context, said: str) -> bool:
    """Whether cells of several things are just the name: then a column tells whose they are."""
    facts = context.snapshot.facts_matching([(Term(token),) for token in query_tokens(said)])
    things = {fact.entity_key for fact in facts if fact.kind is FactKind.CELL and is_value(fact, said)}
    return len(things) >= FEWEST
