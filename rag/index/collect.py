"""Forgetting generations that nobody needs, and taking back what a crashed write left. The caller holds the lock."""

from __future__ import annotations

from dataclasses import dataclass

from rag.index import layout, lexical, rebuild
from rag.index import tables as t
from rag.index.history import Retention, forget, surplus, times
from rag.index.records import Records
from rag.index.rows import last_content


@dataclass(frozen=True, slots=True)
class Collected:
    """What garbage collection removed. `held` are generations that would have gone, but for their readers."""

    generations: tuple[int, ...]
    rows: int
    held: tuple[int, ...] = ()


def generations(connection: t.Connection) -> tuple[int, ...]:
    """The generations that can be read, in order."""
    query = t.select(t.generations.c.id).order_by(t.generations.c.id)
    return tuple(connection.execute(query).scalars())


def collectable(connection: t.Connection, retention: Retention) -> list[int]:
    """The generations that need not stay."""
    return surplus(generations(connection), times(connection), retention)


def collect(store: Records, retention: Retention) -> Collected:
    """Forget all generations but those that `retention` names and those that a reader holds."""
    with store.reading() as connection:
        old = collectable(connection, retention)
    with store.unpinned(old) as free, store.writing() as connection:
        connection.execute(t.delete(t.generations).where(t.among(t.generations.c.id, free)))
        forget(connection, free)
        rows = 0
        left: dict[str, set[int]] = {}
        for table in t.corpus_tables:
            seen = t.exists().where(t.generations.c.id >= table.c.added, t.generations.c.id < table.c.removed)
            # The newest generation sees what is live: only rows that ended need to be looked at.
            unseen = t.delete(table).where(t.ended(table), ~seen)
            if "content" in table.c:
                contents = connection.execute(unseen.returning(table.c.content)).scalars().all()
                left[table.name] = set(contents)
                rows += len(contents)
            else:
                rows += connection.execute(unseen).rowcount
        if rows:
            rebuild.compact(store, connection, left)
    return Collected(tuple(free), rows, tuple(number for number in old if number not in free))


def recover(store: Records) -> list[str]:
    """Make the index what its current generation says, after a write that perhaps never came to its end.

    One readable line for each derived part that had to be made anew, which a crash never makes necessary.
    """
    with store.writing() as connection:
        unstage(store, connection)
        if store.search is not None:
            from rag.index import remote

            remote.take_back(store, connection)
    if not store.keeps_files:
        return []
    notices = rebuild.mend(store)
    with store.writing() as connection:
        adopt(store, connection)
    rebuild.sweep(store)
    return notices


def unstage(store: Records, connection: t.Connection) -> None:
    """Take back the rows of a write that never came to its end."""
    current = store.current(connection)
    for table in t.corpus_tables:
        connection.execute(t.delete(table).where(table.c.added > current))
        taken = t.and_(t.ended(table), table.c.removed > current)
        connection.execute(t.update(table).where(taken).values(removed=t.NEVER))
    last = store.generation(connection, current)
    last_chunk, last_fact = (last.last_chunk, last.last_fact) if last else (0, 0)
    connection.execute(t.delete(t.chunk_contents).where(t.chunk_contents.c.id > last_chunk))
    connection.execute(t.delete(t.fact_contents).where(t.fact_contents.c.id > last_fact))


def adopt(store: Records, connection: t.Connection) -> None:
    """Take over the texts that a crashed write left in the lexical index: they keep their ids.

    What it was to hold again (see `indexed`) and does not is noted, so that the next write adds it.
    """
    current = store.current(connection)
    name = store.get(connection, "lexical") or ""
    for kind, contents in (("chunks", t.chunk_contents), ("facts", t.fact_contents)):
        reader = lexical.LexicalReader(layout.lexical_path(store.index, name) / kind)
        left = reader.above(last_content(connection, contents))
        rows = [{"id": e.id, "digest": e.digest, "orphan": 1, "indexed": 1} for e in reader.entries(left)]
        if rows:
            connection.execute(t.insert(contents), rows)
        again = connection.execute(t.select(contents.c.id).where(contents.c.indexed > current)).scalars()
        ids = sorted(again)
        there = {entry.id for entry in reader.entries(ids)}
        for known, found in ((0, set(ids) - there), (1, there)):
            if found:
                connection.execute(t.update(contents).where(t.among(contents.c.id, found)).values(indexed=known))
