"""The tables of the records, the same for SQLite and PostgreSQL.

Every row of a corpus table is stamped with the generation that added it and the one that removed it (NEVER
while it is live). Generation g sees the rows with `added <= g < removed`. `generations` holds the generations
that can still be read; garbage collection removes a generation, then the rows that no generation sees.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    Join,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    distinct,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from rag.index.dialects import NUMBER, POSTGRESQL, SQLITE, TEXT, among, copy, given, streamed

__all__ = [
    "FORMAT",
    "NEVER",
    "Column",
    "Condition",
    "Connection",
    "Engine",
    "Join",
    "Row",
    "Select",
    "Table",
    "among",
    "and_",
    "behind",
    "bindparam",
    "chunk_contents",
    "chunks",
    "contexts",
    "corpus_tables",
    "dated",
    "delete",
    "distinct",
    "ended",
    "entities",
    "event_words",
    "exists",
    "fact_contents",
    "facts",
    "func",
    "generations",
    "given",
    "headers",
    "insert",
    "insert_rows",
    "live",
    "mentions",
    "meta",
    "metadata",
    "name_words",
    "names",
    "or_",
    "orphaned",
    "segments",
    "select",
    "sources",
    "streamed",
    "update",
    "vectors",
]

Condition = ColumnElement[bool]
FORMAT = 5
"""The version of the index format; raise it when rows of an earlier version can no longer be read."""
NEVER = 2**31 - 1

metadata = MetaData()

meta = Table("meta", metadata, Column("key", TEXT, primary_key=True), Column("value", TEXT, nullable=False))
"""format, generation (the commit point), lexical (directory of the Tantivy indexes), staging ("1" from the first row
of a write to its commit)."""

generations = Table(
    "generations",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("embedder", TEXT, nullable=False),
    Column("embedder_name", TEXT, nullable=False),
    Column("configuration", TEXT, nullable=False),
    # Distinct contents that the generation sees, and the highest content ids that it can know.
    Column("chunks", NUMBER, nullable=False),
    Column("facts", NUMBER, nullable=False),
    Column("last_chunk", NUMBER, nullable=False),
    Column("last_fact", NUMBER, nullable=False),
)


def _stamped(name: str, *columns: Column[Any], by: str | None = None, unique: bool = False) -> Table:
    """A corpus table; where `by` is given, an index finds the rows of one value of that column."""
    return Table(
        name,
        metadata,
        Column("row", NUMBER, primary_key=True),
        *columns,
        Column("added", Integer, nullable=False),
        Column("removed", Integer, nullable=False),
        # Most rows are live and need no entry.
        Index(f"{name}_ended", "removed", sqlite_where=_ENDED, postgresql_where=_ENDED),
        # What came since a generation is asked for by every machine that keeps derived parts of its own.
        Index(f"{name}_added", "added").ddl_if(dialect=POSTGRESQL),
        *([Index(f"{name}_{by}", by, "removed", unique=unique)] if by else []),
    )


_ENDED: ColumnElement[bool] = literal_column(f"removed < {NEVER}")
_ORPHAN: ColumnElement[bool] = literal_column("orphan = 1")


def _contents(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("id", NUMBER, primary_key=True, autoincrement=False),
        Column("digest", TEXT, nullable=False, unique=True),
        # Once without a placement: a write was never committed, or garbage collection took the last one.
        Column("orphan", Integer, nullable=False),
        # 0 where the lexical index does not hold it, else the generation that added it or, when that is
        # not to be known any more, 1. A crash can leave a generation that never came: then nobody knows.
        Column("indexed", Integer, nullable=False),
        Index(f"{name}_orphan", "id", sqlite_where=_ORPHAN, postgresql_where=_ORPHAN),
    )


def _place() -> tuple[Column[Any], ...]:
    return (
        Column("source", TEXT, nullable=False),
        # A page of a paper instead of lines of a note; then first = last = the page number.
        Column("page", Integer, nullable=False),
        Column("first", Integer, nullable=False),
        Column("last", Integer, nullable=False),
        Column("box", TEXT),
        Column("heading", TEXT, nullable=False),
    )


sources = _stamped(
    "sources",
    Column("path", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("title", TEXT, nullable=False),
    Column("encoding", TEXT, nullable=False),
    Column("repair", TEXT),
    Column("stale", TEXT),
    Column("text", LargeBinary, nullable=False),
    by="path",
    unique=True,
)

chunk_contents = _contents("chunk_contents")
fact_contents = _contents("fact_contents")

chunks = _stamped(
    "chunks",
    Column("content", NUMBER, ForeignKey("chunk_contents.id"), nullable=False, index=True),
    *_place(),
    Column("context", TEXT, nullable=False),
    Column("text", TEXT, nullable=False),
    by="source",
)

facts = _stamped(
    "facts",
    Column("content", NUMBER, ForeignKey("fact_contents.id"), nullable=False, index=True),
    *_place(),
    Column("ordinal", Integer, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("entity", TEXT, nullable=False),
    Column("entity_key", TEXT, nullable=False),
    Column("attribute", TEXT, nullable=False),
    Column("value", TEXT, nullable=False),
    Column("quote", TEXT, nullable=False),
    Column("qualifiers", TEXT, nullable=False),
    Column("mentions", TEXT, nullable=False),
    Column("date", TEXT),
    by="source",
)
# Only asked for equality; an ordered index of PostgreSQL takes no value of some thousand bytes.
Index("ix_facts_entity_key", facts.c.entity_key, postgresql_using="hash")
Index("ix_facts_attribute", facts.c.attribute, postgresql_using="hash")

_DATED: ColumnElement[bool] = literal_column("date IS NOT NULL AND entity_key <> ''")
# Facts about a thing that bear a date. An ordered index of PostgreSQL takes no header of some thousand bytes.
_DATES = {
    SQLITE: Index("ix_facts_dated", facts.c.date, facts.c.kind, facts.c.attribute, sqlite_where=_DATED),
    POSTGRESQL: Index("ix_facts_dated_short", facts.c.date, facts.c.kind, postgresql_where=_DATED),
}
for _dialect, _index in _DATES.items():
    _index.ddl_if(dialect=_dialect)

mentions = Table(
    "mentions",
    metadata,
    Column("key", TEXT, nullable=False),
    Column("fact", NUMBER, ForeignKey("facts.row", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("key", "fact").ddl_if(dialect=SQLITE),
    Index("mentions_key", "key", postgresql_using="hash").ddl_if(dialect=POSTGRESQL),
    Index("mentions_fact", "fact"),
    sqlite_with_rowid=False,
)

event_words = Table(
    "event_words",
    metadata,
    Column("word", TEXT, nullable=False),
    Column("fact", NUMBER, ForeignKey("facts.row", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("word", "fact"),
    Index("event_words_fact", "fact"),
    sqlite_with_rowid=False,
)
"""Words of the headings and file names above dated entries of timelines, see `rag.index.event_table`."""

names = _stamped(
    "names",
    Column("source", TEXT, nullable=False),
    Column("position", Integer, nullable=False),
    Column("surface", TEXT, nullable=False),
    Column("key", TEXT, nullable=False),
    Column("group", TEXT, nullable=False),
    Column("strength", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Column("url", TEXT),
    by="source",
)

headers = _stamped(
    "headers",
    Column("attribute", TEXT, nullable=False),
    Column("facts", Integer, nullable=False),
)
"""Distinct attributes of facts, with the number of facts that bear each."""

entities = _stamped(
    "entities",
    Column("name", TEXT, nullable=False),
    Column("keys", TEXT, nullable=False),
    Column("aliases", TEXT, nullable=False),
    Column("strength", Integer, nullable=False),
)

name_words = Table(
    "name_words",
    metadata,
    Column("word", TEXT, nullable=False),
    Column("entity", NUMBER, ForeignKey("entities.row", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("word", "entity"),
    Index("name_words_entity", "entity"),
    sqlite_with_rowid=False,
)
"""The words under which each thing is looked up (`rag.text.name_words`), for as long as its row is there."""

contexts = Table(
    "contexts",
    metadata,
    Column("digest", TEXT, primary_key=True),
    Column("text", TEXT, nullable=False),
)
"""What passages stand under, by the end of their digests: what is embedded of it is read from here."""

vectors = Table(
    "vectors",
    metadata,
    Column("embedder", TEXT, primary_key=True),
    Column("digest", TEXT, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)
"""The cache of unit vectors (float16), by embedder and digest of the embedded text; generations share it."""

segments = _stamped(
    "segments",
    Column("file", TEXT, nullable=False),
    Column("embedder", TEXT, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("checksum", NUMBER, nullable=False),
    # The content ids in the file: int64, little endian, compressed with zlib.
    Column("ids", LargeBinary, nullable=False),
)
"""FAISS files; a generation searches those that it sees."""

corpus_tables = (sources, chunks, facts, names, entities, headers, segments)


def live(table: Table, generation: int) -> ColumnElement[bool]:
    """The condition that `generation` sees a row of `table`."""
    return and_(table.c.added <= generation, table.c.removed > generation)


def dated() -> ColumnElement[bool]:
    """The condition that a fact is about a thing and bears a date; written as in the index over such facts."""
    return and_(facts.c.date.is_not(None), facts.c.entity_key != literal_column("''"))


def behind(columns: Sequence[Column[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    """The condition that a row comes after `values` in the order of `columns`."""
    return tuple_(*columns) > tuple_(*values)


def ended(table: Table) -> ColumnElement[bool]:
    """The condition that a row is not live; written as in the index over such rows."""
    return and_(table.c.removed < literal_column(str(NEVER)))


def orphaned(contents: Table) -> ColumnElement[bool]:
    """The condition that a content was once without a placement; written as in the index over such rows."""
    return and_(contents.c.orphan == literal_column("1"))


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each in the order of the table's columns.

    The driver gets them as they are, which takes a third of the time that SQLAlchemy needs for named values.
    """
    if not rows:
        return
    statement = insert(table)
    if connection.dialect.name == POSTGRESQL:
        copy(connection, table, rows)
    elif connection.dialect.positional:
        connection.exec_driver_sql(str(statement.compile(dialect=connection.dialect)), list(rows))
    else:
        names = [column.name for column in table.columns]
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])
