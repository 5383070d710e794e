"""Looking after an index: status, verification, rebuilding, going back, and garbage collection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.errors import UsageError
from rag.index import cache, layout, lexical, lexical_bytes, looked_up, placements, rebuild, records, segments, sources
from rag.index import tables as t
from rag.index.collect import Collected, collect, collectable, generations, recover
from rag.index.coverage import cover
from rag.index.history import Past, Retention, past
from rag.index.records import Records
from rag.index.rows import Rows, Touched
from rag.index.vector_status import VectorSearch, vector_search
from rag.index.writer import bring, finish

LOCK_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What an index holds. `failed` lists (path, reason) of the sources that serve in an earlier version.

    `generations` are those that can be read; `cached_vectors` counts the vectors of all embedders; `bytes` is
    the size of all files; `history` tells more of each generation; `writer` is the process that writes just now.
    `vectors` says how vectors are searched.
    """

    generation: int
    generations: tuple[int, ...]
    embedder: str
    embedder_name: str
    sources: int
    chunks: int
    facts: int
    entities: int
    segments: int
    cached_vectors: int
    failed: tuple[tuple[str, str], ...]
    bytes: int
    vectors: VectorSearch
    history: tuple[Past, ...] = ()
    writer: str | None = None


def status(index: Path) -> IndexStatus:
    """What the index holds. Raises IndexNotFoundError and its siblings."""
    with _opened(index) as store, store.reading() as connection:
        current = store.require_current(connection)
        known = sources.known_sources(connection, current.id)

        def count(table: t.Table) -> int:
            query = t.select(t.func.count()).select_from(table).where(t.live(table, current.id))
            return int(connection.execute(query).scalar_one())

        return IndexStatus(
            generation=current.id,
            generations=generations(connection),
            embedder=current.embedder,
            embedder_name=current.embedder_name,
            sources=len(known),
            chunks=count(t.chunks),
            facts=count(t.facts),
            entities=count(t.entities),
            segments=count(t.segments),
            cached_vectors=int(connection.execute(t.select(t.func.count()).select_from(t.vectors)).scalar_one()),
            failed=tuple((path, one.stale) for path, one in sorted(known.items()) if one.stale),
            bytes=store.bytes(connection),
            vectors=vector_search(store, connection, current),
            history=past(connection),
            writer=store.writer(),
        )


def verify(index: Path) -> list[str]:
    """Everything that is wrong with the index, one readable line each; empty when it is whole.

    Checks the database's own structure, that chunks and facts quote their sources, that every text of every
    generation is in the lexical index, and that every chunk of the current one has exactly one vector.
    """
    with _opened(index) as store, store.reading() as connection:
        if store.shared and store.search is None:
            cache.bring(store)
        problems = store.integrity(connection)
        current = store.require_current(connection)
        for number in generations(connection):
            problems += [line for line in _quotes(connection, number) if line not in problems]
            problems += [line for line in looked_up.wrong(connection, number) if line not in problems]
        if store.search is not None:
            from rag.index import remote

            return problems + remote.wrong(store, connection, current.id)
        problems += _lexical(store, connection, current.id)
        problems += [reason for _, reason in rebuild.damaged_segments(store, connection, thorough=True)]
        problems += _coverage(connection, current)
        return problems


def rebuild_derived(index: Path, *, timeout: float = LOCK_TIMEOUT) -> list[str]:
    """Make what is derived of the records anew: files and words to look up; what was done, one line each."""
    with _writing(index, timeout) as store:
        with store.writing() as connection:
            looked_up.rebuild(connection)
        return [
            *rebuild.mend(store, everything=True),
            "the words that names and timelines are looked up by were made anew",
        ]


def rollback(index: Path, generation: int, *, timeout: float = LOCK_TIMEOUT) -> int:
    """Make a new generation that equals an earlier one; its number. Nothing is forgotten by that.

    The notes themselves stay as they are: the next ingest brings their newest state in again. Readers of any
    generation are left alone. Raises UsageError where the generation is no longer kept, or is the current one.
    """
    with _writing(index, timeout) as store:
        with store.writing() as connection:
            current = store.require_current(connection)
            target = store.generation(connection, generation)
            if target is None:
                kept = ", ".join(map(str, generations(connection)))
                raise UsageError(f"generation {generation} of {index} is not kept; those kept are {kept}")
            if target.id == current.id:
                raise UsageError(
                    f"generation {generation} of {index} is the current one; there is nothing to go back to"
                )
            number = current.id + 1
            touched = Touched()
            Rows(connection, number, touched).restore(target.id)
            if store.search is None:
                cover(store, connection, number, target.embedder)
            else:
                bring(store, connection, number, target.embedder, current, touched)
            finish(connection, number, target.embedder, target.embedder_name, target.configuration)
        return number


def gc(
    index: Path, *, keep: int = 20, days: int = 0, dry_run: bool = False, timeout: float = LOCK_TIMEOUT
) -> Collected:
    """Forget generations and reclaim their space.

    The newest `keep` stay, the last one of each of the latest `days` on which one was made, and those that a reader
    holds. Cached vectors stay for texts that some kept generation holds, those of other embedders too. With
    `dry_run` nothing goes: the result names the generations that would, if nobody reads them.
    """
    if keep < 1:
        raise UsageError(f"keep = {keep}: at least the current generation must stay")
    retention = Retention(keep, days)
    if dry_run:
        with _opened(index) as store, store.reading() as connection:
            return Collected(tuple(collectable(connection, retention)), 0)
    with _writing(index, timeout) as store:
        collected = collect(store, retention)
        rebuild.sweep(store)
        store.shrink()
        return collected


@contextmanager
def _opened(index: Path) -> Iterator[Records]:
    store = Records.open(index)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _writing(index: Path, timeout: float) -> Iterator[Records]:
    """The records, under the write lock, without what a crashed write left."""
    with records.writable(index, timeout=timeout) as store:
        recover(store)
        yield store


def _quotes(connection: t.Connection, generation: int) -> list[str]:
    texts = {source.path: source.text for source in sources.sources(connection, generation)}
    placed = [(chunk.source, "chunk", chunk.text) for _, chunk in placements.chunks(connection, generation)]
    placed += [(fact.source, "fact", fact.quote) for _, fact in placements.facts(connection, generation)]
    return [
        f"a {kind} of {source} is not in the source's text: {text[:40]!r}"
        for source, kind, text in placed
        if text not in texts.get(source, "")
    ]


def _lexical(store: Records, connection: t.Connection, generation: int) -> list[str]:
    problems = []
    name = store.get(connection, "lexical") or ""
    for kind in rebuild.KINDS:
        path = layout.lexical_path(store.index, name) / kind
        if reason := lexical_bytes.damage(path, thorough=True):
            problems.append(reason)
            continue
        reader = lexical.LexicalReader(path)
        stored = {e.id: (e.digest, e.said) for e in reader.entries()}
        if len(stored) < reader.stored:
            problems.append(f"{reader.stored - len(stored)} {kind} are more than once in the lexical index")
        expected = list(rebuild.every_entry(connection, kind, generation))
        wrong = [e.id for e in expected if stored.get(e.id) != (e.digest, e.said)]
        if wrong:
            problems.append(f"{len(wrong)} of {len(expected)} {kind} are missing or wrong in the lexical index")
    return problems


def _coverage(connection: t.Connection, current: records.Generation) -> list[str]:
    wanted = sorted({content for content, _ in placements.chunks(connection, current.id)})
    covered = [
        content
        for segment in segments.segments_of(connection, current.id, current.embedder)
        for content in segments.unpacked(segment.ids).tolist()
    ]
    problems = []
    if len(covered) != len(set(covered)):
        problems.append("some chunks have more than one vector")
    if missing := set(wanted) - set(covered):
        problems.append(f"{len(missing)} of {len(wanted)} chunks have no vector")
    return problems
