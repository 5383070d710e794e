"""The write side: one writer at a time turns documents into the next generation, in one step.

Order of a commit: vectors into the cache, then within one transaction of the records the rows, then (the
transaction still open) the Tantivy commit and the FAISS file, both durable, and last the transaction itself,
which moves the current generation. A crash before that leaves texts in Tantivy and a file that no reader
sees: the next writer adopts the former (the same text gets the same id again) and deletes the latter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rag.index import layout, lexical, rebuild, records
from rag.index import tables as t
from rag.index.coverage import cover
from rag.index.document import Document, passage
from rag.index.records import Known, Records
from rag.index.rows import Rows
from rag.types import Entity, Name

EMBEDDED_AT_ONCE = 256
"""Texts between two commits of the vector cache: an interrupted run loses no more than that."""

Merge = Callable[[Iterable[Name]], Sequence[Entity]]
Progress = Callable[[str, int, int], None]


class Embeds(Protocol):
    """What the writer needs of an embedder."""

    @property
    def fingerprint(self) -> str: ...

    def embed_passages(self, texts: Sequence[str]) -> Any: ...


@dataclass(frozen=True, slots=True)
class Change:
    """The next generation, told as the difference to the current one.

    `documents` are new or replace the one of the same path; `stale` maps paths that keep their earlier
    version to the reason. `relexical` says that texts are tokenised in another way than before.
    """

    documents: tuple[Document, ...]
    removed: tuple[str, ...]
    stale: Mapping[str, str]
    configuration: str
    embedder_name: str
    relexical: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """The generation that was made, and how many texts had to be embedded."""

    generation: int
    embedded: int


@contextmanager
def open_writer(index: Path, *, timeout: float) -> Iterator[Writer]:
    """The writer of the index in directory `index`, which is made where there is none.

    Waits at most `timeout` seconds for another writer. Raises IndexLockedError, IndexVersionError,
    IndexCorruptError.
    """
    layout.make(index)
    with layout.writing(index, timeout=timeout):
        _set_up(index, timeout)
        store = Records.open(index, timeout=timeout)
        try:
            writer = Writer(store)
            writer.notices.extend(rebuild.mend(store))
            rebuild.sweep(store)
            yield writer
        finally:
            store.close()


def _set_up(index: Path, timeout: float) -> None:
    path = layout.records_path(index)
    engine = t.connect(path, timeout=timeout)
    try:
        with t.translated(index):
            with engine.connect() as connection:
                ready = t.has_tables(connection)
            if ready:
                return
            t.use_write_ahead_log(engine)
            with engine.connect().execution_options(write=True) as connection, connection.begin():
                t.metadata.create_all(connection)
                rows = [
                    {"key": "format", "value": str(t.FORMAT)},
                    {"key": "generation", "value": "0"},
                    {"key": "lexical", "value": ""},
                ]
                connection.execute(t.insert(t.meta), rows)
                rebuild.write_lexical(Records(index, engine), connection)
    finally:
        engine.dispose()


class Writer:
    """The holder of an index's write lock."""

    def __init__(self, store: Records) -> None:
        self._store = store
        self.notices: list[str] = []

    def current(self) -> records.Generation | None:
        """The current generation; None before the first."""
        with self._store.reading() as connection:
            return self._store.generation(connection, self._store.current(connection))

    def known(self) -> dict[str, Known]:
        """What the current generation knows of its sources, by path."""
        with self._store.reading() as connection:
            return records.known_sources(connection, self._store.current(connection))

    def touch(self, seen: Mapping[str, tuple[int, int]]) -> None:
        """Note new (size, mtime_ns) of sources whose bytes are the same; makes no generation."""
        with self._store.writing() as connection:
            for path, (size, mtime_ns) in sorted(seen.items()):
                row = t.and_(t.sources.c.path == path, t.sources.c.removed == t.NEVER)
                connection.execute(t.update(t.sources).where(row).values(size=size, mtime_ns=mtime_ns))

    def commit(
        self, change: Change, embedder: Embeds, merge: Merge, progress: Progress | None = None
    ) -> Committed:
        """Make the next generation and move to it."""
        embedded = self._embed(change, embedder, progress)
        with self._store.writing() as connection:
            generation = self._store.current(connection) + 1
            _adopt(self._store, connection)
            rows = Rows(connection, generation)
            for path in change.removed:
                rows.remove(path)
            rows.place(sorted(change.documents, key=lambda document: document.source.path))
            for path, reason in sorted(change.stale.items()):
                rows.mark_stale(path, reason)
            rows.entities(merge(records.names(connection, generation)))
            if change.relexical:
                rebuild.write_lexical(self._store, connection)
            else:
                self._index(connection, rows)
            cover(self._store, connection, generation, embedder.fingerprint)
            finish(
                self._store,
                connection,
                generation,
                embedder.fingerprint,
                change.embedder_name,
                change.configuration,
            )
        rebuild.sweep(self._store)
        return Committed(generation, embedded)

    def _index(self, connection: t.Connection, rows: Rows) -> None:
        name = self._store.get(connection, "lexical") or ""
        for kind, entries in rows.unindexed.items():
            if entries:
                lexical.append(layout.lexical_path(self._store.index, name) / kind, entries)

    def _embed(self, change: Change, embedder: Embeds, progress: Progress | None) -> int:
        """Put the vectors of all texts of the next generation into the cache; how many were missing."""
        texts = {chunk.digest: passage(chunk) for d in change.documents for chunk in d.chunks}
        with self._store.reading() as connection:
            number = self._store.current(connection)
            current = self._store.generation(connection, number)
            if current is not None and current.embedder != embedder.fingerprint:
                kept = records.chunks(connection, number)
                texts |= {chunk.digest: passage(chunk) for _, chunk in kept}
            missing = sorted(texts.keys() - _cached(connection, embedder.fingerprint, texts))
        for start in range(0, len(missing), EMBEDDED_AT_ONCE):
            batch = missing[start : start + EMBEDDED_AT_ONCE]
            made = embedder.embed_passages([texts[digest] for digest in batch])
            rows = [
                {"embedder": embedder.fingerprint, "digest": digest, "vector": vector.astype("<f4").tobytes()}
                for digest, vector in zip(batch, made, strict=True)
            ]
            with self._store.writing() as connection:
                connection.execute(t.insert(t.vectors), rows)
            if progress:
                progress("embed", start + len(batch), len(missing))
        return len(missing)


def finish(
    store: Records,
    connection: t.Connection,
    generation: int,
    embedder: str,
    embedder_name: str,
    configuration: str,
) -> None:
    """Write down the new generation and make it the current one."""

    def distinct(placements: t.Table) -> int:
        query = t.select(t.func.count(t.distinct(placements.c.content))).where(t.live(placements, generation))
        return int(connection.execute(query).scalar_one())

    row = {
        "id": generation,
        "embedder": embedder,
        "embedder_name": embedder_name,
        "configuration": configuration,
        "chunks": distinct(t.chunks),
        "facts": distinct(t.facts),
        "last_chunk": _last(connection, t.chunk_contents.c.id),
        "last_fact": _last(connection, t.fact_contents.c.id),
    }
    connection.execute(t.insert(t.generations), [row])
    connection.execute(t.update(t.meta).where(t.meta.c.key == "generation").values(value=str(generation)))


def _cached(connection: t.Connection, embedder: str, digests: Iterable[str]) -> set[str]:
    column = t.vectors.c.digest
    query = t.select(column).where(t.vectors.c.embedder == embedder, t.among(column, digests))
    return set(connection.execute(query).scalars())


def _adopt(store: Records, connection: t.Connection) -> None:
    """Take over the texts that a crashed write left in the lexical index: they keep their ids."""
    name = store.get(connection, "lexical") or ""
    for kind, contents in (("chunks", t.chunk_contents), ("facts", t.fact_contents)):
        reader = lexical.LexicalReader(layout.lexical_path(store.index, name) / kind)
        left = reader.above(_last(connection, contents.c.id))
        rows = [{"id": e.id, "digest": e.digest, "orphan": 1, "indexed": 1} for e in reader.entries(left)]
        if rows:
            connection.execute(t.insert(contents), rows)


def _last(connection: t.Connection, column: Any) -> int:
    return int(connection.execute(t.select(t.func.max(column))).scalar() or 0)
