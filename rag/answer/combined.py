"""Picks of one sheet taken together: each says something of the question that the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from rag.answer.choice_asked import Asked
from rag.answer.matches import Op
from rag.answer.picks import Pick

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_PAIRED = 10
"""Picks of one sheet that are combined with each other, those that say most of the question."""
MOST_PAIRS = 16
MOST_IN_THREES = 8
"""Picks of one sheet of which three are taken together."""
MOST_THREES = 6
ADDS = 0.06
"""Share of the question that a pick must say besides, where no word of it does."""
LEAST_MET = 0.08
"""Share of the question that an unworded header must come near."""
_NEVER = (Op.FILLED, Op.BLANK)
_UNWORDED = (Op.YES, Op.NO, Op.NEAR)


def combined(asked: Asked, found: Sequence[Pick]) -> Iterator[tuple[Pick, ...]]:
    """Two or three picks of one sheet that each say something that the others do not."""
    import numpy as np

    firm = [pick for pick in found if pick.op not in _NEVER and (pick.explained or pick.op in _UNWORDED)]
    if len(firm) < 2:
        return
    said = _said(asked, firm)
    shares = said.sum(1)
    order = [at for at in np.argsort(-shares, kind="stable").tolist() if firm[at].explained or shares[at] >= LEAST_MET]
    order = order[:MOST_PAIRED]
    if len(order) < 2:
        return
    firm, said, shares = [firm[at] for at in order], said[order], shares[order]
    both = np.maximum(said[:, None], said[None]).sum(2)
    gains = (both - np.maximum(shares[:, None], shares[None])).tolist()
    apart = [[_differ(one, other) for other in firm] for one in firm]
    pairs = [
        (-both[one, other], one, other)
        for one, other in combinations(range(len(firm)), 2)
        if apart[one][other] and (gains[one][other] >= ADDS or _each_words(firm[one], firm[other]))
    ]
    for _, one, other in sorted(pairs)[:MOST_PAIRS]:
        yield firm[one], firm[other]
    yield from _threes(firm[:MOST_IN_THREES], said[:MOST_IN_THREES], both, apart)


def _threes(
    firm: Sequence[Pick], said: NDArray[np.float64], both: NDArray[np.float64], apart: Sequence[Sequence[bool]]
) -> Iterator[tuple[Pick, ...]]:
    """Three picks each of which adds to the other two."""
    import numpy as np

    threes = [
        (one, other, third)
        for one, other, third in combinations(range(len(firm)), 3)
        if apart[one][other] and apart[one][third] and apart[other][third]
    ]
    if not threes:
        return
    at = np.array(threes)
    every = np.maximum.reduce([said[at[:, 0]], said[at[:, 1]], said[at[:, 2]]]).sum(1)
    without = np.maximum.reduce([both[at[:, 0], at[:, 1]], both[at[:, 0], at[:, 2]], both[at[:, 1], at[:, 2]]])
    order = np.argsort(-every, kind="stable")
    for one, other, third in [threes[number] for number in order.tolist() if every[number] - without[number] >= ADDS][
        :MOST_THREES
    ]:
        yield firm[one], firm[other], firm[third]


def _said(asked: Asked, picks: Sequence[Pick]) -> NDArray[np.float64]:
    """(picks, words and slots): the share of the question that each says by meaning, and by its words."""
    import numpy as np

    met = asked.alignment.each_met_by([pick.tokens for pick in picks]) * asked.alignment.weights
    slots = np.zeros((len(picks), len(asked.weights)))
    total = sum(asked.weights) or 1.0
    for number, pick in enumerate(picks):
        for at, share in pick.explained.items():
            slots[number, at] = share * asked.weights[at] / total
    return np.concatenate([met.astype(np.float64), slots], 1)


def _differ(one: Pick, other: Pick) -> bool:
    """Whether two picks are of different headers, or the two ends of a range."""
    within = {one.op, other.op} == {Op.ABOVE, Op.BELOW}
    return one.attribute != other.attribute or one.op is Op.SAID or within


def _each_words(one: Pick, other: Pick) -> bool:
    return bool(other.explained.keys() - one.explained.keys() and one.explained.keys() - other.explained.keys())
