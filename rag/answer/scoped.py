"""Lists over one table or section: "which of the public clouds ...", "in the price table, which ..."."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.answer.blanks import blanks
from rag.answer.conditions import IN_HEADING, conditions
from rag.answer.contents import contents, facts_in, subjects_in
from rag.answer.context import Context, once
from rag.answer.draft import Draft
from rag.answer.meant_regions import meant, named, reached
from rag.answer.measures import side_wordings
from rag.answer.near_columns import near_column
from rag.answer.polarity import verdict
from rag.answer.records import Record, Selection, chosen, told, without_denied
from rag.answer.regions import Region, written
from rag.question.scope import kinds, says_standing
from rag.question.understand import KIND_WEIGHT, Unit
from rag.text.stem import stem
from rag.types import FactKind, Status

ENOUGH_MET, ENOUGH_FIRM = 0.4, 0.2
"""Share of the question that the things must meet; less where a mark, a number, a name or a date picks them."""
LONG_CELL = 160
"""Characters beyond which a cell's sentences are facts of their own and stand for it."""
FEWEST = 2
SURE_SHARE = 0.6
"""As for records of all notes (`records.SURE_SHARE`); of one place that the question names, less is enough."""


def scoped(context: Context) -> Draft | None:
    """The things of the regions that the question names that meet its conditions; None where it names none."""
    found, given = scope(context)
    if not found:
        return None
    blank = blanks(context, found, given)
    if blank is not None:
        return blank
    records, things = _rows(context, found)
    given |= _discriminate(records, things)
    selection = chosen(context, records, given)
    if selection is not None and selection.share >= _enough(context, selection):
        return told(context, selection, sure_from=SURE_SHARE)
    if selection is None and asks_for_all(context, given):
        return contents(context, found)
    selection = _by_sense(context, found, given)
    return told(context, selection) if selection is not None else None


def _by_sense(context: Context, found: Sequence[Region], given: frozenset[int]) -> Selection | None:
    """The things with the mark asked for in the column that the question means without wording it."""
    question = context.question
    left = {at: unit for at, unit in enumerate(question.units) if at not in given and unit.weight > KIND_WEIGHT}
    if not left or question.dates or question.mentions or any(unit.quantity is not None for unit in left.values()):
        return None
    at = min(left)
    records: dict[str, Record] = {}
    for fact in near_column(list(left.values()), facts_in(context, found)):
        mark = verdict(fact.value)
        if mark is None or mark is Status.UNKNOWN or not fact.entity_key:
            continue
        key = context.key(fact.entity_key)
        called = written(context.snapshot, fact, fact.entity)
        record = records.setdefault(key, Record(key, fact.entity, written=called))
        if (mark is not Status.NO) != question.asks("negated"):
            record.meet(at, 1.0, fact, picks=True, marked=True)
        else:
            record.denied[at] = fact
    met = tuple(record for record in records.values() if record.met)
    denied = tuple(record for record in records.values() if not record.met)
    if met and denied:
        return Selection(met, 1.0, frozenset((at,)), denied)
    return None if question.asks("negated") else _filled_by_sense(context, found, at, list(left.values()))


def _filled_by_sense(context: Context, found: Sequence[Region], at: int, units: Sequence[Unit]) -> Selection | None:
    """The things for which the column that the question means is filled in, where it is blank for others."""
    records: dict[str, Record] = {}
    for fact in near_column(units, facts_in(context, found), marks=False):
        if fact.entity_key and verdict(fact.value) not in (Status.NO, Status.UNKNOWN):
            key = context.key(fact.entity_key)
            called = written(context.snapshot, fact, fact.entity)
            records.setdefault(key, Record(key, fact.entity, written=called)).meet(
                at, 1.0, fact, picks=True, marked=False
            )
    return Selection(tuple(records.values()), 1.0, frozenset((at,))) if len(records) >= FEWEST else None


def asks_for_all(context: Context, given: frozenset[int] = frozenset()) -> bool:
    """Whether nothing is asked of the things but where they stand; `given` are the units that say so."""
    question = context.question
    count = len(question.units) + len(question.mentions)
    left = [unit for at, unit in enumerate(question.units) if at not in given and unit.weight > KIND_WEIGHT]
    plain = not question.dates and not question.asks("negated", "unstated", "only")
    named = any(at not in given for at in range(len(question.units), count))
    return plain and not named and all(says_standing(unit.label) for unit in left)


def _enough(context: Context, selection: Selection) -> float:
    """Share of the question that the things must meet: less where a mark, a number, a name or a date picks them."""
    question = context.question
    units = {at for at, unit in enumerate(question.units) if unit.quantity is not None}
    firm = units | set(range(len(question.units), len(question.units) + len(question.mentions) + 1))
    marked = any(record.marked & record.picked for record in selection.records)
    return ENOUGH_FIRM if marked or firm & selection.conditions else ENOUGH_MET


@once
def scope(context: Context) -> tuple[tuple[Region, ...], frozenset[int]]:
    """The regions that the question names, and which of its units say so."""
    question, snapshot = context.question, context.snapshot
    notes = reached(snapshot, question)
    found, said = named(snapshot, question.normal, notes)
    within = found
    asked: list[Region] = []
    for phrase in kinds(question.normal):
        here, words = meant(snapshot, phrase, notes)
        inner = [region for region in here if not within or any(region.is_within(other) for other in within)]
        if inner:
            asked += inner
            said += words
    found = tuple(dict.fromkeys(asked)) or found
    given = {
        at for at, unit in enumerate(question.units)
        if _asks_for_things(unit) or _is_said(unit.said, said)
    }  # fmt: skip
    given |= {at for at, m in enumerate(question.mentions, len(question.units)) if _is_said(m.surface, said)}
    return found, frozenset(given)


def _is_said(word: str, said: Sequence[str]) -> bool:
    return any(word in text or stem(text) == word for text in said)


def _asks_for_things(unit: Unit) -> bool:
    """Whether a unit is the bare question word: "who" asks for the things themselves."""
    return unit.concept is not None and unit.surface in side_wordings()["whichever"]["words"]


def _discriminate(records: Mapping[tuple[str, ...], Record], things: int) -> frozenset[int]:
    """Let the surest sort of evidence alone say which things meet a condition: a mark, else a value, else that there
    is one at all. Returns the conditions that every thing meets."""
    idle: set[int] = set()
    for at in {at for record in records.values() for at in (*record.picked, *record.denied)}:
        marked = any(at in record.marked or at in record.denied for record in records.values())
        valued = any(at in record.picked and record.met[at] > IN_HEADING for record in records.values())
        for record in records.values():
            weak = at not in record.marked if marked else valued and record.met.get(at, 0.0) <= IN_HEADING
            if weak:
                record.met.pop(at, None)
                record.picked.discard(at)
        if not marked and sum(1 for record in records.values() if at in record.picked) >= things:
            idle.add(at)
            for record in records.values():
                record.picked.discard(at)
    return frozenset(idle)


def _rows(context: Context, found: Sequence[Region]) -> tuple[dict[tuple[str, ...], Record], int]:
    """The things of the regions that meet any condition, and how many things there are."""
    question = context.question
    things: set[str] = set()
    own = {key for mention in question.mentions if mention.exact for key in mention.keys}
    records: dict[tuple[str, ...], Record] = {}
    for fact in facts_in(context, found):
        if fact.kind is FactKind.CELL and len(fact.value) > LONG_CELL:
            continue
        met = list(conditions(question, fact))
        for key, name in subjects_in(context, fact):
            if not key or key in own:
                continue
            if fact.kind in (FactKind.CELL, FactKind.KEY):
                things.add(key)
            if not met:
                continue
            key = context.key(key)
            called = written(context.snapshot, fact, name) if fact.kind is FactKind.CELL else ""
            record = records.setdefault((key, called), Record(key, name, written=called))
            record.denied.update({c.at: fact for c in met if not c.share})
            for condition in met:
                if condition.share > 0:
                    record.meet(condition.at, condition.share, fact, picks=condition.picks, marked=condition.marked)
    without_denied(question, records.values())
    return records, max(len(things), FEWEST)
