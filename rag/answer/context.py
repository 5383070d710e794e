"""What composing an answer needs at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.index import Snapshot
from rag.question.mentions import NameIndex
from rag.question.understand import Question
from rag.retrieve.evidence import Rarity, Scored
from rag.types import Entity, Fact


@dataclass(frozen=True, slots=True)
class Context:
    """One question with its ranked facts, the pinned snapshot and the names."""

    question: Question
    snapshot: Snapshot
    names: NameIndex
    rare: Rarity
    ranked: Sequence[Scored]

    def entity(self, key: str) -> Entity | None:
        """The entity that a name key means."""
        return self.names.names.get(key)

    def subject(self, fact: Fact) -> str:
        """Display name of what a fact is about."""
        found = self.entity(fact.entity_key)
        return display(found) if found is not None else fact.entity


def display(entity: Entity) -> str:
    """An entity's name, with its first form in the other script where it has one."""
    if entity.strength < 2:
        return entity.name
    chinese = any("一" <= char <= "鿿" for char in entity.name)
    for alias in entity.aliases:
        plain = alias.isascii()
        if chinese == plain and len(alias) <= 30 and alias != entity.name:
            return f"{entity.name} ({alias})"
        if not chinese and not plain and 2 <= len(alias) <= 8 and all("一" <= c <= "鿿" for c in alias):
            return f"{entity.name} ({alias})"
    return entity.name
