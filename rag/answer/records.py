"""Lists by conditions on records: which things have the mark, the value, the number that is asked for.

A record is a thing with what cells, key-value lines and sentences say of it, under one heading or anywhere. Every unit
of the question is a condition that a record meets or not (`conditions.py`). What only a heading says narrows down
which table is meant and picks no row out. The answer is every record that meets what the best one does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.answer.conditions import conditions
from rag.answer.context import Context, display, once
from rag.answer.draft import MOST_ITEMS, Draft
from rag.answer.maker_rows import rows_made
from rag.answer.measured_cells import measured_cells
from rag.answer.messages import marks, say
from rag.answer.polarity import verdict
from rag.answer.sentence_subject import subjects
from rag.answer.wording import LONGEST_ITEM, attribute_text, shorten
from rag.index import Term
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.retrieve.evidence import query
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.types import Fact, FactKind, Kind, Status

SCATTERED = 0.9
"""Trust in conditions that are met at different places of the notes, against those met under one heading."""
MOSTLY_MARKED = 4
"""Things with the asked mark from which a column of marks alone says which things have it."""
MOSTLY_SAID = 0.75
"""Share of the question that their header must word for that."""
AS_WELL = 0.8
"""Share of the best record's match that another must reach: a sentence does not stand beside cells."""
SINGLE = 0.65
"""A list of one thing that meets more against one of several that meet less: more than one is asked for."""
COMPLETE = 0.95
"""Share of the question that one thing alone must meet to be the whole list."""
LONG_CELL = 120
"""Characters beyond which a cell's sentences are facts of their own and stand for it."""
ENOUGH_MET, ENOUGH_FIRM = 0.4, 0.25
"""Share of the question, by weight, that the records must meet; less where a number, name or date is met."""
SURE_SHARE = 0.9
"""Share of the question that the records must meet for the learned reading not to be asked: where less was met, it was
right more often on development questions, and not where this much was."""
MOST_CITED = 3


@dataclass(slots=True)
class Record:
    """One thing, and for every condition that it meets how well and by which fact."""

    key: str
    name: str
    trust: float = 1.0
    written: str = ""
    """How to call the thing where its name alone does not tell it from others."""
    bare: bool = False
    """Whether the name alone says all that is asked."""
    met: dict[int, float] = field(default_factory=dict)
    facts: dict[int, Fact] = field(default_factory=dict)
    picked: set[int] = field(default_factory=set)
    """Conditions met by the thing itself and not only by the heading above it."""
    marked: set[int] = field(default_factory=set)
    """Conditions met by a mark under a header that words them."""
    denied: dict[int, Fact] = field(default_factory=dict)
    """Conditions under whose header the thing has the opposite mark."""

    def place(self) -> tuple[str, int]:
        """Where the first of its facts stands: source and ordinal."""
        return min((fact.source, fact.ordinal) for fact in self.facts.values())

    def meet(self, at: int, share: float, fact: Fact, *, picks: bool, marked: bool) -> None:
        """Note that condition `at` is met by `fact`; the best fact stays."""
        if picks:
            self.picked.add(at)
        if marked:
            self.marked.add(at)
        if share > self.met.get(at, 0.0):
            self.met[at], self.facts[at] = share, fact


@dataclass(frozen=True, slots=True)
class Selection:
    """The records that meet the conditions; `share` is how much of the question by weight they meet."""

    records: tuple[Record, ...]
    share: float
    conditions: frozenset[int]
    denied: tuple[Record, ...] = ()
    """The records that have the opposite of the marks that picked the others."""


@dataclass(frozen=True, slots=True)
class _Option:
    """A set of conditions with the records that meet them all, and its points among such sets."""

    needed: frozenset[int]
    records: tuple[Record, ...]
    points: float


def picked_out(context: Context, at: int, facts: Iterable[Fact], *, bare: bool = False) -> tuple[Record, ...]:
    """The things of `facts`, each of which meets condition `at`, in the order of their places."""
    records: dict[str, Record] = {}
    for fact in facts:
        key = context.key(fact.entity_key)
        record = records.setdefault(key, Record(key, fact.entity, bare=bare))
        record.meet(at, 1.0, fact, picks=True, marked=False)
    return tuple(sorted(records.values(), key=Record.place))


@once
def select(context: Context) -> Selection | None:
    """The records that meet most of the question; None when no record is picked out by anything."""
    return chosen(context, _records(context))


def chosen(
    context: Context, records: Mapping[tuple[str, ...], Record], given: frozenset[int] = frozenset()
) -> Selection | None:
    """Of `records` those that meet most of the question, `given` conditions apart: all of them meet these anyway."""
    question = context.question
    weights = [_weight(context, unit) for unit in question.units]
    names = len(question.units)
    weights += [1.0] * len(question.mentions) + ([1.0] if question.dates else [])
    weights = [0.0 if at in given else weight for at, weight in enumerate(weights)]
    total = sum(weights)
    if not records or not total:
        return None

    if question.asks("negated"):
        _only_by_mark(records.values(), {at for record in records.values() for at in record.marked})
    else:
        _only_by_mark(records.values(), _under_their_word(question, records.values()))
    picked = [record for record in records.values() if any(weights[at] > KIND_WEIGHT for at in record.picked)]
    if not picked:
        return None
    firm = {at for at, unit in enumerate(question.units) if unit.quantity is not None}
    firm |= {names + at for at, mention in enumerate(question.mentions) if mention.exact}
    firm |= {names + len(question.mentions)} if question.dates else set()
    firm -= given
    picked = [record for record in picked if firm <= record.met.keys()]
    if not picked:
        return None
    choices = {frozenset(at for at in record.picked if weights[at] > KIND_WEIGHT) for record in picked}
    options = [_option(needed, picked, weights, total) for needed in choices]
    best = max(options, key=lambda option: (option.points, len(option.needed), sorted(option.needed)))
    told = {record.key: record for record in reversed(best.records)}
    chosen = sorted(told.values(), key=Record.place)
    met = best.needed | {at for record in chosen for at in record.met if at not in record.picked}
    denied = _denied(records.values(), chosen, best.needed)
    return Selection(tuple(chosen), sum(weights[at] for at in met) / total, frozenset(met), denied)


def _denied(records: Iterable[Record], chosen: Sequence[Record], needed: frozenset[int]) -> tuple[Record, ...]:
    """The records that have the opposite marks of those that picked `chosen` out and meet the rest, one a thing."""
    marked = {at for at in needed if all(at in record.marked for record in chosen)}
    told = {record.key for record in chosen}
    found: dict[str, Record] = {}
    for record in records:
        others_met = needed - marked <= record.picked
        if marked and others_met and marked <= record.denied.keys() and record.key not in told:
            found.setdefault(record.key, record)
    return tuple(sorted(found.values(), key=lambda r: min((f.source, f.ordinal) for f in r.denied.values())))


def _option(needed: frozenset[int], picked: Sequence[Record], weights: Sequence[float], total: float) -> _Option:
    """The records that meet all of `needed`, the surest first, and how good an answer they are."""

    def match(record: Record) -> float:
        counted = [at for at in record.met if at in needed or at not in record.picked]
        return record.trust * sum(weights[at] * record.met[at] for at in counted)

    members = [(match(record), record) for record in picked if needed <= record.picked]
    members.sort(key=lambda entry: (-entry[0], -entry[1].trust, entry[1].key))
    best = members[0][0]
    kept = tuple(record for points, record in members if points >= AS_WELL * best)
    several = len({record.key for record in kept}) > 1
    complete = sum(weights[at] for at in needed) >= COMPLETE * total
    return _Option(needed, kept, best * (1.0 if several or complete else SINGLE))


def _weight(context: Context, unit: Unit) -> float:
    return unit.weight * context.rare(unit) if unit.quantity is None else 1.0


def _records(context: Context) -> dict[tuple[str, ...], Record]:
    question = context.question
    own = {key for mention in question.mentions if mention.exact for key in mention.keys}
    found: dict[tuple[str, ...], Record] = {}
    for fact in _pool(context):
        if fact.kind is FactKind.CODE or (fact.kind is FactKind.LINK and not question.asks("link")):
            continue
        if fact.kind in (FactKind.CELL, FactKind.KEY) and len(fact.value) > LONG_CELL:
            continue
        met = list(conditions(question, fact))
        if not met:
            continue
        for key, name in subjects(context, fact):
            if not key or key in own:
                continue
            entity = context.entity(key)
            if entity is not None and own & set(entity.keys):
                continue
            key = entity.keys[0] if entity is not None else key
            firmly = [condition for condition in met if condition.share > 0]
            for place, trust in _places(key, fact):
                record = found.setdefault(place, Record(key, name, trust))
                record.denied.update({c.at: fact for c in met if not c.share})
                for condition in firmly:
                    record.meet(condition.at, condition.share, fact, picks=condition.picks, marked=condition.marked)
    for at, fact in rows_made(context):
        for place, trust in _places(key := context.key(fact.entity_key), fact):
            found.setdefault(place, Record(key, fact.entity, trust)).meet(at, 1.0, fact, picks=True, marked=False)
    without_denied(question, found.values())
    return found


def _places(key: str, fact: Fact) -> tuple[tuple[tuple[str, ...], float], ...]:
    """Where a thing is met, with the trust in that: under the heading of a fact, and anywhere."""
    own = bool(fact.heading) and name_key(fact.heading[-1]) == fact.entity_key
    section = fact.heading[:-1] if own else fact.heading
    return ((key, fact.source, *section), 1.0), ((key,), SCATTERED)


def _as_said(question: Question) -> dict[int, str]:
    """The units of a question as it words them, by their numbers."""
    return {at: unit.said for at, unit in enumerate(question.units)}


def without_denied(question: Question, records: Iterable[Record]) -> None:
    """Take back what a record meets in other words where the column of the very word of the question denies it."""
    said = _as_said(question)
    for record in records:
        for at, fact in record.denied.items():
            if normalise(fact.attribute) == said.get(at):
                record.met.pop(at, None)
                record.picked.discard(at)


def _only_by_mark(records: Iterable[Record], by_mark: set[int]) -> None:
    """Where marks say which things have or lack something, words about it elsewhere do not."""
    for record in records:
        for at in by_mark - record.marked:
            record.met.pop(at, None)
            record.picked.discard(at)


def _under_their_word(question: Question, records: Iterable[Record]) -> set[int]:
    """The conditions that several things meet by a mark under the very word of the question, which names no number."""
    if question.mentions or any(unit.quantity is not None for unit in question.units):
        return set()
    said = _as_said(question)
    marked = Counter(
        at
        for record in records
        if record.trust == 1
        for at in record.marked
        if at in record.facts and normalise(record.facts[at].attribute) == said.get(at)
    )
    return {at for at, count in marked.items() if count >= MOSTLY_MARKED}


def _pool(context: Context) -> Sequence[Fact]:
    """All facts that hold a word of the conditions or a name or number of them, in reading order."""
    question = context.question
    found: dict[Fact, None] = {}
    clauses = query(question.units)
    clauses += [tuple(Term(token) for token in mention.tokens) for mention in question.mentions]
    limits = [unit for unit in question.units if unit.quantity is not None and unit.limit]
    if limits:
        found.update(dict.fromkeys(measured_cells(context, limits)))
    if clauses:
        found.update(dict.fromkeys(context.snapshot.facts_matching(clauses)))
    keys = {key for mention in question.mentions for key in mention.keys}
    if keys:
        found.update(dict.fromkeys(context.snapshot.facts_mentioning(keys)))
    return sorted(found, key=lambda fact: (fact.source, fact.ordinal))


def surely_marked(context: Context) -> Draft | None:
    """The list of the records that a mark picks under a header that words almost all of the question."""
    selection = select(context)
    if selection is None or selection.share < MOSTLY_SAID or len(selection.records) < MOSTLY_MARKED:
        return None
    if not all(record.marked >= record.picked for record in selection.records):
        return None
    return told(context, selection)


def records(context: Context, *, by_marks: bool = False) -> Draft | None:
    """The list of the records that meet the question's conditions; None when none meets enough of it.

    `by_marks`: only when a mark under a header that the question words picks them out, as "❌" under "free tier".
    """
    question = context.question
    if by_marks and ("yesno" in question.types or not question.asks("negated", "unstated")):
        return None
    selection = select(context)
    if selection is None:
        return None
    firm = question.mentions or question.dates or any(unit.quantity is not None for unit in question.units)
    if selection.share < (ENOUGH_FIRM if firm else ENOUGH_MET):
        return None
    if by_marks and not any(record.marked for record in selection.records):
        return None
    return told(context, selection, sure_from=SURE_SHARE)


def told(context: Context, selection: Selection, *, sure_from: float = 0.0) -> Draft:
    """The list of the records of `selection`; sure where they meet that share of the question, or "only" is asked.

    Where the question denies something, only marks tell surely which things lack it: values that hold it do not.
    """
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.LIST)
    denies = question.asks("negated") and not any(record.marked for record in selection.records)
    draft.sure = (selection.share >= sure_from or question.asks("only")) and not denies
    if question.asks("count"):
        draft.lines.append(say(question.language, "count", count=len(selection.records), other=0))
    denied = () if question.asks("negated") or len(selection.denied) > MOST_ITEMS else selection.denied
    if denied:
        label = say(question.language, Status.YES.value)
        draft.lines.append(say(question.language, "group", label=label, count=len(selection.records)))
    for record in selection.records[:MOST_ITEMS]:
        _add(context, draft, record)
    if len(selection.records) > MOST_ITEMS:
        draft.lines.append(say(question.language, "and_more", count=len(selection.records) - MOST_ITEMS))
    if denied:
        label = say(question.language, Status.NO.value)
        draft.lines.append(say(question.language, "group", label=label, count=len(denied)))
    for record in denied:
        _add_denied(context, draft, record)
    total = context.snapshot.thing_count(3)
    draft.silent = max(total - len(selection.records) - len(denied), 0)
    return draft


def _add_denied(context: Context, draft: Draft, record: Record) -> None:
    """One line: a thing that has the opposite mark, and where that stands."""
    entity = context.entity(record.key)
    name = record.written or (display(entity, record.name) if entity is not None else record.name)
    fact = record.denied[min(record.denied)]
    value = f"{attribute_text(fact)}: {fact.value}"
    numbers = draft.item(name, Status.NO, value, [fact])
    draft.lines.append(say(draft.language, "item", entity=name, value=value, marks=marks(numbers)))


def _add(context: Context, draft: Draft, record: Record) -> None:
    """One line: the thing, what picks it out, and where that stands."""
    entity = context.entity(record.key)
    name = record.written or (display(entity, record.name) if entity is not None else record.name)
    picking = sorted(record.picked, key=lambda at: (-record.met[at], at))
    facts = list(dict.fromkeys(record.facts[at] for at in picking))[:MOST_CITED]
    stated: list[str] = []
    for fact in () if record.bare else facts:
        attribute = attribute_text(fact) if fact.kind in (FactKind.CELL, FactKind.KEY) else ""
        attribute = "" if name_key(attribute) == record.key else attribute
        value = shorten(fact.value.replace("\n", " "), context.question.units, LONGEST_ITEM)
        text = f"{attribute}: {value}" if attribute else value
        if (
            name_key(value) != name_key(name)
            and text not in stated
            and len("; ".join([*stated, text])) <= LONGEST_ITEM * 1.5
        ):
            stated.append(text)
    conditional = any(verdict(fact.value) is Status.CONDITIONAL for fact in facts)
    value = "; ".join(stated)
    numbers = draft.item(name, Status.CONDITIONAL if conditional else Status.YES, value, facts)
    message = "item" if value else "item_bare"
    draft.lines.append(say(draft.language, message, entity=name, value=value, marks=marks(numbers)))
