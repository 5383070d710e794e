from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.index import sqlite
from rag.index import tables as t

LOOKED_UP = (
    t.facts.c.row,
    t.facts.c.content,
    t.facts.c.entity_key,
    t.facts.c.attribute,
    t.chunks.c.content,
    t.entities.c.row,
    t.chunk_contents.c.digest,
    t.mentions.c.key,
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[t.Connection]:
    engine = sqlite.connect(tmp_path / "records.db", timeout=1)
    t.metadata.create_all(engine)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.mark.parametrize("column", LOOKED_UP, ids=str)
def test_rows_with_one_of_some_values_are_looked_up_not_searched_for(connection: t.Connection, column: Any) -> None:
    values = [1, 2] if column.table is t.entities or column.name in ("row", "content") else ["a", "b"]
    stamped = "added" in column.table.c
    conditions = [t.live(column.table, 3)] if stamped else []
    query = t.select(column).where(*conditions, t.among(column, values))

    compiled = query.compile(connection)
    unknown = (None,) * len(compiled.positiontup or ())
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", unknown).all()

    assert plan[0].detail.startswith(f"SEARCH {column.table.name} USING ")


def test_among_and_its_opposite(connection: t.Connection) -> None:
    rows = [{"key": name, "value": name} for name in "abc"]
    connection.execute(t.insert(t.meta), rows)
    key = t.meta.c.key

    def found(condition: Any) -> list[str]:
        return sorted(connection.execute(t.select(key).where(condition)).scalars())

    assert found(t.among(key, ["b", "c", "d"])) == ["b", "c"]
    assert found(~t.among(key, ["b"])) == ["a", "c"]
    assert found(t.and_(t.among(key, ["b", "c"]), key != "b")) == ["c"]
    assert found(t.or_(t.among(key, ["b"]), key == "a")) == ["a", "b"]
    assert found(t.among(key, [])) == []
