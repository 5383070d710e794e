"""A generation of which the papers' facts are not seen: what the notes themselves say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rag.index.query import Query
from rag.index.seen_facts import EVERY_FACT
from rag.index.snapshot import Snapshot
from rag.types import Entity, Fact, Page

if TYPE_CHECKING:
    from rag.index import tables as t
    from rag.index.name_table import NameTable

PAPER = ".pdf"
"""How the path of a paper ends."""
FURTHER = 4
"""How many times as many facts are first looked through for those of notes."""


class View(Snapshot):
    """A part of a generation; passages and names are those of the whole.

    It lives as long as the snapshot that it is made of, and needs no closing.
    """

    def __init__(self, whole: Snapshot) -> None:
        super().__init__(whole._records, whole._generation, whole._pin)
        self._whole = whole
        self._derived = whole._derived
        self._known_facts = whole._known_facts
        self._known_chunks = whole._known_chunks
        self._sources, self._source_paths = whole._sources, whole._source_paths

    def entities(self) -> tuple[Entity, ...]:
        """All entities, sorted by name."""
        return self._whole.entities()

    def names(self) -> Mapping[str, Entity]:
        """Name key -> entity."""
        return self._whole.names()

    @property
    def name_table(self) -> NameTable | None:
        """Where names are looked up, if they are many."""
        return self._whole.name_table

    def thing_count(self, strength: int) -> int:
        """How many entities have at least that strength."""
        return self._whole.thing_count(strength)

    def close(self) -> None:
        """Nothing: the whole snapshot holds the generation."""


class NotesView(View):
    """The same generation without papers and their facts."""

    def source_paths(self, suffix: str = "") -> tuple[str, ...]:
        """The paths of all notes that end with `suffix`, sorted."""
        return tuple(path for path in super().source_paths(suffix) if not path.endswith(PAPER))

    def search_facts(self, query: Query, limit: int) -> list[tuple[Fact, float]]:
        """The `limit` best facts of notes by BM25; best first, ties by source and ordinal."""
        held = self._held()
        if held is not None:
            seen = held.contents
            return held.best(dict(self._derived.lexical("facts", lambda r: r.search(query, limit, seen))), limit)
        found: list[tuple[Fact, float]] = []
        for most in (limit * FURTHER, EVERY_FACT):
            every = self._whole.search_facts(query, most)
            found = [(fact, score) for fact, score in every if _is_of_note(fact)]
            if len(found) >= limit or len(every) < most:
                break
        return found[:limit]

    def attributes(self, most: int | None = None) -> tuple[tuple[str, int], ...]:
        """Distinct attributes with their numbers, without those of papers alone."""
        found = [entry for entry in self._whole.attributes() if entry[0] in self._said_of_things]
        return tuple(found if most is None else sorted(found, key=lambda entry: (-entry[1], entry[0]))[:most])

    @cached_property
    def _said_of_things(self) -> frozenset[str]:
        """The attributes of the notes' facts."""
        from rag.index import tables as t

        with self._records.reading() as connection:
            rows = connection.execute(t.select(t.facts.c.attribute).where(self._seen()).distinct())
            return frozenset(attribute for (attribute,) in rows)

    def _told(self, found: list[tuple[int, Fact]]) -> list[tuple[int, Fact]]:
        return self._whole._told(found)

    def _seen(self) -> t.Condition:
        from rag.index import tables as t

        return t.and_(super()._seen(), ~t.facts.c.source.endswith(PAPER, autoescape=True))

    def _facts_where(self, *conditions: Any) -> list[tuple[int, Fact]]:
        return [(content, fact) for content, fact in super()._facts_where(*conditions) if _is_of_note(fact)]


def notes_of(whole: Snapshot) -> Snapshot:
    """What the notes of `whole` say; `whole` itself where it holds no papers, or is a view already."""
    return NotesView(whole) if type(whole) is Snapshot and whole.source_paths(PAPER) else whole


def _is_of_note(fact: Fact) -> bool:
    return not isinstance(fact.location, Page)
