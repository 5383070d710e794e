"""Features of list readings: whether what the question denies is what their picks leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.answer.choice_asked import Asked
from rag.answer.matches import Op
from rag.answer.ways import Ways
from rag.question.denial import denies_itself

if TYPE_CHECKING:
    from rag.answer.picks import Pick
    from rag.answer.ways import Columns

NAMES = (
    "denied_left_out", "denied_picked", "plain_left_out", "plain_picked",
    "denied_slot_left_out", "denied_slot_picked", "plain_slot_left_out", "plain_slot_picked",
    "denials", "denial_unmet",
)  # fmt: skip
_LEAVING_OUT = (Op.NO, Op.BLANK, Op.NOT_VALUE)


def denial(asked: Asked, ways: Ways) -> Columns:
    """How much of what is denied, and of what is not, the picks that leave something out speak of, and the others.

    By meaning, as a share of the question, and by the slots that are worded.
    """
    import numpy as np

    leaving = np.array([*(leaves_out(pick) for pick in ways.picks), False])
    none = np.array([*(False for _ in ways.picks), True])
    texts = {tokens: at for at, tokens in enumerate(dict.fromkeys((*(pick.tokens for pick in ways.picks),)))}
    met = asked.alignment.each_met_by(list(texts)) * asked.alignment.weights
    by_text = np.stack([met @ asked.denied_words, met @ (1 - asked.denied_words)], 1) if len(texts) else met
    of_pick = np.zeros((len(ways.picks) + 1, 4))
    slots = np.array(asked.denied_slots)
    of_pick[:-1, :2] = by_text[[texts[pick.tokens] for pick in ways.picks]]
    for number, pick in enumerate(ways.picks):
        for at, share in pick.explained.items():
            of_pick[number, 2] = max(of_pick[number, 2], share * slots[at])
            of_pick[number, 3] = max(of_pick[number, 3], share * (1 - slots[at]))
    found: Columns = {}
    for part, (denied, plain) in enumerate((("denied", "plain"), ("denied_slot", "plain_slot"))):
        for name, column in ((denied, 2 * part), (plain, 2 * part + 1)):
            found[f"{name}_left_out"] = ways.most(of_pick[:, column] * leaving)
            found[f"{name}_picked"] = ways.most(of_pick[:, column] * ~(leaving | none))
    denials = float(asked.denied_words.max(initial=0.0))
    found["denials"] = np.full(len(ways.counts), denials)
    found["denial_unmet"] = denials * (1 - ways.most(leaving.astype(np.float64)))
    return found


def leaves_out(pick: Pick) -> bool:
    """Whether a pick takes what lacks something: a cross, unless its header itself denies."""
    marked = pick.op in (Op.YES, Op.NO)
    return (pick.op in _LEAVING_OUT) != (marked and denies_itself(pick.attribute))
