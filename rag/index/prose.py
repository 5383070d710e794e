"""A generation of which only the sentences are seen: no fact of a table, key, timeline, link or command."""

from __future__ import annotations

from typing import Any

from rag.index.query import Query
from rag.index.snapshot import EVERY_FACT, Snapshot
from rag.types import Fact, FactKind


class ProseSnapshot(Snapshot):
    """A snapshot without structured facts; sources, passages and names are those of the generation."""

    def search_facts(self, query: Query, limit: int) -> list[tuple[Fact, float]]:
        """The `limit` best sentences by BM25; best first, ties by source and ordinal."""
        found = super().search_facts(query, EVERY_FACT)
        return [(fact, score) for fact, score in found if fact.kind is FactKind.STATEMENT][:limit]

    def attributes(self, most: int | None = None) -> tuple[tuple[str, int], ...]:
        """None: sentences have no attribute."""
        return ()

    def _facts_where(self, *conditions: Any) -> list[tuple[int, Fact]]:
        found = super()._facts_where(*conditions)
        return [(content, fact) for content, fact in found if fact.kind is FactKind.STATEMENT]
