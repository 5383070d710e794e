"""The names that one generation knows: held in memory where they are few, looked up where they are many."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from rag.index.uncollected import uncollected
from rag.types import Entity, Fact

if TYPE_CHECKING:
    from rag.index.name_table import NameTable
    from rag.index.names_by_key import Names
    from rag.index.records import Generation, Records

MOST_HELD = 5_000
"""Entities up to which all are read and arranged in memory, which takes 0.1 s; of more each is looked up."""


class SeenNames:
    """The things of one generation and what they are called."""

    def __init__(self, records: Records, generation: Generation) -> None:
        self._records = records
        self._generation = generation
        self._entity_rows: Mapping[int, Entity] = {}
        self._counted: dict[int, int] = {}

    @property
    def generation(self) -> int:
        """The number of the generation."""
        return self._generation.id

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
        from rag.index.names_by_key import Names

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

    def _told(self, found: list[tuple[int, Fact]]) -> list[tuple[int, Fact]]:
        """Facts whose things will be asked for."""
        if self.name_table is not None:
            self._looked_up.expect(fact.entity_key for _, fact in found)
        return found
