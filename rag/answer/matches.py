"""How facts meet the slots of a question: its words, its numbers, its names, its dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import TypeVar

from rag.answer.asked_dates import asked_dates, covers
from rag.answer.conditions import match_name, match_value
from rag.answer.sheets import Column, Gathered, ThingKey
from rag.question.understand import Question
from rag.question.wording import intent
from rag.retrieve.view import View, view
from rag.text.values import Quantity, comparable, same_quantity, units_agree
from rag.types import Fact, FactKind

SAID = 0.2
"""Least match of a value that counts."""
LIMITED_CELL, LIMITED_KEY = 40, 60
"""Characters up to which a value is a number to be held against a limit, and not a text with numbers."""
T = TypeVar("T")


class Op(StrEnum):
    """How a pick chooses its things."""

    WHOLE = "whole"
    FILLED = "filled"
    BLANK = "blank"
    YES = "yes"
    NO = "no"
    VALUE = "value"
    NEAR = "near"
    NAME = "name"
    DATE = "date"
    EQUAL = "equal"
    BELOW = "below"
    ABOVE = "above"
    NOT_VALUE = "not value"
    SAID = "said"
    """By what is said of the things under no header."""
    ANY = "any"
    """By what is said of them anywhere in the sheet."""
    PARTS = "parts"


def slots(question: Question) -> int:
    """The number of slots: the question's units, then its names, then its dates as one."""
    return len(question.units) + len(question.mentions) + bool(asked_dates(question))


@dataclass(frozen=True, slots=True)
class Matches:
    """How the facts that hold anything asked match the slots: fact to (slot, share) and to (slot, op)."""

    shares: Mapping[Fact, Mapping[int, float]]
    limits: Mapping[Fact, tuple[tuple[int, Op, Quantity], ...]]


def match(question: Question, found: Iterable[Fact]) -> Matches:
    """The facts `found` held against every slot of the question."""
    shares: dict[Fact, dict[int, float]] = {}
    limits: dict[Fact, tuple[tuple[int, Op, Quantity], ...]] = {}
    dated = asked_dates(question)
    at_dates = len(question.units) + len(question.mentions)
    inclusive = includes_limit(question.normal)
    for fact in found:
        seen = view(fact)
        here: dict[int, float] = {}
        numbers: list[tuple[int, Op, Quantity]] = []
        for at, unit in enumerate(question.units):
            if unit.quantity is not None:
                numbers += [(at, op, quantity) for op, quantity in _numbers(unit.quantity, fact, seen, inclusive)]
            elif (share := match_value(question, unit, fact, seen)) >= SAID:
                here[at] = share
        for at, mention in enumerate(question.mentions, len(question.units)):
            if fact.entity_key not in mention.keys and match_name(mention, fact, seen):
                here[at] = 1.0
        if dated and _is_dated(question, dated, fact, seen):
            here[at_dates] = 1.0
        if here:
            shares[fact] = here
        if numbers:
            limits[fact] = tuple(numbers)
    return Matches(shares, limits)


def includes_limit(normal: str) -> bool:
    """Whether a limit is meant with the number itself: "at least", "8G 起"."""
    return intent("inclusive").search(normal) is not None


def _numbers(asked: Quantity, fact: Fact, seen: View, inclusive: bool) -> Iterable[tuple[Op, Quantity]]:
    structured = fact.kind in (FactKind.CELL, FactKind.KEY)
    own = seen.own if structured else seen.quantities
    equal = next((quantity for quantity in own if same_quantity(asked, quantity)), None)
    if equal is not None:
        yield Op.EQUAL, equal
    if not structured or len(fact.value) > (LIMITED_KEY if fact.kind is FactKind.KEY else LIMITED_CELL):
        return
    for quantity in own:
        if bool(asked.unit) == bool(quantity.unit) and not units_agree(asked, quantity):
            continue
        value, limit = comparable(quantity, asked)
        if value < limit or (inclusive and value == limit):
            yield Op.BELOW, quantity
        if value > limit or (inclusive and value == limit):
            yield Op.ABOVE, quantity
        return


def _is_dated(question: Question, asked: Sequence[str], fact: Fact, seen: View) -> bool:
    held = {date.iso for date in seen.dates} | ({fact.date} if fact.date else set())
    first, last = min(asked), max(asked)
    if len(asked) == 1 and question.asks("after"):
        return any(date >= first for date in held)
    if len(asked) == 1 and question.asks("before"):
        return any(date < first for date in held)
    if len(asked) > 1 and first[:1].isdigit():
        return any(first <= date and (date <= last or date.startswith(last)) for date in held)
    return any(covers(wanted, date) for date in held for wanted in asked)


@dataclass(frozen=True, slots=True)
class Held:
    """What the facts of columns hold of the slots, in reading order: thing, fact and how it matches."""

    shares: Mapping[Column, Sequence[tuple[ThingKey, Fact, Mapping[int, float]]]]
    limits: Mapping[Column, Sequence[tuple[ThingKey, Fact, tuple[tuple[int, Op, Quantity], ...]]]]

    @classmethod
    def of(cls, matches: Matches, notes: Gathered) -> Held:
        return cls(_by_column(matches.shares, notes), _by_column(matches.limits, notes))


def _by_column(matched: Mapping[Fact, T], notes: Gathered) -> dict[Column, list[tuple[ThingKey, Fact, T]]]:
    found: dict[Column, list[tuple[int, T]]] = defaultdict(list)
    for fact, how in matched.items():
        for _, column, at in notes.places.get(fact, ()):
            found[column].append((at, how))
    return {
        column: [(*column.cells[at], how) for at, how in sorted(held, key=itemgetter(0))]
        for column, held in found.items()
    }
