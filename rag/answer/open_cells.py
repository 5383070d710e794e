"""Lists of what a named column leaves open: "哪几个的许可证那栏还空着", "whose source column says nothing"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answer.asked_sorts import Sorted, sorted_things
from rag.answer.blanks import named_rows
from rag.answer.choice import Choice, pool
from rag.answer.choice_asked import Asked, asked_of
from rag.answer.conditions import MET
from rag.answer.context import Context
from rag.answer.draft import MOST_ITEMS, Draft
from rag.answer.listed import selection
from rag.answer.matches import Op
from rag.answer.picks import Pick
from rag.answer.records import Record, Selection, told
from rag.answer.sheets import Column, Sheet, Sort, gathered
from rag.answer.ways import Candidate
from rag.question.understand import KIND_WEIGHT, Question
from rag.question.wording import intent
from rag.text.normalise import normalise

OF_MEANING = 0.5
"""What a place that is only near in meaning to the sort of thing asked for counts beside one that words it."""
CALLED = 10.0
"""What a header counts that the question names as one; more than any words."""
_CELL = re.compile(r"[栏列格]|\b(?:columns?|cells?|fields?|rows?)\b")
_COLUMN = re.compile(
    r"[\"'](?P<header>[^\"']{1,30})[\"']\s*(?:[那这一]?个?[栏列格项]|column|field|cell)"
    r"|(?P<bare>(?<![^\s,，;；、的在])[^\s,，;；、的在\"']{1,12}?)\s*[那这一]个?[栏列格项]"
)


def says_cell(question: Question) -> bool:
    """Whether a question speaks of a column or a cell as such."""
    return _CELL.search(question.normal) is not None


def open_cells(context: Context) -> Draft | None:
    """The things whose cell is blank under the header that the question names; None where it asks for no such thing."""
    question = context.question
    if not intent("blank").search(question.normal) or intent("nothing_else").search(question.normal):
        return None
    if question.dates or (question.asks("count") and not question.asks("which", "list")):
        return None
    notes = gathered(context, pool(context))
    asked = asked_of(context, notes)
    sorts = sorted_things(asked)
    found = list(_columns(asked, sorts, notes.sheets))
    best = max((points for points, *_ in found), default=None)
    records = {
        record.key: record
        for points, sheet, column in found if points == best
        for record in (*_left_open(asked, sheet, column).records, *_bare(context, sheet))
    }  # fmt: skip
    return told(context, Selection(tuple(records.values()), 1.0, frozenset((0,)))) if records else None


def _left_open(asked: Asked, sheet: Sheet, column: Column) -> Selection:
    pick = Pick(Op.BLANK, dict(column.blank), asked.worded_slots(column), column.attribute, column.tokens)
    return selection(Choice(Candidate(sheet, (pick,), tuple(column.blank)), 0.0, 1.0))


def _bare(context: Context, sheet: Sheet) -> Iterator[Record]:
    """The things of a table of which nothing is filled in."""
    if sheet.region is None or not sheet.region.rows:
        return
    known = {key for key, _ in sheet.names}
    for key, name, bare, fact in named_rows(context, sheet.region):
        if bare and key not in known:
            record = Record(key, name, written=name, bare=True)
            record.meet(0, 1.0, fact, picks=True, marked=False)
            yield record


def _columns(
    asked: Asked, sorts: Sorted, sheets: Sequence[Sheet]
) -> Iterator[tuple[tuple[float, float, bool], Sheet, Column]]:
    """Where something is left open and below which header, with how well the question words the header and the place.

    Of places that it words as well a table comes before the section that holds it.
    """
    for sheet in sheets:
        if sheet.sort not in (Sort.TABLE, Sort.SECTION) or sheet.region is None:
            continue
        named = float(any(sheet.region.is_within(other) for other in asked.scope))
        place = max(sorts.own(sheet), named) or OF_MEANING * round(sorts.near_own(sheet), 1)
        for column in sheet.columns.values():
            if not column.attribute or not column.filled or not 0 < len(column.blank) <= MOST_ITEMS:
                continue
            header = _headed(asked, column)
            if header >= MET:
                yield (header, place, sheet.sort is Sort.TABLE), sheet, column


def _headed(asked: Asked, column: Column) -> float:
    """How much of what the question names a header words; all where it is called the column that is left open."""
    units, normal = asked.context.question.units, asked.context.question.normal
    header = normalise(column.attribute)
    if any((found["header"] or found["bare"]).strip() == header for found in _COLUMN.finditer(normal)):
        return CALLED
    if any(unit.quantity is not None and unit.said not in header for unit in units):
        return 0.0
    worded = asked.worded_slots(column)
    return sum(
        share * asked.weights[at] for at, share in worded.items() if at >= len(units) or units[at].weight > KIND_WEIGHT
    )
