"""Choose among the candidates of damaged characters by context: beam search over stretches of a text.

Stretches between which enough intact characters lie cannot influence each other, so all are searched at once,
in step, as rows of the same arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.repair_model import ORDER, WORD_LENGTH, Ints, Model, State

Floats = NDArray[np.float64]

BEAM: Final = 10  # hypotheses kept a stretch; 16 finds the same text
_LEAD_IN: Final = WORD_LENGTH + 1  # intact tokens read before a damaged one, so that the word model knows where it is
_DEAD: Final = -np.inf


@dataclass(frozen=True, slots=True)
class Found:
    """The best reading: one token a position, and its probability among the candidates there (intact: 1)."""

    tokens: Ints  # (positions,)
    certainty: Floats  # (positions,)


def search(model: Model, positions: Sequence[Ints], favours: Mapping[int, Floats]) -> Found:
    """The best token at each position, out of the candidates (token numbers) given for it; one means intact.

    `favours` holds, for some positions, nats to add to the score of each candidate.
    The first and the last position must be intact (boundaries).
    """
    best = np.array([candidates[0] for candidates in positions], np.int64)
    stretches = _stretches(positions)
    if stretches:
        _Search(model, positions, favours, stretches).run(best)
    return Found(best, _certainty(model, positions, favours, best))


def _stretches(positions: Sequence[Ints]) -> list[tuple[int, int]]:
    """First and last position of each independent stretch, longest first."""
    joined: list[list[int]] = []
    for place, candidates in enumerate(positions):
        if len(candidates) > 1:
            if joined and place - joined[-1][1] <= _LEAD_IN + ORDER:
                joined[-1][1] = place
            else:
                joined.append([place, place])
    last = len(positions) - 1
    spans = [(max(0, first - _LEAD_IN), min(last, end + ORDER)) for first, end in joined]
    return sorted(spans, key=lambda span: (span[0] - span[1], span[0]))


class _Search:
    """Beams of all stretches: arrays of (stretches, beam)."""

    def __init__(
        self,
        model: Model,
        positions: Sequence[Ints],
        favours: Mapping[int, Floats],
        stretches: list[tuple[int, int]],
    ) -> None:
        self._model = model
        self._positions = positions
        self._favours = favours
        self._first = np.array([first for first, _ in stretches])
        self._length = np.array([last - first + 1 for first, last in stretches])
        self._history: list[tuple[Ints, Ints]] = []  # per step: hypothesis it came from, token

    def run(self, best: Ints) -> None:
        """Write the best tokens of every stretch into `best`."""
        rows = len(self._first)
        state = self._model.start(rows)
        owner = np.arange(rows)  # stretch of each live hypothesis, ascending
        scores = np.zeros(rows)
        for step in range(int(self._length.max())):
            running = self._length[owner] > step
            state, owner, scores = state.rows(np.flatnonzero(running)), owner[running], scores[running]
            origin = np.flatnonzero(running)
            hypothesis, tokens, favour = self._expand(owner, step)
            gain, grown = self._model.step(state.rows(hypothesis), tokens)
            total = scores[hypothesis] + gain + favour
            kept = _select(owner[hypothesis], total, grown)
            state, owner, scores = grown.rows(kept), owner[hypothesis[kept]], total[kept]
            self._history.append((origin[hypothesis[kept]], tokens[kept]))
            self._finish(step, owner, scores, best)

    def _expand(self, owner: Ints, step: int) -> tuple[Ints, Ints, Floats]:
        """Every hypothesis with every candidate at its next position: hypothesis numbers, tokens, favours."""
        places = (self._first[owner] + step).tolist()
        choices = [self._positions[place] for place in places]
        sizes = np.array([len(choice) for choice in choices])
        return (
            np.repeat(np.arange(len(owner)), sizes),
            np.concatenate(choices),
            _favour(self._favours, places, sizes),
        )

    def _finish(self, step: int, owner: Ints, scores: Floats, best: Ints) -> None:
        ending = np.flatnonzero(self._length[owner] == step + 1)
        # Within a stretch the hypotheses stand best first.
        stretches, tops = np.unique(owner[ending], return_index=True)
        for stretch, hypothesis in zip(stretches.tolist(), ending[tops].tolist(), strict=True):
            for back in range(step, -1, -1):
                origins, tokens = self._history[back]
                best[self._first[stretch] + back] = tokens[hypothesis]
                hypothesis = int(origins[hypothesis])


def _select(owner: Ints, scores: Floats, state: State) -> Ints:
    """The hypotheses to keep, by stretch and falling score: of equal states the best, of the rest BEAM."""
    order = np.lexsort((-scores, owner))
    last_tokens = state.words[order]  # not the nodes of depth 1 alone: an unknown word still tells its last token
    signature = np.concatenate([owner[order, None], state.grams[order], last_tokens], axis=1)
    _, first = np.unique(signature, axis=0, return_index=True)
    order = order[np.sort(first)]
    _, starts, sizes = np.unique(owner[order], return_index=True, return_counts=True)
    rank = np.arange(len(order)) - np.repeat(starts, sizes)
    return order[rank < BEAM]


def _favour(favours: Mapping[int, Floats], places: list[int], sizes: Ints) -> Floats:
    return np.concatenate(
        [favours[p] if p in favours else np.zeros(size) for p, size in zip(places, sizes.tolist(), strict=True)]
    )


def _certainty(model: Model, positions: Sequence[Ints], favours: Mapping[int, Floats], best: Ints) -> Floats:
    """Probability of the chosen candidate, all other positions being as chosen."""
    certainty = np.ones(len(best))
    damaged = [place for place, candidates in enumerate(positions) if len(candidates) > 1]
    if not damaged:
        return certainty
    sizes = np.array([len(positions[place]) for place in damaged])
    places = np.repeat(damaged, sizes)
    tokens = np.concatenate([positions[place] for place in damaged])
    state = model.start(len(places))
    scores = _favour(favours, damaged, sizes)
    padded = np.concatenate([np.zeros(ORDER, np.int64), best, np.zeros(ORDER, np.int64)])
    for offset in range(-ORDER, ORDER):
        gain, state = model.step(state, tokens if offset == 0 else padded[places + ORDER + offset])
        scores += gain
    starts = np.flatnonzero(np.diff(places, prepend=-1))
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(places))))
    weights = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
    chances = weights / np.add.reduceat(weights, starts)[group]
    chosen = tokens == best[places]
    certainty[places[chosen]] = chances[chosen]
    return certainty
