"""What differs between two generations of an index, as a person would tell it: notes, passages, things, facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.index import placements
from rag.index import tables as t
from rag.index.fact_changes import Change, FactChange, fact_changes, owners, unmatched
from rag.index.records import Records
from rag.index.snapshot import Snapshot
from rag.types import Chunk, Entity, Fact


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
        owner = owners(before.names(), after.names())
        new, gone, renamed = _entities(before.entities(), after.entities())
        return Differences(
            older,
            newer,
            _notes(left.sources, arrived.sources, passages, moved),
            passages,
            fact_changes(left.facts, arrived.facts, owner),
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
        [chunk for _, chunk in placements.chunks(connection, seen, where=(differs(t.chunks),))],
        [fact for _, fact in placements.facts(connection, seen, differs(t.facts))],
    )


def _passages(left: Sequence[Chunk], arrived: Sequence[Chunk]) -> tuple[tuple[PassageChange, ...], Counter[str]]:
    """The passages whose text came or went, and how many of each source only moved."""
    gone, new, moved = unmatched(left, arrived, lambda chunk: chunk.digest)
    found = [PassageChange(Change.GONE, chunk) for chunk in gone] + [PassageChange(Change.NEW, c) for c in new]
    found.sort(key=lambda one: (one.chunk.source, placements.place(one.chunk.location), one.change is Change.NEW))
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
