"""List answers: the things that the likeliest reading of the question picks out of the notes."""

from __future__ import annotations

from rag.answer.choice import Choice, choose
from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.list_sense import asks_for_list, may_ask_for_list
from rag.answer.picks import Op
from rag.answer.records import Record, Selection, told
from rag.answer.sheets import ThingKey
from rag.types import Fact

LIKELY = 0.5
"""Probability from which a question is answered by a list."""
_MARKED = (Op.YES, Op.NO)
_BARE = (Op.WHOLE, Op.BLANK, Op.PARTS)
"""Ways to pick that no value of the thing shows."""


def listed(context: Context) -> Draft | None:
    """The list that the question asks for; None where it asks for none or the notes hold nothing to choose from."""
    if not may_ask_for_list(context):
        return None
    choice = choose(context)
    if choice is None or asks_for_list(context, choice) < LIKELY:
        return None
    return told(context, selection(choice))


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
