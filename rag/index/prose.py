"""A generation of which only the sentences are seen: no fact of a table, key, timeline, link or command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.index.query import Query
from rag.index.seen_facts import EVERY_FACT
from rag.index.snapshot import Snapshot
from rag.types import Fact, FactKind

if TYPE_CHECKING:
    from rag.index import tables as t


class ProseSnapshot(Snapshot):
    """A snapshot without structured facts; sources, passages and names are those of the generation."""

    def search_facts(self, query: Query, limit: int) -> list[tuple[Fact, float]]:
        """The `limit` best sentences by BM25; best first, ties by source and ordinal."""
        found = super().search_facts(query, EVERY_FACT)
        return [(fact, score) for fact, score in found if fact.kind is FactKind.STATEMENT][:limit]

    def attributes(self, most: int | None = None) -> tuple[tuple[str, int], ...]:
        """None: sentences have no attribute."""
        return ()

    def _seen(self) -> t.Condition:
        from rag.index import tables as t

        return t.and_(super()._seen(), t.facts.c.kind == FactKind.STATEMENT.value)

    def _facts_where(self, *conditions: Any) -> list[tuple[int, Fact]]:
        found = super()._facts_where(*conditions)
        return [(content, fact) for content, fact in found if fact.kind is FactKind.STATEMENT]
