"""Lists over one table or section: "which of the public clouds ...", "in the price table, which ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from rag.answer.blanks import blanks
from rag.answer.conditions import IN_HEADING, conditions
from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.measures import side_wordings
from rag.answer.records import Record, Selection, chosen, told
from rag.answer.regions import Region, meant, written
from rag.answer.sentence_subject import subjects
from rag.question.scope import kind, places
from rag.question.understand import Unit
from rag.retrieve.evidence import query
from rag.text.names import name_key
from rag.text.stem import stem
from rag.types import Fact, FactKind

ENOUGH_MET, ENOUGH_FIRM = 0.4, 0.2
LONG_CELL = 160
FEWEST = 2
_LISTED = re.compile(r"[,，;；、]")


def scoped(context: Context) -> Draft | None:
    """The things of the regions that the question names that meet its conditions; None where it names none."""
    found, given = _scope(context)
    if not found:
        return None
    blank = blanks(context, found, given)
    if blank is not None:
        return blank
    records, things = _rows(context, found)
    given |= _discriminate(records, things)
    selection = chosen(context, records, given)
    if selection is None or selection.share < _enough(context, selection):
        return None
    return told(context, selection)


def _enough(context: Context, selection: Selection) -> float:
    """Share of the question that the things must meet: less where a mark, a number, a name or a date picks them."""
    question = context.question
    units = {at for at, unit in enumerate(question.units) if unit.quantity is not None}
    firm = units | set(range(len(question.units), len(question.units) + len(question.mentions) + 1))
    marked = any(record.marked & record.picked for record in selection.records)
    return ENOUGH_FIRM if marked or firm & selection.conditions else ENOUGH_MET


def _scope(context: Context) -> tuple[tuple[Region, ...], frozenset[int]]:
    """The regions that the question names, and which of its units say so."""
    question, snapshot = context.question, context.snapshot
    reached = sorted({fact.source for fact in snapshot.facts_matching(query(question.units))}) if question.units else []
    found: tuple[Region, ...] = ()
    said: list[str] = []
    asked = kind(question.normal)
    for phrase in (*places(question.normal), *((asked,) if asked is not None else ())):
        here, words = meant(snapshot, phrase, reached)
        inner = tuple(region for region in here if any(_within(region, other) for other in found)) if found else here
        if inner:
            found = inner
            said += words if phrase.kind else (phrase.text, *phrase.words)
    given = {
        at for at, unit in enumerate(question.units)
        if _asks_for_things(unit) or _is_said(unit.surface or unit.label, said)
    }  # fmt: skip
    given |= {at for at, m in enumerate(question.mentions, len(question.units)) if _is_said(m.surface, said)}
    return found, frozenset(given)


def _within(region: Region, other: Region) -> bool:
    if region.source != other.source or region.heading[: len(other.heading)] != other.heading:
        return False
    return other.lines is None or region.lines == other.lines


def _is_said(word: str, said: Sequence[str]) -> bool:
    return any(word in text or stem(text) == word for text in said)


def _asks_for_things(unit: Unit) -> bool:
    """Whether a unit is the bare question word: "who" asks for the things themselves."""
    return unit.concept is not None and unit.surface in side_wordings()["whichever"]["words"]


def _facts(context: Context, found: Sequence[Region]) -> Iterator[Fact]:
    for region in found:
        first, last = (region.lines.first, region.lines.last) if region.lines is not None else (1, 1 << 30)
        for fact in context.snapshot.facts_at(region.source, first, last):
            if region.holds(fact) and fact.kind not in (FactKind.CODE, FactKind.LINK):
                yield fact


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
    for fact in _facts(context, found):
        if fact.kind is FactKind.CELL and len(fact.value) > LONG_CELL:
            continue
        met = list(conditions(question, fact))
        for key, name in _named(context, fact):
            if not key or key in own:
                continue
            if fact.kind in (FactKind.CELL, FactKind.KEY):
                things.add(key)
            if not met:
                continue
            entity = context.entity(key)
            key = entity.keys[0] if entity is not None else key
            called = written(context.snapshot, fact, name) if fact.kind is FactKind.CELL else ""
            record = records.setdefault((key, called), Record(key, name, written=called))
            record.denied.update({c.at: fact for c in met if not c.share})
            for condition in met:
                if condition.share > 0:
                    record.meet(condition.at, condition.share, fact, picks=condition.picks, marked=condition.marked)
    return records, max(len(things), FEWEST)


def is_listed(fact: Fact) -> bool:
    """Whether a key stands in a list of things, each with what is said of it, and not among the values of one."""
    return len(_LISTED.split(fact.value)) > 1 and fact.quote.lstrip().startswith(("-", "*", "+"))


def _named(context: Context, fact: Fact) -> list[tuple[str, str]]:
    """What a fact is about; an entry "name: what it is" of no subject but its heading is about what it names."""
    headed = any(fact.entity_key == name_key(heading) for heading in fact.heading)
    if fact.kind is FactKind.KEY and (not fact.entity_key or (headed and is_listed(fact))):
        return [(name_key(fact.attribute), fact.attribute)]
    return subjects(context, fact)
