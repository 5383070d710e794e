"""What says the value of a named column elsewhere: columns of other headers with the same values, lines that list it.

"Language", "lang" and "written in" are one attribute where they hold the same values; and notes without tables say it
in passing: "Rust, port 5080, since 2023".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rag.answer.column_cells import Column, cells_of, is_value, short_cells
from rag.answer.context import Context
from rag.answer.polarity import verdict
from rag.index import Term
from rag.retrieve.view import view
from rag.text.tokenise import query_tokens
from rag.types import Fact, FactKind

FEWEST_SHARED = 1
"""Values besides the one that is said which two columns must have in common."""
FEWEST_PARTS = 2
"""Parts of a line that lists what there is to say of a thing."""
LONGEST_LINE = 160
_COMMAS = (",", "，", "、", ";", "；")


def said_elsewhere(context: Context, column: Column) -> Iterator[Fact]:
    """The cells of other columns, and the lines, that say just the value that is said of a column."""
    needle = column.needle
    if not needle or needle.isdigit() or verdict(needle) is not None:
        return
    found = context.snapshot.facts_matching([(Term(token),) for token in query_tokens(needle)])
    saying = [fact for fact in found if fact.entity_key and is_value(fact, needle)]
    cells: dict[str, list[Fact]] = defaultdict(list)
    for fact in saying:
        if fact.kind is FactKind.CELL and fact.attribute not in column.headers:
            cells[fact.attribute].append(fact)
    for header, those in sorted(cells.items()):
        if _is_same(context, column, header):
            yield from those
    for fact in saying:
        if lists(fact):
            yield fact


def _is_same(context: Context, column: Column, header: str) -> bool:
    """Whether the column of another header holds several values of this one besides the one that is said."""
    own = {value for fact in cells_of(context, column) if verdict(value := view(fact).value) is None}
    shared = own & {view(fact).value for fact in short_cells(context, frozenset((header,)))}
    return len({value for value in shared if not value.isdigit()} - {column.needle}) >= FEWEST_SHARED


def lists(fact: Fact) -> bool:
    """Whether a line is no sentence but says one thing after the other, parted by commas."""
    if fact.kind is not FactKind.STATEMENT or len(fact.value) > LONGEST_LINE:
        return False
    return sum(fact.value.count(comma) for comma in _COMMAS) + 1 >= FEWEST_PARTS
