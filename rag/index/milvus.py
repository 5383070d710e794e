"""Milvus: candidates for lexical and vector search on a server. The one place that knows pymilvus.

An entity is a text during one span of generations: generation g sees it where `added <= g < removed`, as in the
records. So what a writer brings before it commits is seen by nobody, and a reader sees its generation as long as it
likes.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from rag.errors import ConfigError, IndexError_, MissingExtraError
from rag.index.layout import DamagedError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEVER = 2**31 - 1
MOST_HITS = 16_384
"""As many as Milvus gives at once."""
A_BATCH = 500
"""Entities that travel at once: some megabytes, where a message may have 64."""
MOST_TERMS = 4096
"""The most values of an array field: of a text with more distinct tokens `holding` knows the first so many."""
LONGEST = 65_535
"""Bytes of a string field; longer token lists are read from the records."""
DIMENSIONS = 2**32 - 1
DENSE_INDEXES = ("FLAT", "HNSW", "IVF_FLAT", "IVF_SQ8", "DISKANN", "AUTOINDEX")


@dataclass(frozen=True, slots=True)
class Entity:
    """A text as it is searched: `weights` is the BM25 part of each token that does not hang on other texts."""

    content: int
    added: int
    tokens: Sequence[str]
    weights: Mapping[str, float]
    vector: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A candidate: its inner product with the query, and its tokens (None where they have to be read elsewhere)."""

    content: int
    points: float
    tokens: str | None


def dimension(token: str) -> int:
    """Of the sparse vectors: tokens that share one only give candidates more points than they deserve."""
    return zlib.crc32(token.encode("utf-8", "surrogatepass")) % DIMENSIONS


def sparse(weights: Mapping[str, float]) -> dict[int, float]:
    """A sparse vector by dimension."""
    found: dict[int, float] = {}
    for token, weight in weights.items():
        at = dimension(token)
        found[at] = found.get(at, 0.0) + weight
    return found


def term(token: str) -> int:
    """The number under which a token is found: 64 bits, so that no two of a corpus share one."""
    digest = blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class Milvus:
    """A Milvus server, or a Milvus Lite file. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._client, self.where, self._dense_index = _connected(url)

    def names(self, prefix: str) -> list[str]:
        """The collections whose names begin with `prefix`."""
        with self._translated():
            return sorted(name for name in self._client.list_collections() if name.startswith(prefix))

    def create(self, name: str, dimensions: int | None) -> None:
        """Make a collection; with dense vectors where it has `dimensions`."""
        from pymilvus import DataType

        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=48)
        for field in ("content", "added", "removed"):
            schema.add_field(field, DataType.INT64)
        schema.add_field("terms", DataType.ARRAY, element_type=DataType.INT64, max_capacity=MOST_TERMS)
        schema.add_field("tokens", DataType.VARCHAR, max_length=LONGEST)
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        index = self._client.prepare_index_params()
        index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        if dimensions is not None:
            schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dimensions)
            index.add_index("dense", index_type=self._dense_index, metric_type="IP")
        with self._translated():
            self._client.create_collection(name, schema=schema, consistency_level="Strong")
            self._client.create_index(name, index, sync=False)  # nothing is there yet: no need to wait
            self._index_terms(name)
            self._client.load_collection(name)

    def _index_terms(self, name: str) -> None:
        """Index the tokens where the server can: Milvus Lite looks through all of them instead."""
        from pymilvus import MilvusException

        index = self._client.prepare_index_params()
        index.add_index("terms", index_type="INVERTED")
        try:
            self._client.create_index(name, index, sync=False)
        except MilvusException:
            return

    def drop(self, name: str) -> None:
        """Remove a collection."""
        with self._translated():
            self._client.drop_collection(name)

    def insert(self, name: str, entities: Iterable[Entity]) -> None:
        """Add entities that are seen from their generation on."""
        rows = (_row(entity) for entity in entities)
        while batch := list(islice(rows, A_BATCH)):
            with self._translated():
                self._client.upsert(name, batch)

    def end(self, name: str, contents: Sequence[int], generation: int) -> None:
        """Let no generation from `generation` on see `contents`."""
        for start in range(0, len(contents), A_BATCH):
            part = list(contents[start : start + A_BATCH])
            self._restamp(name, f"content in {part} and removed == {NEVER}", generation)

    def take_back(self, name: str, current: int) -> None:
        """Undo what a writer brought that never committed the generation after `current`."""
        with self._translated():
            self._client.delete(name, filter=f"added > {current}")
        self._restamp(name, f"removed > {current} and removed < {NEVER}", NEVER)

    def forget(self, name: str, oldest: int) -> None:
        """Remove what no generation from `oldest` on sees."""
        with self._translated():
            self._client.delete(name, filter=f"removed <= {oldest}")

    def _restamp(self, name: str, condition: str, removed: int) -> None:
        rows = list(self._every(name, condition, ["*"]))
        for start in range(0, len(rows), A_BATCH):
            batch = [{**row, "removed": removed} for row in rows[start : start + A_BATCH]]
            with self._translated():
                self._client.upsert(name, batch)

    def near(
        self, name: str, vector: NDArray[np.float32], generation: int, limit: int
    ) -> list[tuple[int, float, Sequence[float]]]:
        """(content, inner product, its vector) of the `limit` nearest that `generation` sees, best first."""
        hits = self._search(name, "dense", vector.tolist(), generation, limit, ["content", "dense"])
        return [(hit["entity"]["content"], hit["distance"], hit["entity"]["dense"]) for hit in hits]

    def matches(self, name: str, weights: Mapping[str, float], generation: int, limit: int) -> list[Proposed]:
        """The `limit` texts that `generation` sees with the greatest inner product with `weights`, best first."""
        hits = self._search(name, "sparse", sparse(weights), generation, limit, ["content", "tokens"])
        return [Proposed(h["entity"]["content"], h["distance"], h["entity"]["tokens"] or None) for h in hits]

    def holding(self, name: str, tokens: Iterable[str], generation: int) -> list[int]:
        """The contents that `generation` sees and that hold any of `tokens`, in order."""
        wanted = f"array_contains_any(terms, {sorted(map(term, tokens))}) and {_seen(generation)}"
        return sorted(row["content"] for row in self._every(name, wanted, ["content"]))

    def every(self, name: str, generation: int) -> Iterator[tuple[int, str]]:
        """(content, tokens) of all that `generation` sees."""
        for row in self._every(name, _seen(generation), ["content", "tokens"]):
            yield row["content"], row["tokens"]

    def _search(
        self, name: str, field: str, query: object, generation: int, limit: int, fields: list[str]
    ) -> list[Mapping[str, Any]]:
        with self._translated():
            [hits] = self._client.search(
                name,
                data=[query],
                anns_field=field,
                filter=_seen(generation),
                limit=min(limit, MOST_HITS),
                output_fields=fields,
                search_params={"metric_type": "IP"},
            )
            return list(hits)

    def _every(self, name: str, condition: str, fields: list[str]) -> Iterator[Mapping[str, Any]]:
        with self._translated():
            rows = self._client.query_iterator(name, filter=condition, batch_size=A_BATCH * 4, output_fields=fields)
            try:
                while batch := rows.next():
                    yield from batch
            finally:
                rows.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from pymilvus import MilvusException

        try:
            yield
        except MilvusException as error:
            reason = " ".join(str(error.message).split())
            if error.code == COLLECTION_MISSING:
                raise DamagedError(f"{self.where}: {reason}") from error
            raise IndexError_(
                f"the search server {self.where} could not be used ({reason}); see that it runs, then try again"
            ) from error


COLLECTION_MISSING = 100


def _seen(generation: int) -> str:
    return f"added <= {generation} and removed > {generation}"


def _row(entity: Entity) -> dict[str, object]:
    tokens = " ".join(entity.tokens)
    row = {
        "key": f"{entity.content}:{entity.added}",
        "content": entity.content,
        "added": entity.added,
        "removed": NEVER,
        "terms": [term(token) for token in islice(dict.fromkeys(entity.tokens), MOST_TERMS)],
        "tokens": tokens if len(tokens.encode("utf-8", "surrogatepass")) <= LONGEST else "",
        # Milvus refuses a vector without a number; nobody asks for a dimension that no token has.
        "sparse": sparse(entity.weights) or {DIMENSIONS - 1: 1e-6},
    }
    return row if entity.vector is None else {**row, "dense": entity.vector.tolist()}


@lru_cache(maxsize=8)
def _connected(url: str) -> tuple[Any, str, str]:
    """A client, the server in words, and the kind of index for dense vectors.

    One client serves a whole process: a Milvus Lite file can be opened only once.
    """
    try:
        from pymilvus import MilvusClient, MilvusException
    except ImportError as error:
        raise MissingExtraError(
            "search in Milvus needs pymilvus; install it with `pip install 'survey-notes-rag[milvus]'`"
        ) from error
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it would print what is raised anyway
    parts = urlsplit(url)
    kind = parts.query.removeprefix("index=").upper() or "FLAT"
    if kind not in DENSE_INDEXES:
        raise ConfigError(f"search: index {kind!r} of {url.rpartition('@')[2]} is none of {', '.join(DENSE_INDEXES)}")
    connect: Callable[[], Any]
    if parts.hostname is None:
        where = unquote(parts.path)
        connect = lambda: MilvusClient(where)  # noqa: E731
    else:
        where = f"{parts.hostname}:{parts.port or 19530}"
        options = {"user": unquote(parts.username or ""), "password": unquote(parts.password or "")}
        database = parts.path.strip("/")
        connect = lambda: MilvusClient(f"http://{where}", db_name=database, **options)  # noqa: E731
    try:
        return connect(), where, kind
    except (MilvusException, OSError) as error:
        reason = " ".join(str(getattr(error, "message", error)).split())
        raise IndexError_(
            f"the search server {where} could not be used ({reason}); see that it runs, then try again"
        ) from error
