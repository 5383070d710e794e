"""The dates of a corpus: which there are, and the facts that bear them, read date by date instead of all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rag.index import tables as t


@dataclass(frozen=True, slots=True)
class Dated:
    """That some fact of one kind about a thing bears this ISO 8601 date under this header."""

    date: str
    kind: str
    attribute: str


def every_date(connection: t.Connection) -> tuple[Dated, ...]:
    """All of them, in order: of every kept generation, since the index that is read knows of none."""
    columns = t.facts.c
    query = t.select(columns.date, columns.kind, columns.attribute).where(t.dated()).distinct()
    return tuple(Dated(*row) for row in sorted(connection.execute(query)))


def rows_on(
    connection: t.Connection,
    seen: t.Condition,
    dates: Collection[str],
    limit: int,
    headers: Collection[tuple[str, str]] | None = None,
) -> list[int]:
    """The rows of facts about a thing that are `seen` and bear one of `dates`, the first `limit` by source and ordinal.

    `headers` are the (kind, attribute) that they may stand under; any where it is None.
    """
    columns = t.facts.c
    conditions = [t.dated(), t.among(columns.date, dates), seen]
    if headers is not None:
        conditions.append(t.or_(*(_under(kind, attributes) for kind, attributes in _by_kind(headers).items())))
    query = t.select(columns.row).where(*conditions).order_by(columns.source, columns.ordinal).limit(limit)
    return list(connection.execute(query).scalars())


def _by_kind(headers: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, attribute in headers:
        found.setdefault(kind, []).append(attribute)
    return found


def _under(kind: str, attributes: Collection[str]) -> t.Condition:
    return t.and_(t.facts.c.kind == kind, t.among(t.facts.c.attribute, attributes))
