"""What all ways to read a list question share: how the headers, values and places of the sheets meet the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.answer.asked_dates import asked_dates
from rag.answer.conditions import MET, match_header
from rag.answer.context import Context
from rag.answer.regions import Region
from rag.answer.scoped import scope
from rag.answer.sheet_words import SheetWords, sheet_words
from rag.answer.sheets import Column, Gathered, Sheet
from rag.question.understand import Question
from rag.retrieve.alignment import Alignment, aligned
from rag.retrieve.sense import nearness, question_sense
from rag.retrieve.view import view
from rag.types import Fact

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAREST = 24
"""Columns whose header is nearest to the question in meaning that may be meant unworded."""
NEAR = 0.45
"""Least nearness in meaning of a value to the question for the value to be a candidate."""
TOP_CHANCES = 20
"""Facts of the ranking whose chances are added up."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What the features of all candidates of a question share."""

    context: Context
    words: SheetWords
    alignment: Alignment
    scope: tuple[Region, ...]
    dates: tuple[str, ...]
    weights: tuple[float, ...]
    """Of the slots (`matches.slots`)."""
    firm: tuple[bool, ...]
    """Whether a slot is a number, a name or a date, which an answer cannot leave out."""
    ranks: Mapping[Fact, tuple[int, float]]
    """Place and chance of the ranked facts."""
    chances: float
    headers: Mapping[str, tuple[float, float]]
    """Nearness in meaning of every header: by its words, and as a whole."""
    meant: frozenset[str]
    """Headers that word a slot, and those that are nearest in meaning."""
    best: tuple[float, float, float, float]
    """The greatest nearness of any header by its words, of a column of marks, and the same as a whole."""
    worded: NDArray[np.float64]
    """(texts of `words.wordings`, slots): how well each words each slot."""
    near: Mapping[Column, list[tuple[float, str]]]
    """The values that are near the question in meaning, with their nearness."""
    by_header: dict[str, dict[int, float]] = field(default_factory=dict)
    """What was worked out of headers: many columns share them."""

    def names_place(self, sheet: Sheet) -> bool:
        """Whether the question names where the sheet stands."""
        region = sheet.region
        if region is None:
            return False
        if any(region.is_within(other) for other in self.scope):
            return True
        return bool((self.worded[self.words.places[sheet][0]] >= MET).any())

    def worded_slots(self, column: Column) -> Mapping[int, float]:
        """How well a column's header words the slots that it words."""
        if column.attribute not in self.by_header:
            self.by_header[column.attribute] = _worded_slots(self.context.question, column)
        return self.by_header[column.attribute]


def asked_of(context: Context, notes: Gathered) -> Asked:
    """What the candidates of a question share."""
    import numpy as np

    question, words = context.question, sheet_words(notes)
    dates = asked_dates(question)
    alignment = aligned(question.normal, words.vocabulary)
    worded = _worded(question, words, bool(dates))
    sense = question_sense(question.normal)
    by_words = alignment.each_asked(words.header_rows).tolist()
    whole = [nearness(sense, other) for other in words.senses]
    headers = dict(zip(words.headers, zip(by_words, whole, strict=True), strict=True))
    said = np.flatnonzero((worded[: len(headers)] >= MET).any(1))
    marked = np.flatnonzero(words.marked)
    dated = [1.0] if dates else []
    return Asked(
        context,
        words,
        alignment,
        scope(context)[0],
        dates,
        (*(unit.weight * context.rare(unit) if unit.quantity is None else 1.0 for unit in question.units),
         *(1.0 for _ in question.mentions), *dated),
        (*(unit.quantity is not None for unit in question.units), *(m.exact for m in question.mentions),
         *(True for _ in dated)),
        {scored.fact: (at, scored.chance) for at, scored in enumerate(context.ranked)},
        sum(scored.chance for scored in context.ranked[:TOP_CHANCES]) or 1.0,
        headers,
        frozenset((
            *(words.headers[at] for at in said),
            *sorted(headers, key=lambda name: (-headers[name][0], name))[:NEAREST],
            *sorted(headers, key=lambda name: (-headers[name][1], name))[:NEAREST],
        )),
        (
            max(by_words, default=0.0), max((by_words[at] for at in marked), default=0.0),
            max(whole, default=0.0), max((whole[at] for at in marked), default=0.0),
        ),
        worded,
        _near(alignment, words),
    )  # fmt: skip


def _worded(question: Question, words: SheetWords, dated: bool) -> NDArray[np.float64]:
    """(texts, slots): numbers and dates are worded by none."""
    import numpy as np

    nowhere = np.zeros(len(words.wordings.texts))
    slots = [words.wordings.word(unit) if unit.quantity is None else nowhere for unit in question.units]
    slots += [words.wordings.name(mention) for mention in question.mentions]
    slots += [nowhere] if dated else []
    return np.stack(slots, 1) if slots else np.zeros((len(nowhere), 0))


def _worded_slots(question: Question, column: Column) -> dict[int, float]:
    if not column.attribute:
        return {}
    seen = view(column.cells[0][1])
    found = {at: match_header(unit, seen) for at, unit in enumerate(question.units) if unit.quantity is None}
    for at, mention in enumerate(question.mentions, len(question.units)):
        found[at] = float(mention.stands_in(seen.attribute))
    return {at: share for at, share in found.items() if share >= MET}


def _near(alignment: Alignment, words: SheetWords) -> dict[Column, list[tuple[float, str]]]:
    found: dict[Column, list[tuple[float, str]]] = {}
    nearness_of = alignment.each_asked(words.value_rows).tolist()
    for near, places in zip(nearness_of, words.valued, strict=True):
        if near > NEAR:
            for column, value in places:
                found.setdefault(column, []).append((near, value))
    return found
