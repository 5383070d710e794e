"""The records in a PostgreSQL database: for many processes and machines, each with derived parts of its own.

The index directory of a machine then holds only what can be made anew (`rag.index.cache`). One ingest at a time holds
an advisory lock of the session that also does its writing: a writer that loses its connection loses both, and can do
no harm. Readers pin generations with shared advisory locks. All of them vanish with their process.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
import uuid
import weakref
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from rag.errors import ConfigError, IndexError_, IndexLockedError, MissingExtraError
from rag.index import layout
from rag.index import tables as t
from rag.index.records import Records

POOL, OVERFLOW = 4, 28
"""Connections that a process keeps open, and how many more it opens for threads that ask at once."""
CONNECT_SECONDS = 10
GONE = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
"""Seconds and attempts after which a side takes the other for gone: a machine that vanished holds no lock for long."""
WRITER = 0
"""The number of the writers' lock; those of generations begin at 1."""


class PostgresRecords(Records):
    """The records of one index in a PostgreSQL database (in the first schema of its search path)."""

    shared = True

    def __init__(self, index: Path, address: str) -> None:
        self._url = _url(address)
        super().__init__(index, _engine(self._url))
        # Whoever lets a snapshot go without closing it leaves no connection behind.
        weakref.finalize(self, self.engine.dispose)
        # Whoever lets a snapshot go without closing it leaves no connection behind.
        weakref.finalize(self, self.engine.dispose)
        self._writing: t.Connection | None = None
        self._space = 0
        with self.reading() as connection:
            schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
        if schema is None:
            self.close()
            raise ConfigError(f"{self.where}: no schema of its search path exists; create it first")
        # Of 32 bits with a sign, as the database wants it.
        self._space = zlib.crc32(f"rag {schema}".encode()) - 2**31

    @property
    def where(self) -> str:
        """The database, without a password."""
        return self._url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except (DBAPIError, psycopg.Error) as error:  # copying rows goes past SQLAlchemy
            told = error.orig if isinstance(error, DBAPIError) else error
            reason = " ".join(str(told).split()) or type(told).__name__
            raise IndexError_(
                f"the records at {self.where} could not be used ({reason}); "
                "see that the database runs and lets this user in, then try again"
            ) from error

    @contextmanager
    def writing(self) -> Iterator[t.Connection]:
        """A write transaction of the session that holds the writers' lock."""
        assert self._writing is not None, "only the holder of the lock writes"
        if self._writing.invalidated:  # SQLAlchemy would go on in another session, without the lock
            raise IndexError_(f"{self.where}: the writer's session has ended, and its lock with it; run it again")
        with self._translated(), self._writing.begin():
            yield self._writing

    @contextmanager
    def locked(self, timeout: float) -> Iterator[None]:
        """Hold the writers' lock. Raises IndexLockedError after `timeout` seconds."""
        with self._translated():
            connection = self.engine.connect()
        try:
            deadline = time.monotonic() + timeout
            while not self._ask(connection, "pg_try_advisory_lock", WRITER):
                if time.monotonic() >= deadline:
                    raise IndexLockedError(
                        f"{self.where}: {self.writer() or 'another process'} is writing to the index and did not "
                        f"finish within {timeout:g} s; wait for it or end it"
                    )
                time.sleep(layout.POLL_SECONDS)
            self._writing = connection
            yield
        finally:
            self._writing = None
            # Closed, not given back: so no lock of this session can stay behind.
            with contextlib.suppress(DBAPIError):
                connection.invalidate()
            connection.close()

    def writer(self) -> str | None:
        """Who holds the writers' lock, in words; None when nobody does."""
        held = (
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE locktype = 'advisory' AND pg_locks.database = (SELECT oid FROM pg_database "
            "WHERE datname = current_database()) AND classid = :space AND objid = :number AND granted LIMIT 1"
        )
        with self.reading() as connection:
            found = connection.execute(text(held), {"space": self._space % 2**32, "number": WRITER}).scalar()
        return None if found is None else f"process {found}"

    def pin(self, generation: int) -> layout.Hold:
        """A hold on `generation`; it counts until it is closed, or nobody refers to it any more."""
        return Pin(self, generation)

    @contextmanager
    def unpinned(self, generations: list[int]) -> Iterator[list[int]]:
        """Those of `generations` that no reader holds; none can be pinned until the end of the context."""
        assert self._writing is not None, "only the holder of the lock collects"
        free = [number for number in generations if self._ask(self._writing, "pg_try_advisory_lock", number)]
        try:
            yield free
        finally:
            with contextlib.suppress(IndexError_):
                for number in free:
                    self._ask(self._writing, "pg_advisory_unlock", number)

    def identity(self) -> object:
        """What tells these records from others put in their place later; None while there are none."""
        with self.reading() as connection:
            return self.get(connection, "identity") if self.has_tables(connection) else None

    def has_tables(self, connection: t.Connection) -> bool:
        """Whether the records were ever set up."""
        return connection.exec_driver_sql(f"SELECT to_regclass('{t.meta.name}')").scalar() is not None

    def set_up(self, first: Callable[[Records, t.Connection], None]) -> None:
        """Make the tables where there are none, and what `first` puts into them."""
        with self.reading() as connection:
            if self.has_tables(connection):
                return
        with self.writing() as connection:
            first(self, connection)
            connection.execute(t.insert(t.meta), [{"key": "identity", "value": uuid.uuid4().hex}])

    def shrink(self) -> None:
        """Make the room of rows that are gone usable again, and tell the planner how many there are."""
        with self._translated(), self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")

    def integrity(self, connection: t.Connection) -> list[str]:
        """Nothing: the database itself sees to its files and references."""
        return []

    def bytes(self, connection: t.Connection) -> int:
        """The size of the tables, and of the files of this machine."""
        names = [table.name for table in t.metadata.sorted_tables]
        sizes = [connection.execute(t.select(t.func.pg_total_relation_size(name))).scalar_one() for name in names]
        return int(sum(sizes)) + super().bytes(connection)

    def _ask(self, connection: t.Connection, function: str, number: int) -> bool:
        """What a function over advisory locks says. It is a transaction of its own; the lock is the session's."""
        with self._translated(), connection.begin():
            query = text(f"SELECT {function}(:space, :number)")
            return bool(connection.execute(query, {"space": self._space, "number": number}).scalar())

    def hold(self, generation: int) -> tuple[t.Connection, bool]:
        """A session that holds `generation`, and whether it could."""
        with self._translated():
            connection = self.engine.connect()
        try:
            return connection, self._ask(connection, "pg_try_advisory_lock_shared", generation)
        except BaseException:
            connection.close()
            raise


class Pin:
    """A reader's hold on a generation, by a session of its own."""

    def __init__(self, records: PostgresRecords, generation: int) -> None:
        connection, self.held = records.hold(generation)
        self._release = weakref.finalize(self, _let_go, connection)

    def close(self) -> None:
        """Let go."""
        self._release()


def _let_go(connection: t.Connection) -> None:
    """End a session, and so its locks."""
    with contextlib.suppress(DBAPIError):
        connection.invalidate()
        connection.close()


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise ConfigError(f"records: not a PostgreSQL URL ({error}); give postgresql://USER@HOST/DATABASE") from error
    return url.set(drivername="postgresql+psycopg")


def _engine(url: URL) -> t.Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "records in PostgreSQL need psycopg; install it with `pip install 'survey-notes-rag[postgres]'`"
        ) from error
    name = f"{os.getpid()} on {socket.gethostname()}"[:63]
    known: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "application_name": name, **GONE}
    return create_engine(
        url,
        # A reading transaction sees one state of the database, as in SQLite.
        isolation_level="REPEATABLE READ",
        pool_size=POOL,
        max_overflow=OVERFLOW,
        pool_pre_ping=True,
        connect_args={key: value for key, value in known.items() if key not in url.query},
    )


@contextmanager
def writable(
    index: Path, address: str, timeout: float, first: Callable[[Records, t.Connection], None] | None
) -> Iterator[Records]:
    """The records, locked for writing; set up with `first` where there are none."""
    store = PostgresRecords(index, address)
    try:
        with store.locked(timeout):
            if first is not None:
                store.set_up(first)
            store.check_format()
            yield store
    finally:
        store.close()


def opened(index: Path, address: str) -> Records:
    """The records. Raises IndexNotFoundError where there are none."""
    store = PostgresRecords(index, address)
    try:
        store.check_format()
    except BaseException:
        store.close()
        raise
    return store
