"""Lists by what stands in columns that the question names by their own headers: "whose licence is MIT".

Elsewhere every word of a question is a condition that any fact may meet (`records.py`). Where the question says a
header as it is written and then what stands below it, only the cells of that column are held against what is said:
a number against a limit or a range, a mark against a mark, a value against the value or a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from rag.answer.blanks import blanks, says_filled
from rag.answer.column_cells import Column, cells_of, denying, meeting
from rag.answer.column_words import column_words
from rag.answer.conditions import IN_HEADING, conditions
from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.maker_rows import rows_made
from rag.answer.meant_regions import named as named_regions
from rag.answer.meant_regions import reached
from rag.answer.measures import side_wordings
from rag.answer.named_columns import headers_in, stated
from rag.answer.records import Record, Selection, told
from rag.answer.regions import regions, written
from rag.answer.same_values import said_elsewhere
from rag.question.mentions import Mention
from rag.question.scope import kind, places
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import attribute_concepts, intent, words
from rag.text.names import name_key, strip_numbering
from rag.types import Fact, Status

WHOLE = 0.95
"""Match from which a value is just what is said: then a heading that words it is not enough."""
LOOSELY = 0.9
"""Trust in the mark of another column than those that the question names."""
_WHO = frozenset(("organisation", "owner", "person"))
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
        for fact in (*meeting(context, column), *said_elsewhere(context, column)):
            if inside and not any(region.holds(fact) for region in inside):
                continue
            key = context.key(fact.entity_key)
            called = written(context.snapshot, fact, fact.entity) if inside else ""
            records.setdefault(key, Record(key, fact.entity, written=called)).meet(
                at, 1.0, fact, picks=True, marked=False
            )
    wanted = range(_first_free(question), _first_free(question) + len(named))
    whole = [record for record in records.values() if all(at in record.met for at in wanted)]
    kept = _meeting_the_rest(context, whole, named, told_by)
    if not kept:
        return None
    kept.sort(key=Record.place)
    denied = _denied(context, named, kept) if len(kept) == len(whole) else ()
    return told(context, Selection(tuple(kept), 1.0, frozenset(wanted), denied))


def _denied(context: Context, named: Sequence[Column], kept: Sequence[Record]) -> tuple[Record, ...]:
    """The things that have the opposite marks, where nothing but marks of one sort is asked."""
    if named[0].mark is None or any(column.mark is not named[0].mark for column in named):
        return ()
    told_of = {record.key for record in kept}
    found: dict[str, Record] = {}
    for at, column in enumerate(named):
        for fact in denying(context, column):
            key = context.key(fact.entity_key)
            if key not in told_of:
                found.setdefault(key, Record(key, fact.entity)).denied.setdefault(at, fact)
    return tuple(record for record in found.values() if len(record.denied) == len(named))


def _blank(context: Context, found: Sequence[Column]) -> Draft | None:
    """The things with nothing in the one column that the question names, or with something; None where it asks more."""
    headers = found[0].headers
    question = context.question
    inside, told_by = named_regions(context.snapshot, question.normal, reached(context.snapshot, question))
    text = " ".join((*(question.normal[column.start : column.end] for column in found), *told_by))
    if len(found) > 1 or not all(_is_told(unit, text) for unit in question.units):
        return None
    sources = sorted({fact.source for fact in cells_of(context, found[0])})
    tables = [
        table for table in regions(context.snapshot, sources)
        if table.rows and headers & set(table.rows[0][1])
        and (not inside or any(table.is_within(region) for region in inside))
    ]  # fmt: skip
    status = Status.YES if inside else Status.UNKNOWN
    return blanks(context, tables, frozenset(), headers, status)


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
    untold = [at for at, unit in enumerate(question.units) if not _is_told(unit, text) and not _is_kind(question, unit)]
    units = [at for at in untold if question.units[at].weight > KIND_WEIGHT]
    where = " ".join((text, *(place.text for place in places(question.normal))))
    names = [
        (at, mention) for at, mention in enumerate(question.mentions, len(question.units))
        if mention.surface not in where
    ]  # fmt: skip
    left = {*units, *(at for at, _ in names)}
    if question.dates and all(column.days is None for column in named):
        left.add(_first_free(question) - 1)
    either = frozenset(at for at in units for other in units if at != other and _are_joined(question, at, other))
    if not left and not untold:
        return list(found)
    made = {context.key(fact.entity_key): (at, fact) for at, fact in rows_made(context)}
    met = {record.key: _met(context, record, names, made.get(record.key)) for record in found}
    firmly = {at for found_of in met.values() for at, (share, _) in found_of.picked.items() if share >= WHOLE}
    kept = [r for r in found if _meets(met[r.key].but_headed(firmly), left, either)]
    for record in kept:
        for at in sorted(left & met[record.key].picked.keys()):
            record.meet(at, 1.0, met[record.key].picked[at][1], picks=True, marked=False)
    sorts = set(untold) - set(units)
    return [record for record in kept if sorts & met[record.key].but_headed(set())] or kept


def _meets(met: Set[int], left: set[int], either: frozenset[int]) -> bool:
    """Whether everything is met, of the words joined by "or" at least one."""
    return left - either <= met and (not either or bool(either & met))


def _are_joined(question: Question, at: int, other: int) -> bool:
    """Whether a question says one word "and" or "or" the other."""
    said = [re.escape(question.units[one].said) for one in sorted((at, other))]
    return re.search(rf"{said[0]}\w*{_JOINED}{said[1]}", question.normal) is not None


@dataclass(frozen=True, slots=True)
class _Met:
    """The conditions of a question that what is said of a thing meets, and those that a heading above it words."""

    picked: Mapping[int, tuple[float, Fact]]
    headed: frozenset[int]

    def but_headed(self, firmly: Set[int]) -> Set[int]:
        """What is met, by a heading alone only where others do not meet it `firmly`."""
        return self.picked.keys() | (self.headed - firmly)


def _met(context: Context, record: Record, names: Sequence[tuple[int, Mention]], made: tuple[int, Fact] | None) -> _Met:
    """What a thing meets; a name may be that of the section, or `made` its maker's: the condition, and the row."""
    entity = context.entity(record.key)
    picked: dict[int, tuple[float, Fact]] = {}
    headed: set[int] = set()
    for fact in context.snapshot.facts_of(entity.keys if entity is not None else (record.key,)):
        for condition in conditions(context.question, fact):
            if condition.share > 0:
                if not condition.picks:
                    headed.add(condition.at)
                share = condition.share * (LOOSELY if condition.marked else 1.0)
                if condition.picks and share > picked.get(condition.at, (0.0, fact))[0]:
                    picked[condition.at] = share, fact
        above = {name_key(strip_numbering(heading)) for heading in fact.heading}
        for at in (at for at, mention in names if above & mention.keys):
            picked.setdefault(at, (IN_HEADING, fact))
    if made is not None:
        picked[made[0]] = 1.0, made[1]
    return _Met(picked, frozenset(headed))


def _is_kind(question: Question, unit: Unit) -> bool:
    """Whether a unit only says that makers are asked for: "companies with a seat in X"."""
    phrase = kind(question.normal)
    maker = unit.concept is not None and unit.concept.name in _WHO
    return maker and phrase is not None and unit.said in phrase.text


def _is_told(unit: Unit, text: str) -> bool:
    """Whether a unit is a word of the named columns, of what is said of them, or one that only asks or limits."""
    if unit.quantity is not None:
        return unit.quantity.text in text
    said = unit.said
    if said in text or said in words("filler") or said in side_wordings()["whichever"]["words"]:
        return True
    if len(said) == 1 or (unit.concept is not None and not unit.surface):  # a word that counts; what a unit implies
        return True
    if said in column_words("lacking") or said in column_words("having"):
        return True
    if any(intent(name).fullmatch(said) for name in ("above", "below", "reaching")) or intent("which").search(said):
        return True
    return unit.concept is not None and unit.concept.name in attribute_concepts(text)
