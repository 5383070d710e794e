"""A generation of which only some places are seen: what one table, section or note says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from rag.index.notes_view import View
from rag.index.query import Query
from rag.index.seen_facts import EVERY_FACT
from rag.index.snapshot import Snapshot
from rag.types import Fact, Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FURTHER = 20
"""How many times as many passages are looked through for those of the places."""


class PartView(View):
    """The same generation with the facts that `holds` takes, all from `sources`."""

    def __init__(self, whole: Snapshot, holds: Callable[[Fact], bool], sources: Collection[str]) -> None:
        super().__init__(whole)
        self._holds = holds
        self._paths = frozenset(sources)

    def source_paths(self, suffix: str = "") -> tuple[str, ...]:
        """The paths of the sources that have a part in this and end with `suffix`, sorted."""
        return tuple(path for path in self._whole.source_paths(suffix) if path in self._paths)

    def search_facts(self, query: Query, limit: int) -> list[tuple[Fact, float]]:
        """The `limit` best of these facts by BM25; best first, ties by source and ordinal."""
        found = self._whole.search_facts(query, EVERY_FACT)
        return [(fact, score) for fact, score in found if self._holds(fact)][:limit]

    def search_chunks(self, query: Query, limit: int) -> list[Hit]:
        """The `limit` best passages of these sources by BM25."""
        return self._of_sources(self._whole.search_chunks(query, limit * FURTHER))[:limit]

    def search_vectors(self, vector: NDArray[np.float32], limit: int) -> list[Hit]:
        """The `limit` nearest passages of these sources."""
        return self._of_sources(self._whole.search_vectors(vector, limit * FURTHER))[:limit]

    def facts_of(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """Those whose `entity_key` is among `keys`."""
        return self._kept(self._whole.facts_of(keys))

    def facts_mentioning(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """Those that have one of `keys` among their mentions."""
        return self._kept(self._whole.facts_mentioning(keys))

    def facts_matching(self, query: Query, limit: int = EVERY_FACT) -> tuple[Fact, ...]:
        """Those that hold a term of any clause; the first `limit` of them."""
        return self._kept(self._whole.facts_matching(query, EVERY_FACT))[:limit]

    def facts_at(self, source: str, first: int, last: int) -> tuple[Fact, ...]:
        """Those of `source` whose lines overlap `first` to `last`, in order."""
        return self._kept(self._whole.facts_at(source, first, last)) if source in self._paths else ()

    def dated_facts(self) -> tuple[Fact, ...]:
        """Those about a thing that bear a date."""
        return self._kept(self._whole.dated_facts_in(self._paths))

    def facts_on(
        self, dates: Collection[str], headers: Collection[tuple[str, str]] | None = None, limit: int = EVERY_FACT
    ) -> tuple[Fact, ...]:
        """Those about a thing that bear one of `dates`."""
        return self._kept(self._whole.facts_on(dates, headers, EVERY_FACT))[:limit]

    def dated_facts_in(self, sources: Collection[str]) -> tuple[Fact, ...]:
        """Those of `sources` about a thing that bear a date."""
        return self._kept(self._whole.dated_facts_in(self._paths & frozenset(sources)))

    def dated_facts_of(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """Those about a thing among `keys` that bear a date."""
        return self._kept(self._whole.dated_facts_of(keys))

    def timelines_of(self, asked: Sequence[Collection[str]], least: int) -> tuple[Fact, ...]:
        """Those among the dated entries of the timelines that the whole generation finds."""
        return self._kept(self._whole.timelines_of(asked, least))

    def facts_under(
        self, headers: Collection[str], takes: Callable[[str, str], bool], limit: int = EVERY_FACT
    ) -> tuple[Fact, ...]:
        """Those under `headers` whose (attribute, value) `takes`."""
        return self._kept(self._whole.facts_under(headers, takes, EVERY_FACT))[:limit]

    def facts(self) -> tuple[Fact, ...]:
        """All of them, by source and ordinal."""
        return self._kept(fact for path in sorted(self._paths) for fact in self._whole.facts_at(path, 1, 1 << 30))

    def attributes(self, most: int | None = None) -> tuple[tuple[str, int], ...]:
        """Their distinct attributes with their numbers, sorted; or the `most` frequent ones first."""
        counted: dict[str, int] = {}
        for fact in self.facts():
            counted[fact.attribute] = counted.get(fact.attribute, 0) + 1
        found = sorted(counted.items())
        return tuple(found if most is None else sorted(found, key=lambda entry: (-entry[1], entry[0]))[:most])

    def _kept(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        return tuple(filter(self._holds, facts))

    def _of_sources(self, hits: Iterable[Hit]) -> list[Hit]:
        return [hit for hit in hits if hit.chunk.source in self._paths]
