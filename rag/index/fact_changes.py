"""Which facts came, went, or say something else now: two lots of facts compared by what they say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, TypeVar

from rag.text.normalise import normalise
from rag.types import Entity, Fact

LEAST_ALIKE = 0.5
"""Part of the characters that two wordings share for one to count as the other, reworded."""
MOST_COMPARED = 40
"""Values of one attribute that are compared each with each; more of them are told as gone and new."""

_T = TypeVar("_T")


class Change(StrEnum):
    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that came (`before` is None), went (`after` is None) or says something else of the same attribute.

    `entity` is the name of the thing that the fact is about.
    """

    change: Change
    entity: str
    before: Fact | None
    after: Fact | None

    @property
    def fact(self) -> Fact:
        """The fact as it is now; of one that is gone, as it was."""
        found = self.after or self.before
        assert found is not None
        return found


def fact_changes(left: Sequence[Fact], arrived: Sequence[Fact], owner: Callable[[Fact], str]) -> tuple[FactChange, ...]:
    """How the facts that only the earlier state has (`left`) became those that only the later one has (`arrived`)."""
    gone, new, _ = unmatched(left, arrived, lambda f: (owner(f), f.attribute, f.value, f.qualifiers, f.date))
    groups: dict[tuple[str, str], tuple[list[Fact], list[Fact]]] = defaultdict(lambda: ([], []))
    for side, facts in ((0, gone), (1, new)):
        for fact in facts:
            groups[owner(fact), normalise(fact.attribute)][side].append(fact)
    found = [
        FactChange(_kind(before, after), entity, before, after)
        for (entity, _), (was, now) in groups.items()
        for before, after in _paired(was, now)
    ]
    return tuple(sorted(found, key=_order))


def owners(before: Mapping[str, Entity], after: Mapping[str, Entity]) -> Callable[[Fact], str]:
    """What tells the name of the thing that a fact is about: as it is called now, or was."""

    def owner(fact: Fact) -> str:
        entity = after.get(fact.entity_key) or before.get(fact.entity_key)
        return entity.name if entity else fact.entity

    return owner


def unmatched(
    left: Iterable[_T], arrived: Iterable[_T], key: Callable[[_T], Hashable]
) -> tuple[list[_T], list[_T], list[_T]]:
    """What stands on one side only (left, arrived), and what arrived that had stood on the other side too."""
    waiting = Counter(map(key, arrived := list(arrived)))
    alone = []
    for one in left:
        if waiting[key(one)] > 0:
            waiting[key(one)] -= 1
        else:
            alone.append(one)
    fresh, matched = [], []
    # The last of equal ones are the fresh ones.
    for one in reversed(arrived):
        if waiting[key(one)] > 0:
            waiting[key(one)] -= 1
            fresh.append(one)
        else:
            matched.append(one)
    return alone, fresh[::-1], matched[::-1]


def _kind(before: Fact | None, after: Fact | None) -> Change:
    return Change.NEW if before is None else Change.GONE if after is None else Change.CHANGED


def _order(change: FactChange) -> tuple[Any, ...]:
    fact = change.fact
    return (change.entity == "", change.entity, fact.source, fact.ordinal, fact.attribute, fact.value, change.change)


def _paired(was: Sequence[Fact], now: Sequence[Fact]) -> list[tuple[Fact | None, Fact | None]]:
    """Which value became which: the only one the only one, of several the most alike ones."""
    if len(was) == len(now) == 1 and was[0].attribute:
        return [(was[0], now[0])]
    pairs: list[tuple[Fact | None, Fact | None]] = []
    left, right = list(was), list(now)
    if left and right and len(left) * len(right) <= MOST_COMPARED**2:
        likeness = {(i, j): _alike(a, b) for i, a in enumerate(left) for j, b in enumerate(right)}
        taken: set[int] = set()
        used: set[int] = set()
        for (i, j), ratio in sorted(likeness.items(), key=lambda entry: (-entry[1], entry[0])):
            if ratio >= LEAST_ALIKE and i not in taken and j not in used:
                taken.add(i)
                used.add(j)
                pairs.append((was[i], now[j]))
        left = [fact for i, fact in enumerate(was) if i not in taken]
        right = [fact for j, fact in enumerate(now) if j not in used]
    return pairs + [(fact, None) for fact in left] + [(None, fact) for fact in right]


def _alike(one: Fact, other: Fact) -> float:
    """How alike two values are, 0 to 1; those with the same qualifiers more than any others."""
    same = one.qualifiers == other.qualifiers and bool(one.qualifiers)
    return same + SequenceMatcher(None, one.value, other.value, autojunk=False).ratio()
