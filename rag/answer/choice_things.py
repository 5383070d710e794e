"""Features of list readings: how many things they pick, by which facts, and where these stand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rag.answer.choice_asked import Asked
from rag.answer.sheets import Gathered, Sort
from rag.answer.ways import Ways
from rag.types import FactKind

if TYPE_CHECKING:
    from rag.answer.ways import Columns

MANY = 15
"""Things from which a list is long."""
FAR = 99
"""Place of a fact that is not in the ranking."""
MOST_CHANCES = 8
"""Facts whose chances count."""
TOP = 20
"""Places of the ranking that count as found."""
SURE = 3
"""Strength of a name from which it is surely a thing."""


def size(ways: Ways) -> Columns:
    import numpy as np

    of = np.array([max(len(sheet.names), 1) for sheet in ways.sheets])[ways.sheet]
    logarithms = np.array([0.0, *(math.log(count) for count in range(1, int(ways.counts.max()) + 1))])
    return {
        "log_count": logarithms[ways.counts.astype(np.intp)],
        "one": ways.counts == 1,
        "share": ways.counts / of,
        "everything": ways.counts == of,
        "many": ways.counts > MANY,
    }


def evidence(asked: Asked, ways: Ways) -> Columns:
    import numpy as np

    place, chance = np.full(len(ways.facts), float(FAR)), np.zeros(len(ways.facts))
    for fact, (at, likely) in asked.ranks.items():
        number = ways.facts.get(fact)
        if number is not None:
            place[number], chance[number] = at, likely
    cells = np.array([float(fact.kind in (FactKind.CELL, FactKind.KEY)) for fact in ways.facts])
    lengths = ways.held.lengths
    chances = ways.held.total(chance)
    likely_ones = ways.held.total((chance > 0).astype(np.float64))
    for number in np.flatnonzero(likely_ones > MOST_CHANCES).tolist():
        first = ways.held.starts[number]
        here = chance[ways.held.items[first : first + lengths[number]]]
        chances[number] = np.sort(here)[-MOST_CHANCES:].sum()
    return {
        "rank": 1.0 / (1 + ways.held.least(place)),
        "chance": chances,
        "chance_mean": chances / np.minimum(lengths, MOST_CHANCES),
        "found_share": ways.held.total(np.where(place < TOP, chance, 0.0)) / asked.chances,
        "cells": ways.held.total(cells) / lengths,
    }


def subjects(asked: Asked, notes: Gathered, ways: Ways) -> Columns:
    import numpy as np

    context = asked.context
    own = {key for mention in context.question.mentions if mention.exact for key in mention.keys}
    entities = [context.entity(key) for key in ways.keys]
    tables = np.array([notes.tables.get(key, 0) for key in ways.keys], object)
    strong = np.array([float(entity is not None and entity.strength >= SURE) for entity in entities])
    shared = np.bitwise_and.reduceat(tables[ways.things.items], ways.things.starts)
    named = np.array([float(key in own) for key in ways.keys])
    return {
        "tabled": ways.things.total((tables != 0).astype(np.float64)) / ways.counts,
        "one_table": (shared != 0).astype(np.float64),
        "named": np.full(len(ways.counts), float(bool(own))),
        "self_named": ways.things.total(named) > 0,
        "strong": ways.things.total(strong) / ways.counts,
    }


def cover(ways: Ways) -> Columns:
    """How many things a candidate has of those of which any note says the same slots."""
    import numpy as np

    widest = {
        _bits(candidate.picks[0].slots): len(candidate.keys)
        for candidate in ways.candidates
        if candidate.sheet.sort is Sort.ALL
    }
    of_pick = np.array([*(_bits(pick.slots) for pick in ways.picks), 0], object)
    said, kind = np.unique(of_pick[ways.first] | of_pick[ways.second], return_inverse=True)
    most = np.array([widest.get(bits, 0) for bits in said])[kind]
    counted = most > 0
    return {
        "cover": np.where(counted, np.minimum(ways.counts / np.maximum(most, 1), 1.0), 0.0),
        "covers_all": counted & (ways.counts >= most),
    }


def _bits(slots: frozenset[int]) -> int:
    return sum(1 << slot for slot in slots)


def places(asked: Asked, ways: Ways) -> Columns:
    """Whether a candidate stands in what the question names."""
    import numpy as np

    regions = [sheet.region for sheet in ways.sheets]
    within = np.array([r is not None and any(r.is_within(other) for other in asked.scope) for r in regions])
    named = np.array([r is not None and r in asked.scope for r in regions])
    return {
        "in_scope": within[ways.sheet],
        "is_scope": named[ways.sheet],
        "off_scope": bool(asked.scope) & ~within[ways.sheet],
    }
