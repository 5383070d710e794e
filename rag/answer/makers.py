"""Makers that the names of rows begin with: "Foo" of "Foo X1" and "Foo X2".

Surveys seldom give the maker of a thing a column: the first word of its name says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.answer.column_cells import is_value
from rag.answer.context import Context, once
from rag.index import Term
from rag.question.mentions import Mention
from rag.text.language import HAN
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens
from rag.types import Fact, FactKind, Lines

FEWEST = 2
"""Things that must bear a name for it to be a maker's."""
LONGEST = 40
"""Characters of a name that another begins."""
SHORTEST = 2
_SCRIPTS = re.compile(rf"[{HAN}]+|[^{HAN}]+")


@dataclass(frozen=True, slots=True)
class Maker:
    """What a question names as the first word of other names, as it says it, with the rows that bear it.

    `at` is its number among the conditions of the question: a unit's, or a name's behind these.
    """

    at: int
    said: str
    rows: tuple[Fact, ...]


@once
def maker(context: Context) -> Maker | None:
    """The one name of the question that begins those of several rows; None where there is none, or several."""
    question = context.question
    found: list[Maker] = []
    for at, mention in enumerate(question.mentions, len(question.units)):
        rows = _rows(context, _beginnings(mention))
        own = [fact for fact in context.snapshot.facts_of(sorted(mention.keys)) if fact.kind is FactKind.CELL]
        beside = {(fact.source, fact.heading) for fact in own} & {(fact.source, fact.heading) for fact in rows}
        if not beside:  # else it is one of a series itself
            found.append(
                Maker(at, mention.surface, tuple(fact for fact in rows if fact.entity_key not in mention.keys))
            )
    for at, unit in enumerate(() if question.mentions else question.units):
        if unit.concept is None and unit.quantity is None and len(unit.said) >= SHORTEST:
            found.append(Maker(at, unit.said, _rows(context, (unit.said,))))
    makers = [maker for maker in found if len({fact.entity_key for fact in maker.rows}) >= FEWEST]
    return makers[0] if len(makers) == 1 and not _has_column(context, makers[0].said) else None


def made(context: Context) -> Iterator[tuple[int, Fact]]:
    """(number of the condition, first cell of a row) of everything by the maker that the question names."""
    found = maker(context)
    if found is not None:
        yield from ((found.at, fact) for fact in found.rows)


def _has_column(context: Context, said: str) -> bool:
    """Whether cells of several things are just the name: then a column tells whose they are."""
    facts = context.snapshot.facts_matching([(Term(token),) for token in query_tokens(said)])
    things = {fact.entity_key for fact in facts if fact.kind is FactKind.CELL and is_value(fact, said)}
    return len(things) >= FEWEST


def _beginnings(mention: Mention) -> Iterable[str]:
    """What names may begin with that are those of a maker: its name, in either script, or what that begins with."""
    found: dict[str, None] = {mention.surface: None}
    for entity in mention.entities:
        for alias in map(normalise, entity.aliases):
            for run in map(str.strip, _SCRIPTS.findall(alias)):
                ends = range(len(run), SHORTEST - 1, -1) if has_cjk(run) else (len(run),)
                found.update(dict.fromkeys(run[:end] for end in ends if end >= SHORTEST))
    return found


def _rows(context: Context, beginnings: Iterable[str]) -> tuple[Fact, ...]:
    """The first cell of every row whose name goes on behind one of `beginnings`: the first that several rows bear."""
    for start in beginnings:
        keys = context.names.keys.beginning(name_key(start), LONGEST)
        entities = [entity for key in keys if (entity := context.entity(key)) is not None]
        own = {
            key
            for entity in entities
            if any(_goes_on(normalise(alias), start) for alias in entity.aliases)
            for key in entity.keys
        }
        rows = tuple(_first_cells(context.snapshot.facts_of(sorted(own)), start))
        if len({fact.entity_key for fact in rows}) >= FEWEST:
            return rows
    return ()


def _first_cells(facts: Iterable[Fact], start: str) -> Iterator[Fact]:
    """The first cell of each row that says the beginning."""
    seen: set[tuple[str, int]] = set()
    for fact in facts:
        if fact.kind is not FactKind.CELL or not isinstance(fact.location, Lines):
            continue
        if start in normalise(fact.entity) or start in normalise(fact.quote):
            row = (fact.source, fact.location.first)
            if row not in seen:
                seen.add(row)
                yield fact


def _goes_on(name: str, start: str) -> bool:
    """Whether a name goes on behind a space, or in the other script."""
    if len(name) <= len(start) or not name.startswith(start):
        return False
    after = name[len(start)]
    return after == " " or (has_cjk(start[-1]) and after.isascii() and after.isalnum())
