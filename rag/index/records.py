"""The records database of an index: how it is opened, read and written in transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexError_, IndexNotFoundError, IndexVersionError
from rag.index import attached, layout, sqlite
from rag.index import tables as t
from rag.index.layout import records_path

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
            if not sqlite.cannot_be_written(path, error):
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
        store = _opened_or_new(index, timeout, first)
        try:
            yield store
        finally:
            store.close()


def _opened_or_new(index: Path, timeout: float, first: First | None) -> Records:
    try:
        return Records.open(index, timeout=timeout)
    except IndexNotFoundError:
        if first is None:
            raise
    new = Records(index, sqlite.connect(records_path(index), timeout=timeout))
    try:
        new.set_up(first)
    finally:
        new.close()
    return Records.open(index, timeout=timeout)
