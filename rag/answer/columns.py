"""Lists by what stands in columns that the question names by their own headers: "whose licence is MIT".

Elsewhere every word of a question is a condition that any fact may meet (`records.py`). Where the question says a
header as it is written and then what stands below it, only the cells of that column are held against what is said:
a number against a limit or a range, a mark against a mark, a value against the value or a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.blanks import blanks, says_filled
from rag.answer.column_cells import Column, cells_of, denying, meeting
from rag.answer.conditions import conditions
from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.meant_regions import named as named_regions
from rag.answer.meant_regions import reached
from rag.answer.measures import side_wordings
from rag.answer.named_columns import headers_in, stated
from rag.answer.records import Record, Selection, told
from rag.answer.regions import regions
from rag.question.mentions import Mention
from rag.question.scope import places
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import attribute_concepts, intent, words
from rag.text.names import name_key, strip_numbering

_JOINED = r"\s*(?:\band\b|\bor\b|&|,|和|与|或者|或|、)\s*"


def columns(context: Context) -> Draft | None:
    """The things whose cells are what the question says of the columns that it names; None where it does not."""
    question = context.question
    found = headers_in(context.snapshot, question.normal)
    named = stated(context, found)
    if found and (question.asks("unstated") or says_filled(question.normal)):
        said = any(not column.is_idle and (column.mark is None) and any(meeting(context, column)) for column in named)
        marked = any(column.mark is not None for column in named) and not intent("blank").search(question.normal)
        if not said and not marked:
            return _blank(context, found)
    if not named:
        return None
    inside, told_by = named_regions(context.snapshot, question.normal, reached(context.snapshot, question))
    records: dict[str, Record] = {}
    for at, column in enumerate(named, _first_free(question)):
        for fact in meeting(context, column):
            if inside and not any(region.holds(fact) for region in inside):
                continue
            entity = context.entity(fact.entity_key)
            key = entity.keys[0] if entity is not None else fact.entity_key
            records.setdefault(key, Record(key, fact.entity)).meet(at, 1.0, fact, picks=True, marked=False)
    wanted = range(_first_free(question), _first_free(question) + len(named))
    whole = [record for record in records.values() if all(at in record.met for at in wanted)]
    kept = _meeting_the_rest(context, whole, named, told_by)
    if not kept:
        return None
    kept.sort(key=lambda record: min((fact.source, fact.ordinal) for fact in record.facts.values()))
    return told(context, Selection(tuple(kept), 1.0, frozenset(wanted), _denied(context, named, kept)))


def _denied(context: Context, named: Sequence[Column], kept: Sequence[Record]) -> tuple[Record, ...]:
    """The things that have the opposite mark, where the mark of one column is all that is asked."""
    if len(named) > 1 or named[0].mark is None:
        return ()
    told_of = {record.key for record in kept}
    found: dict[str, Record] = {}
    for fact in denying(context, named[0]):
        entity = context.entity(fact.entity_key)
        key = entity.keys[0] if entity is not None else fact.entity_key
        if key not in told_of:
            found.setdefault(key, Record(key, fact.entity, denied={0: fact}))
    return tuple(found.values())


def _blank(context: Context, found: Sequence[Column]) -> Draft | None:
    """The things with nothing in the one column that the question names, or with something; None where it asks more."""
    headers = found[0].headers
    question = context.question
    inside, told_by = named_regions(context.snapshot, question.normal, reached(context.snapshot, question))
    text = " ".join((*(question.normal[column.start : column.end] for column in found), *told_by))
    if len(found) > 1 or any(unit.weight > KIND_WEIGHT and not _is_told(unit, text) for unit in question.units):
        return None
    sources = sorted({fact.source for fact in cells_of(context, found[0])})
    tables = [
        table for table in regions(context.snapshot, sources)
        if table.lines is not None and headers & set(table.rows[0][1])
        and (not inside or any(table.is_within(region) for region in inside))
    ]  # fmt: skip
    return blanks(context, tables, frozenset(), headers)


def _first_free(question: Question) -> int:
    """The number of the first condition that is no unit, name or date of the question (`conditions.py`)."""
    return len(question.units) + len(question.mentions) + 1


def _meeting_the_rest(
    context: Context, found: Sequence[Record], named: Sequence[Column], told_by: Sequence[str]
) -> list[Record]:
    """Those of the things that meet what else the question says; [] where it says something that none meets.

    `told_by`: its words that say where to look.
    """
    question = context.question
    stretches = [(column.start, column.end) for column in named] + [s for column in named for s in column.said]
    text = " ".join((*(question.normal[start:end] for start, end in stretches), *told_by))
    units = [at for at, unit in enumerate(question.units) if unit.weight > KIND_WEIGHT and not _is_told(unit, text)]
    names = [
        (at, mention) for at, mention in enumerate(question.mentions, len(question.units))
        if mention.surface not in text and not any(mention.surface in place.text for place in places(question.normal))
    ]  # fmt: skip
    left = {*units, *(at for at, _ in names)}
    if question.dates and all(column.days is None for column in named):
        left.add(_first_free(question) - 1)
    either = frozenset(at for at in units for other in units if at != other and _are_joined(question, at, other))
    kept = []
    for record in found if left else ():
        met = _met(context, record, names)
        if left - either <= met and (not either or either & met):
            kept.append(record)
    return kept if left else list(found)


def _are_joined(question: Question, at: int, other: int) -> bool:
    """Whether a question says one word "and" or "or" the other."""
    said = [re.escape(question.units[one].surface or question.units[one].label) for one in sorted((at, other))]
    return re.search(rf"{said[0]}\w*{_JOINED}{said[1]}", question.normal) is not None


def _met(context: Context, record: Record, names: Sequence[tuple[int, Mention]]) -> set[int]:
    """The conditions of the question that anything said of a thing meets; a name may be that of the section."""
    entity = context.entity(record.key)
    met: set[int] = set()
    for fact in context.snapshot.facts_of(entity.keys if entity is not None else (record.key,)):
        met |= {condition.at for condition in conditions(context.question, fact) if condition.share > 0}
        above = {name_key(strip_numbering(heading)) for heading in fact.heading}
        met |= {at for at, mention in names if above & mention.keys}
    return met


def _is_told(unit: Unit, text: str) -> bool:
    """Whether a unit is a word of the named columns, of what is said of them, or one that only asks or limits."""
    if unit.quantity is not None:
        return unit.quantity.text in text
    said = unit.surface or unit.label
    if said in text or said in words("filler") or said in side_wordings()["whichever"]["words"]:
        return True
    if len(said) == 1 or (unit.concept is not None and not unit.surface):  # a word that counts; what a unit implies
        return True
    if any(intent(name).fullmatch(said) for name in ("above", "below", "reaching")) or intent("which").search(said):
        return True
    return unit.concept is not None and unit.concept.name in attribute_concepts(text)
