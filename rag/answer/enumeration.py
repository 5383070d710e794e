"""The entries that a lead-in or a key announces: the list below "there are four steps:"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.answer.context import Context
from rag.types import Fact, FactKind, Lines

ENTRY_REACH = 16
"""Lines below a lead-in within which its entries stand."""
MOST_ENTRIES = 12
_ENTRY = re.compile(r"\s*(?:[-*+•]|\d{1,2}\s*[.)、．]|[(（]\d+[)）]|[①-⑳])")


def enumeration(context: Context, fact: Fact) -> list[Fact]:
    """The entries that a lead-in ("there are four steps:") or a key with its values below announces."""
    announces = fact.value.rstrip().endswith((":", "："))
    keyed = fact.kind is FactKind.KEY and bool(fact.attribute) and context.question.asks("list", "count")
    if not isinstance(fact.location, Lines) or not (announces or keyed):
        return []
    line = fact.location.last
    after = [
        other for other in context.snapshot.facts_at(fact.source, line, line + ENTRY_REACH)
        if other.heading == fact.heading and other.ordinal != fact.ordinal and isinstance(other.location, Lines)
        and other.kind in (FactKind.STATEMENT, FactKind.KEY, FactKind.CODE)
    ]  # fmt: skip
    if announces:
        return _run(other for other in after if other.ordinal > fact.ordinal)
    same = [o for o in after if o.attribute == fact.attribute and o.entity_key == fact.entity_key]
    return [fact, *same] if same else []


def _run(facts: Iterable[Fact]) -> list[Fact]:
    """Facts on adjoining lines, one a line, until a gap."""
    found: list[Fact] = []
    for fact in facts:
        assert isinstance(fact.location, Lines)
        if found:
            before = found[-1].location
            assert isinstance(before, Lines)
            if fact.location.first > before.last + 2:
                break
            if fact.location.first <= before.last:
                continue
        if not _ENTRY.match(fact.quote) and found and not _ENTRY.match(found[0].quote):
            break
        found.append(fact)
    return found[:MOST_ENTRIES]
