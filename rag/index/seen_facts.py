"""The facts that one generation sees: searched, and looked up by thing, words, place, date and header."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rag.index.derived import Derived, OnServer
from rag.index.query import Query, tokens
from rag.index.seen_names import SeenNames
from rag.index.uncollected import uncollected
from rag.types import Fact

if TYPE_CHECKING:
    from rag.index import tables as t
    from rag.index.date_table import Dated
    from rag.index.matching import Matches
    from rag.index.placements import FactCache, PlaceCache
    from rag.index.records import Generation, Records

EVERY_FACT = 10_000
"""Facts of one look-up, where it has a limit: those of a tenth of a million passages."""


class SeenFacts(SeenNames):
    """The facts of one generation. What is read is remembered."""

    def __init__(self, records: Records, generation: Generation) -> None:
        super().__init__(records, generation)
        self._derived = (Derived if records.search is None else OnServer)(records, generation)
        self._known_facts: FactCache = {}
        self._known_matches: dict[tuple[frozenset[str], int], list[int]] = {}
        self._known_places: PlaceCache = {}

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
        from rag.index import matching

        def ask(what: Callable[[Matches], list[int]]) -> list[int]:
            return self._derived.lexical("facts", what)

        def rows(read: t.Connection) -> list[int]:
            asked = (tokens(query), limit)
            known = self._known_matches.get(asked)
            if known is None:
                known = matching.first_rows(read, self._seen(), ask, query, limit)
                if len(self._known_matches) >= matching.REMEMBERED:
                    self._known_matches.clear()
                self._known_matches[asked] = known
            return known

        return self._in_rows(rows)

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

        with uncollected():
            return self._facts(t.dated())

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
        from rag.index import date_table

        return self._in_rows(lambda read: date_table.rows_on(read, self._seen(), dates, limit, headers))

    def dated_facts_in(self, sources: Collection[str]) -> tuple[Fact, ...]:
        """The facts of `sources` about a thing that bear a date, by source and ordinal."""
        from rag.index import tables as t

        return self._facts(t.among(t.facts.c.source, sorted(sources)), t.dated())

    def dated_facts_of(self, keys: Collection[str]) -> tuple[Fact, ...]:
        """Those whose `entity_key` is among `keys`."""
        from rag.index import tables as t

        return self._facts(t.dated(), t.among(t.facts.c.entity_key, sorted(keys)))

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

        return self._in_rows(lambda read: placements.rows_under(read, self._seen(), headers, takes, limit))

    def facts(self) -> tuple[Fact, ...]:
        """All facts, by source and ordinal."""
        return self._facts()

    def attributes(self, most: int | None = None) -> tuple[tuple[str, int], ...]:
        """Distinct attributes as written, with the number of their facts, sorted; or the `most` frequent ones first."""
        from rag.index import placements

        with self._records.reading() as connection:
            return placements.attributes(connection, self.generation, most)

    def document_frequency(self, token: str) -> int:
        """How many distinct facts hold `token`."""
        return self._derived.lexical("facts", lambda reader: reader.frequency(token))

    def fact_count(self) -> int:
        """How many distinct facts there are: what `document_frequency` counts among."""
        return self._generation.facts

    def _seen(self) -> t.Condition:
        """The condition that this snapshot shows a fact."""
        from rag.index import tables as t

        return t.live(t.facts, self.generation)

    def _facts(self, *conditions: Any) -> tuple[Fact, ...]:
        return tuple(fact for _, fact in self._facts_where(*conditions))

    def _in_rows(self, rows: Callable[[t.Connection], list[int]]) -> tuple[Fact, ...]:
        """The facts in the rows that are found."""
        from rag.index import placements

        with self._records.reading() as connection:
            found = placements.decoded(connection, rows(connection), self._known_facts)
        return tuple(fact for _, fact in self._told(found))

    def _facts_where(self, *conditions: Any) -> list[tuple[int, Fact]]:
        from rag.index import placements

        with self._records.reading() as connection:
            found = placements.facts(connection, self.generation, *conditions, cache=self._known_facts)
        return self._told(found)
