"""One cell, picked by what the question says of its row and by its header: "the price of the one with two ports"."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from rag.answer.conditions import conditions
from rag.answer.context import Context
from rag.answer.polarity import is_unknown
from rag.index import Term
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import attribute_concepts
from rag.retrieve.evidence import holds_type, query
from rag.retrieve.view import view
from rag.text.names import name_key
from rag.types import Fact, FactKind

HEADED = 0.6
"""Least match of a header with a word for the cell below to be what is asked."""
ENOUGH = 0.6
"""Share of the question, by weight, that row and header must hold together."""
AS_GOOD = 0.93
"""Share of the best row's match from which another row is meant as well."""
MOST_ROWS = 2
"""Rows that may be meant: among more the question picks none."""
SURELY = 0.6
"""Match from which a row of a table meets a condition that the others of the table must meet too."""
LEAST_RARE = 0.5
"""Least rarity of a word: in a small corpus every word is common."""
LONG_CELL = 120
"""Characters beyond which a cell is prose."""
ASKED_WEIGHT = 0.5
"""Least weight of what the header words: less is a way of speaking."""


@dataclass(slots=True)
class _Row:
    """What the cells of one thing in one section hold of the question: unit -> share, unit -> cells it heads."""

    met: dict[int, float] = field(default_factory=dict)
    above: dict[int, float] = field(default_factory=dict)
    headed: dict[int, list[tuple[float, Fact]]] = field(default_factory=dict)
    denied: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Pick:
    """A cell and how much of the question, 0 to 1, it and its row hold."""

    points: float
    fact: Fact


def picked_cells(context: Context) -> list[Pick]:
    """The cells under the asked header in the rows that the question describes; none where it describes no one row."""
    question = context.question
    weights = [_weight(context, unit) for unit in question.units] + [1.0] * len(question.mentions)
    weights += [1.0] if question.dates else []
    total = sum(weights)
    if not total or not any(unit.quantity is None for unit in question.units):
        return []
    rows = _rows(context)
    alone = _of_themselves(context)
    told_apart: dict[tuple[str, ...], set[int]] = {}
    for (_, *section), row in rows.items():
        told_apart.setdefault(tuple(section), set()).update(at for at, share in row.met.items() if share >= SURELY)
    best: list[Pick] = []
    for (_, *section), row in rows.items():
        if told_apart[tuple(section)] <= row.met.keys() | row.headed.keys():
            pick = _best(question, row, weights, total, alone)
            best += [] if pick is None else [pick]
    best.sort(key=lambda pick: (-pick.points, pick.fact.source, pick.fact.ordinal))
    if not best or best[0].points < ENOUGH:
        return []
    meant = [pick for pick in best if pick.points >= AS_GOOD * best[0].points]
    return meant if len(meant) <= MOST_ROWS else []


def _weight(context: Context, unit: Unit) -> float:
    return unit.weight * max(context.rare(unit), LEAST_RARE) if unit.quantity is None else 1.0


def _of_themselves(context: Context) -> set[int]:
    """The conditions that name things with cells of their own: a row that only names one of them is about another."""
    question = context.question
    return {
        len(question.units) + at
        for at, mention in enumerate(question.mentions)
        if any(fact.kind is FactKind.CELL for fact in context.snapshot.facts_of(sorted(mention.keys)))
    }


def _best(question: Question, row: _Row, weights: Sequence[float], total: float, alone: Collection[int]) -> Pick | None:
    """The cell of a row that holds most of the question with it; None where the row or no header is meant."""
    if row.denied or not _firm(question) <= row.met.keys() or not any(weights[at] > KIND_WEIGHT for at in row.met):
        return None
    picks: list[Pick] = []
    for at, cells in row.headed.items():
        if weights[at] < ASKED_WEIGHT:
            continue
        for _, fact in cells:
            heads = {other: share for other, found in row.headed.items() for share, cell in found if cell is fact}
            if not any(other not in heads and other not in alone and weights[other] > KIND_WEIGHT for other in row.met):
                continue
            shares = row.above | row.met | heads
            points = sum(weights[other] * share for other, share in shares.items()) / total
            picks.append(Pick(points, fact))
    return max(picks, key=lambda pick: (pick.points, -pick.fact.ordinal), default=None)


def _firm(question: Question) -> set[int]:
    """The conditions that the row itself must meet: numbers, things named, dates."""
    units, mentions = len(question.units), len(question.mentions)
    firm = {at for at, unit in enumerate(question.units) if unit.quantity is not None}
    firm |= {units + at for at, mention in enumerate(question.mentions) if mention.exact}
    return firm | ({units + mentions} if question.dates else set())


def _rows(context: Context) -> dict[tuple[str, ...], _Row]:
    question = context.question
    rows: dict[tuple[str, ...], _Row] = {}
    for fact in _pool(context):
        section = fact.heading[:-1] if fact.heading and name_key(fact.heading[-1]) == fact.entity_key else fact.heading
        # Of several rows about one thing the qualifiers tell which.
        row = rows.setdefault((f"{fact.entity_key}\n{fact.qualifiers}", fact.source, *section), _Row())
        heads = dict(_headers(question, fact))
        for at, share in heads.items():
            if not is_unknown(fact.value) and holds_type(question, fact, view(fact)) is not False:
                row.headed.setdefault(at, []).append((share, fact))
        for met in conditions(question, fact):
            if not met.share:
                row.denied.add(met.at)
            elif met.at in heads and not met.marked:
                continue
            else:
                held = row.met if met.picks else row.above
                held[met.at] = max(held.get(met.at, 0.0), met.share)
    return rows


def _headers(question: Question, fact: Fact) -> Iterator[tuple[int, float]]:
    """The units that the header of a cell words, with how well."""
    seen = view(fact)
    for at, unit in enumerate(question.units):
        if unit.quantity is not None:
            continue
        if unit.concept is not None:
            share = attribute_concepts(seen.attribute).get(unit.concept.name, 0.0)
        else:
            share = max((weight for token, weight in unit.alternatives if token in seen.attribute_tokens), default=0.0)
        if share >= HEADED:
            yield at, share


def _pool(context: Context) -> list[Fact]:
    """The cells of tables that hold a word of the question or stand in a row with one."""
    question = context.question
    clauses = query(question.units)
    clauses += [tuple(Term(token) for token in mention.tokens) for mention in question.mentions]
    found: dict[Fact, None] = {}
    if clauses:
        found.update(dict.fromkeys(context.snapshot.facts_matching(clauses)))
    keys = {key for mention in question.mentions for key in mention.keys}
    if keys:
        found.update(dict.fromkeys(context.snapshot.facts_mentioning(keys)))
    cells = [f for f in found if f.kind is FactKind.CELL and f.entity_key and len(f.value) <= LONG_CELL]
    return sorted(cells, key=lambda fact: (fact.source, fact.ordinal))
