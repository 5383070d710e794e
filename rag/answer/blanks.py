"""Lists by what is filled in: "whose price is blank", "哪些没填产地", "光有名字的", over one table or section."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.answer.polarity import is_unknown, verdict
from rag.answer.regions import Region, regions
from rag.question.understand import KIND_WEIGHT, Unit
from rag.question.wording import attribute_concepts, intent
from rag.retrieve.view import view
from rag.text.names import name_key, strip_numbering
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.types import Fact, FactKind, Kind, Lines, Status

FEWEST_ALIKE = 2
"""Things of a region that must have an attribute for its lack to say something of the others."""
SURE = 0.5
_VALUE = re.compile(r"\s*(?:[“\"「『'‘✅❌√×是否不未无没]|y(?:es)?\b|no\b)")
Heads = Callable[[str], bool]
"""Whether a header is one of the asked attributes."""


@dataclass(slots=True)
class _Thing:
    """A thing of the region: what of the asked is filled in, whether anything is, and where it stands."""

    name: str
    places: list[Fact] = field(default_factory=list)
    filled: bool = False
    other: bool = False
    alike: bool = False


def blanks(
    context: Context,
    found: Sequence[Region],
    given: frozenset[int],
    headers: Collection[str] = (),
    status: Status = Status.YES,
) -> Draft | None:
    """The things of the regions whose asked attribute is blank (or is filled in); None when no such thing is asked.

    The asked attribute is what stands under `headers` as written; without any, what the question words.
    """
    question = context.question
    filled = says_filled(question.normal) and not intent("blank").search(question.normal)
    if not (filled or question.asks("unstated")) or question.dates:
        return None
    wanted = [unit for at, unit in enumerate(question.units) if at not in given and _may_head(unit)]
    things = _things(context, found, headers.__contains__ if headers else partial(_heads, wanted))
    if intent("nothing_else").search(question.normal):
        chosen = [thing for thing in things if not thing.other and not thing.filled]
    else:
        alike = [thing for thing in things if thing.alike]
        if sum(thing.filled for thing in alike) < FEWEST_ALIKE:
            return None
        chosen = [thing for thing in alike if thing.filled is filled]
    status = Status.YES if filled else status
    return _composed(context, chosen, status) if chosen and len(chosen) < len(things) else None


def says_filled(normal: str) -> bool:
    """Whether a normalised question says that something is filled in, and not what it is filled in with."""
    return any(_VALUE.match(normal, match.end()) is None for match in intent("filled").finditer(normal))


def _may_head(unit: Unit) -> bool:
    return unit.quantity is None and (unit.concept is not None or unit.weight > KIND_WEIGHT)


def _heads(wanted: Sequence[Unit], attribute: str) -> bool:
    """Whether a header is one of the asked attributes."""
    normal, tokens = normalise(attribute), frozenset(tokenise(attribute))
    concepts = attribute_concepts(normal)
    for unit in wanted:
        if unit.concept is not None and concepts.get(unit.concept.name, 0.0) >= 1:
            return True
        if unit.concept is None and any(token in tokens and weight >= SURE for token, weight in unit.alternatives):
            return True
    return False


def _things(context: Context, found: Sequence[Region], heads: Heads) -> list[_Thing]:
    things: dict[str, _Thing] = {}
    for region in found:
        first, last = (region.lines.first, region.lines.last) if region.lines is not None else (1, 1 << 30)
        inside = [f for f in context.snapshot.facts_at(region.source, first, last) if region.holds(f)]
        cells = [f for f in inside if f.kind in (FactKind.CELL, FactKind.KEY) and f.entity_key]
        headed = {f.attribute for f in cells if heads(f.attribute)}
        for fact in cells:
            key = context.key(fact.entity_key)
            thing = things.setdefault(key, _Thing(context.subject(fact)))
            known = not is_unknown(fact.value) and verdict(fact.value) is not Status.UNKNOWN
            if fact.attribute in headed:
                thing.places.insert(0, fact)
                thing.filled |= known
                thing.alike = True
            elif known:
                thing.other = True
                thing.places.append(fact)
        for table in _tables(context, region):
            _with_bare_rows(context, table, things, heads)
    return list(things.values())


def _tables(context: Context, region: Region) -> Iterable[Region]:
    if region.lines is not None:
        return (region,) if region.rows else ()
    return (
        other for other in regions(context.snapshot, (region.source,))
        if other.rows and other.heading[: len(region.heading)] == region.heading
    )  # fmt: skip


def _with_bare_rows(context: Context, table: Region, things: dict[str, _Thing], heads: Heads) -> None:
    headers = table.rows[0][1]
    asked = any(heads(header) for header in headers[1:])
    for key, name, bare, fact in named_rows(context, table):
        if key in things:
            things[key].alike |= asked
        elif bare:
            things[key] = _Thing(name, [fact], alike=asked)


def named_rows(context: Context, table: Region) -> Iterator[tuple[str, str, bool, Fact]]:
    """(key, name, whether no other cell is filled in, a fact of the row) for every row of a table.

    Rows of which no cell but the name is filled in say nothing, so the index has no facts of them.
    """
    lines = context.snapshot.source(table.source).text.splitlines()
    for number, cells in table.rows[1:]:
        names = [cell for cell in cells if strip_numbering(cell).strip() and not cell.strip().isdigit()]
        if not names:
            continue
        entity = context.entity(name_key(names[0]))
        key = entity.keys[0] if entity is not None else name_key(names[0])
        quote = lines[number - 1].strip()
        fact = Fact(FactKind.CELL, table.source, Lines(number, number), table.heading, names[0], key, "", "", quote)
        yield key, names[0], len(names) == 1, fact


def _composed(context: Context, chosen: Sequence[_Thing], status: Status) -> Draft:
    draft = Draft(context.snapshot, context.question.language, Kind.LIST)
    if context.question.asks("count"):
        draft.lines.append(say(draft.language, "count", count=len(chosen), other=0))
    for thing in sorted(chosen, key=lambda thing: (thing.places[0].source, thing.places[0].ordinal)):
        fact = thing.places[0]
        seen = view(fact)
        value = f"{fact.attribute}: {fact.value}" if thing.alike and seen.value and len(fact.value) <= 60 else ""
        value = value if thing.filled or is_unknown(fact.value) else ""
        numbers = draft.item(thing.name, status, value, [fact])
        message = "item" if value else "item_bare"
        draft.lines.append(say(draft.language, message, entity=thing.name, value=value, marks=marks(numbers)))
    return draft
