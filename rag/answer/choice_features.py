"""The features of a way to read a list question: a sheet and what picks things out of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.answer.asked_dates import asked_dates
from rag.answer.conditions import MET, worded_by
from rag.answer.context import Context
from rag.answer.picks import Op, Pick
from rag.answer.regions import Region, Wording
from rag.answer.scoped import scope
from rag.answer.sheets import Column, Gathered, Sheet, Sort, ThingKey
from rag.question.wording import intent
from rag.retrieve.alignment import Alignment, align
from rag.retrieve.sense import nearness, question_sense, text_sense
from rag.types import Fact, FactKind

MANY = 15
"""Things from which a list is long."""
NEAREST = 24
"""Columns whose header is nearest to the question in meaning that may be meant unworded."""
FAR = 99
NONE = (0.0, 0.0)
_ALIKE = (Op.BELOW, Op.ABOVE, Op.EQUAL)
_MARKED = (Op.YES, Op.NO)

NAMES = (
    "in_value", "in_own", "in_around", "in_note", "left", "firm_left", "left_units",
    "met", "met_with_place", "asked", "asked_header", "sense", "place_met",
    *(f"op_{op.name.lower()}" for op in Op), *(f"sort_{sort.name.lower()}" for sort in Sort),
    "two", "log_count", "one", "share", "everything", "many",
    "negated_no", "negated_yes", "plain_no", "negated_other", "negated_not", "lacking_blank", "plain_blank", "only",
    "mark_header", "mark_worded", "filled_worded", "header_top", "mark_top", "sense_top", "mark_sense_top",
    "sheet_top", "sheet_sense_top",
    "whole_own", "whole_left", "rank", "chance", "chance_mean", "found_share",
    "in_scope", "is_scope", "off_scope", "agrees", "disagrees", "free_limit", "limit_header", "limit_share",
    "blank_header", "near_asked", "any_left", "any_count",
    "parts_rank", "parts_worded", "parts_length", "parts_left", "parts_listed", "parts_chance",
    "named", "self_named", "cover", "covers_all", "denies_no", "denies_yes", "denies_blank", "denies_other",
    "parts_named", "strong", "tabled", "one_table", "cells", "all_worded",
    "asks_list", "asks_count", "asks_which", "units",
)  # fmt: skip
"""The features, in the order of a row. Ratios are 0 to 1, flags 0 or 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What the features of all candidates of a question share."""

    context: Context
    alignment: Alignment
    scope: tuple[Region, ...]
    weights: tuple[float, ...]
    """Of the slots (`picks.slots`)."""
    firm: tuple[bool, ...]
    """Whether a slot is a number, a name or a date, which an answer cannot leave out."""
    ranks: Mapping[Fact, tuple[int, float]]
    """Place and chance of the ranked facts."""
    chances: float
    headers: Mapping[str, tuple[float, float]]
    """Nearness in meaning of every header: by its words, and as a whole."""
    worded: frozenset[str]
    """Headers that word a slot."""
    near: frozenset[str]
    best: tuple[float, float, float, float]
    """The greatest nearness of any header by its words, of a column of marks, and the same as a whole."""
    places: dict[int, tuple[tuple[float, float, float], ...]]
    tables: Mapping[str, frozenset[int]]
    """The tables that have a row for a thing, by its key."""
    known: dict[tuple[bool, frozenset[str]], float]
    """What was worked out of sets of words: many candidates share them."""

    def met(self, tokens: frozenset[str]) -> float:
        """How well the words meet those of the question (`Alignment.met`)."""
        if (True, tokens) not in self.known:
            self.known[True, tokens] = self.alignment.met(tokens)
        return self.known[True, tokens]

    def asks(self, tokens: frozenset[str]) -> float:
        """How near the words are to some word of the question (`Alignment.asked`)."""
        if (False, tokens) not in self.known:
            self.known[False, tokens] = self.alignment.asked(tokens)
        return self.known[False, tokens]

    def may_mean(self, column: Column) -> bool:
        """Whether the question words a column's header, or the header is among the nearest in meaning."""
        return column.attribute in self.worded or column.attribute in self.near

    def names_place(self, sheet: Sheet) -> bool:
        """Whether the question names where the sheet stands."""
        region = sheet.region
        if region is None:
            return False
        if any(region.is_within(other) for other in self.scope):
            return True
        return any(own >= MET for own, _, _ in _place(self, region))


def asked_of(context: Context, notes: Gathered) -> Asked:
    """What the candidates of a question share."""
    question = context.question
    columns: dict[str, list[Column]] = defaultdict(list)
    for sheet in notes.sheets:
        if sheet.sort not in (Sort.ALL, Sort.HEADINGS):
            for column in sheet.columns.values():
                if column.attribute:
                    columns[column.attribute].append(column)
    texts = [found[0].tokens for found in columns.values()]
    texts += [tokens for found in columns.values() for column in found for tokens in column.value_tokens()]
    texts += [sheet.region.own.tokens for sheet in notes.sheets if sheet.region is not None]
    alignment = align(question.normal, texts)
    sense = question_sense(question.normal)
    headers = {
        attribute: (alignment.asked(found[0].tokens), nearness(sense, text_sense(found[0].tokens)))
        for attribute, found in columns.items()
    }
    marked = {attribute for attribute, found in columns.items() if any(column.marks for column in found)}
    by_words = sorted(headers, key=lambda name: (-headers[name][0], name))[:NEAREST]
    by_sense = sorted(headers, key=lambda name: (-headers[name][1], name))[:NEAREST]
    ranks = {scored.fact: (at, scored.chance) for at, scored in enumerate(context.ranked)}
    dated = [1.0] if asked_dates(question) else []
    return Asked(
        context,
        alignment,
        scope(context)[0],
        (*(unit.weight * context.rare(unit) if unit.quantity is None else 1.0 for unit in question.units),
         *(1.0 for _ in question.mentions), *dated),
        (*(unit.quantity is not None for unit in question.units), *(m.exact for m in question.mentions),
         *(True for _ in dated)),
        ranks,
        sum(scored.chance for scored in context.ranked[:20]) or 1.0,
        headers,
        frozenset(name for name, found in columns.items() if _words_slot(context, found[0])),
        frozenset((*by_words, *by_sense)),
        (
            max((near for near, _ in headers.values()), default=0.0),
            max((headers[name][0] for name in marked), default=0.0),
            max((near for _, near in headers.values()), default=0.0),
            max((headers[name][1] for name in marked), default=0.0),
        ),
        {},
        notes.tables,
        {},
    )  # fmt: skip


def _words_slot(context: Context, column: Column) -> bool:
    header = Wording(column.attribute.lower(), column.tokens)
    question = context.question
    return any(worded_by(unit, header) >= MET for unit in question.units if unit.quantity is None) or any(
        mention.stands_in(header.normal) for mention in question.mentions
    )


def _place(asked: Asked, region: Region) -> tuple[tuple[float, float, float], ...]:
    """For every slot how well a region's own wording, that around it and that of its note words it."""
    known = asked.places.get(id(region))
    if known is None:
        question = asked.context.question
        texts = (region.own, region.around, region.note)
        nowhere = (0.0, 0.0, 0.0)
        worded = [
            nowhere if unit.quantity is not None else _three(worded_by(unit, text) for text in texts)
            for unit in question.units
        ]
        named = [_three(float(m.stands_in(text.normal)) for text in texts) for m in question.mentions]
        known = (*worded, *named, *(nowhere for _ in asked.weights[len(worded) + len(named) :]))
        asked.places[id(region)] = known
    return known


def _three(shares: Iterable[float]) -> tuple[float, float, float]:
    own, around, note = shares
    return own, around, note


def features(
    asked: Asked,
    sheet: Sheet,
    chosen: Sequence[Pick],
    keys: Sequence[ThingKey],
    widest: Mapping[frozenset[int], int],
) -> list[float]:
    """The row of `NAMES` for the things `keys` that the picks `chosen` pick out of a sheet.

    `widest` tells for sets of slots of how many things any note says them all.
    """
    row = {**_explained(asked, sheet, chosen), **_meaning(asked, sheet, chosen), **_size(sheet, keys)}
    row |= _facts(asked, chosen, keys) | _kinds(asked, sheet, chosen, row)
    row |= _subjects(asked, keys)
    most = widest.get(frozenset[int]().union(*(pick.slots for pick in chosen)), 0)
    row |= {"cover": min(len(keys) / most, 1.0), "covers_all": float(len(keys) >= most)} if most else {}
    return [row.get(name, 0.0) for name in NAMES]


def _explained(asked: Asked, sheet: Sheet, chosen: Sequence[Pick]) -> dict[str, float]:
    """Which share of the question the picks and the place word, and what is left."""
    total = sum(asked.weights) or 1.0
    row = dict.fromkeys(("in_value", "in_own", "in_around", "in_note", "left", "firm_left", "left_units"), 0.0)
    place = _place(asked, sheet.region) if sheet.region is not None else ()
    for at, weight in enumerate(asked.weights):
        share = max((pick.explained.get(at, 0.0) for pick in chosen), default=0.0)
        if share:
            row["in_value"] += weight * share
            continue
        stands = zip(("in_own", "in_around", "in_note"), place[at] if place else (), strict=False)
        name, share = next(((name, share) for name, share in stands if share >= MET), ("", 0.0))
        if name:
            row[name] += weight * share
        else:
            row["left"] += weight
            row["left_units"] += 1.0
            row["firm_left"] += asked.firm[at]
    row["all_worded"] = float(not row["left"])
    for name in ("in_value", "in_own", "in_around", "in_note", "left"):
        row[name] /= total
    return row


def _meaning(asked: Asked, sheet: Sheet, chosen: Sequence[Pick]) -> dict[str, float]:
    tokens = frozenset[str]().union(*(pick.tokens for pick in chosen))
    place = sheet.region.own.tokens if sheet.region is not None else frozenset[str]()
    by_words, whole = asked.headers.get(chosen[0].attribute, (0.0, 0.0))
    top_words, top_mark, top_whole, top_mark_whole = asked.best
    marked = float(any(pick.op in _MARKED for pick in chosen))
    return {
        "met": asked.met(tokens),
        "met_with_place": asked.met(tokens | place),
        "asked": asked.asks(tokens),
        "asked_header": by_words,
        "sense": whole,
        "place_met": asked.met(place) if place else 0.0,
        "header_top": float(by_words > 0 and by_words >= top_words),
        "mark_top": marked * float(by_words > 0 and by_words >= top_mark),
        "sense_top": float(whole > 0 and whole >= top_whole),
        "mark_sense_top": marked * float(whole > 0 and whole >= top_mark_whole),
        "sheet_top": float(by_words > 0 and all(by_words >= asked.headers.get(a, NONE)[0] for a in sheet.columns)),
        "sheet_sense_top": float(whole > 0 and all(whole >= asked.headers.get(a, NONE)[1] for a in sheet.columns)),
    }


def _size(sheet: Sheet, keys: Sequence[ThingKey]) -> dict[str, float]:
    count, of = len(keys), max(len(sheet.names), 1)
    return {
        "log_count": math.log(count),
        "one": float(count == 1),
        "share": count / of,
        "everything": float(count == of),
        "many": float(count > MANY),
    }


def _facts(asked: Asked, chosen: Sequence[Pick], keys: Sequence[ThingKey]) -> dict[str, float]:
    facts = list(dict.fromkeys(pick.hits[key] for pick in chosen for key in keys))
    stands = [asked.ranks.get(fact, (FAR, 0.0)) for fact in facts]
    chances = sorted((chance for _, chance in stands), reverse=True)[:8]
    return {
        "rank": 1.0 / (1 + min(at for at, _ in stands)),
        "chance": sum(chances),
        "chance_mean": sum(chances) / len(chances),
        "found_share": sum(chance for at, chance in stands if at < 20) / asked.chances,
        "cells": sum(fact.kind in (FactKind.CELL, FactKind.KEY) for fact in facts) / len(facts),
    }


def _subjects(asked: Asked, keys: Sequence[ThingKey]) -> dict[str, float]:
    context = asked.context
    entities = [context.entity(key) for key, _ in keys]
    own = {key for mention in context.question.mentions if mention.exact for key in mention.keys}
    tables = [asked.tables.get(key, frozenset[int]()) for key, _ in keys]
    return {
        "tabled": sum(map(bool, tables)) / len(tables),
        "one_table": float(bool(frozenset.intersection(*tables))),
        "named": float(bool(own)),
        "self_named": float(any(key in own for key, _ in keys)),
        "strong": sum(entity is not None and entity.strength >= 3 for entity in entities) / len(entities),
    }


def _kinds(asked: Asked, sheet: Sheet, chosen: Sequence[Pick], row: Mapping[str, float]) -> dict[str, float]:
    """What depends on how the picks choose, and on what the question asks with it."""
    question = asked.context.question
    ops = {pick.op for pick in chosen}
    negated, lacking = question.asks("negated"), question.asks("negated", "unstated")
    whole = float(Op.WHOLE in ops)
    marked, limited = float(bool(ops & set(_MARKED))), float(bool(ops & {Op.BELOW, Op.ABOVE}))
    found = {f"op_{op.name.lower()}": 1.0 for op in ops} | {f"sort_{sheet.sort.name.lower()}": 1.0}
    found |= {
        "two": len(chosen) - 1.0,
        "negated_no": float(negated and Op.NO in ops),
        "negated_yes": float(negated and Op.YES in ops),
        "plain_no": float(not negated and Op.NO in ops),
        "negated_not": float(negated and Op.NOT_VALUE in ops),
        "negated_other": float(negated and not ops & {Op.NO, Op.BLANK, Op.NOT_VALUE}),
        "lacking_blank": float(lacking and Op.BLANK in ops),
        "plain_blank": float(not lacking and Op.BLANK in ops),
        "only": float(question.asks("only")) * marked,
        "mark_header": marked * row["asked_header"],
        "mark_worded": marked * row["in_value"],
        "filled_worded": float(Op.FILLED in ops) * row["in_value"],
        "whole_own": whole * row["in_own"],
        "whole_left": whole * row["left"],
        "agrees": float(any(pick.agrees > 0 for pick in chosen if pick.op in _ALIKE)),
        "disagrees": float(any(pick.agrees < 0 for pick in chosen)),
        "free_limit": limited * float(any(pick.agrees == 0 for pick in chosen if pick.op in _ALIKE)),
        "limit_header": float(bool(ops & set(_ALIKE))) * row["asked_header"],
        "limit_share": limited * row["share"],
        "blank_header": float(Op.BLANK in ops) * row["asked_header"],
        "near_asked": float(Op.NEAR in ops) * row["asked"],
        "any_left": float(Op.ANY in ops) * row["left"],
        "any_count": float(Op.ANY in ops) * row["log_count"],
        "asks_list": float(question.asks("list")),
        "asks_count": float(question.asks("count")),
        "asks_which": float(question.asks("which")),
        "units": float(len(question.units)),
    }
    region = sheet.region
    within = region is not None and any(region.is_within(other) for other in asked.scope)
    denies = intent("denying").search(question.normal) is not None
    found |= {
        "denies_no": float(denies and Op.NO in ops),
        "denies_yes": float(denies and Op.YES in ops),
        "denies_blank": float(denies and Op.BLANK in ops),
        "denies_other": float(denies and not ops & {Op.NO, Op.YES, Op.BLANK}),
    }
    found["in_scope"] = float(within)
    found["is_scope"] = float(region is not None and region in asked.scope)
    found["off_scope"] = float(bool(asked.scope) and not within)
    if Op.PARTS in ops:
        pick = chosen[0]
        lengths = [len(name) for name in sheet.names.values()]
        found |= {
            "parts_rank": 1.0 / (1 + pick.rank),
            "parts_worded": row["in_value"],
            "parts_length": min(sum(lengths) / len(lengths) / 20, 2.0),
            "parts_left": row["left"],
            "parts_listed": pick.agrees,
            "parts_named": float(any(key for key, _ in sheet.names if asked.context.entity(key) is not None)),
            "parts_chance": asked.context.ranked[pick.rank].chance,
        }
    return found
