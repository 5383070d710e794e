"""What the index holds, as plain rows for a terminal, a CSV file or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.answer.serialise import place
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.types import PAGE_BREAK, Entity, Fact, Source, SourceKind
from server.failures import NotFoundError

if TYPE_CHECKING:
    from ingest.build import Summary
    from rag.index.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class FactFilter:
    """Which facts to show; None does not restrict. `attribute` and `text` match any part in any case."""

    entity: str | None = None
    attribute: str | None = None
    source: str | None = None
    text: str | None = None


def facts(snapshot: Snapshot, wanted: FactFilter) -> list[Fact]:
    """The facts that pass the filter, by source and reading order. Raises NotFoundError for unknown names."""
    if wanted.source is not None:
        known_path(snapshot, wanted.source)
    found: Iterable[Fact]
    if wanted.entity is not None:
        keys = entity_keys(snapshot, wanted.entity)
        found = snapshot.facts_of(keys)
    else:
        found = snapshot.facts()
    return [fact for fact in found if _passes(fact, wanted)]


def _passes(fact: Fact, wanted: FactFilter) -> bool:
    if wanted.source is not None and fact.source != wanted.source:
        return False
    if wanted.attribute is not None and not _within(wanted.attribute, fact.attribute):
        return False
    whole = " ".join([fact.entity, fact.attribute, fact.value, fact.quote])
    return wanted.text is None or _within(wanted.text, whole)


def _within(part: str, whole: str) -> bool:
    return normalise(part) in normalise(whole)


def entity_keys(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    """All keys of the thing called `name`. Raises NotFoundError with the closest names."""
    entity = snapshot.names().get(name_key(name))
    if entity is not None:
        return entity.keys
    near = [e.name for e in snapshot.entities() if name_key(name) in "\n".join(e.keys)][:5]
    hint = f"; did you mean {', '.join(near)}" if near else "; `rag entities` lists them"
    raise NotFoundError(f"the notes know nothing called {name!r}{hint}")


def entities(snapshot: Snapshot, pattern: str | None) -> list[Entity]:
    """The entities whose name or alias holds the pattern, by name."""
    key = name_key(pattern) if pattern else ""
    return [e for e in snapshot.entities() if any(key in k for k in e.keys)]


def sources(snapshot: Snapshot) -> list[Source]:
    """All sources by path."""
    return [snapshot.source(path) for path in snapshot.source_paths()]


def known_path(snapshot: Snapshot, path: str) -> str:
    """The path itself when the index holds it. Raises NotFoundError otherwise; no disk is read."""
    if path not in snapshot.source_paths():
        raise NotFoundError(f"the index holds no source {path!r}; `rag sources` lists them")
    return path


def fact_row(fact: Fact) -> dict[str, Any]:
    """A fact as a JSON object."""
    return {
        "entity": fact.entity,
        "attribute": fact.attribute,
        "value": fact.value,
        "qualifiers": [list(pair) for pair in fact.qualifiers],
        "date": fact.date,
        "kind": str(fact.kind),
        "source": fact.source,
        **place(fact.location),
        "heading": list(fact.heading),
        "quote": fact.quote,
    }


def entity_row(entity: Entity) -> dict[str, Any]:
    """An entity as a JSON object."""
    return {"name": entity.name, "aliases": list(entity.aliases), "strength": entity.strength}


def source_row(source: Source) -> dict[str, Any]:
    """A source as a JSON object, without its text."""
    return {
        "path": source.path,
        "kind": str(source.kind),
        "title": source.title,
        "encoding": source.encoding,
        "repair": source.repair,
        "stale": source.stale,
        "unit": "page" if source.kind is SourceKind.PAPER else "line",
        "total": len(parts(source)),
    }


def parts(source: Source) -> Sequence[str]:
    """The lines of a note (without one after the last line break) or the pages of a paper."""
    if source.kind is SourceKind.PAPER:
        return source.text.split(PAGE_BREAK)
    return source.text.removesuffix("\n").split("\n")


def excerpt(source: Source, first: int | None, last: int | None) -> dict[str, Any]:
    """The source with the stored text of its lines (pages) `first` to `last`, 1-based and inclusive."""
    every = parts(source)
    begin = max(first or 1, 1)
    end = min(last or len(every), len(every))
    joint = PAGE_BREAK if source.kind is SourceKind.PAPER else "\n"
    return {**source_row(source), "first": begin, "last": end, "text": joint.join(every[begin - 1 : end])}


def where(row: dict[str, Any]) -> str:
    """A place as a person writes it: notes/a.md:6-9 or papers/b.pdf p. 3."""
    if row["lines"] is None:
        return f"{row['source']} p. {row['page']}"
    first, last = row["lines"]
    return f"{row['source']}:{first}" if first == last else f"{row['source']}:{first}-{last}"


def summary_row(summary: Summary) -> dict[str, Any]:
    """What an ingest did, as a JSON object."""
    return {
        "added": summary.added,
        "changed": summary.changed,
        "renamed": summary.renamed,
        "removed": summary.removed,
        "unchanged": summary.unchanged,
        "failed": [{"path": path, "reason": reason} for path, reason in summary.failed],
        "generation": summary.generation,
        "embedded": summary.embedded,
        "fetched": summary.fetched,
        "unfetched": [{"paper": paper, "reason": reason} for paper, reason in summary.unfetched],
        "notices": list(summary.notices),
    }
