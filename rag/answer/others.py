"""Lists of what a column says another value of than the one that the question denies: "which are not based on X"."""

from __future__ import annotations

from collections import Counter

from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.records import MOSTLY_MARKED, Record, Selection, select, told
from rag.retrieve.view import view
from rag.types import FactKind


def others(context: Context) -> Draft | None:
    """What a column says another value of than the one that the question denies: "which are not based on X"."""
    question = context.question
    if not question.asks("negated") or len(question.mentions) != 1:
        return None
    selection = select(context)
    if selection is None or any(record.marked for record in selection.records):
        return None
    named = question.mentions[0]
    cells = [fact for record in selection.records for fact in record.facts.values() if fact.kind is FactKind.CELL]
    headers = Counter(fact.attribute for fact in cells if named.stands_in(view(fact).value))
    header, count = headers.most_common(1)[0] if headers else ("", 0)
    if count < MOSTLY_MARKED:
        return None
    at = len(question.units)
    records: dict[str, Record] = {}
    for source in sorted({fact.source for fact in cells if fact.attribute == header}):
        for fact in context.snapshot.facts_at(source, 1, 1 << 30):
            other = fact.kind is FactKind.CELL and fact.attribute == header and bool(fact.value.strip())
            if other and fact.entity_key and not named.stands_in(view(fact).value):
                record = records.setdefault(fact.entity_key, Record(fact.entity_key, fact.entity, written=fact.entity))
                record.meet(at, 1.0, fact, picks=True, marked=True)
    return told(context, Selection(tuple(records.values()), 1.0, frozenset((at,)))) if records else None
