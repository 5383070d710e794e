"""The sort of thing that a list question asks for, held against what words the places of the notes.

"Which hosts ..." asks for what stands in the table of hosts, whatever columns other tables have. What words a region
(its heading, the line that leads in to it, the header of its first column) says what sort of thing stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.answer.choice_asked import Asked
from rag.answer.sheets import Sheet
from rag.question.scope import Phrase, sorts
from rag.retrieve.sense import nearness, question_sense, text_sense

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
    texts = asked.words.wordings.texts
    return np.array([max(nearness(sense, text_sense(text.tokens)) for sense in senses) for text in texts])
