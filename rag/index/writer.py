"""The write side: one writer at a time turns documents into the next generation, and switches in one step.

Documents are staged batch by batch, as rows that the next generation adds and rows that it removes: no reader
sees either. Then the Tantivy commit and the FAISS file are made durable, and last one transaction of the
records moves the current generation. A crash before that leaves staged rows, texts in Tantivy and a file that
no reader sees: the next writer takes the rows back, adopts the texts (the same text gets the same id again)
and deletes the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rag.index import layout, lexical, rebuild, records
from rag.index import tables as t
from rag.index.collect import collect, generations, recover
from rag.index.coverage import cover
from rag.index.document import Document, passage
from rag.index.records import Known, Records
from rag.index.rows import Rows
from rag.types import Entity, Name

MOST_GENERATIONS = 40
"""A commit that leaves more collects all but the newest half of them."""

Merge = Callable[[Iterable[Name]], Sequence[Entity]]
Progress = Callable[[str, int, int], None]


class Embeds(Protocol):
    """What the writer needs of an embedder."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def batch(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> Any: ...


@dataclass(frozen=True, slots=True)
class Change:
    """What the next generation changes besides the staged documents.

    `stale` maps paths that keep their earlier version to the reason. `relexical` says that texts are
    tokenised in another way than before.
    """

    removed: tuple[str, ...]
    stale: Mapping[str, str]
    configuration: str
    embedder_name: str
    relexical: bool = False


@contextmanager
def open_writer(index: Path, embedder: Embeds, *, timeout: float) -> Iterator[Writer]:
    """The writer of the index in directory `index`, which is made where there is none.

    Waits at most `timeout` seconds for another writer. Raises IndexLockedError, IndexVersionError,
    IndexCorruptError.
    """
    layout.make(index)
    with layout.writing(index, timeout=timeout), layout.written(index):
        _set_up(index, timeout)
        store = Records.open(index, timeout=timeout)
        try:
            writer = Writer(store, embedder, tuple(recover(store)))
            try:
                yield writer
            finally:
                writer.close()
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
                rebuild.write_lexical(Records(index, engine), connection, 0)
    finally:
        engine.dispose()


class Writer:
    """The holder of an index's write lock.

    `notices` tell what had to be mended first, `embedded` how many texts the embedder was asked for.
    """

    def __init__(self, store: Records, embedder: Embeds, notices: tuple[str, ...]) -> None:
        self._store = store
        self._embedder = embedder
        self._appenders: dict[str, lexical.Appender] = {}
        self.notices = notices
        self.embedded = 0
        with store.reading() as connection:
            number = store.current(connection)
            self.current = store.generation(connection, number)
        self._next = number + 1

    def known(self) -> dict[str, Known]:
        """What the current generation knows of its sources, by path."""
        with self._store.reading() as connection:
            return records.known_sources(connection, self._next - 1)

    def touch(self, seen: Mapping[str, tuple[int, int]]) -> None:
        """Note new (size, mtime_ns) of sources whose bytes are the same; makes no generation."""
        with self._store.writing() as connection:
            for path, (size, mtime_ns) in sorted(seen.items()):
                row = t.and_(t.sources.c.path == path, t.sources.c.removed == t.NEVER)
                connection.execute(t.update(t.sources).where(row).values(size=size, mtime_ns=mtime_ns))

    def stage(
        self, documents: Sequence[Document], progress: Progress | None = None, *, relexical: bool = False
    ) -> None:
        """Bring documents into the next generation, new or instead of the earlier ones at the same paths."""
        self._embed({chunk.digest: passage(chunk) for d in documents for chunk in d.chunks}, progress)
        with self._store.writing() as connection:
            rows = Rows(connection, self._next)
            rows.place(documents)
            name = self._store.get(connection, "lexical") or ""
        for kind, entries in rows.unindexed.items():
            if entries and not relexical:
                if kind not in self._appenders:
                    path = layout.lexical_path(self._store.index, name) / kind
                    self._appenders[kind] = lexical.Appender(path)
                self._appenders[kind].add(entries)

    def commit(self, change: Change, merge: Merge, progress: Progress | None = None) -> int:
        """Make the next generation of what was staged and `change`, and move to it; its number."""
        fingerprint = self._embedder.fingerprint
        if self.current is not None and self.current.embedder != fingerprint:
            with self._store.reading() as connection:
                kept = records.chunks(connection, self.current.id)
            self._embed({chunk.digest: passage(chunk) for _, chunk in kept}, progress)
        with self._store.writing() as connection:
            rows = Rows(connection, self._next)
            for path in change.removed:
                rows.remove(path)
            for path, reason in sorted(change.stale.items()):
                rows.mark_stale(path, reason)
            rows.entities(merge(records.names(connection, self._next)))
            for appender in self._appenders.values():
                appender.commit()
            if change.relexical:
                rebuild.write_lexical(self._store, connection, self._next)
            cover(self._store, connection, self._next, fingerprint)
            finish(connection, self._next, fingerprint, change.embedder_name, change.configuration)
        with self._store.reading() as connection:
            kept_generations = generations(connection)
        if len(kept_generations) > MOST_GENERATIONS:
            collect(self._store, keep=MOST_GENERATIONS // 2)
        rebuild.sweep(self._store)
        return self._next

    def close(self) -> None:
        """Let go of what was not committed."""
        for appender in self._appenders.values():
            appender.close()

    def _embed(self, texts: Mapping[str, str], progress: Progress | None) -> None:
        """Put the vectors of `texts` (by digest) that are missing into the cache, longest first.

        Texts of one length go together, which spares padding, and what does not fit into memory shows at once. The
        cache is committed after every batch: an interrupted run goes on from there.
        """
        fingerprint = self._embedder.fingerprint
        with self._store.reading() as connection:
            column = t.vectors.c.digest
            cached = t.select(column).where(t.vectors.c.embedder == fingerprint, t.among(column, texts))
            missing = sorted(
                texts.keys() - set(connection.execute(cached).scalars()),
                key=lambda digest: (-len(texts[digest]), digest),
            )
        size = self._embedder.batch if missing else 1
        for start in range(0, len(missing), size):
            batch = missing[start : start + size]
            made = self._embedder.embed_passages([texts[digest] for digest in batch])
            rows = [
                {"embedder": fingerprint, "digest": digest, "vector": vector.astype("<f4").tobytes()}
                for digest, vector in zip(batch, made, strict=True)
            ]
            with self._store.writing() as connection:
                connection.execute(t.insert(t.vectors), rows)
            self.embedded += len(batch)
            if progress:
                progress("embed", start + len(batch), len(missing))


def finish(connection: t.Connection, generation: int, embedder: str, embedder_name: str, configuration: str) -> None:
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


def _last(connection: t.Connection, column: Any) -> int:
    return int(connection.execute(t.select(t.func.max(column))).scalar() or 0)
