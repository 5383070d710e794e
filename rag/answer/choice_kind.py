"""Features of list readings: whether what they pick is of the sort of thing that is asked for.

"Which hosts ..." asks for what stands in the table of hosts, whatever columns other tables have. What words a region
(its heading, the line that leads in to it, the header of its first column) says what sort of thing stands in it; a
thing is of the sorts of all the tables and sections that have it, wherever else it is told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.answer.choice_asked import Asked
from rag.answer.sheets import Sheet
from rag.answer.ways import Ways
from rag.question.scope import Phrase, sorts
from rag.retrieve.sense import question_sense

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.answer.ways import Columns

LONGEST_LEAD = 2
"""Words with which a Chinese question goes on behind "which" that may be the sort asked for."""
NOWHERE = (-1, -1, -1)
"""Of a sheet that stands in no one place."""


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """How well what words a place says the sort of thing asked for."""

    asked: Asked
    worded: NDArray[np.float64]
    """(texts + 1,): which share of it each text words, the last being no text."""
    near: NDArray[np.float64]
    """(texts + 1,): how near in meaning each is."""

    def own(self, sheet: Sheet) -> float:
        """How well a sheet's own region words it."""
        return float(self.worded[self.asked.words.places.get(sheet, NOWHERE)[0]])

    def near_own(self, sheet: Sheet) -> float:
        """How near in meaning a sheet's own region is to it."""
        return float(self.near[self.asked.words.places.get(sheet, NOWHERE)[0]])


def sorted_things(asked: Asked) -> Sorted:
    """The sort of thing that the question asks for, held against every place."""
    import numpy as np

    texts = len(asked.words.wordings.texts)
    worded, near = np.zeros(texts + 1), np.zeros(texts + 1)
    for phrase in sorts(asked.context.question.normal):
        worded[:texts] = np.maximum(worded[:texts], _worded(asked, phrase))
        near[:texts] = np.maximum(near[:texts], _near(asked, phrase))
    return Sorted(asked, worded, near)


def sorts_of_things(asked: Asked, ways: Ways) -> Columns:
    """How well the sort asked for is worded, and how near in meaning it is, where the things stand."""
    import numpy as np

    found = sorted_things(asked)
    worded, near = found.worded, found.near
    place = np.array([asked.words.places.get(sheet, NOWHERE) for sheet in ways.sheets])[ways.sheet]
    own, around = place[:, 0], place[:, 1]
    of_worded, of_near = _of_things(asked, worded), _of_things(asked, near)
    known = np.array([asked.words.things.get(key, -1) for key in ways.keys])
    things, things_near = ways.things.total(of_worded[known]), ways.things.total(of_near[known])
    best, nearest = _best(asked, worded), _best(asked, near)
    return {
        "kind_own": worded[own],
        "kind_around": worded[around],
        "kind_near": near[own],
        "kind_things": things / ways.counts,
        "kind_things_near": things_near / ways.counts,
        "kind_least": ways.things.least(of_worded[known]),
        "kind_top": (worded[own] > 0) & (worded[own] >= best),
        "kind_near_top": (near[own] > 0) & (near[own] >= nearest),
        "kind_off": best - things / ways.counts,
        "kind_off_near": nearest - things_near / ways.counts,
    }


def _worded(asked: Asked, phrase: Phrase) -> NDArray[np.float64]:
    """(texts,): which share of a phrase each text words."""
    import numpy as np

    question = asked.context.question
    said = [at for at, unit in enumerate(question.units) if unit.quantity is None and _is_in(unit.said, phrase)]
    said += [at for at, m in enumerate(question.mentions, len(question.units)) if _is_in(m.surface, phrase)]
    weights = np.array([asked.weights[at] for at in said])
    if not weights.sum():
        return np.zeros(len(asked.words.wordings.texts))
    found: NDArray[np.float64] = asked.worded[:, said] @ weights / weights.sum()
    return found


def _is_in(surface: str, phrase: Phrase) -> bool:
    return surface in ("".join(phrase.words[:LONGEST_LEAD]) if phrase.leads else phrase.text)


def _near(asked: Asked, phrase: Phrase) -> NDArray[np.float64]:
    """(texts,): how near in meaning each text is to a phrase."""
    import numpy as np

    said = [phrase.words[:count] for count in range(1, LONGEST_LEAD + 1)] if phrase.leads else [phrase.words]
    senses = [question_sense(" ".join(words)) for words in said]
    found: NDArray[np.float64] = np.maximum.reduce([asked.words.text_senses @ sense for sense in senses])
    return np.maximum(found, 0.0)


def _of_things(asked: Asked, of_texts: NDArray[np.float64]) -> NDArray[np.float64]:
    """(things + 1,): of each thing the most of the regions that have it; the last stands for what has no region."""
    import numpy as np

    found = np.zeros(len(asked.words.things) + 1)
    thing, text = asked.words.members
    np.maximum.at(found, thing, of_texts[text])
    return found


def _best(asked: Asked, of_texts: NDArray[np.float64]) -> float:
    return float(of_texts[asked.words.members[1]].max(initial=0.0))
