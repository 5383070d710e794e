"""What a question probably means where the notes are silent on the attribute that its words name."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files

from rag.question.understand import Question, Unit
from rag.question.units import concept_unit
from rag.question.wording import Span, concepts

_DEFINITION = "definition"


def instead(question: Question) -> Question | None:
    """The question by the attribute that stands in for the one it names; None where none does.

    `data/instead.toml` says which: "does it cost anything" asks for the price, "what is it for" what it is.
    """
    units: list[Unit] = []
    intents = question.intents
    for unit in question.units:
        other = _table().get(unit.concept.name) if unit.concept is not None else None
        if other == _DEFINITION:
            intents |= {_DEFINITION}
        else:
            units.append(unit if other is None else replace(concept_unit(Span(other, 0, 0), ""), surface=unit.surface))
    if len(units) == len(question.units) and all(one is two for one, two in zip(units, question.units, strict=True)):
        return None
    types = frozenset(unit.concept.type for unit in units if unit.concept and unit.concept.type)
    return replace(question, units=tuple(units), intents=intents, types=types)


@cache
def _table() -> dict[str, str]:
    raw = tomllib.loads((files("rag.question") / "data" / "instead.toml").read_text(encoding="utf-8"))
    table: dict[str, str] = raw["attribute"]
    assert all(name in concepts() for name in (*table, *table.values()) if name != _DEFINITION), "known attributes"
    return table
