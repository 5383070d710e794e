"""Lists of the things that bear a name before their own: "which models does Foo have", where rows are called "Foo X1".

Surveys seldom give the maker of a thing a column: the first word of its name says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.maker_rows import made
from rag.answer.meant_regions import named as named_regions
from rag.answer.meant_regions import reached
from rag.answer.records import Selection, picked_out, told
from rag.answer.relation import is_making
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import words
from rag.retrieve.view import view
from rag.text.lexicon import SURE_TRANSLATION
from rag.types import Fact

_MAKERS = frozenset(("organisation", "owner", "person", "category", "version"))
"""Attributes by which a question may say that it asks for what somebody made."""


def namesakes(context: Context) -> Draft | None:
    """The rows whose names begin with the one that the question names; None where it asks more, or few do."""
    question = context.question
    if question.dates or question.quantities or question.asks("negated", "unstated", "compare", "conflict"):
        return None
    if len(question.mentions) > 1:
        return None
    own = made(context)
    if own is None:
        return None
    inside, told_by = named_regions(context.snapshot, question.normal, reached(context.snapshot, question))
    rows = [fact for fact in own.rows if not inside or any(region.holds(fact) for region in inside)]
    rest = [unit for unit in question.units if unit.said not in own.said]
    if not all(_is_told(question, unit, rows, told_by) for unit in rest):
        return None
    records = picked_out(context, own.at, rows, bare=True)
    return told(context, Selection(records, 1.0, frozenset((own.at,)))) if records else None


def _is_told(question: Question, unit: Unit, rows: Sequence[Fact], told_by: Iterable[str]) -> bool:
    """Whether a unit only says that such things are asked for, or where they stand."""
    if unit.concept is not None:
        plain = all(word in words("filler") or word in words("kind") for word in unit.said.split())
        stated = any(unit.concept.in_notes.search(view(fact).attribute) for fact in rows)
        return plain or (unit.concept.name in _MAKERS and not stated)
    if unit.weight <= KIND_WEIGHT or unit.said in told_by or unit.said in words("kind"):
        return True
    if is_making(question, unit) or any(unit.said in view(fact).heading for fact in rows):
        return True
    headed = frozenset(token for fact in rows for token in view(fact).heading_tokens)
    return any(token in headed and weight >= SURE_TRANSLATION for token, weight in unit.alternatives)
