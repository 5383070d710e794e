"""Picks of several notes or headers taken as one: the same words of a question pick things out in all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rag.answer.matches import Op
from rag.answer.picks import Pick
from rag.answer.sheets import Sheet, Sort, ThingKey
from rag.types import Fact

_BY_VALUE = (Op.VALUE, Op.NAME, Op.DATE, Op.EQUAL, Op.BELOW, Op.ABOVE, Op.NOT_VALUE)
_BY_HEADER = (Op.YES, Op.NO)
FEWEST = 2


def united(found: Iterable[tuple[Sheet, Pick]]) -> Iterator[tuple[Sheet, Pick]]:
    """For every way to choose and the slots met by it in two columns or more, a sheet of these with all they pick."""
    alike: dict[tuple[Op, frozenset[int]], list[tuple[Sheet, Pick]]] = defaultdict(list)
    for sheet, pick in found:
        slots = pick.slots if pick.op in _BY_VALUE else frozenset(pick.explained) if pick.op in _BY_HEADER else None
        if slots:
            alike[pick.op, slots].append((sheet, pick))
    for (op, slots), some in alike.items():
        if len({(sheet, pick.attribute) for sheet, pick in some}) >= FEWEST:
            yield _united(op, slots, some)


def _united(op: Op, slots: frozenset[int], found: Sequence[tuple[Sheet, Pick]]) -> tuple[Sheet, Pick]:
    whole = Sheet(Sort.UNION)
    hits: dict[ThingKey, Fact] = {}
    opposite: dict[ThingKey, Fact] = {}
    explained: dict[int, float] = {}
    tokens: frozenset[str] = frozenset()
    for sheet, pick in found:
        column = sheet.columns[pick.attribute]
        whole.columns.setdefault(pick.attribute, column)
        for key, _ in column.cells:
            whole.names.setdefault(key, sheet.names[key])
        for key, fact in pick.hits.items():
            whole.names.setdefault(key, sheet.names[key])
            hits.setdefault(key, fact)
        for key, fact in pick.opposite.items():
            opposite.setdefault(key, fact)
        for at, share in pick.explained.items():
            explained[at] = max(explained.get(at, 0.0), share)
        tokens |= pick.tokens
    first = found[0][1]
    return whole, Pick(
        op, hits, explained, first.attribute, tokens, min(pick.agrees for _, pick in found),
        opposite={key: fact for key, fact in opposite.items() if key not in hits},
        slots=slots if op in _BY_VALUE else frozenset(),
    )  # fmt: skip
