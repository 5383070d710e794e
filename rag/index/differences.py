"""What differs between two generations of an index, as a person would tell it: notes, passages, things, facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from rag.index import records
from rag.index import tables as t
from rag.index.records import Records
from rag.index.snapshot import Snapshot
from rag.text.normalise import normalise
from rag.types import Chunk, Entity, Fact

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
class NoteChange:
    """A note or paper that came, went, changed or was renamed (then `before` is its earlier path).

    `stale` says why its newest version cannot be read. `new` and `gone` count passages, `moved` those that only stand
    elsewhere now.
    """

    change: Change
    path: str
    before: str | None = None
    stale: str | None = None
    new: int = 0
    gone: int = 0
    moved: int = 0


@dataclass(frozen=True, slots=True)
class PassageChange:
    change: Change
    chunk: Chunk


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


@dataclass(frozen=True, slots=True)
class Differences:
    """What has to be done to `older` to get `newer`. Things are told by name; `renamed` holds (before, after)."""

    older: int
    newer: int
    notes: tuple[NoteChange, ...]
    passages: tuple[PassageChange, ...]
    facts: tuple[FactChange, ...]
    new_entities: tuple[str, ...]
    gone_entities: tuple[str, ...]
    renamed_entities: tuple[tuple[str, str], ...]


def differences(index: Path, older: int, newer: int) -> Differences:
    """What differs between two generations of the index in directory `index`; `older` may have the higher number.

    Raises UsageError where one of them is not kept.
    """
    with Snapshot.open(index, generation=older) as before, Snapshot.open(index, generation=newer) as after:
        store = Records.open(index)
        try:
            with store.reading() as connection:
                left, arrived = _sides(connection, older, newer)
        finally:
            store.close()
        passages, moved = _passages(left.chunks, arrived.chunks)
        owner = _owners(before.names(), after.names())
        new, gone, renamed = _entities(before.entities(), after.entities())
        return Differences(
            older,
            newer,
            _notes(left.sources, arrived.sources, passages, moved),
            passages,
            _facts(left.facts, arrived.facts, owner),
            new,
            gone,
            renamed,
        )


@dataclass(frozen=True, slots=True)
class _Side:
    """The rows that only one of two generations sees. `sources` maps a path to (digest, stale)."""

    sources: Mapping[str, tuple[str, str | None]]
    chunks: Sequence[Chunk]
    facts: Sequence[Fact]


def _sides(connection: t.Connection, older: int, newer: int) -> tuple[_Side, _Side]:
    return _only(connection, older, newer), _only(connection, newer, older)


def _only(connection: t.Connection, seen: int, other: int) -> _Side:
    """What generation `seen` sees and `other` does not."""

    def differs(table: t.Table) -> Any:
        return t.or_(table.c.added > other, table.c.removed <= other)

    columns = t.sources.c
    query = t.select(columns.path, columns.digest, columns.stale).where(t.live(t.sources, seen), differs(t.sources))
    return _Side(
        {path: (digest, stale) for path, digest, stale in connection.execute(query)},
        [chunk for _, chunk in records.chunks(connection, seen, where=(differs(t.chunks),))],
        [fact for _, fact in records.facts(connection, seen, differs(t.facts))],
    )


def _unmatched(
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


def _passages(left: Sequence[Chunk], arrived: Sequence[Chunk]) -> tuple[tuple[PassageChange, ...], Counter[str]]:
    """The passages whose text came or went, and how many of each source only moved."""
    gone, new, moved = _unmatched(left, arrived, lambda chunk: chunk.digest)
    found = [PassageChange(Change.GONE, chunk) for chunk in gone] + [PassageChange(Change.NEW, c) for c in new]
    found.sort(key=lambda one: (one.chunk.source, records.place(one.chunk.location), one.change is Change.NEW))
    return tuple(found), Counter(chunk.source for chunk in moved)


def _notes(
    left: Mapping[str, tuple[str, str | None]],
    arrived: Mapping[str, tuple[str, str | None]],
    passages: Sequence[PassageChange],
    moved: Counter[str],
) -> tuple[NoteChange, ...]:
    new = Counter(one.chunk.source for one in passages if one.change is Change.NEW)
    gone = Counter(one.chunk.source for one in passages if one.change is Change.GONE)
    earlier: dict[str, list[str]] = defaultdict(list)
    for path in sorted(left.keys() - arrived.keys(), reverse=True):
        earlier[left[path][0]].append(path)
    found = []
    for path, (digest, stale) in sorted(arrived.items()):
        before = None
        if path in left:
            if left[path] == (digest, stale) and not (new[path] or gone[path]):
                continue  # read again, with the same result
            change = Change.CHANGED
        elif earlier[digest]:
            change, before = Change.RENAMED, earlier[digest].pop()
        else:
            change = Change.NEW
        found.append(NoteChange(change, path, before, stale, new[path], gone[path], moved[path]))
    lost = sorted(path for paths in earlier.values() for path in paths)
    found += [NoteChange(Change.GONE, path, gone=gone[path]) for path in lost]
    return tuple(sorted(found, key=lambda note: note.path))


def _owners(before: Mapping[str, Entity], after: Mapping[str, Entity]) -> Callable[[Fact], str]:
    def owner(fact: Fact) -> str:
        entity = after.get(fact.entity_key) or before.get(fact.entity_key)
        return entity.name if entity else fact.entity

    return owner


def _entities(
    before: Sequence[Entity], after: Sequence[Entity]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Names of the things that are new and gone, and of those that are called otherwise now."""
    was = {key: entity for entity in before for key in entity.keys}
    now = {key for entity in after for key in entity.keys}
    new = tuple(sorted(entity.name for entity in after if was.keys().isdisjoint(entity.keys)))
    gone = tuple(sorted(entity.name for entity in before if now.isdisjoint(entity.keys)))
    told = {entity.name for entity in before}
    renamed = [
        (next(was[key].name for key in entity.keys if key in was), entity.name)
        for entity in after
        if entity.name not in told and not was.keys().isdisjoint(entity.keys)
    ]
    return new, gone, tuple(sorted(renamed))


def _facts(left: Sequence[Fact], arrived: Sequence[Fact], owner: Callable[[Fact], str]) -> tuple[FactChange, ...]:
    gone, new, _ = _unmatched(left, arrived, lambda f: (owner(f), f.attribute, f.value, f.qualifiers, f.date))
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
