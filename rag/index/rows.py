"""The rows of the next generation: what stays as it is keeps its row, the rest is stamped."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rag.index import tables as t
from rag.index.document import Document, fact_digest, tokens_of
from rag.index.lexical import Entry
from rag.index.records import placed
from rag.types import Chunk, Entity, Fact, Name

Row = dict[str, Any]
_BOOKKEEPING = frozenset(("row", "added", "removed"))
UNREAD = -1
"""The size and mtime of a stale source: never those of a file, so that it is read again next time."""


class Rows:
    """Writes the difference between a generation and the one before it, within one transaction.

    `unindexed` gathers the lexical entries of contents that the lexical index does not hold yet.
    """

    def __init__(self, connection: t.Connection, generation: int) -> None:
        self._connection = connection
        self._generation = generation
        self.unindexed: dict[str, list[Entry]] = {"chunks": [], "facts": []}

    def remove(self, path: str) -> None:
        """The source at `path` is gone."""
        self._replace(t.sources, {path: []}, "path")
        for table in (t.chunks, t.facts, t.names):
            self._replace(table, {path: []}, "source")

    def place(self, documents: Sequence[Document]) -> None:
        """The documents are there, new or instead of the earlier ones at the same paths."""
        self._replace(t.sources, {d.source.path: [_source_row(d)] for d in documents}, "path")
        self._replace(t.names, {d.source.path: _name_rows(d.names) for d in documents}, "source")
        ids = self._contents("chunks", t.chunk_contents, ((c.digest, c) for d in documents for c in d.chunks))
        placed_chunks = {d.source.path: [_chunk_row(c, ids[c.digest]) for c in d.chunks] for d in documents}
        self._replace(t.chunks, placed_chunks, "source")
        digests = {d.source.path: [fact_digest(fact) for fact in d.facts] for d in documents}
        said = ((digest, f) for d in documents for digest, f in zip(digests[d.source.path], d.facts, strict=True))
        ids = self._contents("facts", t.fact_contents, said)
        placed_facts = {
            d.source.path: [
                _fact_row(fact, ids[digest]) for digest, fact in zip(digests[d.source.path], d.facts, strict=True)
            ]
            for d in documents
        }
        self._mention(self._replace(t.facts, placed_facts, "source"))

    def mark_stale(self, path: str, reason: str) -> None:
        """The newest version of the file at `path` cannot be read: the earlier one keeps serving."""
        condition = t.and_(t.sources.c.path == path, t.sources.c.removed == t.NEVER)
        row = self._connection.execute(t.select(t.sources).where(condition)).mappings().one()
        changed = {k: v for k, v in row.items() if k not in _BOOKKEEPING}
        changed |= {"stale": reason, "size": UNREAD, "mtime_ns": UNREAD}
        self._replace(t.sources, {path: [changed]}, "path")

    def entities(self, entities: Iterable[Entity]) -> None:
        """These are all the entities now."""
        rows = [
            {"name": e.name, "keys": _encoded(e.keys), "aliases": _encoded(e.aliases), "strength": e.strength}
            for e in entities
        ]
        self._replace(t.entities, {None: rows}, None)

    def restore(self, earlier: int) -> None:
        """Everything is again as `earlier` saw it."""
        for table in (t.sources, t.names, t.chunks, t.facts, t.entities):
            columns = [column for column in table.columns if column.name not in _BOOKKEEPING]
            rows = self._connection.execute(t.select(*columns).where(t.live(table, earlier)))
            inserted = self._replace(table, {None: [dict(row) for row in rows.mappings()]}, None)
            if table is t.facts:
                self._mention(inserted)

    def _replace(self, table: t.Table, wanted: Mapping[Any, Sequence[Row]], column: str | None) -> list[Row]:
        """Make `wanted` (by the value of `column`) the live rows; the rows that had to be inserted."""
        columns = [c.name for c in table.columns if c.name not in _BOOKKEEPING]
        live = self._live(table, columns, list(wanted), column)
        gone: list[int] = []
        fresh: list[Row] = []
        for owner, rows in wanted.items():
            left = live.get(owner, {})
            for row in rows:
                same = left.get(tuple(row[name] for name in columns))
                if same:
                    same.pop()
                else:
                    fresh.append(row)
            gone += [row for same in left.values() for row in same]
        for start in range(0, len(gone), 10_000):
            removed = t.update(table).where(t.among(table.c.row, gone[start : start + 10_000]))
            self._connection.execute(removed.values(removed=self._generation))
        first = int(self._connection.execute(t.select(t.func.max(table.c.row))).scalar() or 0) + 1
        inserted = [
            {**row, "row": number, "added": self._generation, "removed": t.NEVER}
            for number, row in enumerate(fresh, first)
        ]
        if inserted:
            self._connection.execute(t.insert(table), inserted)
        return inserted

    def _live(
        self, table: t.Table, columns: Sequence[str], owners: Sequence[str | None], column: str | None
    ) -> dict[str | None, dict[tuple[Any, ...], list[int]]]:
        """The live rows of the owners: owner -> values -> row numbers."""
        found: dict[str | None, dict[tuple[Any, ...], list[int]]] = defaultdict(lambda: defaultdict(list))
        chosen = [table.c[name] for name in columns]
        query = t.select(table.c.row, *chosen).where(table.c.removed == t.NEVER)
        if column is not None:
            query = query.where(t.among(table.c[column], [str(owner) for owner in owners]))
        position = None if column is None else columns.index(column)
        for row in self._connection.execute(query):
            values = tuple(row[1:])
            found[None if position is None else values[position]][values].append(row[0])
        return found

    def _contents(self, kind: str, table: t.Table, said: Iterable[tuple[str, Chunk | Fact]]) -> dict[str, int]:
        """The content id of every digest; new contents are written down and noted as not indexed yet."""
        placements = dict(said)
        query = t.select(table.c.digest, table.c.id, table.c.indexed).where(t.among(table.c.digest, placements))
        known = {row[0]: (row[1], row[2]) for row in self._connection.execute(query)}
        ids = {digest: content for digest, (content, _) in known.items()}
        last = int(self._connection.execute(t.select(t.func.max(table.c.id))).scalar() or 0)
        new = {digest: number for number, digest in enumerate((d for d in placements if d not in ids), last + 1)}
        if new:
            rows = [{"id": i, "digest": digest, "orphan": 0, "indexed": self._generation} for digest, i in new.items()]
            self._connection.execute(t.insert(table), rows)
        ids |= new
        again = [digest for digest, (_, indexed) in known.items() if not indexed]
        if again:
            self._connection.execute(
                t.update(table).where(t.among(table.c.digest, again)).values(indexed=self._generation)
            )
        self.unindexed[kind] += [Entry(ids[d], d, tokens_of(placements[d])) for d in [*new, *again]]
        return ids

    def _mention(self, rows: Sequence[Row]) -> None:
        mentions = [
            {"key": key, "fact": row["row"]} for row in rows for key in sorted(set(json.loads(row["mentions"])))
        ]
        if mentions:
            self._connection.execute(t.insert(t.mentions), mentions)


def _source_row(document: Document) -> Row:
    source = document.source
    return {
        "path": source.path,
        "kind": source.kind.value,
        "digest": source.digest,
        "size": document.size,
        "mtime_ns": document.mtime_ns,
        "title": source.title,
        "encoding": source.encoding,
        "repair": source.repair,
        "stale": source.stale,
        "text": zlib.compress(source.text.encode("utf-8", "surrogatepass"), 6),
    }


def _chunk_row(chunk: Chunk, content: int) -> Row:
    return {
        "content": content,
        "source": chunk.source,
        **placed(chunk.location),
        "heading": _encoded(chunk.heading),
        "context": chunk.context,
        "text": chunk.text,
    }


def _fact_row(fact: Fact, content: int) -> Row:
    return {
        "content": content,
        "source": fact.source,
        **placed(fact.location),
        "heading": _encoded(fact.heading),
        "ordinal": fact.ordinal,
        "kind": fact.kind.value,
        "entity": fact.entity,
        "entity_key": fact.entity_key,
        "attribute": fact.attribute,
        "value": fact.value,
        "quote": fact.quote,
        "qualifiers": _encoded(fact.qualifiers),
        "mentions": _encoded(fact.mentions),
        "date": fact.date,
    }


def _name_rows(names: Sequence[Name]) -> list[Row]:
    return [
        {
            "source": name.source,
            "position": position,
            "surface": name.surface,
            "key": name.key,
            "group": name.group,
            "strength": name.strength,
            "line": name.line,
            "url": name.url,
        }
        for position, name in enumerate(names)
    ]


def _encoded(values: Iterable[Any]) -> str:
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))
