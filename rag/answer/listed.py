"""List answers: the things that the likeliest reading of the question picks out of the notes."""

from __future__ import annotations

from rag.answer.choice import Choice, Readings
from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.list_sense import asks_for_list, may_ask_for_list
from rag.answer.matches import Op
from rag.answer.records import Record, Selection, told
from rag.answer.sheets import ThingKey
from rag.question.understand import KIND_WEIGHT
from rag.text.lexicon import SURE_TRANSLATION
from rag.types import Fact, FactKind

LIKELY = 0.5
"""Probability from which a question is answered by a list."""
CLEAR = 0.1
"""Likelihood below which a choice among many does not stand against a rule's answer or a plain look-up."""
_MARKED = (Op.YES, Op.NO)
_BARE = (Op.WHOLE, Op.BLANK, Op.PARTS)
"""Ways to pick that no value of the thing shows."""


def listed(context: Context, readings: Readings, *, firmly: bool = False) -> Draft | None:
    """The list that the question asks for; None where it asks for none or the notes hold nothing to choose from.

    `firmly`: None also where the likeliest list leaves out a number, a name or a date of the question, or is not clear.
    """
    if not may_ask_for_list(context):
        return None
    if _speaks_of_nothing_noted(context):
        return None
    choice = readings.best
    if choice is None or _lists_what_is_named(context, choice) or asks_for_list(context, choice) < LIKELY:
        return None
    if choice.firm_left and (firmly or _asks_of_a_row(context)):
        return None
    if choice.likelihood < CLEAR and (firmly or not context.question.asks("list", "count", "which")):
        return None
    return told(context, selection(choice))


def _speaks_of_nothing_noted(context: Context) -> bool:
    """Whether a sort of thing is asked for that the notes have no word for, in no translation: "list all bananas"."""
    question, known = context.question, context.snapshot.document_frequency
    if question.mentions or question.dates or not question.units:
        return False
    if any(u.concept is not None or u.quantity is not None or u.weight > KIND_WEIGHT for u in question.units):
        return False
    said = (token for u in question.units for token, weight in u.alternatives if weight >= SURE_TRANSLATION)
    return not any(map(known, said))


def _asks_of_a_row(context: Context) -> bool:
    """Whether the question names a thing that has cells of its own, and no list is asked for."""
    keys = {key for mention in context.question.mentions if mention.exact for key in mention.keys}
    celled = any(s.fact.kind is FactKind.CELL and s.fact.entity_key in keys for s in context.ranked)
    return celled and not context.question.asks("list", "count")


def _lists_what_is_named(context: Context, choice: Choice) -> bool:
    """Whether the one thing that the question names would be in the list: then it is itself asked about."""
    named = [mention for mention in context.question.mentions if mention.exact]
    return len(named) == 1 and any(key in named[0].keys for key, _ in choice.candidate.keys)


def selection(choice: Choice) -> Selection:
    """The things chosen, each with the facts that pick it out."""
    candidate = choice.candidate
    records = tuple(
        _record(key, candidate.sheet.names[key], [(pick.op, pick.hits[key]) for pick in candidate.picks])
        for key in candidate.keys
    )
    denied: tuple[Record, ...] = ()
    if len(candidate.picks) == 1 and candidate.picks[0].op is Op.YES:
        denied = tuple(
            _denied(key, candidate.sheet.names[key], fact) for key, fact in candidate.picks[0].opposite.items()
        )
    return Selection(records, 1.0, frozenset(range(len(candidate.picks))), denied)


def _record(key: ThingKey, name: str, facts: list[tuple[Op, Fact]]) -> Record:
    record = Record(key[0], name, written=name, bare=all(op in _BARE for op, _ in facts))
    for at, (op, fact) in enumerate(facts):
        record.meet(at, 1.0, fact, picks=True, marked=op in _MARKED)
    return record


def _denied(key: ThingKey, name: str, fact: Fact) -> Record:
    record = Record(key[0], name, written=name)
    record.denied[0] = fact
    return record
