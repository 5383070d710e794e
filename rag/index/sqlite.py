"""The records in a SQLite file: how it is opened, looked after, and what its errors mean."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import LRUCache

from rag.errors import IndexCorruptError, IndexError_, IndexLockedError, IndexVersionError

PAGE_BYTES = 8192
"""Of the file: seven cached vectors of the built-in embedder fit into a page, and a page of 4096 wastes a quarter."""
_STATEMENTS: LRUCache[Any, Any] = LRUCache(500)
"""Statements as SQL, of all engines: each ingest opens a file anew, and writing its fifty takes longer than asking."""


def connect(path: Path, *, timeout: float, immutable: bool = False) -> Engine:
    """An engine for the records in file `path`.

    `timeout` is how many seconds a statement waits for another program's lock. A transaction of a connection
    with the execution option `write` takes the write lock at once. `immutable` opens a database on a medium
    that cannot be written.
    """
    address = f"file:{_quoted(path)}?immutable=1" if immutable else f"file:{_quoted(path)}"

    def open_file() -> Any:
        connection = sqlite3.connect(address, uri=True, timeout=timeout, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA cache_size=-16000")
        return connection

    pool = QueuePool(open_file, pool_size=8, max_overflow=64, dialect=_dialect())
    engine = Engine(pool, _dialect(), make_url("sqlite://"), execution_options={"compiled_cache": _STATEMENTS})
    event.listen(engine, "begin", _begin)
    return engine


@cache
def _dialect() -> Dialect:
    """What SQLAlchemy knows of this SQLite: one for all engines, since statements are kept by it."""
    engine = create_engine("sqlite://")
    with engine.connect():  # it asks for the version once
        pass
    engine.dispose()
    return engine.dialect


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))


def has_tables(connection: Connection) -> bool:
    """Whether the records were ever set up."""
    found = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'")
    return found.first() is not None


def use_write_ahead_log(engine: Engine) -> None:
    """Let readers and a writer work side by side; the file, which must be new, remembers it and the size of pages."""
    with contextlib.closing(engine.raw_connection()) as connection:
        connection.cursor().execute(f"PRAGMA page_size={PAGE_BYTES}")
        connection.cursor().execute("PRAGMA journal_mode=WAL")


def vacuum(engine: Engine) -> None:
    """Write the file anew without unused pages."""
    with contextlib.closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM")


def integrity(connection: Connection) -> list[str]:
    """What SQLite itself finds wrong with the file; empty when nothing."""
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
    broken = [
        f"row {row[1]} of {row[0]} refers to nothing in {row[2]}"
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return [line for line in found if line != "ok"] + broken


@contextmanager
def translated(index: Path) -> Iterator[None]:
    """Turns errors of the database into the program's own."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error)
        if "locked" in reason or "busy" in reason:
            raise IndexLockedError(
                f"the records of {index} are locked by another program; try again when it has finished"
            ) from error
        if "readonly" in reason or "read-only" in reason:
            raise IndexError_(f"the index {index} cannot be written; choose another place with --index") from error
        if "full" in reason or "disk I/O" in reason:
            raise IndexError_(
                f"the index {index} could not be written ({reason}); free some space and run it again, "
                "the earlier state is intact"
            ) from error
        raise IndexCorruptError(
            f"the records of {index} cannot be read ({reason}); delete that directory and ingest again"
        ) from error


def cannot_be_written(path: Path, error: IndexError_) -> bool:
    """Whether reading failed only since SQLite cannot make its shared memory file beside the records.

    With a log that was not yet brought into the file there is no other way to read them.
    """
    log = path.with_name(f"{path.name}-wal")
    return (
        not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        and (not log.exists() or log.stat().st_size == 0)
        and not isinstance(error, IndexVersionError)
    )
