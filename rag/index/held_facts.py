"""The facts that one generation sees; where they are few, they are held in memory once enough was asked."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import TYPE_CHECKING

from rag.index.query import Query, tokens
from rag.index.seen_facts import EVERY_FACT, SeenFacts
from rag.index.uncollected import uncollected
from rag.types import Fact

if TYPE_CHECKING:
    from rag.index.arranged import Arranged
    from rag.index.records import Generation, Records

LOOKED_UP_FIRST = 24
"""Look-ups before all facts are read: a program that is asked once needs few of them."""
MATCHES_KEPT = 32
"""Looks for words whose facts are remembered: one question asks for the same words up to ten times. Up to 5 MB."""


class HeldFacts(SeenFacts):
    """The facts of one generation. Safe to share between threads."""

    def __init__(self, records: Records, generation: Generation) -> None:
        super().__init__(records, generation)
        self._arranging = threading.Lock()
        self._look_ups = 0
        self._is_small = True
        self._every: Arranged | None = None
        self._rows: frozenset[int] = frozenset()
        self._known_holders: dict[tuple[frozenset[str], int], tuple[Fact, ...]] = {}

    def search_facts(self, query: Query, limit: int) -> list[tuple[Fact, float]]:
        """The `limit` best facts by BM25 over all their parts; best first, ties by source and ordinal."""
        held = self._held()
        if held is None:
            return super().search_facts(query, limit)
        return held.best(dict(self._derived.lexical("facts", lambda reader: reader.search(query, limit))), limit)

    def facts_of(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """The facts whose `entity_key` is among `keys`, by source and ordinal."""
        held = self._held()
        return super().facts_of(keys) if held is None else held.of(keys)

    def facts_mentioning(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """The facts that have one of `keys` among their mentions, by source and ordinal."""
        held = self._held()
        return super().facts_mentioning(keys) if held is None else held.mentioning(keys)

    def facts_matching(self, query: Query, limit: int = EVERY_FACT) -> tuple[Fact, ...]:
        """Every fact that holds a term of any clause, by source and ordinal; the first `limit` of them."""
        held = self._held()
        if held is None:
            return super().facts_matching(query, limit)
        asked = (tokens(query), limit)
        found = self._known_holders.get(asked)
        if found is None:
            contents = self._derived.lexical("facts", lambda reader: reader.matching(query))
            found = held.holding(contents, limit)
            if len(self._known_holders) >= MATCHES_KEPT:
                self._known_holders.clear()
            self._known_holders[asked] = found
        return found

    def facts_at(self, source: str, first: int, last: int) -> tuple[Fact, ...]:
        """The facts of `source` whose lines (of a paper: pages) overlap `first` to `last`, in order."""
        held = self._held()
        return super().facts_at(source, first, last) if held is None else held.at(source, first, last)

    def facts(self) -> tuple[Fact, ...]:
        """All facts, by source and ordinal."""
        held = self._held()
        return super().facts() if held is None else held.facts

    def hold(self) -> None:
        """Read all facts now, where they are few."""
        self._look_ups = LOOKED_UP_FIRST
        self._held()

    def _take_over_facts(self, after: HeldFacts) -> None:
        """Of the facts that the earlier snapshot holds only those that are new are to be read."""
        known = after._known_facts
        self._known_facts = {row: known[row] for row in after._rows if row in known}

    def _held(self) -> Arranged | None:
        """All facts; None before enough was asked, and where they are many."""
        if self._every is not None or not self._is_small:
            return self._every
        self._look_ups += 1
        if self._look_ups <= LOOKED_UP_FIRST:
            return None
        with self._arranging:
            if self._every is None:
                self._every = self._read()
                self._is_small = self._every is not None
            return self._every

    def _read(self) -> Arranged | None:
        from rag.index import placements
        from rag.index import tables as t
        from rag.index.arranged import MOST_ARRANGED, Arranged

        if self._generation.facts > MOST_ARRANGED or self.name_table is not None:
            return None
        with self._records.reading() as connection, uncollected():
            # one text may stand in many places
            query = t.select(t.facts.c.row).where(self._seen()).limit(MOST_ARRANGED + 1)
            rows = list(connection.execute(query).scalars())
            if len(rows) > MOST_ARRANGED:
                return None
            self._rows = frozenset(rows)
            return Arranged(placements.decoded(connection, rows, self._known_facts))
