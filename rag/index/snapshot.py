"""What a reader sees: one generation of the index, pinned, with all that can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rag.errors import EmbedderError, EmbedderMismatchError, IndexNotFoundError, UsageError
from rag.index.derived import Derived, OnServer
from rag.index.query import Query
from rag.index.uncollected import uncollected
from rag.types import Entity, Fact, Hit, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.index import tables as t
    from rag.index.date_table import Dated
    from rag.index.layout import Hold
    from rag.index.matching import Matches
    from rag.index.name_table import Names, NameTable
    from rag.index.placements import ChunkCache, FactCache, PlaceCache
    from rag.index.records import Generation, Records

EVERY_FACT = 10_000
MOST_HELD = 5_000
"""Entities up to which all are read and arranged in memory, which takes 0.1 s; of more each is looked up."""
_OPENING_ATTEMPTS = 20


class Snapshot:
    """One generation of an index. Safe to share between threads; a context manager.

    Writers do not disturb it: what it shows stays as it was until it is closed.
    """

    def __init__(self, records: Records, generation: Generation, pin: Hold) -> None:
        self._records = records
        self._generation = generation
        self._pin = pin
        self._file = records.identity()
        self._derived = (Derived if records.search is None else OnServer)(records, generation)
        self._sources: dict[str, Source] = {}
        self._known_facts: FactCache = {}
        self._known_matches: dict[tuple[frozenset[str], int], list[int]] = {}
        self._known_places: PlaceCache = {}
        self._known_chunks: ChunkCache = {}
        self._entity_rows: Mapping[int, Entity] = {}
        self._counted: dict[int, int] = {}
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

    @property
    def index(self) -> Path:
        """The directory of the index."""
        return self._records.index

    @property
    def generation(self) -> int:
        """The number of the generation."""
        return self._generation.id

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

    def search_facts(self, query: Query, limit: int) -> list[tuple[Fact, float]]:
        """The `limit` best facts by BM25 over all their parts; best first, ties by source and ordinal."""
        from rag.index import placements

        scores = dict(self._derived.lexical("facts", lambda reader: reader.search(query, limit)))
        if not scores:
            return []
        with self._records.reading() as connection:
            placed = placements.best_facts(
                connection, self.generation, scores, limit, self._known_facts, self._known_places
            )
        return [(fact, scores[content]) for content, fact in self._told(placed)]

    def facts_of(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """The facts whose `entity_key` is among `keys`, by source and ordinal."""
        from rag.index import tables as t

        return self._facts(t.among(t.facts.c.entity_key, sorted(keys)))

    def facts_mentioning(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """The facts that have one of `keys` among their mentions, by source and ordinal."""
        from rag.index.placements import mentioning

        return self._facts(mentioning(sorted(keys)))

    def facts_matching(self, query: Query, limit: int = EVERY_FACT) -> tuple[Fact, ...]:
        """Every fact that holds a term of any clause, by source and ordinal; the first `limit` of them."""
        from rag.index import matching, placements

        def ask(what: Callable[[Matches], list[int]]) -> list[int]:
            return self._derived.lexical("facts", what)

        asked = (matching.tokens(query), limit)
        rows = self._known_matches.get(asked)
        with self._records.reading() as connection:
            if rows is None:
                rows = matching.first_rows(connection, self._seen(), ask, query, limit)
                if len(self._known_matches) >= matching.REMEMBERED:
                    self._known_matches.clear()
                self._known_matches[asked] = rows
            found = placements.decoded(connection, rows, self._known_facts)
        return tuple(fact for _, fact in self._told(found))

    def facts_at(self, source: str, first: int, last: int) -> tuple[Fact, ...]:
        """The facts of `source` whose lines (of a paper: pages) overlap `first` to `last`, in order."""
        from rag.index import tables as t

        columns = t.facts.c
        return self._facts(columns.source == source, columns.first <= last, columns.last >= first)

    def dated_facts(self) -> tuple[Fact, ...]:
        """The facts about a thing that bear a date, by source and ordinal."""
        return self._dated_facts

    @cached_property
    def _dated_facts(self) -> tuple[Fact, ...]:
        from rag.index import tables as t

        columns = t.facts.c
        with uncollected():
            return self._facts(columns.date.is_not(None), columns.entity_key != "")

    @cached_property
    def dates(self) -> tuple[Dated, ...]:
        """Which dates facts about things bear, in order, and under which headers; () where none does.

        Some may be of other kept generations: whether this one sees a fact there, `facts_on` tells.
        """
        from rag.index import date_table

        with self._records.reading() as connection:
            return date_table.every_date(connection)

    def facts_on(
        self, dates: Collection[str], headers: Collection[tuple[str, str]] | None = None, limit: int = EVERY_FACT
    ) -> tuple[Fact, ...]:
        """The facts about a thing that bear one of `dates`, by source and ordinal; the first `limit` of them.

        `headers` are the (kind, attribute) that they may stand under; any where it is None.
        """
        from rag.index import date_table, placements

        with self._records.reading() as connection:
            rows = date_table.rows_on(connection, self._seen(), dates, limit, headers)
            found = placements.decoded(connection, rows, self._known_facts)
        return tuple(fact for _, fact in self._told(found))

    def dated_facts_in(self, sources: Collection[str]) -> tuple[Fact, ...]:
        """The facts of `sources` about a thing that bear a date, by source and ordinal."""
        from rag.index import tables as t

        columns = t.facts.c
        return self._facts(
            t.among(columns.source, sorted(sources)), columns.date.is_not(None), columns.entity_key != ""
        )

    def dated_facts_of(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """Those whose `entity_key` is among `keys`."""
        from rag.index import tables as t

        columns = t.facts.c
        return self._facts(
            columns.date.is_not(None), columns.entity_key != "", t.among(columns.entity_key, sorted(keys))
        )

    def timelines_of(self, asked: Sequence[Collection[str]], least: int) -> tuple[Fact, ...]:
        """The dated entries of the timelines whose headings and file name hold a word of most of the `asked` ones.

        Of several notes those of the first; () where none holds a word of `least` of them.
        """
        from rag.index import event_table
        from rag.index import tables as t

        with self._records.reading() as connection:
            found = event_table.most_worded(connection, self.generation, asked, least)
        if found is None:
            return ()
        columns, (source, headings) = t.facts.c, found
        return self._facts(columns.source == source, t.among(columns.heading, headings), *event_table.entries())

    def facts_under(
        self, headers: Collection[str], takes: Callable[[str, str], bool], limit: int = EVERY_FACT
    ) -> tuple[Fact, ...]:
        """The cells and key-value lines under `headers` whose (attribute, value) `takes`, by source and ordinal.

        The first `limit` of them; the others are looked at, but not read whole.
        """
        from rag.index import placements

        with self._records.reading() as connection:
            rows = placements.rows_under(connection, self._seen(), headers, takes, limit)
            found = placements.decoded(connection, rows, self._known_facts)
        return tuple(fact for _, fact in self._told(found))

    def facts(self) -> tuple[Fact, ...]:
        """All facts, by source and ordinal."""
        return self._facts()

    def attributes(self, most: int | None = None) -> tuple[tuple[str, int], ...]:
        """Distinct attributes as written, with the number of their facts, sorted; or the `most` frequent ones first."""
        from rag.index import placements

        with self._records.reading() as connection:
            return placements.attributes(connection, self.generation, most)

    def entities(self) -> tuple[Entity, ...]:
        """All entities, sorted by name."""
        return self._entities

    @cached_property
    def _entities(self) -> tuple[Entity, ...]:
        from rag.index import things

        with self._records.reading() as connection, uncollected():
            self._entity_rows = things.entities(connection, self.generation, self._entity_rows)
        return tuple(self._entity_rows.values())

    def names(self) -> Mapping[str, Entity]:
        """Name key -> entity; of two entities with the same key the stronger. Of many names each is read when asked."""
        return self._every_name if self.name_table is None else self._looked_up

    @cached_property
    def name_table(self) -> NameTable | None:
        """Where names are looked up; None where they are so few that all are held in memory."""
        from rag.index import things
        from rag.index.name_table import NameTable

        with self._records.reading() as connection:
            many = things.about(connection) > MOST_HELD
        return NameTable(self._records, self.generation) if many else None

    @cached_property
    def _looked_up(self) -> Names:
        from rag.index.name_table import Names

        assert self.name_table is not None, "few names are held"
        return Names(self.name_table, lambda: self._every_name)

    @cached_property
    def _every_name(self) -> Mapping[str, Entity]:
        ranked = sorted(self._entities, key=lambda entity: entity.strength)
        return {key: entity for entity in ranked for key in entity.keys}

    def thing_count(self, strength: int) -> int:
        """How many entities have at least that strength."""
        if self.name_table is None:
            return sum(1 for entity in self._entities if entity.strength >= strength)
        if strength not in self._counted:
            self._counted[strength] = self.name_table.count(strength)
        return self._counted[strength]

    def document_frequency(self, token: str) -> int:
        """How many distinct facts hold `token`."""
        return self._derived.lexical("facts", lambda reader: reader.frequency(token))

    def fact_count(self) -> int:
        """How many distinct facts there are: what `document_frequency` counts among."""
        return self._generation.facts

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

    def _seen(self) -> t.Condition:
        """The condition that this snapshot shows a fact."""
        from rag.index import tables as t

        return t.live(t.facts, self.generation)

    def _facts(self, *conditions: Any) -> tuple[Fact, ...]:
        return tuple(fact for _, fact in self._facts_where(*conditions))

    def _facts_where(self, *conditions: Any) -> list[tuple[int, Fact]]:
        from rag.index import placements

        with self._records.reading() as connection:
            found = placements.facts(connection, self.generation, *conditions, cache=self._known_facts)
        return self._told(found)

    def _told(self, found: list[tuple[int, Fact]]) -> list[tuple[int, Fact]]:
        """Facts whose things will be asked for."""
        if self.name_table is not None:
            self._looked_up.expect(fact.entity_key for _, fact in found)
        return found

    def _hits(self, ranked: list[tuple[int, float]], limit: int) -> list[Hit]:
        from rag.index import placements

        if not ranked:
            return []
        scores = dict(ranked)
        with self._records.reading() as connection:
            placed = placements.chunks(connection, self.generation, list(scores), self._known_chunks)
        # The chunks come by place, and sorting is stable: that settles ties.
        hits = sorted((Hit(chunk, scores[content]) for content, chunk in placed), key=lambda hit: -hit.score)
        return hits[:limit]
