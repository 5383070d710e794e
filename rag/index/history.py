"""The generations that can be read: when each was made, what it brought, and which of them are to stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rag.index import tables as t

_MADE = "made."
"""Before a generation's number: the key in `meta` of the time when it was made."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Which generations stay: the `newest`, and the last one of each of the latest `days` on which one was made."""

    newest: int = 20
    days: int = 14


@dataclass(frozen=True, slots=True)
class Past:
    """A generation that can be read. `made` is ISO 8601 in UTC, None where an earlier version wrote it.

    `passages` and `facts` count distinct contents. `added`, `changed` and `removed` count sources against the
    generation before it that is kept; None for the oldest.
    """

    generation: int
    made: str | None
    embedder: str
    sources: int
    passages: int
    facts: int
    added: int | None
    changed: int | None
    removed: int | None


def stamp(connection: t.Connection, generation: int) -> None:
    """Write down that `generation` is made now."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(t.insert(t.meta), [{"key": f"{_MADE}{generation}", "value": now}])


def forget(connection: t.Connection, generations: Sequence[int]) -> None:
    """The times of `generations` are needed no more."""
    keys = [f"{_MADE}{number}" for number in generations]
    connection.execute(t.delete(t.meta).where(t.among(t.meta.c.key, keys)))


def times(connection: t.Connection) -> dict[int, str]:
    """When each generation was made, as far as that is known."""
    rows = connection.execute(t.select(t.meta.c.key, t.meta.c.value).where(t.meta.c.key.startswith(_MADE)))
    return {int(key.removeprefix(_MADE)): str(value) for key, value in rows}


def surplus(generations: Sequence[int], made: Mapping[int, str], retention: Retention) -> list[int]:
    """Those of `generations` (in order) that need not stay. The newest always does."""
    kept = set(generations[-max(retention.newest, 1) :])
    last_of_day = {
        datetime.fromisoformat(made[number]).astimezone().date(): number for number in generations if number in made
    }
    kept.update(last_of_day[day] for day in sorted(last_of_day, reverse=True)[: retention.days])
    return [number for number in generations if number not in kept]


def past(connection: t.Connection) -> tuple[Past, ...]:
    """The generations that can be read, in order."""
    made = times(connection)
    rows = connection.execute(t.select(t.generations).order_by(t.generations.c.id)).all()
    columns = t.sources.c
    query = t.select(columns.path, columns.digest, columns.added, columns.removed)
    spans = [tuple(row) for row in connection.execute(query)]
    found: list[Past] = []
    before: dict[str, str] | None = None
    for row in rows:
        held = {path: digest for path, digest, added, removed in spans if added <= row.id < removed}
        counts = _moved(before, held)
        found.append(
            Past(row.id, made.get(row.id), row.embedder_name, len(held), row.chunks, row.facts, *counts)
        )  # fmt: skip
        before = held
    return tuple(found)


def _moved(before: Mapping[str, str] | None, held: Mapping[str, str]) -> tuple[int | None, int | None, int | None]:
    """How many sources came, changed and went."""
    if before is None:
        return None, None, None
    changed = sum(before[path] != digest for path, digest in held.items() if path in before)
    return len(held.keys() - before.keys()), changed, len(before.keys() - held.keys())
