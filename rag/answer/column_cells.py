"""The cells of a column that a question names, and which of them are what it says of the column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.answer.context import Context
from rag.answer.polarity import verdict
from rag.question.units import BARE
from rag.retrieve.view import view
from rag.text.dates import dates
from rag.text.values import Quantity, comparable, in_bytes, is_size_beside, quantities, same_quantity, units_agree
from rag.types import Fact, Status

LONGEST_VALUE = 60
"""Characters of a cell that is a value and no text."""
MOST_FACTS = 20_000
"""Cells looked at under the named headers."""
MOSTLY = 0.7
"""Share of a column's cells that are marks for it to be one of marks."""
BRACKETED = re.compile(r"\s*[(（\[【][^)）\]】]*[)）\]】]\s*")
_PARTS = re.compile(r"[、,，;；/|+]+")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(slots=True)
class Column:
    """A column that the question names: its header as written (several where tables differ), and where it is said.

    `said` are the stretches of the question that state what stands in it: a value, limits or a mark.
    """

    headers: frozenset[str]
    start: int
    end: int
    said: list[tuple[int, int]] = field(default_factory=list)
    needle: str = ""
    within: bool = False
    """Whether the value may be part of what stands there: "seat in X", "contains X"."""
    mark: Status | None = None
    """What the marks of a column must be of which nothing is said but that things have it, or have it not."""
    limits: list[tuple[Quantity, str]] = field(default_factory=list)
    loosely: bool = False
    """Whether it is named by one word of the other language: then something must be said of it."""
    days: tuple[str, str] | None = None
    """The first and the last day, in ISO 8601, of the dates that are meant."""
    cells: tuple[Fact, ...] | None = None
    """What stands in it, once it has been read (`cells_of`)."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is said of the column."""
        return not self.limits and not self.needle and self.mark is None and self.days is None

    def forget(self) -> None:
        """Take back what was noted of it."""
        self.needle, self.within, self.mark, self.days = "", False, None, None
        self.limits, self.said = [], []


def meeting(context: Context, column: Column) -> Iterator[Fact]:
    """The cells of a column that are what the question says."""
    cells = cells_of(context, column)
    if column.limits:
        return (fact for fact in cells if any(_within(column, quantity) for quantity in _numbers(column, fact)))
    if column.days is not None:
        first, last = column.days
        return (fact for fact in cells if any(first <= day <= last for day in _days(fact)))
    if column.mark is not None:
        wanted = (column.mark,) if column.mark is Status.NO else (Status.YES, Status.CONDITIONAL)
        return (fact for fact in cells if verdict(fact.value) in wanted)
    return iter(_saying(cells, column.needle, within=column.within))


def denying(context: Context, column: Column) -> Iterator[Fact]:
    """The cells of a column that have the opposite of the mark that is asked for."""
    opposite = (Status.NO,) if column.mark is Status.YES else (Status.YES,)
    return (fact for fact in cells_of(context, column) if verdict(fact.value) in opposite)


def cells_of(context: Context, column: Column) -> tuple[Fact, ...]:
    """The cells and key-value lines under the headers of a column that hold a value and no text."""
    if column.cells is None:
        column.cells = tuple(fact for fact in short_cells(context, column.headers) if fact.entity_key)
    return column.cells


def short_cells(context: Context, headers: frozenset[str]) -> Sequence[Fact]:
    """The cells and key-value lines under some headers that hold a value and no text, of things or of none."""
    return context.snapshot.facts_under(headers, lambda _, value: len(value) <= LONGEST_VALUE, MOST_FACTS)


def _numbers(column: Column, fact: Fact) -> Sequence[Quantity]:
    """The numbers of a cell; as written where the limits are bare: in "Price (k)" a limit of 300 means 300 k."""
    bare = all(BARE.fullmatch(limit.text) for limit, _ in column.limits)
    return quantities(view(fact).value) if bare else view(fact).own


def _days(fact: Fact) -> Sequence[str]:
    """The dates of a cell in ISO 8601; a bare year is one."""
    value = view(fact).value
    return [date.iso for date in dates(value)] or _YEAR.findall(value)[:1]


def holds_marks(cells: Sequence[Fact], fewest: int = 1) -> bool:
    """Whether most cells of a column say yes or no, and at least `fewest` do."""
    marks = [verdict(fact.value) for fact in cells]
    firm = sum(mark is not None and mark is not Status.UNKNOWN for mark in marks)
    return firm >= max(fewest, MOSTLY * len(cells))


def _within(column: Column, quantity: Quantity) -> bool:
    """Whether a number of a cell is within all limits."""
    for limit, side in column.limits:
        counted = not limit.unit and BARE.fullmatch(limit.text) is None  # "100K" of what is no bytes
        if not units_agree(quantity, limit) or (counted and in_bytes(quantity)) or is_size_beside(limit, quantity):
            return False
        value, bound = comparable(quantity, limit)
        equal = same_quantity(quantity, limit)
        if side == "from" and not (value >= bound or equal):
            return False
        if side == "to" and not (value <= bound or equal):
            return False
        if side == "above" and (value <= bound or equal):
            return False
        if side == "below" and (value >= bound or equal):
            return False
    return True


def _saying(cells: Sequence[Fact], needle: str, *, within: bool) -> list[Fact]:
    """The cells that are just what is said, or one part of which is; where none is, or `within`, those that hold it."""
    if within:
        return [fact for fact in cells if is_value(fact, needle) or _holds(view(fact).value, needle)]
    mark = verdict(needle)
    whole = [fact for fact in cells if is_value(fact, needle)]
    if not whole and mark is not None:
        return [fact for fact in cells if verdict(fact.value) is mark]
    return whole or [fact for fact in cells if _holds(view(fact).value, needle)]


def is_value(fact: Fact, needle: str) -> bool:
    """Whether a cell is just what is said, or one of its parts is."""
    value = view(fact).value
    parts = (value, *_PARTS.split(value), BRACKETED.sub(" ", value))
    wanted = _plain(needle)
    return any(_plain(part) == wanted for part in parts) or _begins_with(value, needle)


def _begins_with(value: str, needle: str) -> bool:
    """Whether a value is a variety of what is said: "PEM-X25" of "PEM"."""
    return needle.isascii() and needle.isalnum() and not needle.isdigit() and value.startswith(f"{needle}-")


def _plain(text: str) -> str:
    return re.sub(r"[\s\-_*`\\]+", "", text)


def _holds(value: str, needle: str) -> bool:
    """Whether a text holds another as words of its own."""
    if len(needle) < 2:
        return False
    at = value.find(needle)
    return at >= 0 and stands_alone(value, at, at + len(needle))


def stands_alone(normal: str, start: int, end: int) -> bool:
    """Whether a stretch of text begins and ends no Latin word or number in its middle."""
    before, after = normal[start - 1 : start], normal[end : end + 1]
    inside = normal[start:end]
    cut_before = _is_latin(before) and _is_latin(inside[0])
    cut_after = _is_latin(after) and _is_latin(inside[-1])
    return not cut_before and not cut_after


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
