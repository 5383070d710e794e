"""Search on a server, for one index: what a writer brings there. `remote_readers` asks it.

Every generation remembers in which collections it is searched: another embedder or other tokens get new ones, and the
earlier generations keep theirs.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table

from rag.errors import IndexError_
from rag.index import lexical, rebuild
from rag.index import tables as t
from rag.index.dialects import TEXT
from rag.index.joined import passage_vectors
from rag.index.layout import DamagedError
from rag.index.milvus import Entity, Milvus, term
from rag.index.query import K1, B

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.index.records import Generation, Records

_SEARCHED = "searched."
"""Before a generation's number: the key in `meta` of where it is searched."""
_MADE_BY = "searches"
"""The key in `meta` of what the names of this index's collections begin with."""
ALL_TOKENS = " "
"""Stands for a token, none of which holds white space, in the statistics: how many tokens all texts have together."""


_metadata = MetaData()
statistics = Table(
    "statistics",
    _metadata,
    Column("collection", TEXT, primary_key=True),
    Column("token", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("change", BigInteger, nullable=False),
)
"""How many texts of a collection hold a token (see `milvus.term`): the sum of the changes up to a generation."""


@dataclass(frozen=True, slots=True)
class Searched:
    """Where a generation is searched; `lengths` are average lengths (chunks, facts) that the stored weights assume."""

    name: str
    dimensions: int
    lengths: tuple[float, float]

    def collection(self, kind: str) -> str:
        """The collection of "chunks" or "facts"."""
        return f"{self.name}_{kind}"

    def length(self, kind: str) -> float:
        """The assumed average length."""
        return self.lengths[rebuild.KINDS.index(kind)]


def searched(connection: t.Connection, generation: int) -> Searched | None:
    """Where `generation` is searched; None where it is not on a server."""
    query = t.select(t.meta.c.value).where(t.meta.c.key == f"{_SEARCHED}{generation}")
    found = connection.execute(query).scalar()
    if found is None:
        return None
    held = json.loads(found)
    return Searched(held["name"], held["dimensions"], tuple(held["lengths"]))


def bring(
    store: Records,
    connection: t.Connection,
    generation: int,
    embedder: str,
    earlier: Generation | None,
    touched: Mapping[str, Collection[int]] | None,
) -> None:
    """Let `generation`, which is about to be committed, be found: what came and went since `earlier`.

    `touched` are the contents, by kind, that it may see otherwise; None brings all that it sees into new collections.
    """
    server = Milvus(store.search or "")
    place = None if earlier is None or earlier.embedder != embedder else searched(connection, earlier.id)
    if place is not None and len(server.names(place.name)) < len(rebuild.KINDS):
        place = None  # the server was emptied
    if touched is None or place is None or earlier is None:
        _metadata.create_all(connection)
        _bring_all(store, server, connection, generation, embedder)
        return
    for kind in rebuild.KINDS:
        ids = touched[kind]
        before, now = (_seen(connection, kind, number, ids) for number in (earlier.id, generation))
        appeared, vanished = sorted(now - before), sorted(before - now)
        change: Counter[str] = Counter()
        for sign, contents in ((1, appeared), (-1, vanished)):
            for entry in entries_of(connection, kind, generation, contents):
                _count(change, entry.tokens, sign)
        server.end(place.collection(kind), vanished, generation)
        entries = entries_of(connection, kind, generation, appeared)
        server.insert(place.collection(kind), _entities(store, connection, kind, generation, embedder, place, entries))
        _write_statistics(connection, place.collection(kind), generation, change)
    _remember(connection, generation, place)


def _bring_all(store: Records, server: Milvus, connection: t.Connection, generation: int, embedder: str) -> None:
    """All that `generation` sees, into new collections."""
    name = f"{_prefix(store, connection)}{uuid.uuid4().hex[:12]}"
    seen = {kind: sorted(_seen(connection, kind, generation)) for kind in rebuild.KINDS}
    counts: dict[str, Counter[str]] = {}
    for kind, ids in seen.items():
        counts[kind] = Counter()
        for entry in entries_of(connection, kind, generation, ids):
            _count(counts[kind], entry.tokens, 1)
    first = np.asarray(seen["chunks"][:1], np.int64)
    dimensions = int(passage_vectors(store, connection, embedder, first).shape[1]) if len(first) else 1
    chunks, facts = (max(counts[kind][ALL_TOKENS] / max(len(seen[kind]), 1), 1.0) for kind in rebuild.KINDS)
    place = Searched(name, dimensions, (chunks, facts))
    for kind, ids in seen.items():
        server.create(place.collection(kind), dimensions if kind == "chunks" else None)
        entries = entries_of(connection, kind, generation, ids)
        server.insert(place.collection(kind), _entities(store, connection, kind, generation, embedder, place, entries))
        _write_statistics(connection, place.collection(kind), generation, counts[kind])
    _remember(connection, generation, place)


def take_back(store: Records, connection: t.Connection) -> None:
    """Undo what a writer brought that never came to its end."""
    current = store.current(connection)
    place = searched(connection, current)
    if place is not None:
        for kind in rebuild.KINDS:
            with contextlib.suppress(DamagedError):  # a collection that is gone is made anew by the next write
                Milvus(store.search or "").take_back(place.collection(kind), current)


def bring_anew(store: Records) -> list[str]:
    """Bring the current generation into new collections; what was done, in one line."""
    with store.writing() as connection:
        current = store.require_current(connection)
        connection.execute(t.delete(t.meta).where(t.meta.c.key == f"{_SEARCHED}{current.id}"))
        bring(store, connection, current.id, current.embedder, None, None)
    sweep(store)
    return [f"the current generation was brought to the search server anew ({current.chunks} passages)"]


def sweep(store: Records) -> None:
    """Drop the collections in which no generation is searched, and from the others what none of them sees."""
    server = Milvus(store.search or "")
    with store.writing() as connection:
        kept = list(connection.execute(t.select(t.generations.c.id).order_by(t.generations.c.id)).scalars())
        stale = t.meta.c.key.startswith(_SEARCHED), t.meta.c.key.not_in([f"{_SEARCHED}{number}" for number in kept])
        connection.execute(t.delete(t.meta).where(*stale))
        places = {place for number in kept if (place := searched(connection, number)) is not None}
        used = {place.collection(kind) for place in places for kind in rebuild.KINDS}
        prefix = _prefix(store, connection)
        if used:
            connection.execute(t.delete(statistics).where(statistics.c.collection.not_in(sorted(used))))
    for name in server.names(prefix):
        if name in used:
            server.forget(name, kept[0])
        else:
            server.drop(name)


def wrong(store: Records, connection: t.Connection, generation: int) -> list[str]:
    """What is not on the server as the records say, one readable line each."""
    place = searched(connection, generation)
    if place is None:
        return [f"generation {generation} is not on the search server; run `rag index rebuild`"]
    server, problems = Milvus(store.search or ""), []
    for kind in rebuild.KINDS:
        expected = {
            entry.id: " ".join(entry.tokens)
            for entry in entries_of(connection, kind, generation, sorted(_seen(connection, kind, generation)))
        }
        try:
            found = list(server.every(place.collection(kind), generation))
        except DamagedError as error:
            problems.append(str(error))
            continue
        if len(found) > len(dict(found)):
            problems.append(f"{len(found) - len(dict(found))} {kind} are more than once on the search server")
        if bad := sum(dict(found).get(content) not in (tokens, "") for content, tokens in expected.items()):
            problems.append(f"{bad} of {len(expected)} {kind} are missing or wrong on the search server")
        if extra := len(dict(found).keys() - expected.keys()):
            problems.append(f"{extra} {kind} too many are on the search server")
    return problems


def entries_of(
    connection: t.Connection, kind: str, generation: int, contents: Sequence[int]
) -> Iterator[lexical.Entry]:
    """The tokens of `contents`, part by part."""
    for start in range(0, len(contents), 10_000):
        yield from rebuild.every_entry(connection, kind, generation, among=contents[start : start + 10_000])


def _entities(
    store: Records,
    connection: t.Connection,
    kind: str,
    generation: int,
    embedder: str,
    place: Searched,
    entries: Iterable[lexical.Entry],
) -> Iterator[Entity]:
    length, each = place.length(kind), iter(entries)
    while part := [entry for _, entry in zip(range(1000), each, strict=False)]:
        vectors: NDArray[np.float32] | list[None] = [None] * len(part)
        if kind == "chunks":
            ids = np.asarray([entry.id for entry in part], np.int64)
            vectors = passage_vectors(store, connection, embedder, ids)
        for entry, vector in zip(part, vectors, strict=True):
            yield Entity(entry.id, generation, entry.tokens, _weights(entry.tokens, length), vector)


def _weights(tokens: Sequence[str], average_length: float) -> dict[str, float]:
    """Of each token what BM25 multiplies with its inverse document frequency."""
    norm = K1 * (1 - B + B * len(tokens) / average_length)
    return {token: count * (K1 + 1) / (count + norm) for token, count in Counter(tokens).items()}


def _seen(connection: t.Connection, kind: str, generation: int, among: Collection[int] | None = None) -> set[int]:
    placements = t.chunks if kind == "chunks" else t.facts
    conditions = [] if among is None else [t.among(placements.c.content, sorted(among))]
    query = t.select(placements.c.content).where(t.live(placements, generation), *conditions)
    return set(connection.execute(query).scalars())


def _count(change: Counter[str], tokens: Sequence[str], sign: int) -> None:
    change[ALL_TOKENS] += sign * len(tokens)
    for token in set(tokens):
        change[token] += sign


def _write_statistics(connection: t.Connection, name: str, generation: int, change: Mapping[str, int]) -> None:
    rows = [(name, term(token), generation, number) for token, number in sorted(change.items()) if number]
    t.insert_rows(connection, statistics, rows)


def _remember(connection: t.Connection, generation: int, place: Searched) -> None:
    row = {"key": f"{_SEARCHED}{generation}", "value": json.dumps(asdict(place))}
    connection.execute(t.insert(t.meta), [row])


def _prefix(store: Records, connection: t.Connection) -> str:
    """What the names of this index's collections begin with."""
    found = store.get(connection, _MADE_BY)
    if found is None:
        found = f"rag_{uuid.uuid4().hex[:12]}_"
        connection.execute(t.insert(t.meta), [{"key": _MADE_BY, "value": found}])
    return found


def require(store: Records, generation: int) -> Searched:
    """Where `generation` is searched. Raises IndexError_ where it is not on the server."""
    with store.reading() as connection:
        place = searched(connection, generation)
    if place is None:
        raise IndexError_(
            f"generation {generation} of {store.index} is not on the search server; run `rag index rebuild`"
        )
    return place
