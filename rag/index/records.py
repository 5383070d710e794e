"""Reading the records: rows of one generation as domain types."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from rag.errors import IndexError_, IndexNotFoundError, IndexVersionError
from rag.index import attached, layout, sqlite
from rag.index import tables as t
from rag.index.decoding import chunk_of, fact_of, source_of, strings
from rag.index.layout import records_path
from rag.types import Chunk, Entity, Fact, Lines, Location, Name, Source

READ_TIMEOUT = 5.0
"""Seconds that a reader waits where another program holds the whole database."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of the index. `chunks` and `facts` count distinct contents; `last_*` are content ids."""

    id: int
    embedder: str
    embedder_name: str
    configuration: str
    chunks: int
    facts: int
    last_chunk: int
    last_fact: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A FAISS file of a generation, with its size in bytes, its CRC-32 and the content ids in it."""

    row: int
    file: str
    embedder: str
    size: int
    checksum: int
    ids: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows of a source without reading it."""

    digest: str
    size: int
    mtime_ns: int
    stale: str | None


First = Callable[["Records", t.Connection], None]
"""What makes the tables of new records, and their first rows."""


class Records:
    """The records database of one index, a file in its directory. Safe to share between threads.

    Where `shared`, they lie on a server instead (`rag.index.postgresql`), and the files in the directory are this
    machine's own (`rag.index.cache`).
    """

    shared = False

    def __init__(self, index: Path, engine: t.Engine) -> None:
        self.index = index
        self.engine = engine
        self.search = attached.search_of(index)

    @classmethod
    def open(cls, index: Path, *, timeout: float = READ_TIMEOUT) -> Records:
        """The records of the index in directory `index`.

        Raises IndexNotFoundError, IndexVersionError, IndexCorruptError, IndexLockedError.
        """
        if (address := attached.address_of(index)) is not None:
            from rag.index import postgresql

            return postgresql.opened(index, address)
        path = records_path(index)
        if not path.is_file():
            raise IndexNotFoundError(f"there is no index in {index}; run `rag ingest` first")
        records = cls(index, sqlite.connect(path, timeout=timeout))
        try:
            records.check_format()
        except IndexError_ as error:
            records.close()
            if not _cannot_be_written(path, error):
                raise
            records = cls(index, sqlite.connect(path, timeout=timeout, immutable=True))
            records.check_format()
        return records

    def check_format(self) -> None:
        """Raise IndexNotFoundError where there are no tables, IndexVersionError where they are of another version."""
        with self.reading() as connection:
            if not self.has_tables(connection):
                raise IndexNotFoundError(f"there is no finished ingest in {self.index}; run `rag ingest` first")
            found = self.get(connection, "format")
        if found != str(t.FORMAT):
            self.close()
            raise IndexVersionError(
                f"the index {self.index} has format {found}, this program has format {t.FORMAT}; "
                "delete that directory and ingest again"
            )

    @property
    def keeps_files(self) -> bool:
        """Whether a writer keeps the files that are searched: not where a server is, or every machine has its own."""
        return self.search is None and not self.shared

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def identity(self) -> object:
        """What tells the file at the records' place from another put there later; None while there is none."""
        try:
            found = records_path(self.index).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def has_tables(self, connection: t.Connection) -> bool:
        """Whether the records were ever set up."""
        return sqlite.has_tables(connection)

    def set_up(self, first: First) -> None:
        """Make the tables where there are none, and what `first` puts into them."""
        with self._translated():
            with self.engine.connect() as connection:
                if self.has_tables(connection):
                    return
            sqlite.use_write_ahead_log(self.engine)
        with self.writing() as connection:
            first(self, connection)

    def _translated(self) -> AbstractContextManager[None]:
        """Turns errors of the database into the program's own."""
        return sqlite.translated(self.index)

    @contextmanager
    def reading(self) -> Iterator[t.Connection]:
        """A connection in a read transaction."""
        with self._translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[t.Connection]:
        """A connection in a write transaction that is committed at the end."""
        with self._translated(), self.engine.connect() as connection:
            connection = connection.execution_options(write=True)
            with connection.begin():
                yield connection

    def pin(self, generation: int) -> layout.Hold:
        """A hold on `generation`; it counts until it is closed, or nobody refers to it any more."""
        return layout.Pin(self.index, generation)

    def unpinned(self, generations: list[int]) -> AbstractContextManager[list[int]]:
        """Those of `generations` that no reader holds; none can be pinned until the end of the context."""
        return layout.unpinned(self.index, generations)

    def writer(self) -> str | None:
        """Who holds the write lock, in words; None when nobody does."""
        return layout.writer_of(self.index)

    def shrink(self) -> None:
        """Give unused pages of the file back to the disk."""
        with self._translated():
            sqlite.vacuum(self.engine)

    def integrity(self, connection: t.Connection) -> list[str]:
        """What the database itself finds wrong; empty when nothing."""
        return sqlite.integrity(connection)

    def bytes(self, connection: t.Connection) -> int:
        """The size of all that the index holds."""
        return sum(path.stat().st_size for path in self.index.rglob("*") if path.is_file())

    def get(self, connection: t.Connection, key: str) -> str | None:
        """A value of the table `meta`."""
        found = connection.execute(t.select(t.meta.c.value).where(t.meta.c.key == key)).scalar()
        return None if found is None else str(found)

    def current(self, connection: t.Connection) -> int:
        """The number of the current generation, 0 before the first."""
        return int(self.get(connection, "generation") or 0)

    def require_current(self, connection: t.Connection) -> Generation:
        """The current generation. Raises IndexNotFoundError where there is none yet."""
        found = self.generation(connection, self.current(connection))
        if found is None:
            raise IndexNotFoundError(f"there is no finished ingest in {self.index}; run `rag ingest` first")
        return found

    def generation(self, connection: t.Connection, number: int) -> Generation | None:
        """A generation that can still be read."""
        row = connection.execute(t.select(t.generations).where(t.generations.c.id == number)).first()
        return None if row is None else Generation(*row)


@contextmanager
def writable(index: Path, *, timeout: float, first: First | None = None) -> Iterator[Records]:
    """The records under the write lock, which is waited for at most `timeout` seconds.

    With `first` they are set up where there are none. Raises IndexNotFoundError, IndexLockedError and their siblings.
    """
    address = attached.address_of(index)
    if first is not None:
        layout.make(index)
    elif address is None and not records_path(index).is_file():
        raise IndexNotFoundError(f"there is no index in {index}; run `rag ingest` first")
    if address is not None:
        from rag.index import postgresql

        with layout.written(index), postgresql.writable(index, address, timeout, first) as store:
            yield store
        return
    with layout.writing(index, timeout=timeout), layout.written(index):
        if first is not None:
            new = Records(index, sqlite.connect(records_path(index), timeout=timeout))
            try:
                new.set_up(first)
            finally:
                new.close()
        store = Records.open(index, timeout=timeout)
        try:
            yield store
        finally:
            store.close()


def _cannot_be_written(path: Path, error: IndexError_) -> bool:
    """Whether reading failed only since SQLite cannot make its shared memory file beside the records.

    With a log that was not yet brought into the file there is no other way to read them.
    """
    log = path.with_name(f"{path.name}-wal")
    return (
        not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        and (not log.exists() or log.stat().st_size == 0)
        and not isinstance(error, IndexVersionError)
    )


def source(connection: t.Connection, generation: int, path: str) -> Source | None:
    """The source at `path`."""
    rows = _select(connection, t.sources, generation, t.sources.c.path == path)
    return source_of(rows[0]) if rows else None


def sources(connection: t.Connection, generation: int) -> list[Source]:
    """All sources, sorted by path."""
    return [source_of(row) for row in _select(connection, t.sources, generation, order=(t.sources.c.path,))]


def source_paths(connection: t.Connection, generation: int) -> tuple[str, ...]:
    """The paths of all sources, sorted."""
    column = t.sources.c.path
    query = t.select(column).where(t.live(t.sources, generation)).order_by(column)
    return tuple(connection.execute(query).scalars())


def known_sources(connection: t.Connection, generation: int) -> dict[str, Known]:
    """What is known of every source, by path."""
    columns = t.sources.c
    query = t.select(columns.path, columns.digest, columns.size, columns.mtime_ns, columns.stale)
    rows = connection.execute(query.where(t.live(t.sources, generation)))
    return {row[0]: Known(row[1], row[2], row[3], row[4]) for row in rows}


def chunks(
    connection: t.Connection,
    generation: int,
    contents: Collection[int] | None = None,
    cache: ChunkCache | None = None,
    *,
    where: Sequence[Any] = (),
) -> list[tuple[int, Chunk]]:
    """(content id, chunk) of every placement, of all contents or of `contents`, by source and place.

    `cache` keeps the placements of `contents` in this one generation; `where` are further conditions.
    """
    if cache is not None and contents is not None and not where:
        return _kept_chunks(connection, generation, contents, cache)
    conditions = list(where) if contents is None else [*where, t.among(t.chunks.c.content, contents)]
    digest = t.chunk_contents.c.digest
    joined = t.chunks.join(t.chunk_contents, t.chunks.c.content == t.chunk_contents.c.id)
    query = t.select(t.chunks, digest).select_from(joined).where(t.live(t.chunks, generation), *conditions)
    found = [(row.content, chunk_of(row)) for row in connection.execute(query)]
    found.sort(key=lambda pair: (pair[1].source, place(pair[1].location), pair[1].digest))
    return found


def _kept_chunks(
    connection: t.Connection, generation: int, contents: Collection[int], cache: ChunkCache
) -> list[tuple[int, Chunk]]:
    if len(cache) > CACHED_CHUNKS:
        cache.clear()
    missing = [content for content in contents if content not in cache]
    if missing:
        made: dict[int, list[Chunk]] = {content: [] for content in missing}
        for content, chunk in chunks(connection, generation, missing):
            made[content].append(chunk)
        cache |= {content: tuple(placed) for content, placed in made.items()}
    found = [(content, chunk) for content in contents for chunk in cache[content]]
    found.sort(key=lambda pair: (pair[1].source, place(pair[1].location), pair[1].digest))
    return found


ChunkCache = dict[int, tuple[Chunk, ...]]
"""Content id -> its placements in one generation."""
CACHED_CHUNKS = 10_000
"""About 10 MB."""
FactOrder = tuple[str, int, tuple[int, int, tuple[float, ...]]]
FactCache = dict[int, tuple[FactOrder, int, Fact]]
"""Row -> (place in the reading order, content id, fact): rows never change but for their stamps, so none need be
decoded twice."""
CACHED_FACTS = 50_000
"""About 50 MB."""


def facts(
    connection: t.Connection, generation: int, *conditions: Any, cache: FactCache | None = None
) -> list[tuple[int, Fact]]:
    """(content id, fact) of every placement that meets `conditions`, by source and ordinal."""
    cache = {} if cache is None else cache
    if len(cache) > CACHED_FACTS:
        cache.clear()
    query = t.select(t.facts.c.row).where(t.live(t.facts, generation), *conditions)
    return _decoded(connection, list(connection.execute(query).scalars()), cache)


def best_facts(
    connection: t.Connection, generation: int, scores: Mapping[int, float], limit: int, cache: FactCache
) -> list[tuple[int, Fact]]:
    """(content id, fact) of the `limit` best placements by the `scores` of contents; ties by source and ordinal.

    Thousands may tie with the last in notes of one kind: only those that are wanted are read whole.
    """
    columns = t.facts.c
    query = t.select(columns.row, columns.content, columns.source, columns.ordinal)
    here = query.where(t.live(t.facts, generation), t.among(columns.content, scores))
    ranked = sorted((-scores[r[1]], r[2], r[3], r[0]) for r in connection.execute(here))[:limit]
    decoded = _decoded(connection, [row for *_, row in ranked], cache)
    return sorted(decoded, key=lambda pair: (-scores[pair[0]], pair[1].source, pair[1].ordinal))


def _decoded(connection: t.Connection, rows: Sequence[int], cache: FactCache) -> list[tuple[int, Fact]]:
    wanted = {row: cache.get(row) for row in rows}
    missing = [row for row, known in wanted.items() if known is None]
    if missing:
        for row in connection.execute(t.select(t.facts).where(t.among(t.facts.c.row, missing))):
            fact = fact_of(row)
            order = (fact.source, fact.ordinal, place(fact.location))
            wanted[row.row] = cache[row.row] = (order, row.content, fact)
    found = sorted((known for known in wanted.values() if known is not None), key=itemgetter(0))
    return [(content, fact) for _, content, fact in found]


def mentioning(keys: Collection[str]) -> Any:
    """The condition that a fact mentions one of `keys`."""
    wanted = t.select(t.mentions.c.fact).where(t.among(t.mentions.c.key, keys))
    return t.facts.c.row.in_(wanted)


def attributes(connection: t.Connection, generation: int) -> tuple[tuple[str, int], ...]:
    """Distinct attributes as written, with the number of their facts, sorted."""
    column = t.facts.c.attribute
    query = t.select(column, t.func.count()).where(t.live(t.facts, generation)).group_by(column)
    return tuple(sorted((name, count) for name, count in connection.execute(query)))


def fact_count(connection: t.Connection, generation: int) -> int:
    """How many facts there are, repeated ones too."""
    query = t.select(t.func.count()).select_from(t.facts).where(t.live(t.facts, generation))
    return int(connection.execute(query).scalar_one())


def entities(connection: t.Connection, generation: int, known: Mapping[int, Entity] | None = None) -> dict[int, Entity]:
    """Row -> entity of all entities, sorted by name; those `known` by their row are not read again."""
    known = known or {}
    query = t.select(t.entities.c.row).where(t.live(t.entities, generation))
    found = {row: known.get(row) for row in connection.execute(query).scalars()}
    missing = [row for row, entity in found.items() if entity is None]
    if missing:
        for row in connection.execute(t.select(t.entities).where(t.among(t.entities.c.row, missing))):
            found[row.row] = Entity(row.name, strings(row.keys), strings(row.aliases), row.strength)
    held = [(row, entity) for row, entity in found.items() if entity is not None]
    return dict(sorted(held, key=lambda pair: (pair[1].name, pair[1].keys)))


def names(connection: t.Connection, generation: int) -> list[Name]:
    """The names of all sources, in the order in which they were found, source by source."""
    rows = _select(connection, t.names, generation)
    found = [
        (
            row.source,
            row.position,
            Name(row.surface, row.key, row.group, row.strength, row.source, row.line, row.url),
        )
        for row in rows
    ]
    found.sort(key=lambda entry: entry[:2])
    return [name for _, _, name in found]


def segments(connection: t.Connection, generation: int, embedder: str) -> list[Segment]:
    """The FAISS files that `generation` searches."""
    rows = _select(connection, t.segments, generation, t.segments.c.embedder == embedder, order=(t.segments.c.row,))
    return [Segment(r.row, r.file, r.embedder, r.size, r.checksum, r.ids) for r in rows]


def hidden(connection: t.Connection, generation: int, kind: str, last: int) -> set[int]:
    """The contents up to id `last` that `generation` does not see. `kind` is "chunks" or "facts"."""
    placements, contents = (t.chunks, t.chunk_contents) if kind == "chunks" else (t.facts, t.fact_contents)
    gone = t.select(placements.c.content).where(t.ended(placements), placements.c.removed <= generation)
    orphans = t.select(contents.c.id).where(t.orphaned(contents))
    seen = t.select(placements.c.content).where(t.live(placements, generation))
    left = set(connection.execute(gone).scalars()) | set(connection.execute(orphans).scalars())
    if left:
        left -= set(connection.execute(seen.where(t.among(placements.c.content, left))).scalars())
    return {content for content in left if content <= last}


def every_content(
    connection: t.Connection, kind: str, generation: int, after: int = 0, among: Collection[int] | None = None
) -> Iterator[tuple[int, str, Chunk | Fact]]:
    """(content id, digest, a placement) of every content that any kept generation up to `generation` sees.

    `kind` is "chunks" or "facts". Placements of generations up to `after` do not count; `among` are the
    only contents that do.
    """
    placements, contents = (t.chunks, t.chunk_contents) if kind == "chunks" else (t.facts, t.fact_contents)
    kept = t.and_(placements.c.added <= generation, placements.c.added > after)
    if among is not None:
        kept = t.and_(kept, t.among(placements.c.content, among))
    first = t.select(t.func.min(placements.c.row)).where(kept).group_by(placements.c.content)
    query = (
        t.select(placements, contents.c.digest)
        .select_from(placements.join(contents, placements.c.content == contents.c.id))
        .where(placements.c.row.in_(first))
        .order_by(placements.c.content)
    )
    for row in connection.execute(t.streamed(query)):
        yield row.content, row.digest, chunk_of(row) if kind == "chunks" else fact_of(row)


def place(location: Location) -> tuple[int, int, tuple[float, ...]]:
    """A key that sorts locations of one source in reading order."""
    if isinstance(location, Lines):
        return location.first, location.last, ()
    return location.number, location.number, location.box or ()


def _select(
    connection: t.Connection, table: t.Table, generation: int, *conditions: Any, order: Sequence[Any] = ()
) -> Sequence[Any]:
    query = t.select(table).where(t.live(table, generation), *conditions).order_by(*order)
    return connection.execute(query).all()
