"""The tables of the records, and how to open the database: the one place that knows SQLAlchemy and SQLite.

Every row of a corpus table is stamped with the generation that added it and the one that removed it (NEVER
while it is live). Generation g sees the rows with `added <= g < removed`. `generations` holds the generations
that can still be read; garbage collection removes a generation, then the rows that no generation sees.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    and_,
    bindparam,
    create_engine,
    delete,
    distinct,
    event,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from rag.errors import IndexCorruptError, IndexError_, IndexLockedError

__all__ = [
    "FORMAT",
    "NEVER",
    "RECORDS_NAME",
    "Column",
    "Connection",
    "Engine",
    "Table",
    "among",
    "and_",
    "bindparam",
    "chunk_contents",
    "chunks",
    "connect",
    "corpus_tables",
    "delete",
    "distinct",
    "ended",
    "entities",
    "exists",
    "fact_contents",
    "facts",
    "func",
    "generations",
    "has_tables",
    "insert",
    "insert_rows",
    "integrity",
    "live",
    "mentions",
    "meta",
    "metadata",
    "names",
    "or_",
    "orphaned",
    "segments",
    "select",
    "sources",
    "translated",
    "update",
    "use_write_ahead_log",
    "vacuum",
    "vectors",
]

FORMAT = 2
"""The version of the index format; raise it when rows of an earlier version can no longer be read."""
NEVER = 2**31 - 1
PAGE_BYTES = 8192
"""Of the file: seven cached vectors of the built-in embedder fit into a page, and a page of 4096 wastes a quarter."""
RECORDS_NAME = "records.db"

metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
"""format, generation (the commit point), lexical (directory of the Tantivy indexes), staging ("1" from the first row
of a write to its commit)."""

generations = Table(
    "generations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("embedder", Text, nullable=False),
    Column("embedder_name", Text, nullable=False),
    Column("configuration", Text, nullable=False),
    # Distinct contents that the generation sees, and the highest content ids that it can know.
    Column("chunks", Integer, nullable=False),
    Column("facts", Integer, nullable=False),
    Column("last_chunk", Integer, nullable=False),
    Column("last_fact", Integer, nullable=False),
)


def _stamped(name: str, *columns: Column[Any], by: str | None = None, unique: bool = False) -> Table:
    """A corpus table; where `by` is given, an index finds the rows of one value of that column."""
    return Table(
        name,
        metadata,
        Column("row", Integer, primary_key=True),
        *columns,
        Column("added", Integer, nullable=False),
        Column("removed", Integer, nullable=False),
        # Most rows are live and need no entry.
        Index(f"{name}_ended", "removed", sqlite_where=_ENDED),
        *([Index(f"{name}_{by}", by, "removed", unique=unique)] if by else []),
    )


_ENDED: ColumnElement[bool] = literal_column(f"removed < {NEVER}")
_ORPHAN: ColumnElement[bool] = literal_column("orphan = 1")


def _contents(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("digest", Text, nullable=False, unique=True),
        # Once without a placement: a write was never committed, or garbage collection took the last one.
        Column("orphan", Integer, nullable=False),
        # 0 where the lexical index does not hold it, else the generation that added it or, when that is
        # not to be known any more, 1. A crash can leave a generation that never came: then nobody knows.
        Column("indexed", Integer, nullable=False),
        Index(f"{name}_orphan", "id", sqlite_where=_ORPHAN),
    )


def _place() -> tuple[Column[Any], ...]:
    return (
        Column("source", Text, nullable=False),
        # A page of a paper instead of lines of a note; then first = last = the page number.
        Column("page", Integer, nullable=False),
        Column("first", Integer, nullable=False),
        Column("last", Integer, nullable=False),
        Column("box", Text),
        Column("heading", Text, nullable=False),
    )


sources = _stamped(
    "sources",
    Column("path", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("repair", Text),
    Column("stale", Text),
    Column("text", LargeBinary, nullable=False),
    by="path",
    unique=True,
)

chunk_contents = _contents("chunk_contents")
fact_contents = _contents("fact_contents")

chunks = _stamped(
    "chunks",
    Column("content", Integer, ForeignKey("chunk_contents.id"), nullable=False, index=True),
    *_place(),
    Column("context", Text, nullable=False),
    Column("text", Text, nullable=False),
    by="source",
)

facts = _stamped(
    "facts",
    Column("content", Integer, ForeignKey("fact_contents.id"), nullable=False, index=True),
    *_place(),
    Column("ordinal", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("entity_key", Text, nullable=False, index=True),
    Column("attribute", Text, nullable=False, index=True),
    Column("value", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("qualifiers", Text, nullable=False),
    Column("mentions", Text, nullable=False),
    Column("date", Text),
    by="source",
)

mentions = Table(
    "mentions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("fact", Integer, ForeignKey("facts.row", ondelete="CASCADE"), primary_key=True),
    Index("mentions_fact", "fact"),
    sqlite_with_rowid=False,
)

names = _stamped(
    "names",
    Column("source", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("surface", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("group", Text, nullable=False),
    Column("strength", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Column("url", Text),
    by="source",
)

entities = _stamped(
    "entities",
    Column("name", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("strength", Integer, nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("embedder", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)
"""The cache of unit vectors (float16), by embedder and digest of the embedded text; generations share it."""

segments = _stamped(
    "segments",
    Column("file", Text, nullable=False),
    Column("embedder", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("checksum", Integer, nullable=False),
    # The content ids in the file: int64, little endian, compressed with zlib.
    Column("ids", LargeBinary, nullable=False),
)
"""FAISS files; a generation searches those that it sees."""

corpus_tables = (sources, chunks, facts, names, entities, segments)


def live(table: Table, generation: int) -> ColumnElement[bool]:
    """The condition that `generation` sees a row of `table`."""
    return and_(table.c.added <= generation, table.c.removed > generation)


def ended(table: Table) -> ColumnElement[bool]:
    """The condition that a row is not live; written as in the index over such rows."""
    return and_(table.c.removed < literal_column(str(NEVER)))


def orphaned(contents: Table) -> ColumnElement[bool]:
    """The condition that a content was once without a placement; written as in the index over such rows."""
    return and_(contents.c.orphan == literal_column("1"))


def among(column: Any, values: Iterable[int | str]) -> ColumnElement[bool]:
    """The condition that `column` holds one of `values`, however many: they travel as one parameter."""
    wanted = text("SELECT value FROM json_each(:wanted)").bindparams(wanted=json.dumps(list(values)))
    return column.in_(wanted)  # type: ignore[no-any-return]


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each in the order of the table's columns.

    The driver gets them as they are, which takes a third of the time that SQLAlchemy needs for named values.
    """
    if not rows:
        return
    statement = insert(table)
    if connection.dialect.positional:
        connection.exec_driver_sql(str(statement.compile(dialect=connection.dialect)), list(rows))
    else:
        names = [column.name for column in table.columns]
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def connect(path: Path, *, timeout: float, immutable: bool = False) -> Engine:
    """An engine for the records in file `path`.

    `timeout` is how many seconds a statement waits for another program's lock. A transaction of a connection
    with the execution option `write` takes the write lock at once. `immutable` opens a database on a medium
    that cannot be written.
    """
    address = f"file:{_quoted(path)}?immutable=1" if immutable else f"file:{_quoted(path)}"

    def open_file() -> sqlite3.Connection:
        connection = sqlite3.connect(address, uri=True, timeout=timeout, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA cache_size=-16000")
        return connection

    engine = create_engine("sqlite://", creator=open_file, poolclass=QueuePool, pool_size=8, max_overflow=64)
    event.listen(engine, "begin", _begin)
    return engine


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
