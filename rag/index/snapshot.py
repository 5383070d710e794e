"""What a reader sees: one generation of the index, pinned, with all that can be asked of it."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rag.errors import EmbedderError, EmbedderMismatchError, IndexNotFoundError, UsageError
from rag.index.held_facts import HeldFacts
from rag.index.query import Query
from rag.types import Hit, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.index.layout import Hold
    from rag.index.placements import ChunkCache
    from rag.index.records import Generation, Records

_OPENING_ATTEMPTS = 20


class Snapshot(HeldFacts):
    """One generation of an index. Safe to share between threads; a context manager.

    Writers do not disturb it: what it shows stays as it was until it is closed.
    """

    def __init__(self, records: Records, generation: Generation, pin: Hold) -> None:
        super().__init__(records, generation)
        self._pin = pin
        self._file = records.identity()
        self._sources: dict[str, Source] = {}
        self._known_chunks: ChunkCache = {}
        self._source_paths: dict[str, tuple[str, ...]] = {}

    @classmethod
    def open(cls, index: Path, *, generation: int | None = None, after: Snapshot | None = None) -> Self:
        """The current generation of the index in directory `index`, or an earlier one that is still kept.

        What the still open snapshot `after` has read of the same index and is the same now is not read again.
        Raises IndexNotFoundError, IndexVersionError, IndexCorruptError, IndexLockedError.
        """
        from rag.index.records import Records

        records = Records.open(index)
        try:
            for _ in range(_OPENING_ATTEMPTS):
                with records.reading() as connection:
                    wanted = records.current(connection) if generation is None else generation
                    current = records.current(connection)
                if not current:
                    raise IndexNotFoundError(f"there is no finished ingest in {index}; run `rag ingest` first")
                pin = records.pin(wanted)
                # Between looking and pinning the generation may have been collected.
                with records.reading() as connection:
                    found = records.generation(connection, wanted) if pin.held else None
                if found is not None:
                    opened = cls(records, found, pin)
                    opened._take_over(after)
                    return opened
                pin.close()
                if generation is not None:
                    break
            raise UsageError(f"generation {generation} of {index} is not kept; `rag index status` lists those that are")
        except BaseException:
            records.close()
            raise

    def _take_over(self, after: Snapshot | None) -> None:
        """Rows that the earlier snapshot sees stay what they are, for it holds its generation."""
        if after is not None and after._file == self._file:
            self._entity_rows = after._entity_rows
            self._take_over_facts(after)

    @property
    def index(self) -> Path:
        """The directory of the index."""
        return self._records.index

    @property
    def embedder(self) -> str:
        """The fingerprint of the embedder that made the vectors."""
        return self._generation.embedder

    @property
    def embedder_name(self) -> str:
        """The name under which that embedder was asked for."""
        return self._generation.embedder_name

    @property
    def configuration(self) -> str:
        """What identifies the code that made the sources into passages."""
        return self._generation.configuration

    @property
    def notices(self) -> tuple[str, ...]:
        """What had to be mended so far to answer from this snapshot, one readable line each."""
        return tuple(self._derived.notices)

    def require_embedder(self, fingerprint: str, name: str) -> None:
        """Raise EmbedderMismatchError unless the vectors are those of the embedder with `fingerprint`."""
        if fingerprint != self.embedder:
            raise EmbedderMismatchError(self.index, (self.embedder_name, self.embedder), (name, fingerprint))

    def is_current(self) -> bool:
        """Whether no newer generation has been committed, nor another index put in the place of this one."""
        if self._records.identity() not in (self._file, None):
            return False
        return self.newest() == self.generation

    def newest(self) -> int:
        """The number of the newest generation of this index."""
        with self._records.reading() as connection:
            return self._records.current(connection)

    def warm(self) -> None:
        """Open now what the first question would otherwise wait for."""
        self.names().get("")
        self.document_frequency("")
        self.hold()

    def source(self, path: str) -> Source:
        """The source at `path`. Raises UsageError for an unknown one."""
        found = self._sources.get(path)
        if found is None:
            from rag.index import sources

            with self._records.reading() as connection:
                found = sources.source(connection, self.generation, path)
            if found is None:
                raise UsageError(f"there is no source {path!r}; `rag sources` lists them")
            self._sources[path] = found
        return found

    def source_paths(self, suffix: str = "") -> tuple[str, ...]:
        """The paths of all sources that end with `suffix`, sorted."""
        found = self._source_paths.get(suffix)
        if found is None:
            from rag.index import sources

            with self._records.reading() as connection:
                found = self._source_paths[suffix] = sources.source_paths(connection, self.generation, suffix)
        return found

    def search_chunks(self, query: Query, limit: int) -> list[Hit]:
        """The `limit` best chunks by BM25 over text and (lower weight) context; best first, ties by place."""
        return self._hits(self._derived.lexical("chunks", lambda reader: reader.search(query, limit)), limit)

    def search_vectors(self, vector: NDArray[np.float32], limit: int) -> list[Hit]:
        """The `limit` chunks with the greatest inner product with the unit `vector` (dimensions,).

        Raises EmbedderError where the index's vectors have another length.
        """
        try:
            found = self._derived.vectors(lambda reader: reader.search(vector, limit))
        except ValueError as error:
            raise EmbedderError(
                f"{error}; the embedder has changed under the same name: delete {self.index} and run `rag ingest`"
            ) from error
        return self._hits(found, limit)

    def close(self) -> None:
        """Let go of the generation."""
        self._pin.close()
        self._records.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _hits(self, ranked: list[tuple[int, float]], limit: int) -> list[Hit]:
        from rag.index import placements

        if not ranked:
            return []
        scores = dict(ranked)
        placed = placements.kept_chunks(self._records.reading, self.generation, scores, self._known_chunks)
        # The chunks come by place, and sorting is stable: that settles ties.
        hits = sorted((Hit(chunk, scores[content]) for content, chunk in placed), key=lambda hit: -hit.score)
        return hits[:limit]
