"""The write side: one writer at a time turns documents into the next generation, and switches in one step.

Documents are staged batch by batch, as rows that the next generation adds and rows that it removes: no reader
sees either. Then the Tantivy commit and the FAISS file are made durable, and last one transaction of the
records moves the current generation. A crash before that leaves staged rows, texts in Tantivy and a file that
no reader sees: the next writer takes the rows back, adopts the texts (the same text gets the same id again)
and deletes the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.index import history, layout, lexical, looked_up, placements, rebuild, records, sources, things
from rag.index import tables as t
from rag.index.collect import collect, collectable, recover
from rag.index.coverage import cover
from rag.index.embedding import Embeds, Passage, embed
from rag.index.records import Generation, Records
from rag.index.rendered import Rendered
from rag.index.rows import Rows, Touched, last_content
from rag.index.sources import Known
from rag.index.uncollected import uncollected
from rag.types import Entity, Name

MOST_SURPLUS = 20
"""A commit that leaves more generations than need to stay, by this many, collects them: not at every commit, since
that costs more than one."""

DEFAULT_RETENTION = history.Retention()

Merge = Callable[[Iterable[Name]], Sequence[Entity]]
Progress = Callable[[str, int, int], None]


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
def open_writer(
    index: Path, embedder: Embeds, *, timeout: float, retention: history.Retention = DEFAULT_RETENTION
) -> Iterator[Writer]:
    """The writer of the index in directory `index`, which is made where there is none.

    Of earlier generations those stay that `retention` names. Waits at most `timeout` seconds for another writer.
    Raises IndexLockedError, IndexVersionError, IndexCorruptError.
    """
    with records.writable(index, timeout=timeout, first=_set_up) as store:
        with store.reading() as connection:
            interrupted = store.get(connection, "staging") != "0"
        notices = recover(store) if interrupted else rebuild.mend_own(store)
        if interrupted:
            with store.writing() as connection:
                _note(connection, "staging", "0")
        else:
            rebuild.sweep(store)
        writer = Writer(store, embedder, tuple(notices), retention)
        try:
            yield writer
        finally:
            writer.close()


def _set_up(store: Records, connection: t.Connection) -> None:
    """The tables of new records, and what says that they hold nothing yet."""
    t.metadata.create_all(connection)
    rows = [
        {"key": "format", "value": str(t.FORMAT)},
        {"key": "generation", "value": "0"},
        {"key": "lexical", "value": ""},
        {"key": "staging", "value": "0"},
    ]
    connection.execute(t.insert(t.meta), rows)
    rebuild.write_lexical(store, connection, 0)


def bring(
    store: Records,
    connection: t.Connection,
    generation: int,
    embedder: str,
    earlier: Generation | None,
    touched: Touched | None,
) -> None:
    """Bring `generation` to the search server; `touched` is what it may see otherwise than `earlier`."""
    from rag.index import remote

    contents = None if touched is None else {"chunks": touched.chunks, "facts": touched.facts}
    remote.bring(store, connection, generation, embedder, earlier, contents)


class Writer:
    """The holder of an index's write lock.

    `notices` tell what had to be mended first, `embedded` how many texts the embedder was asked for, and `headings` how
    many of them are no passage's text.
    """

    def __init__(
        self, store: Records, embedder: Embeds, notices: tuple[str, ...], retention: history.Retention
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._retention = retention
        self._appenders: dict[str, lexical.Appender] = {}
        self._staging = False
        self._touched = Touched()
        self.notices = notices
        self.embedded = 0
        self.headings = 0
        with store.reading() as connection:
            number = store.current(connection)
            self.current = store.generation(connection, number)
        self._next = number + 1

    def known(self) -> dict[str, Known]:
        """What the current generation knows of its sources, by path."""
        with self._store.reading() as connection:
            return sources.known_sources(connection, self._next - 1)

    def touch(self, seen: Mapping[str, tuple[int, int]]) -> None:
        """Note new (size, mtime_ns) of sources whose bytes are the same; makes no generation."""
        with self._store.writing() as connection:
            for path, (size, mtime_ns) in sorted(seen.items()):
                row = t.and_(t.sources.c.path == path, t.sources.c.removed == t.NEVER)
                connection.execute(t.update(t.sources).where(row).values(size=size, mtime_ns=mtime_ns))

    def stage(
        self, documents: Sequence[Rendered], progress: Progress | None = None, *, relexical: bool = False
    ) -> None:
        """Bring documents into the next generation, new or instead of the earlier ones at the same paths."""
        self._embed([chunk for d in documents for chunk in d.chunks], progress)
        with uncollected(), self._store.writing() as connection:
            if not self._staging:
                _note(connection, "staging", "1")
            rows = Rows(connection, self._next, self._touched)
            rows.place(documents)
            name = self._store.get(connection, "lexical") or ""
        self._staging = True
        for kind, entries in rows.unindexed.items():
            if entries and not relexical and self._store.keeps_files:
                if kind not in self._appenders:
                    path = layout.lexical_path(self._store.index, name) / kind
                    self._appenders[kind] = lexical.Appender(path)
                self._appenders[kind].add(entries)

    def commit(self, change: Change, merge: Merge, progress: Progress | None = None) -> int:
        """Make the next generation of what was staged and `change`, and move to it; its number."""
        fingerprint = self._embedder.fingerprint
        if self.current is not None and self.current.embedder != fingerprint:
            with self._store.reading() as connection:
                kept = placements.chunks(connection, self.current.id)
            self._embed([chunk for _, chunk in kept], progress)
        earlier = self.current
        with uncollected(), self._store.writing() as connection:
            with self._committing_texts():
                self._write(connection, change, merge)
            if change.relexical:
                rebuild.write_lexical(self._store, connection, self._next)
            counts = None if earlier is None else _recounted(connection, earlier, self._touched)
            if self._store.search is None:
                cover(self._store, connection, self._next, fingerprint, counts and (self._touched.chunks, counts[0]))
            else:
                touched = None if change.relexical else self._touched
                bring(self._store, connection, self._next, fingerprint, earlier, touched)
            finish(connection, self._next, fingerprint, change.embedder_name, change.configuration, counts)
        for appender in self._appenders.values():
            appender.finish()
        with self._store.reading() as connection:
            surplus = collectable(connection, self._retention)
        if len(surplus) > MOST_SURPLUS:
            collect(self._store, self._retention)
        rebuild.sweep(self._store)
        return self._next

    @contextmanager
    def _committing_texts(self) -> Iterator[None]:
        """Makes the texts durable beside what is done within; at the end both are done."""
        with ThreadPoolExecutor(len(rebuild.KINDS)) as threads:
            begun = [threads.submit(appender.commit) for appender in self._appenders.values()]
            yield
            for one in begun:
                one.result()

    def _write(self, connection: t.Connection, change: Change, merge: Merge) -> None:
        """The rows of `change`, and those that follow from all that is staged."""
        rows = Rows(connection, self._next, self._touched)
        for path in change.removed:
            rows.remove(path)
        for path, reason in sorted(change.stale.items()):
            rows.mark_stale(path, reason)
        afresh = self.current is not None and self.current.configuration != change.configuration
        if self._touched.names or self.current is None or afresh:
            rows.entities(merge(things.names(connection, self._next)))
        rows.headers()
        if afresh:
            looked_up.rebuild(connection)

    def close(self) -> None:
        """Let go of what was not committed."""
        for appender in self._appenders.values():
            appender.close()

    def _embed(self, passages: Sequence[Passage], progress: Progress | None) -> None:
        embedded, headings = embed(self._store, self._embedder, passages, progress)
        self.embedded += embedded
        self.headings += headings


def _recounted(connection: t.Connection, earlier: Generation, touched: Touched) -> tuple[int, int]:
    """How many (chunks, facts) the generation after `earlier` sees: only what was touched is counted again."""

    def now(placements: t.Table, before: int, contents: set[int]) -> int:
        one_of = t.among(placements.c.content, sorted(contents))
        lost, won = (distinct(connection, placements, number, one_of) for number in (earlier.id, earlier.id + 1))
        return before - lost + won

    return now(t.chunks, earlier.chunks, touched.chunks), now(t.facts, earlier.facts, touched.facts)


def distinct(connection: t.Connection, placements: t.Table, generation: int, *conditions: Any) -> int:
    """How many distinct contents `generation` sees among those that meet `conditions`."""
    query = t.select(t.func.count(t.distinct(placements.c.content))).where(t.live(placements, generation), *conditions)
    return int(connection.execute(query).scalar_one())


def finish(
    connection: t.Connection,
    generation: int,
    embedder: str,
    embedder_name: str,
    configuration: str,
    counts: tuple[int, int] | None = None,
) -> None:
    """Write down the new generation and make it the current one; `counts` (chunks, facts) are counted where unknown."""
    history.stamp(connection, generation)
    chunks, facts = counts or (distinct(connection, t.chunks, generation), distinct(connection, t.facts, generation))
    row = {
        "id": generation,
        "embedder": embedder,
        "embedder_name": embedder_name,
        "configuration": configuration,
        "chunks": chunks,
        "facts": facts,
        "last_chunk": last_content(connection, t.chunk_contents),
        "last_fact": last_content(connection, t.fact_contents),
    }
    connection.execute(t.insert(t.generations), [row])
    _note(connection, "generation", str(generation))
    _note(connection, "staging", "0")


def _note(connection: t.Connection, key: str, value: str) -> None:
    """Set a value of the table `meta`."""
    connection.execute(t.update(t.meta).where(t.meta.c.key == key).values(value=value))
