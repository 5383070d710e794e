"""The rows of the next generation: what stays as it is keeps its row, the rest is stamped."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from rag.index import evidence
from rag.index import tables as t
from rag.index.decoding import entity_of
from rag.index.event_table import event_words
from rag.index.lexical import Entry
from rag.index.rendered import NOTHING, Content, Rendered, Row, encoded
from rag.text.name_words import name_words
from rag.types import Entity

_BOOKKEEPING = frozenset(("row", "added", "removed"))
WORDED_AT_ONCE = 50_000
"""Entities whose words are held in memory at once: about 100 MB."""
UNREAD = -1
"""The size and mtime of a stale source: never those of a file, so that it is read again next time."""


@dataclass(slots=True)
class Touched:
    """What a write changes: contents that lose or win a place, by kind, and whether names tell of other things.

    `attributes` says by how many facts each attribute has more or fewer.
    """

    chunks: set[int] = field(default_factory=set)
    facts: set[int] = field(default_factory=set)
    attributes: Counter[str] = field(default_factory=Counter)
    names: bool = False

    def add(self, table: t.Table, rows: Iterable[Row], sign: int) -> None:
        """Rows of `table` came (`sign` 1) or went (-1)."""
        if table is t.chunks:
            self.chunks.update(row[0] for row in rows)
        elif table is t.facts:
            at = _columns(table).index(table.c.attribute)
            for row in rows:
                self.facts.add(row[0])
                self.attributes[row[at]] += sign


class Rows:
    """Writes the difference between a generation and the one before it, within one transaction.

    `unindexed` gathers the lexical entries of contents that the lexical index does not hold yet, `touched` what
    changes.
    """

    def __init__(self, connection: t.Connection, generation: int, touched: Touched | None = None) -> None:
        self._connection = connection
        self._generation = generation
        self._touched = Touched() if touched is None else touched
        self.unindexed: dict[str, list[Entry]] = {"chunks": [], "facts": []}

    def remove(self, path: str) -> None:
        """The source at `path` is gone."""
        self._replace(t.sources, {path: []}, "path")
        for table in (t.chunks, t.facts, t.names):
            self._replace(table, {path: []}, "source")

    def place(self, documents: Sequence[Rendered]) -> None:
        """The documents are there, new or instead of the earlier ones at the same paths."""
        self._replace(t.sources, {d.path: [d.source] for d in documents}, "path")
        self._replace(t.names, {d.path: d.names for d in documents}, "source")
        ids = self._contents("chunks", t.chunk_contents, [c for d in documents for c in d.chunks])
        chunks = {d.path: [(ids[c.digest], *c.row) for c in d.chunks] for d in documents}
        self._replace(t.chunks, chunks, "source")
        ids = self._contents("facts", t.fact_contents, [f for d in documents for f in d.facts])
        facts = {d.path: [(ids[f.digest], *f.row) for f in d.facts] for d in documents}
        self._mention(self._replace(t.facts, facts, "source"))

    def mark_stale(self, path: str, reason: str) -> None:
        """The newest version of the file at `path` cannot be read: the earlier one keeps serving."""
        condition = t.and_(t.sources.c.path == path, t.sources.c.removed == t.NEVER)
        row = self._connection.execute(t.select(*_columns(t.sources)).where(condition)).mappings().one()
        changed = {**row, "stale": reason, "size": UNREAD, "mtime_ns": UNREAD}
        self._replace(t.sources, {path: [tuple(changed.values())]}, "path")

    def entities(self, entities: Iterable[Entity]) -> None:
        """These are all the entities now."""
        rows = [(e.name, encoded(e.keys), encoded(e.aliases), e.strength) for e in entities]
        write_name_words(self._connection, self._replace(t.entities, {None: rows}, None))

    def headers(self) -> None:
        """Bring the number of facts of each attribute up to what was touched."""
        if self._touched.attributes:
            columns, touched = t.headers.c, sorted(self._touched.attributes)
            one_of = t.among(columns.attribute, touched)
            query = t.select(columns.attribute, columns.facts).where(columns.removed == t.NEVER, one_of)
            counts = Counter({row[0]: row[1] for row in self._connection.execute(query)})
            counts.update(self._touched.attributes)
            rows = {name: [(name, counts[name])] if counts[name] else [] for name in touched}
            self._replace(t.headers, rows, "attribute")

    def restore(self, earlier: int) -> None:
        """Everything is again as `earlier` saw it."""
        for table in (t.sources, t.names, t.chunks, t.facts, t.headers, t.entities):
            rows = self._connection.execute(t.select(*_columns(table)).where(t.live(table, earlier)))
            inserted = self._replace(table, {None: [tuple(row) for row in rows]}, None)
            if table is t.facts:
                self._mention(inserted)
            elif table is t.entities:
                write_name_words(self._connection, inserted)

    def _replace(self, table: t.Table, wanted: Mapping[Any, Sequence[Row]], column: str | None) -> dict[int, Row]:
        """Make `wanted` (by the value of `column`) the live rows; those that had to be inserted, by number."""
        live = self._live(table, list(wanted), column)
        if table is t.names and not self._touched.names:
            said = ((live.get(owner, ()), rows) for owner, rows in wanted.items())
            self._touched.names = any(evidence.told(before) != evidence.told(rows) for before, rows in said)
        gone: list[int] = []
        fresh: list[Row] = []
        for owner, rows in wanted.items():
            left = live.get(owner)
            if not left:
                fresh += rows
                continue
            for row in rows:
                same = left.get(row)
                if same:
                    same.pop()
                else:
                    fresh.append(row)
            gone += [row for same in left.values() for row in same]
            self._touched.add(table, (row for row, same in left.items() for _ in same), -1)
        self._touched.add(table, fresh, 1)
        for start in range(0, len(gone), 10_000):
            removed = t.update(table).where(t.among(table.c.row, gone[start : start + 10_000]))
            self._connection.execute(removed.values(removed=self._generation))
        first = int(self._connection.execute(t.select(t.func.max(table.c.row))).scalar() or 0) + 1
        inserted = dict(enumerate(fresh, first))
        stamps = (self._generation, t.NEVER)
        t.insert_rows(self._connection, table, [(number, *row, *stamps) for number, row in inserted.items()])
        return inserted

    def _live(
        self, table: t.Table, owners: Sequence[str | None], column: str | None
    ) -> dict[str | None, dict[Row, list[int]]]:
        """The live rows of the owners: owner -> values -> row numbers."""
        found: dict[str | None, dict[Row, list[int]]] = defaultdict(lambda: defaultdict(list))
        columns = _columns(table)
        query = t.select(table.c.row, *columns).where(table.c.removed == t.NEVER)
        if column is not None:
            query = query.where(t.among(table.c[column], [str(owner) for owner in owners]))
        position = None if column is None else columns.index(table.c[column])
        for row in self._connection.execute(query):
            values = tuple(row[1:])
            found[None if position is None else values[position]][values].append(row[0])
        return found

    def _contents(self, kind: str, table: t.Table, said: Iterable[Content]) -> dict[str, int]:
        """The content id of every digest; new contents are written down and noted as not indexed yet."""
        placements = {content.digest: content for content in said}
        query = t.select(table.c.digest, table.c.id, table.c.indexed).where(t.among(table.c.digest, placements))
        known = {row[0]: (row[1], row[2]) for row in self._connection.execute(query)}
        ids = {digest: content for digest, (content, _) in known.items()}
        last = last_content(self._connection, table)
        new = {digest: number for number, digest in enumerate((d for d in placements if d not in ids), last + 1)}
        t.insert_rows(self._connection, table, [(i, digest, 0, self._generation) for digest, i in new.items()])
        ids |= new
        again = [digest for digest, (_, indexed) in known.items() if not indexed]
        if again:
            self._connection.execute(
                t.update(table).where(t.among(table.c.digest, again)).values(indexed=self._generation)
            )
        self.unindexed[kind] += [Entry(ids[d], d, placements[d].tokens) for d in [*new, *again]]
        return ids

    def _mention(self, rows: Mapping[int, Row]) -> None:
        keys = _columns(t.facts).index(t.facts.c.mentions)
        told = [(key, number) for number, row in rows.items() if row[keys] != NOTHING for key in _distinct(row[keys])]
        t.insert_rows(self._connection, t.mentions, told)
        t.insert_rows(self._connection, t.event_words, list(event_words(rows, _columns(t.facts))))


@lru_cache(maxsize=1 << 12)
def _distinct(encoded_keys: str) -> tuple[str, ...]:
    """The keys that a column holds, once each, in order: the facts of one section mention the same things."""
    return tuple(sorted(set(json.loads(encoded_keys))))


def write_name_words(connection: t.Connection, rows: Mapping[int, Row]) -> None:
    """Write the words under which the entities of these rows are looked up."""
    numbers = list(rows)
    for start in range(0, len(numbers), WORDED_AT_ONCE):
        told = [
            (word, number)
            for number in numbers[start : start + WORDED_AT_ONCE]
            for word in name_words(entity_of(*rows[number]))
        ]
        t.insert_rows(connection, t.name_words, sorted(told))


def last_content(connection: t.Connection, contents: t.Table) -> int:
    """The greatest id that any content of any kept generation has had, those since forgotten included.

    A generation tells by it which contents came later, so that no id is given twice.
    """
    column = t.generations.c.last_chunk if contents is t.chunk_contents else t.generations.c.last_fact
    greatest = (connection.execute(t.select(t.func.max(ids))).scalar() for ids in (contents.c.id, column))
    return max(int(found or 0) for found in greatest)


@cache
def _columns(table: t.Table) -> tuple[t.Column[Any], ...]:
    """The columns of a table that say something: all but the row's number and its stamps."""
    return tuple(column for column in table.columns if column.name not in _BOOKKEEPING)
