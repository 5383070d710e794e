"""What stands in a table or section: its rows, the headings right below it, the entries of its lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.answer.regions import Region, written
from rag.answer.sentence_subject import subjects
from rag.text.names import name_key, strip_numbering
from rag.types import Fact, FactKind, Kind, Status

FEWEST, MOST = 2, 40
MOSTLY_ROWS = 3
"""Rows about things from which these are what stands there, and not the headings over them, which name topics."""
_LISTED = re.compile(r"[,，](?!\d)|[;；、]")


def contents(context: Context, found: Sequence[Region]) -> Draft | None:
    """Everything that stands in the regions: rows of tables, headings right below, entries of lists."""
    members: dict[str, tuple[str, Fact]] = {}
    for region in found:
        for name, fact in _members(context, region):
            entity = context.entity(name_key(name))
            members.setdefault(entity.keys[0] if entity is not None else name_key(name), (name, fact))
    if not FEWEST <= len(members) <= MOST:
        return None
    draft = Draft(context.snapshot, context.question.language, Kind.LIST)
    if context.question.asks("count"):
        draft.lines.append(say(draft.language, "count", count=len(members), other=0))
    for name, fact in members.values():
        numbers = draft.item(name, Status.YES, "", [fact])
        draft.lines.append(say(draft.language, "item_bare", entity=name, marks=marks(numbers)))
    return draft


def _members(context: Context, region: Region) -> Iterator[tuple[str, Fact]]:
    depth = len(region.heading)
    facts = list(facts_in(context, [region], linked=True))
    below = {fact.heading[depth]: fact for fact in reversed(facts) if len(fact.heading) > depth}
    rows = {fact.entity_key for fact in facts if fact.kind is FactKind.CELL and fact.entity_key}
    things = sum(1 for heading, fact in below.items() if fact.entity_key and fact.entity_key in name_key(heading))
    if region.lines is None and len(below) >= FEWEST and (things * 2 >= len(below) or len(rows) < MOSTLY_ROWS):
        for heading, fact in reversed(below.items()):
            entity = context.entity(fact.entity_key)
            own = entity is not None and name_key(entity.name) in name_key(heading)
            yield (display(entity) if entity is not None and own else strip_numbering(heading)), fact
        return
    for fact in facts:
        if fact.entity_key and (fact.kind is FactKind.EVENT or (region.is_list and fact.kind is not FactKind.LINK)):
            entity = context.entity(fact.entity_key)
            yield (display(entity) if entity is not None else fact.entity), fact
        elif fact.kind is FactKind.CELL and fact.entity:
            yield written(context.snapshot, fact, fact.entity), fact
        elif fact.kind is FactKind.KEY:
            for _, name in subjects_in(context, fact)[:1]:
                yield name, fact


def facts_in(context: Context, found: Sequence[Region], *, linked: bool = False) -> Iterator[Fact]:
    for region in found:
        first, last = (region.lines.first, region.lines.last) if region.lines is not None else (1, 1 << 30)
        for fact in context.snapshot.facts_at(region.source, first, last):
            if region.holds(fact) and fact.kind is not FactKind.CODE and (linked or fact.kind is not FactKind.LINK):
                yield fact


def subjects_in(context: Context, fact: Fact) -> list[tuple[str, str]]:
    """What a fact is about; an entry "name: what it is" of no subject but its heading is about what it names."""
    headed = any(fact.entity_key == name_key(heading) for heading in fact.heading)
    if fact.kind is FactKind.KEY and (not fact.entity_key or (headed and is_listed(fact))):
        return [(name_key(fact.attribute), fact.attribute)]
    return subjects(context, fact)


def is_listed(fact: Fact) -> bool:
    """Whether a key stands in a list of things, each with what is said of it, and not among the values of one."""
    return len(_LISTED.split(fact.value)) > 1 and fact.quote.lstrip().startswith(("-", "*", "+"))
