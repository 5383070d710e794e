"""All that the notes say of one thing, attribute by attribute."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rag.answer.context import display
from rag.text.names import name_key
from rag.types import Entity, Fact, FactKind
from server.corpus.matrix import cell, column_key
from server.corpus.statements import statement
from server.failures import NotFoundError

if TYPE_CHECKING:
    from rag.index.snapshot import Snapshot

MOST_TOLD, MOST_MENTIONS = 60, 40
"""Sentences about a thing, and places that mention it, that a profile holds; the totals are told as well."""


def things(snapshot: Snapshot) -> dict[str, Any]:
    """Every thing with its other names, how many facts speak of it, and in how many sources."""
    names = snapshot.names()
    counts: dict[str, tuple[int, set[str]]] = {}
    for fact in snapshot.facts():
        entity = names.get(fact.entity_key)
        if entity is not None:
            number, sources = counts.get(entity.keys[0], (0, set()))
            counts[entity.keys[0]] = (number + 1, sources | {fact.source})
    rows = [
        {
            "name": entity.name,
            "display": display(entity),
            "aliases": [alias for alias in entity.aliases if alias != entity.name],
            "strength": entity.strength,
            "facts": counts.get(entity.keys[0], (0, set()))[0],
            "sources": len(counts.get(entity.keys[0], (0, set()))[1]),
        }
        for entity in snapshot.entities()
    ]
    return {"things": rows}


def profile(snapshot: Snapshot, name: str) -> dict[str, Any]:
    """The profile of the thing called `name`. Raises NotFoundError."""
    names = snapshot.names()
    # Answers show a thing with its name in the other script in brackets.
    entity = names.get(name_key(name)) or names.get(name_key(re.sub(r"\s*\([^()]*\)$", "", name)))
    if entity is None:
        raise NotFoundError(f"the notes know nothing called {name!r}; `rag entities` lists what they do")
    own = snapshot.facts_of(entity.keys)
    elsewhere = [fact for fact in snapshot.facts_mentioning(entity.keys) if fact.entity_key not in entity.keys]
    told = [f for f in own if f.kind in (FactKind.STATEMENT, FactKind.EVENT) or not f.attribute.strip()]
    links = {f.value: f for f in reversed(own) if f.kind is FactKind.LINK and f.value.startswith("http")}
    return {
        "name": entity.name,
        "display": display(entity),
        "aliases": [alias for alias in entity.aliases if alias != entity.name],
        "attributes": _attributes(entity, own),
        "told": [statement(fact) for fact in told if fact.kind is not FactKind.LINK][:MOST_TOLD],
        "links": [{**statement(links[url]), "label": links[url].attribute} for url in sorted(links)],
        "mentions": [{"entity": f.entity, "attribute": f.attribute, **statement(f)} for f in elsewhere[:MOST_MENTIONS]],
        "total": {"told": len(told), "mentions": len(elsewhere), "sources": len({fact.source for fact in own})},
    }


def _attributes(entity: Entity, facts: tuple[Fact, ...]) -> list[dict[str, Any]]:
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.kind in (FactKind.CELL, FactKind.KEY) and fact.attribute.strip() and fact.value.strip():
            found.setdefault(column_key(fact.attribute, alike=True), []).append(fact)
    return [{"name": same[0].attribute.strip(), **cell(same)} for key, same in found.items() if key]
