"""Which units of measure a comparing word or a kind of value speaks of."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from rag.question.wording import Wordings
from rag.text.dates import dates
from rag.text.normalise import normalise
from rag.text.values import cell_quantities
from rag.types import Fact


@cache
def side_wordings() -> dict[str, Any]:
    """The tables of data/sides.toml by name."""
    return tomllib.loads((files("rag.answer") / "data" / "sides.toml").read_text(encoding="utf-8"))


@cache
def _measures() -> dict[str, tuple[Wordings, frozenset[str]]]:
    return {
        name: (Wordings(normalise(word) for word in entry["words"]), frozenset(entry["units"]))
        for name, entry in side_wordings()["measure"].items()
    }


def units_of(types: frozenset[str]) -> frozenset[str]:
    """Units of the kinds of value in `types`."""
    return frozenset(unit for name, (_, units) in _measures().items() if name in types for unit in units)


def units_asked(normal: str) -> frozenset[str]:
    """Units in which the comparing words of a normalised question are measured: "heavier" in grams and tonnes."""
    return frozenset(unit for words, units in _measures().values() if words.search(normal) for unit in units)


def measured_in(fact: Fact, units: frozenset[str]) -> bool:
    """Whether a fact's value is measured in one of `units`; "date" stands for a date."""
    if "date" in units and (fact.date or dates(fact.value)):
        return True
    return any(quantity.unit in units for quantity in cell_quantities(fact.attribute, fact.value))
