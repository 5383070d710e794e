"""The language model behind the repair: character 4-grams, and words of up to four characters.

The two see different things. The 4-grams (interpolated modified Kneser-Ney: Chen and Goodman 1999) know
phrases; the words know where a character may stand alone, which 4-grams cannot tell when the neighbours
are new to them. Both are tries stored level by level; a state is the path of node numbers, so one step
costs one look-up per level.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ORDER: Final = 4
WORD_LENGTH: Final = 4
TOKEN_BITS: Final = 13
PROBABILITY_STEP: Final = 1 / 12  # nats in one step of a stored log probability
WEIGHT_STEP: Final = 1 / 4  # nats in one step of a stored word weight
WORD_SHARE: Final = 0.8  # weight of the word model's log probability beside the 4-grams', tuned on clean notes

BOUNDARY: Final = "^"
_CLASSES: Final = (BOUNDARY, "A", "0", "S", "-", ".", "/", "%", "+", "=")
_FULL_WIDTH: Final = dict(zip(",:;!?()[]{}<>\"'", "，：；！？（）（）（）（）““", strict=True))
_UNSEEN: Final = frozenset(" *`_~\u00a0\u3000")  # spacing and emphasis part no words
_PARTING: Final = frozenset("\n\t|#")
_UNSEEN_WORD: Final = 0.3  # weight of a character that the word list lacks, in counts


def token(char: str) -> str | None:
    """What the model sees of a character: itself, or a class (Latin, digit, symbol); None is unseen."""
    if char in _UNSEEN:
        return None
    if char in _PARTING:
        return BOUNDARY
    if not char.isascii():
        return char
    if char.isalpha():
        return "A"
    if char.isdigit():
        return "0"
    return _FULL_WIDTH.get(char, char if char in _CLASSES else "S")


def classes() -> tuple[str, ...]:
    """The tokens that are no characters of their own; they take the first numbers of every vocabulary."""
    return _CLASSES


@dataclass(frozen=True, slots=True)
class Level:
    """The nodes of one depth of a trie, sorted by (parent, token)."""

    keys: Ints  # parent node << TOKEN_BITS | token

    def find(self, parents: Ints, tokens: Ints) -> Ints:
        """Node numbers of the children, -1 where there is none (or no parent: -1)."""
        wanted = (parents << TOKEN_BITS) | tokens
        place = np.searchsorted(self.keys, wanted)
        place[place == len(self.keys)] = 0
        return np.where(self.keys[place] == wanted, place, -1)


@dataclass(frozen=True, slots=True)
class State:
    """What M hypotheses remember, one row each."""

    grams: Ints  # (M, ORDER - 1) nodes of the last 1, 2, 3 tokens; -1 is none
    words: Ints  # (M, WORD_LENGTH) nodes of the word begun 1, 2, ... characters ago
    lengths: Floats  # (M, WORD_LENGTH) probability that the current word is so long so far

    def rows(self, index: Ints) -> State:
        return State(self.grams[index], self.words[index], self.lengths[index])


@dataclass(frozen=True, slots=True)
class Model:
    """Log probabilities of the next token given a state."""

    vocabulary: dict[str, int]
    characters: tuple[str, ...]
    gram_levels: tuple[Level, ...]  # depths 2..ORDER
    gram_scores: tuple[Floats, ...]  # depths 1..ORDER, nats
    backoffs: tuple[Floats, ...]  # depths 1..ORDER-1, nats
    word_levels: tuple[Level, ...]  # depths 2..WORD_LENGTH
    word_shares: tuple[Floats, ...]  # depths 1..: P(next character | word so far)
    word_ends: tuple[Floats, ...]  # depths 1..: P(the word ends here | word so far)

    def start(self, rows: int) -> State:
        """`rows` hypotheses that stand at a boundary."""
        grams = np.full((rows, ORDER - 1), -1, np.int64)
        words = np.full((rows, WORD_LENGTH), -1, np.int64)
        lengths = np.zeros((rows, WORD_LENGTH))
        grams[:, 0] = words[:, 0] = 0
        lengths[:, 0] = 1.0
        return State(grams, words, lengths)

    def step(self, state: State, tokens: Ints) -> tuple[Floats, State]:
        """Scores (M,) of the tokens and the states after them. Row i of `state` goes with `tokens[i]`."""
        gram_scores, grams = self._gram_step(state.grams, tokens)
        word_scores, words, lengths = self._word_step(state, tokens)
        return gram_scores + WORD_SHARE * word_scores, State(grams, words, lengths)

    def _gram_step(self, contexts: Ints, tokens: Ints) -> tuple[Floats, Ints]:
        scores = self.gram_scores[0][tokens]
        nodes = np.empty_like(contexts)
        nodes[:, 0] = tokens
        for depth, level in enumerate(self.gram_levels):
            context = contexts[:, depth]
            found = level.find(context, tokens)
            lower = scores + np.where(context >= 0, self.backoffs[depth][context], 0.0)
            scores = np.where(found >= 0, self.gram_scores[depth + 1][found], lower)
            if depth + 1 < ORDER - 1:
                nodes[:, depth + 1] = found
        return scores, nodes

    def _word_step(self, state: State, tokens: Ints) -> tuple[Floats, Ints, Floats]:
        nodes = np.empty_like(state.words)
        lengths = np.zeros_like(state.lengths)
        nodes[:, 0] = tokens
        ended = state.lengths[:, -1].copy()
        for depth, level in enumerate(self.word_levels):
            node, share = state.words[:, depth], state.lengths[:, depth]
            ended += share * np.where(node >= 0, self.word_ends[depth][node], 1.0)
            found = level.find(node, tokens)
            nodes[:, depth + 1] = found
            lengths[:, depth + 1] = np.where(found >= 0, share * self.word_shares[depth + 1][found], 0.0)
        lengths[:, 0] = ended * self.word_shares[0][tokens]
        total = lengths.sum(axis=1)
        return np.log(total), nodes, lengths / total[:, None]


@lru_cache(maxsize=1)
def load() -> Model:
    """The model that ships with the package (about 100 ms, once a process)."""
    with as_file(files("ingest") / "data" / "repair_model.npz") as path, np.load(path) as stored:
        return unpack(dict(stored))


def unpack(stored: dict[str, NDArray[np.generic]]) -> Model:
    """A model from its stored arrays; `scripts/build_repair_model.py` writes them."""
    code_points = stored["code_points"].astype(np.int64).tolist()
    characters = (*_CLASSES, *map(chr, code_points))
    gram_levels = [_level(stored, f"gram{depth}") for depth in range(2, ORDER + 1)]
    word_levels = [_level(stored, f"word{depth}") for depth in range(2, WORD_LENGTH + 1)]
    shares, ends = _word_chances(
        word_levels, [_weights(stored[f"word{depth}_weight"]) for depth in range(1, WORD_LENGTH + 1)]
    )
    return Model(
        {char: number for number, char in enumerate(characters)},
        characters,
        tuple(gram_levels),
        tuple(_nats(stored[f"gram{depth}_score"]) for depth in range(1, ORDER + 1)),
        tuple(_nats(stored[f"gram{depth}_backoff"]) for depth in range(1, ORDER)),
        tuple(word_levels),
        tuple(shares),
        tuple(ends),
    )


def _nats(stored: NDArray[np.generic]) -> Floats:
    return stored.astype(np.float64) * -PROBABILITY_STEP


def _weights(stored: NDArray[np.generic]) -> Floats:
    return np.where(stored.astype(np.int64) == 0, 0.0, np.exp(stored.astype(np.float64) * WEIGHT_STEP))


def _level(stored: dict[str, NDArray[np.generic]], name: str) -> Level:
    children = stored[f"{name}_children"].astype(np.int64)
    parents = np.repeat(np.arange(len(children), dtype=np.int64), children)
    return Level((parents << TOKEN_BITS) | stored[f"{name}_token"].astype(np.int64))


def _word_chances(levels: list[Level], weights: list[Floats]) -> tuple[list[Floats], list[Floats]]:
    """Per node: its share of its parent's weight, and the chance that the word ends there."""
    weights = [weights[0] + _UNSEEN_WORD, *weights[1:]]
    totals = list(weights)
    for depth in range(len(levels) - 1, -1, -1):
        parents = levels[depth].keys >> TOKEN_BITS
        totals[depth] = weights[depth] + np.bincount(parents, totals[depth + 1], len(weights[depth]))
    shares = [totals[0] / totals[0].sum()]
    for depth, level in enumerate(levels):
        shares.append(totals[depth + 1] / totals[depth][level.keys >> TOKEN_BITS])
    return shares, [weight / total for weight, total in zip(weights, totals, strict=True)]
