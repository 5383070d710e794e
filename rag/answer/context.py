"""What composing an answer needs at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from rag.index import Snapshot
from rag.question.mentions import NameIndex
from rag.question.understand import Question
from rag.retrieve.evidence import Rarity, Scored, candidates, rank, rarity
from rag.retrieve.means import ALL, Means
from rag.retrieve.passages import passages
from rag.text.names import has_cjk, name_key
from rag.types import Entity, Fact, Hit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """One question with its ranked facts, the pinned snapshot, the names, and by what means it may be answered."""

    question: Question
    snapshot: Snapshot
    names: NameIndex
    rare: Rarity
    ranked: Sequence[Scored]
    means: Means = ALL
    worded: Sequence[Hit] = ()
    """Passages that hold the question's words, best first."""
    known: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was found out of the question so far, by what finds it (`once`)."""

    def entity(self, key: str) -> Entity | None:
        """The entity that a name key means."""
        return self.names.names.get(key)

    def key(self, key: str) -> str:
        """The one key of the entity that a name key means; the key itself where it means none."""
        found = self.entity(key)
        return found.keys[0] if found is not None else key

    def subject(self, fact: Fact) -> str:
        """Display name of what a fact is about."""
        found = self.entity(fact.entity_key)
        return display(found) if found is not None else fact.entity


def once(find: Callable[[Context], T]) -> Callable[[Context], T]:
    """`find`, which one composer after the other asks for, done once for a question."""

    @wraps(find)
    def found(context: Context) -> T:
        if find not in context.known:
            context.known[find] = find(context)
        known: T = context.known[find]
        return known

    return found


def gathered(
    question: Question, snapshot: Snapshot, names: NameIndex, means: Means = ALL
) -> tuple[Context, dict[Fact, float]]:
    """A question with its evidence ranked, none judged yet, and each fact's lexical score as a share of the best."""
    rare = rarity(snapshot)
    found = candidates(question, snapshot)
    worded = passages(question, snapshot) if means.lexical else []
    return Context(question, snapshot, names, rare, rank(question, found, rare), means, worded), found


def display(entity: Entity, written: str = "") -> str:
    """An entity's name, or the form `written` where it is spoken of, with its first form in the other script."""
    name = written or entity.name
    if entity.strength < 2:
        return name
    chinese = has_cjk(name)
    branded = [alias for alias in entity.aliases if alias.endswith(f" {name}") and has_cjk(alias)]
    if not chinese and len(branded) == 1:
        return branded[0]
    for alias in entity.aliases:
        if alias == name or name_key(alias) in name_key(name):
            continue
        if chinese and alias.isascii() and len(alias) <= 30:
            return f"{name} ({alias})"
        if not chinese and 2 <= len(alias) <= 8 and all(has_cjk(char) for char in alias):
            return f"{name} ({alias})"
    return name
