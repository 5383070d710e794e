"""What is derived of rows within the records: the words under which names and timelines are looked up.

Written with the rows and gone with them, so that it needs no stamps; it can be made anew from them at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from rag.index import tables as t
from rag.index.decoding import entity_of
from rag.index.event_table import event_words
from rag.index.rendered import Row
from rag.index.rows import write_name_words
from rag.text.name_words import name_words
from rag.types import FactKind

AT_ONCE = 20_000
"""Rows that are held in memory at once."""
_OF_ENTITY = tuple(t.entities.c[name] for name in ("name", "keys", "aliases", "strength"))
_OF_EVENT = (t.facts.c.source, t.facts.c.heading, t.facts.c.kind, t.facts.c.entity_key, t.facts.c.date)


def rebuild(connection: t.Connection) -> None:
    """Make all words anew, those of earlier generations too."""
    for table in (t.name_words, t.event_words):
        connection.execute(t.delete(table))
    for rows in _parts(connection, t.entities, _OF_ENTITY):
        write_name_words(connection, rows)
    for rows in _parts(connection, t.facts, _OF_EVENT, t.facts.c.kind == FactKind.EVENT.value):
        t.insert_rows(connection, t.event_words, list(event_words(rows, _OF_EVENT)))


def wrong(connection: t.Connection, generation: int) -> list[str]:
    """What a generation would look up wrongly, one readable line each; empty when nothing."""
    problems = []
    names = events = 0
    for rows in _parts(connection, t.entities, _OF_ENTITY, t.live(t.entities, generation)):
        kept = _kept(connection, t.name_words.c.word, t.name_words.c.entity, rows)
        names += sum(kept.get(number, set()) != name_words(entity_of(*row)) for number, row in rows.items())
    if names:
        problems.append(f"{names} names cannot be looked up as they should; run `rag index rebuild`")
    live = t.and_(t.facts.c.kind == FactKind.EVENT.value, t.live(t.facts, generation))
    for rows in _parts(connection, t.facts, _OF_EVENT, live):
        kept = _kept(connection, t.event_words.c.word, t.event_words.c.fact, rows)
        for word, number in event_words(rows, _OF_EVENT):
            kept.setdefault(number, set()).symmetric_difference_update((word,))
        events += sum(map(bool, kept.values()))
    if events:
        problems.append(f"{events} entries of timelines cannot be looked up as they should; run `rag index rebuild`")
    column = t.facts.c.attribute
    counted = t.select(column, t.func.count()).where(t.live(t.facts, generation)).group_by(column)
    noted = t.select(t.headers.c.attribute, t.headers.c.facts).where(t.live(t.headers, generation))
    if _counts(connection, counted) != _counts(connection, noted):
        problems.append("the numbers of facts by attribute are wrong; delete the index and ingest again")
    return problems


def _parts(
    connection: t.Connection, table: t.Table, columns: Iterable[t.Column[Any]], *conditions: Any
) -> Iterator[dict[int, Row]]:
    """The rows of a table by their number, some at a time."""
    after = -1
    while True:
        query = t.select(table.c.row, *columns).where(table.c.row > after, *conditions)
        rows = {row[0]: tuple(row[1:]) for row in connection.execute(query.order_by(table.c.row).limit(AT_ONCE))}
        if not rows:
            return
        yield rows
        after = max(rows)


def _kept(
    connection: t.Connection, word: t.Column[str], owner: t.Column[int], rows: Collection[int]
) -> dict[int, set[str]]:
    """The words that are kept for rows."""
    found: dict[int, set[str]] = {}
    for number, kept in connection.execute(t.select(owner, word).where(t.among(owner, rows))):
        found.setdefault(number, set()).add(kept)
    return found


def _counts(connection: t.Connection, query: Any) -> Counter[str]:
    return Counter({row[0]: row[1] for row in connection.execute(query)})
