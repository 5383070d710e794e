"""The matrix of things by attributes: what the notes say of each, with gaps and conflicts in sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rag.answer.context import display
from rag.question.wording import attribute_concepts, concepts
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.types import Entity, Fact, FactKind
from server.corpus.statements import disagree, statement

if TYPE_CHECKING:
    from rag.index.snapshot import Snapshot

MOST_ROWS, MOST_COLUMNS = 400, 400
"""Things and attributes that one matrix holds, those with the most cells first: a page must stay quick."""
MOST_STATED = 8
"""Statements that one cell holds; `more` counts the others."""
LONGEST_ATTRIBUTE = 60
"""Characters of a header beyond which it is a sentence before a colon."""
MOSTLY = 0.6
"""Share of a header that must word a concept: "is the code open" is not "code"."""


def matrix(snapshot: Snapshot, *, alike: bool, pattern: str | None = None) -> dict[str, Any]:
    """Things (rows), attributes (columns) and the cells that the notes fill.

    `alike` puts attributes that mean the same, in either language, into one column. `pattern` keeps the things
    whose name or alias holds it. Rows and columns come by how many cells they fill, then by name; a cell is
    {"row", "column", "state": "one" | "several" | "conflict", "statements": [...], "more"}.
    """
    names = snapshot.names()
    wanted = name_key(pattern) if pattern else ""
    cells: dict[tuple[str, str], list[Fact]] = {}
    things: dict[str, Entity] = {}
    written: dict[str, Counter[str]] = {}
    for fact in _stated(snapshot.facts()):
        entity = names.get(fact.entity_key)
        if entity is None or not any(wanted in key for key in entity.keys):
            continue
        column = column_key(fact.attribute, alike=alike)
        if not column:
            continue
        things[entity.keys[0]] = entity
        written.setdefault(column, Counter())[fact.attribute.strip()] += 1
        cells.setdefault((entity.keys[0], column), []).append(fact)
    return _laid_out(cells, things, written)


def _stated(facts: Iterable[Fact]) -> Iterable[Fact]:
    """The facts that give a thing's attribute a value."""
    kinds = (FactKind.CELL, FactKind.KEY)
    return (f for f in facts if f.kind in kinds and f.value.strip() and len(f.attribute) <= LONGEST_ATTRIBUTE)


def column_key(attribute: str, *, alike: bool) -> str:
    """What identifies an attribute's column: its normalised name or, with `alike`, the one concept it words."""
    if alike:
        normal = normalise(attribute)
        meant = [name for name, share in attribute_concepts(normal).items() if share >= 1.0]
        if len(meant) == 1:
            longest = max(len(match.group()) for match in concepts()[meant[0]].in_headers.finditer(normal))
            if longest >= MOSTLY * len(normal):
                return f"={meant[0]}"
    return name_key(attribute)


def _laid_out(
    cells: dict[tuple[str, str], list[Fact]], things: dict[str, Entity], written: dict[str, Counter[str]]
) -> dict[str, Any]:
    per_row = Counter(row for row, _ in cells)
    per_column = Counter(column for _, column in cells)
    rows = sorted(per_row, key=lambda row: (-per_row[row], row))[:MOST_ROWS]
    columns = sorted(per_column, key=lambda column: (-per_column[column], column))[:MOST_COLUMNS]
    row_at = {row: at for at, row in enumerate(rows)}
    column_at = {column: at for at, column in enumerate(columns)}
    return {
        "rows": [{"name": display(things[row]), "entity": things[row].name, "filled": per_row[row]} for row in rows],
        "columns": [_column(written[column], per_column[column]) for column in columns],
        "cells": [
            {"row": row_at[row], "column": column_at[column], **cell(facts)}
            for (row, column), facts in cells.items()
            if row in row_at and column in column_at
        ],
        "total": {"rows": len(per_row), "columns": len(per_column)},
    }


def _column(written: Counter[str], filled: int) -> dict[str, Any]:
    forms = sorted(written, key=lambda form: (-written[form], form))
    return {"name": forms[0], "wordings": forms, "filled": filled}


def cell(facts: Sequence[Fact]) -> dict[str, Any]:
    """What one cell says: its distinct statements, and whether they are one, several or in conflict."""
    distinct: dict[tuple[str, ...], Fact] = {}
    for fact in facts:
        told = tuple(name_key(value) for _, value in fact.qualifiers)
        distinct.setdefault((name_key(fact.value) or fact.value, *told), fact)
    kept = list(distinct.values())
    state = "conflict" if in_conflict(kept) else "one" if len(kept) == 1 else "several"
    return {
        "state": state,
        "statements": [statement(fact) for fact in kept[:MOST_STATED]],
        "more": max(len(kept) - MOST_STATED, 0),
    }


def in_conflict(facts: Sequence[Fact]) -> bool:
    """Whether two places of the notes agree in nothing that they say: each may list several values."""
    places: dict[tuple[str, tuple[str, ...]], list[Fact]] = {}
    for fact in facts:
        places.setdefault((fact.source, fact.heading), []).append(fact)
    told = list(places.values())
    return any(
        all(disagree(a, b) for a in one for b in other) for at, one in enumerate(told) for other in told[at + 1 :]
    )
