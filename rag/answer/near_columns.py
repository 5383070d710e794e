"""Which column, of ticks or filled in for some, a question means without wording it: "no account" and "sign-up"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rag.answer.column_cells import holds_marks
from rag.question.understand import Unit
from rag.retrieve.sense import nearness, question_sense, text_sense
from rag.text.tokenise import tokenise
from rag.types import Fact, FactKind

NEAR, NEAR_VALUES = 0.1, 0.18
"""Least nearness in meaning of a question's words and the header of a column of marks; of one of values."""
CLEARLY = 1.6
"""Times nearer than the next column that the meant one must be."""
FEWEST = 2


def near_column(units: Sequence[Unit], facts: Iterable[Fact], *, marks: bool = True) -> list[Fact]:
    """The cells of the one column that is clearly nearest in meaning to the words of `units`; [] for none.

    Of the columns of marks; or of all, where that has values for some of the rows and is blank for others.
    """
    words = " ".join(unit.said for unit in units)
    columns: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind is FactKind.CELL and fact.attribute:
            columns[fact.attribute].append(fact)
    sense = question_sense(words)
    scored = sorted(
        (
            (nearness(sense, text_sense(frozenset(tokenise(header)))), header)
            for header, cells in columns.items()
            if not marks or holds_marks(cells, FEWEST)
        ),
        reverse=True,
    )
    if not scored or scored[0][0] < (NEAR if marks else NEAR_VALUES):
        return []
    if len(scored) > 1 and scored[0][0] < CLEARLY * scored[1][0]:
        return []
    best = columns[scored[0][1]]
    partly = FEWEST <= len(best) < max(map(len, columns.values()))
    return best if marks or partly else []
