"""What follows from the numbers and dates of things put side by side: which is larger, by how much, how many times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.answer.events import year_of
from rag.answer.measures import units_of
from rag.answer.messages import marks, say
from rag.text.dates import dates
from rag.text.values import Quantity, cell_quantities, comparable, units_agree
from rag.types import Fact, FactKind

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_RANGE = re.compile(r"\s*(?:[-–—~～至到]|to)\s*")
FULL_DATE = 10
"""Characters of an ISO 8601 date with its day."""


@dataclass(frozen=True, slots=True)
class Value:
    """A thing's name, the fact that gives its value, and where that is cited."""

    name: str
    fact: Fact
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """A measured value: one number twice, or both ends of a range."""

    low: Quantity
    high: Quantity

    @property
    def text(self) -> str:
        return self.low.text if self.low == self.high else f"{self.low.text}–{self.high.text}"


def conclusion(language: str, values: Sequence[Value], types: frozenset[str]) -> str:
    """One sentence on two or more values of one attribute; "" where nothing follows.

    `types` are the kinds of value asked for: a sentence holds other numbers too.
    """
    if len(values) < 2:
        return ""
    days = _dates(language, values) if len(values) == 2 else ""
    if days:
        return days
    spans = _alike([_asked(value.fact, types) for value in values])
    if not spans:
        return ""
    if len(values) > 2:
        return _order(language, values, spans)
    return _larger(language, values, spans)


def _asked(fact: Fact, types: frozenset[str]) -> list[_Span]:
    """The numbers of a fact that may be the asked one: in a cell all, in a sentence those of an asked kind."""
    units = units_of(types)
    spans = _spans(fact)
    fitting = [span for span in spans if span.high.unit in units]
    if fact.kind in (FactKind.CELL, FactKind.KEY):
        return fitting or spans
    return fitting


def _spans(fact: Fact) -> list[_Span]:
    """The numbers that a fact gives, ranges as one."""
    found = cell_quantities(fact.attribute, fact.value)
    spans: list[_Span] = []
    for quantity in found:
        last = spans[-1] if spans else None
        if last is not None and _RANGE.fullmatch(fact.value[last.high.end : quantity.start]):
            low = last.low if last.low.unit else Quantity(
                last.low.value, quantity.unit, last.low.start, last.low.end, last.low.text
            )  # fmt: skip
            spans[-1] = _Span(low, quantity)
        else:
            spans.append(_Span(quantity, quantity))
    return spans


def _alike(found: Sequence[Sequence[_Span]]) -> list[_Span]:
    """One span of each thing, all of one unit; none where a thing has several of that unit or none at all."""
    if not all(found):
        return []
    for wanted in sorted(found[0], key=lambda span: not span.high.unit):
        fitting = [[s for s in spans if _one_unit(s.high, wanted.high)] for spans in found]
        if all(len(spans) == 1 for spans in fitting):
            return [spans[0] for spans in fitting]
    return []


def _one_unit(one: Quantity, other: Quantity) -> bool:
    return bool(one.unit) == bool(other.unit) and units_agree(one, other)


def _larger(language: str, values: Sequence[Value], spans: Sequence[_Span]) -> str:
    low = comparable(spans[0].low, spans[1].low)
    high = comparable(spans[0].high, spans[1].high)
    if low[0] == low[1] and high[0] == high[1]:
        return say(language, "equal")
    up, down = (0, 1) if (high[0], low[0]) > (high[1], low[1]) else (1, 0)
    if low[up] < low[down] or high[up] < high[down]:
        return ""
    parts: dict[str, object] = {
        "one": values[up].name, "one_value": spans[up].text, "other": values[down].name,
        "other_value": spans[down].text,
    }  # fmt: skip
    cited = marks(tuple(dict.fromkeys((*values[up].numbers, *values[down].numbers))))
    if spans[up].low != spans[up].high or spans[down].low != spans[down].high or not high[down]:
        return say(language, "larger_range", marks=cited, **parts)
    ratio = high[up] / high[down]
    return say(
        language, "larger", marks=cited, ratio=f"{ratio:.1f}".removesuffix(".0") if ratio < 100 else f"{ratio:.0f}",
        difference=_difference(spans[up].high, (high[up] - high[down]) / high[up]), **parts,
    )  # fmt: skip


def _difference(larger: Quantity, share: float) -> str:
    """That `share` of the larger quantity, written as the quantity is: 0.5 of "960 g" is "480 g"."""
    number = _NUMBER.search(larger.text)
    if number is None:
        return ""
    written = float(number.group().replace(",", "")) * share
    text = f"{written:,.2f}" if "," in number.group() else f"{written:.2f}"
    text = text.rstrip("0").rstrip(".")
    return larger.text[: number.start()] + text + larger.text[number.end() :]


def _order(language: str, values: Sequence[Value], spans: Sequence[_Span]) -> str:
    pairs = [(comparable(span.high, spans[0].high)[0], value, span) for value, span in zip(values, spans, strict=True)]
    pairs.sort(key=lambda entry: -entry[0])
    listed = " > ".join(f"{value.name} ({span.text})" for _, value, span in pairs)
    cited = tuple(dict.fromkeys(n for _, value, _ in pairs for n in value.numbers))
    return say(language, "descending", listed=listed, marks=marks(cited))


def days_between(one: str, other: str) -> int | None:
    """Days between two ISO 8601 dates; None where one lacks its day."""
    if len(one) < FULL_DATE or len(other) < FULL_DATE:
        return None
    return abs((date.fromisoformat(other) - date.fromisoformat(one)).days)


def _stated(fact: Fact) -> list[str]:
    """The dates in a fact's words; a bare year where a header says that it is one."""
    stated = [date.iso or "" for date in dates(fact.value)]
    return stated or [year for year in (year_of(fact),) if year]


def _dates(language: str, values: Sequence[Value]) -> str:
    """Which of two dates is the earlier; "" where a value is no date."""
    found = [[value.fact.date] if value.fact.date else _stated(value.fact) for value in values]
    if any(len(own) != 1 for own in found):
        return ""
    isos = [own[0] or "" for own in found]
    first, second = (0, 1) if isos[0] <= isos[1] else (1, 0)
    if isos[first] == isos[second]:
        return say(language, "equal")
    gap = days_between(isos[0], isos[1])
    return say(
        language, "earlier" if gap is None else "earlier_by", first=values[first].name, first_date=isos[first],
        first_marks=marks(values[first].numbers), second=values[second].name, second_date=isos[second],
        second_marks=marks(values[second].numbers), days=gap,
    )  # fmt: skip
