"""What of a sheet picks things out: a mark, a value, a number within a limit, a name, a date, or nothing at all.

Each way is a candidate, be it likely or not; which of them a question means is learned (`choice.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from rag.answer.choice_asked import Asked
from rag.answer.conditions import is_measured
from rag.answer.matches import Held, Op
from rag.answer.sheets import Column, Sheet, Sort, ThingKey
from rag.question.understand import Question, Unit
from rag.retrieve.view import view
from rag.types import Fact

AS_WELL = 0.8
"""Share of the best match of a column that the things picked out by it must reach."""
BARE_NUMBER = 12
"""Characters up to which a cell is a number although it has no unit and its header is not the asked one."""
MOST_NEAR = 2
MOST_PAIRED = 8
"""Picks of one sheet that are combined with each other, those that explain most of the question."""
MOST_SLOTS = 6
"""Slots of the question whose combinations are tried."""
_NONE: Mapping[ThingKey, Fact] = {}


@dataclass(slots=True, eq=False)
class Pick:
    """Things of a sheet, each with the fact that picks it out.

    `explained` gives for slots of the question (`matches.slots`) how well the pick words them. `agrees` says of a
    number whether the question states it as this kind of limit (1), as none (0) or as another (-1).
    """

    op: Op
    hits: dict[ThingKey, Fact]
    explained: Mapping[int, float] = field(default_factory=dict)
    attribute: str = ""
    tokens: frozenset[str] = frozenset()
    agrees: float = 0.0
    opposite: Mapping[ThingKey, Fact] = field(default_factory=dict)
    """Of marks, the things with the opposite one."""
    slots: frozenset[int] = frozenset()
    """The slots that values meet."""
    rank: int = 0
    """Of parts, the place of what they stand in in the ranking."""


def picks(asked: Asked, sheet: Sheet, columns: Iterable[Column], held: Held) -> list[Pick]:
    """Every way in which one of the `columns` of a sheet, or several together, pick things out of it."""
    question = asked.context.question
    found: list[Pick] = []
    anywhere: dict[int, dict[ThingKey, tuple[float, Fact]]] = defaultdict(dict)
    for column in columns:
        header = asked.worded_slots(column)
        by_slot = _by_slot(column, held) if column in held.shares else {}
        numbers = _by_limit(question, column, held, headed=bool(header)) if column in held.limits else {}
        for at, hits in by_slot.items():
            _add(anywhere[at], hits)
        for (at, op), hits in numbers.items():
            if _agrees(question.units[at], op) > 0:
                _add(anywhere[at], hits)
        if sheet.sort is Sort.ALL:
            continue
        if column.attribute:
            found += _of_marks(column, header)
            found += _near(column, header, asked) if column in asked.near else ()
        found += _of_values(question, column, header, by_slot) if by_slot else ()
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


def _by_slot(column: Column, held: Held) -> dict[int, dict[ThingKey, tuple[float, Fact]]]:
    found: dict[int, dict[ThingKey, tuple[float, Fact]]] = defaultdict(dict)
    for key, fact, shares in held.shares[column]:
        for at, share in shares.items():
            best = found[at].get(key)
            if best is None or share > best[0]:
                found[at][key] = (share, fact)
    return found


def _by_limit(
    question: Question, column: Column, held: Held, *, headed: bool
) -> dict[tuple[int, Op], dict[ThingKey, tuple[float, Fact]]]:
    """The things whose number meets the asked one: surely where both have a unit, else where the header is asked."""
    found: dict[tuple[int, Op], dict[ThingKey, tuple[float, Fact]]] = defaultdict(dict)
    for key, fact, limits in held.limits[column]:
        for at, op, quantity in limits:
            asked = question.units[at].quantity
            assert asked is not None
            if not is_measured(asked, quantity, view(fact).attribute):
                continue
            alike = bool(asked.unit) == bool(quantity.unit)
            if op is not Op.EQUAL and not alike and not headed and len(fact.value) > BARE_NUMBER:
                continue
            found[at, op][key] = (1.0 if op is Op.EQUAL or (asked.unit and quantity.unit) else 0.7, fact)
    return found


def _agrees(unit: Unit, op: Op) -> float:
    if not unit.limit:
        return 1.0 if op is Op.EQUAL else 0.0
    return 1.0 if unit.limit == op.value else -1.0


def _of_marks(column: Column, header: Mapping[int, float]) -> Iterable[Pick]:
    """The things with a tick, with a cross, with anything, with nothing."""
    for op, hits, opposite in (
        (Op.YES, column.ticked, column.crossed),
        (Op.NO, column.crossed, column.ticked),
        (Op.FILLED, column.filled, _NONE),
        (Op.BLANK, column.blank, _NONE),
    ):
        if hits:
            yield Pick(op, hits, header, column.attribute, column.tokens, opposite=opposite)


def _of_values(
    question: Question,
    column: Column,
    header: Mapping[int, float],
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
    both = _in_all(by_slot, together) if len(together) > 1 else []
    if both:
        shares = {at: max(share for share, _ in by_slot[at].values()) for at in together}
        facts = {key: by_slot[together[0]][key][1] for key in both}
        yield Pick(
            Op.VALUE if column.attribute else Op.SAID, facts, {**header, **shares}, column.attribute, column.tokens,
            slots=frozenset(together),
        )  # fmt: skip


def _near(column: Column, header: Mapping[int, float], asked: Asked) -> Iterable[Pick]:
    """The things with one of the values that are nearest to the question in meaning."""
    for _, value in sorted(asked.near[column], key=lambda entry: (-entry[0], entry[1]))[:MOST_NEAR]:
        hits = column.values[value]
        tokens = column.tokens | view(next(iter(hits.values()))).value_tokens
        yield Pick(Op.NEAR, hits, header, column.attribute, tokens)


def _anywhere(by_slot: Mapping[int, Mapping[ThingKey, tuple[float, Fact]]]) -> Iterable[Pick]:
    """The things of which anything in the sheet says a slot, and those of which it says several."""
    held = sorted(by_slot)[:MOST_SLOTS]
    for size in range(1, len(held) + 1):
        for chosen in combinations(held, size):
            keys = _in_all(by_slot, chosen)
            if keys:
                shares = {at: sum(by_slot[at][key][0] for key in keys) / len(keys) for at in chosen}
                facts = {key: by_slot[chosen[0]][key][1] for key in keys}
                yield Pick(Op.ANY, facts, shares, slots=frozenset(chosen))


def _in_all(by_slot: Mapping[int, Mapping[ThingKey, object]], slots: Sequence[int]) -> list[ThingKey]:
    """The things that are in every one of some slots, in the order of the first."""
    keys = list(by_slot[slots[0]])
    for at in slots[1:]:
        others = by_slot[at]
        keys = [key for key in keys if key in others]
    return keys


def paired(found: Sequence[Pick]) -> Iterable[tuple[Pick, Pick]]:
    """Two picks of one sheet that each word something that the other does not."""
    firm = [p for p in found if p.explained and p.op not in (Op.FILLED, Op.BLANK)]
    firm.sort(key=lambda p: -sum(p.explained.values()))
    for one, other in combinations(firm[:MOST_PAIRED], 2):
        within = {one.op, other.op} == {Op.ABOVE, Op.BELOW}  # a range
        if one.attribute == other.attribute and one.op is not Op.SAID and not within:
            continue
        if other.explained.keys() - one.explained.keys() and one.explained.keys() - other.explained.keys():
            yield one, other
