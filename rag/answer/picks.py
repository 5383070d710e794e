"""What of a sheet picks things out: a mark, a value, a number within a limit, a name, a date, or nothing at all.

Each way is a candidate, be it likely or not; which of them a question means is learned (`choice.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from rag.answer.asked_dates import asked_dates, covers
from rag.answer.conditions import MET, match_header, match_name, match_value
from rag.answer.sheets import Column, Sheet, Sort, ThingKey
from rag.question.understand import Question, Unit
from rag.question.wording import intent
from rag.retrieve.alignment import Alignment
from rag.retrieve.view import View, view
from rag.text.values import Quantity, comparable, same_quantity, units_agree
from rag.types import Fact, FactKind, Status

SAID = 0.2
"""Least match of a value that counts."""
AS_WELL = 0.8
"""Share of the best match of a column that the things picked out by it must reach."""
LIMITED_CELL, LIMITED_KEY = 40, 60
"""Characters up to which a value is a number to be held against a limit, and not a text with numbers."""
BARE_NUMBER = 12
"""Characters up to which a cell is a number although it has no unit and its header is not the asked one."""
NEAR = 0.45
"""Least nearness in meaning of a value to the question for the value to be a candidate."""
MOST_NEAR = 2
MOST_PAIRED = 8
"""Picks of one sheet that are combined with each other, those that explain most of the question."""
MOST_SLOTS = 6
"""Slots of the question whose combinations are tried."""


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


@dataclass(slots=True, eq=False)
class Pick:
    """Things of a sheet, each with the fact that picks it out.

    `explained` gives for slots of the question how well the pick words them (`slots`). `agrees` says of a number
    whether the question states it as this kind of limit (1), as none (0) or as another (-1).
    """

    op: Op
    hits: dict[ThingKey, Fact]
    explained: dict[int, float] = field(default_factory=dict)
    attribute: str = ""
    tokens: frozenset[str] = frozenset()
    agrees: float = 0.0
    opposite: Mapping[ThingKey, Fact] = field(default_factory=dict)
    """Of marks, the things with the opposite one."""
    slots: frozenset[int] = frozenset()
    """The slots that values meet."""
    rank: int = 0
    """Of parts, the place of what they stand in in the ranking."""


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


def picks(
    question: Question, sheet: Sheet, columns: Iterable[Column], matches: Matches, alignment: Alignment
) -> list[Pick]:
    """Every way in which one of the `columns` of a sheet, or several together, pick things out of it."""
    found: list[Pick] = []
    anywhere: dict[int, dict[ThingKey, tuple[float, Fact]]] = defaultdict(dict)
    for column in columns:
        header = _header(question, column)
        by_slot = _by_slot(column, matches)
        numbers = _by_limit(question, column, matches, headed=bool(header))
        for at, hits in by_slot.items():
            _add(anywhere[at], hits)
        for (at, op), hits in numbers.items():
            if _agrees(question.units[at], op) > 0:
                _add(anywhere[at], hits)
        if sheet.sort is Sort.ALL:
            continue
        if column.attribute:
            found += _of_marks(column, header)
            found += _near(column, header, alignment)
        found += _of_values(question, column, header, by_slot)
        found += [
            Pick(
                op if column.attribute else Op.SAID,
                {key: fact for key, (_, fact) in hits.items()},
                {**header, at: max(share for share, _ in hits.values())},
                column.attribute,
                column.tokens,
                _agrees(question.units[at], op),
                slots=frozenset((at,)),
            )
            for (at, op), hits in numbers.items()
        ]
    return [*found, *_anywhere(anywhere)]


def _add(known: dict[ThingKey, tuple[float, Fact]], hits: Mapping[ThingKey, tuple[float, Fact]]) -> None:
    for key, hit in hits.items():
        if key not in known or hit[0] > known[key][0]:
            known[key] = hit


def _header(question: Question, column: Column) -> dict[int, float]:
    """How well the header words the slots."""
    if not column.attribute:
        return {}
    seen = view(column.cells[0][1])
    found = {at: match_header(unit, seen) for at, unit in enumerate(question.units) if unit.quantity is None}
    for at, mention in enumerate(question.mentions, len(question.units)):
        found[at] = float(mention.stands_in(seen.attribute))
    return {at: share for at, share in found.items() if share >= MET}


def _by_slot(column: Column, matches: Matches) -> dict[int, dict[ThingKey, tuple[float, Fact]]]:
    found: dict[int, dict[ThingKey, tuple[float, Fact]]] = defaultdict(dict)
    for key, fact in column.cells:
        for at, share in matches.shares.get(fact, {}).items():
            _add(found[at], {key: (share, fact)})
    return found


def _by_limit(
    question: Question, column: Column, matches: Matches, *, headed: bool
) -> dict[tuple[int, Op], dict[ThingKey, tuple[float, Fact]]]:
    """The things whose number meets the asked one: surely where both have a unit, else where the header is asked."""
    found: dict[tuple[int, Op], dict[ThingKey, tuple[float, Fact]]] = defaultdict(dict)
    for key, fact in column.cells:
        for at, op, quantity in matches.limits.get(fact, ()):
            asked = question.units[at].quantity
            assert asked is not None
            alike = bool(asked.unit) == bool(quantity.unit)
            if op is not Op.EQUAL and not alike and not headed and len(fact.value) > BARE_NUMBER:
                continue
            found[at, op][key] = (1.0 if op is Op.EQUAL or (asked.unit and quantity.unit) else 0.7, fact)
    return found


def _agrees(unit: Unit, op: Op) -> float:
    if not unit.limit:
        return 1.0 if op is Op.EQUAL else 0.0
    return 1.0 if unit.limit == op.value else -1.0


def _of_marks(column: Column, header: dict[int, float]) -> Iterable[Pick]:
    """The things with a tick, with a cross, with anything, with nothing."""
    ticked = {key: fact for key, (said, fact) in column.marks.items() if said is not Status.NO}
    crossed = {key: fact for key, (said, fact) in column.marks.items() if said is Status.NO}
    for op, hits, opposite in (
        (Op.YES, ticked, crossed),
        (Op.NO, crossed, ticked),
        (Op.FILLED, column.filled, {}),
        (Op.BLANK, column.blank, {}),
    ):
        if hits:
            yield Pick(op, hits, dict(header), column.attribute, column.tokens, opposite=opposite)


def _of_values(
    question: Question,
    column: Column,
    header: dict[int, float],
    by_slot: Mapping[int, Mapping[ThingKey, tuple[float, Fact]]],
) -> Iterable[Pick]:
    """The things whose value holds a slot, those where it holds several at once, and those where it does not."""
    names, dates = len(question.units), len(question.units) + len(question.mentions)
    for at, hits in by_slot.items():
        best = max(share for share, _ in hits.values())
        op = Op.SAID if not column.attribute else Op.VALUE if at < names else Op.NAME if at < dates else Op.DATE
        well = {key: fact for key, (share, fact) in hits.items() if share >= AS_WELL * best}
        tokens = column.tokens | view(next(iter(well.values()))).value_tokens
        yield Pick(op, well, {**header, at: best}, column.attribute, tokens, slots=frozenset((at,)))
        if len(well) < len(hits):
            every = {key: fact for key, (_, fact) in hits.items()}
            yield Pick(op, every, {**header, at: AS_WELL * best}, column.attribute, tokens, slots=frozenset((at,)))
        if column.attribute and question.asks("negated"):
            rest = {key: fact for key, fact in column.filled.items() if key not in hits}
            if rest:
                yield Pick(Op.NOT_VALUE, rest, {**header, at: best}, column.attribute, tokens)
    together = [at for at in by_slot if at < names]
    both = [key for key in by_slot[together[0]] if all(key in by_slot[at] for at in together)] if together else []
    if len(together) > 1 and both:
        shares = {at: max(share for share, _ in by_slot[at].values()) for at in together}
        facts = {key: by_slot[together[0]][key][1] for key in both}
        yield Pick(
            Op.VALUE if column.attribute else Op.SAID, facts, {**header, **shares}, column.attribute, column.tokens,
            slots=frozenset(together),
        )  # fmt: skip


def _near(column: Column, header: dict[int, float], alignment: Alignment) -> Iterable[Pick]:
    """The things with one of the values that are nearest to the question in meaning."""
    if len(column.values) < 2:
        return
    scored = []
    for value, hits in column.values.items():
        tokens = view(next(iter(hits.values()))).value_tokens
        nearness = alignment.asked(tokens)
        if nearness > NEAR:
            scored.append((nearness, value, hits, tokens))
    for _, _, hits, tokens in sorted(scored, key=lambda entry: (-entry[0], entry[1]))[:MOST_NEAR]:
        yield Pick(Op.NEAR, hits, dict(header), column.attribute, column.tokens | tokens)


def _anywhere(by_slot: Mapping[int, Mapping[ThingKey, tuple[float, Fact]]]) -> Iterable[Pick]:
    """The things of which anything in the sheet says a slot, and those of which it says several."""
    held = sorted(by_slot)[:MOST_SLOTS]
    for size in range(1, len(held) + 1):
        for chosen in combinations(held, size):
            keys = [key for key in by_slot[chosen[0]] if all(key in by_slot[at] for at in chosen[1:])]
            if keys:
                shares = {at: sum(by_slot[at][key][0] for key in keys) / len(keys) for at in chosen}
                facts = {key: by_slot[chosen[0]][key][1] for key in keys}
                yield Pick(Op.ANY, facts, shares, slots=frozenset(chosen))


def paired(found: Sequence[Pick]) -> Iterable[tuple[Pick, Pick]]:
    """Two picks of one sheet that each word something that the other does not."""
    firm = [p for p in found if p.explained and p.op not in (Op.FILLED, Op.BLANK)]
    firm.sort(key=lambda p: -sum(p.explained.values()))
    for one, other in combinations(firm[:MOST_PAIRED], 2):
        if one.attribute == other.attribute and one.op is not Op.SAID:
            continue
        if other.explained.keys() - one.explained.keys() and one.explained.keys() - other.explained.keys():
            yield one, other
