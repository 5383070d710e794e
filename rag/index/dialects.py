"""What SQLite and PostgreSQL want differently of one statement: column types, long lists of values, many rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Self

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    column,
    func,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_ESCAPE = "\uf8f0"
MANY = 2000
"""Rows that come at once where a whole corpus is read: no client holds all of them."""


class _PostgresText(TypeDecorator[str]):
    """Text on PostgreSQL: ordered by code point as in SQLite; U+0000, which it cannot hold, is written otherwise."""

    impl = Text
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(collation="C")

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is stored."""
        return None if value is None else escaped(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """As it was given."""
        if value is None or _ESCAPE not in value:
            return value
        return value.replace(f"{_ESCAPE}0", "\0").replace(f"{_ESCAPE}1", _ESCAPE)


def escaped(value: str) -> str:
    """`value` as PostgreSQL can hold it."""
    if _ESCAPE in value:
        value = value.replace(_ESCAPE, f"{_ESCAPE}1")
    return value.replace("\0", f"{_ESCAPE}0") if "\0" in value else value


TEXT = Text().with_variant(_PostgresText(), POSTGRESQL)
# SQLite's INTEGER holds 64 bits, that of PostgreSQL 32.
NUMBER = Integer().with_variant(BigInteger(), POSTGRESQL)


class _Wanted(TypeDecorator[Any]):
    """A list of values as one parameter: JSON for SQLite, an array for PostgreSQL."""

    impl = Text
    cache_ok = True

    def __init__(self, whole: bool) -> None:
        super().__init__()
        self.whole = whole

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the driver is handed."""
        array = ARRAY(BigInteger() if self.whole else Text())
        return dialect.type_descriptor(array if dialect.name == POSTGRESQL else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The list as it travels."""
        if dialect.name != POSTGRESQL:
            return json.dumps(value)
        return value if self.whole else [escaped(one) for one in value]


class _Among(FunctionElement[bool]):
    """A column and the list of values among which it is to be."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        """The condition as it is. SQLAlchemy would write `... IN (...) = 1` for SQLite, which then asks no index."""
        return self


@compiles(_Among)
def _in_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, wanted = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({wanted}))"


@compiles(_Among, POSTGRESQL)
def _in_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, wanted = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({wanted})"


def among(column: Any, values: Iterable[int | str]) -> ColumnElement[bool]:
    """The condition that `column` holds one of `values`, however many: they travel as one parameter."""
    whole = isinstance(column.type, Integer)
    return _Among(column, bindparam("wanted", list(values), type_=_Wanted(whole), unique=True))


def given(connection: Connection, values: Sequence[str]) -> ColumnElement[str]:
    """A column of `values`, to be selected from as from a table: they travel as one parameter."""
    wanted = bindparam("given", list(values), type_=_Wanted(whole=False), unique=True)
    if connection.dialect.name == POSTGRESQL:
        return func.unnest(wanted, type_=TEXT).column_valued("given")
    return func.json_each(wanted).table_valued(column("value", TEXT)).c.value


def streamed(query: Any) -> Any:
    """The same query, whose rows come a part at a time."""
    return query.execution_options(yield_per=MANY)


def copy(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows as PostgreSQL takes them fastest, each in the order of the table's columns."""
    quote = connection.dialect.identifier_preparer
    names = ", ".join(quote.format_column(column) for column in table.columns)
    driver: Any = connection.connection.cursor()
    with driver as cursor, cursor.copy(f"COPY {quote.format_table(table)} ({names}) FROM STDIN") as copying:
        for row in rows:
            copying.write_row([escaped(value) if isinstance(value, str) else value for value in row])
