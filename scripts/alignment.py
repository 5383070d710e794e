"""Word alignment of a bitext: two IBM Model 1s with a diagonal prior, trained to agree.

Each direction explains every word of one side by a word of the other or by nothing (Brown et al. 1993); words
near the diagonal are preferred (as in fast_align, Dyer et al. 2013); after some rounds alone, both directions
are trained on the product of their posteriors (alignment by agreement, Liang et al. 2006), which rids them of
the words that collect everything rare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from bitext import Pair
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Steepness of the diagonal prior; Chinese and English order differ too much for fast_align's 4.
_DIAGONAL = 3.0
_ROUNDS_ALONE, _ROUNDS_AGREEING = 3, 4
# Prior mass of a word that nothing explains, against the best position.
_NOTHING = 0.1
# Taken off each expected count, and added to each total: what was seen once is believed less.
_DISCOUNT, _SMOOTHING = 0.02, 0.3
# A link: one direction is fairly sure and the other not against it, or both are moderately so.
_SURE, _NOT_AGAINST, _BOTH = 0.5, 0.02, 0.2


@dataclass(frozen=True, slots=True)
class Alignment:
    """Expected counts of word pairs, and the links: (sentence, English position, Chinese position) rows."""

    english: list[str]
    chinese: list[str]
    pair_english: Ints
    pair_chinese: Ints
    counts: Floats
    links: Ints


class _Cells:
    """Every (English word, Chinese word) of every sentence, as flat arrays."""

    def __init__(self, pairs: list[Pair]) -> None:
        self.english = sorted({word for pair in pairs for word in pair.english})
        self.chinese = sorted({word for pair in pairs for word in pair.chinese})
        english_number = {word: number for number, word in enumerate(self.english)}
        chinese_number = {word: number for number, word in enumerate(self.chinese)}
        self.english_words = np.array([english_number[word] for pair in pairs for word in pair.english], np.int64)
        self.chinese_words = np.array([chinese_number[word] for pair in pairs for word in pair.chinese], np.int64)
        rows = np.array([len(pair.english) for pair in pairs])
        columns = np.array([len(pair.chinese) for pair in pairs])
        weights = np.array([pair.weight for pair in pairs])
        cells = rows * columns
        self.sentence = np.repeat(np.arange(len(pairs)), cells)
        within = np.arange(cells.sum()) - (np.cumsum(cells) - cells)[self.sentence]
        self.row, self.column = np.divmod(within, columns[self.sentence])
        self.english_place = (np.cumsum(rows) - rows)[self.sentence] + self.row
        self.chinese_place = (np.cumsum(columns) - columns)[self.sentence] + self.column
        self.weight = weights[self.sentence]
        self.size = np.sqrt(cells)[self.sentence]
        distance = (self.row + 0.5) / rows[self.sentence] - (self.column + 0.5) / columns[self.sentence]
        self.prior = np.exp(-_DIAGONAL * np.abs(distance))
        keys = self.english_words[self.english_place] * len(self.chinese) + self.chinese_words[self.chinese_place]
        kinds, self.kind = np.unique(keys, return_inverse=True)
        self.pair_english, self.pair_chinese = np.divmod(kinds, len(self.chinese))
        self.english_share = _share(self.english_words, np.repeat(weights, rows))
        self.chinese_share = _share(self.chinese_words, np.repeat(weights, columns))

    def count(self, posterior: Floats) -> Floats:
        """Expected count of each kind of cell."""
        return np.bincount(self.kind, posterior * self.weight, len(self.pair_english)).astype(np.float64)

    def conditionals(self, counts: Floats) -> tuple[Floats, Floats]:
        """p(Chinese | English) and p(English | Chinese) of each kind of cell."""
        counts = np.maximum(counts - _DISCOUNT, 1e-9)
        english = np.bincount(self.pair_english, counts)[self.pair_english]
        chinese = np.bincount(self.pair_chinese, counts)[self.pair_chinese]
        return counts / (english + _SMOOTHING), counts / (chinese + _SMOOTHING)

    def posteriors(self, chinese_given: Floats, english_given: Floats) -> tuple[Floats, Floats]:
        """Of each cell: that its English word explains its Chinese word, and the reverse."""
        return (
            _normalised(
                chinese_given[self.kind] * self.prior,
                self.chinese_place,
                self.chinese_share,
                self.chinese_words,
            ),
            _normalised(
                english_given[self.kind] * self.prior,
                self.english_place,
                self.english_share,
                self.english_words,
            ),
        )


def align(pairs: list[Pair]) -> Alignment:
    """Train on `pairs`; memory: about 130 bytes for each word pair of each sentence (6 GB here)."""
    cells = _Cells(pairs)
    counts = cells.count(1 / cells.size)
    english = np.bincount(cells.pair_english, counts)[cells.pair_english]
    chinese = np.bincount(cells.pair_chinese, counts)[cells.pair_chinese]
    # Starting from association instead of co-occurrence saves some rounds.
    association = np.log1p(counts * counts.sum() / (english * chinese))
    chinese_given, english_given = counts / english * association, counts / chinese * association
    for round_number in range(_ROUNDS_ALONE + _ROUNDS_AGREEING):
        forward, backward = cells.posteriors(chinese_given, english_given)
        if round_number < _ROUNDS_ALONE:
            chinese_given = cells.conditionals(cells.count(forward))[0]
            english_given = cells.conditionals(cells.count(backward))[1]
        else:
            chinese_given, english_given = cells.conditionals(cells.count(forward * backward))
    forward, backward = cells.posteriors(chinese_given, english_given)
    agreed = forward * backward
    either = np.maximum(forward, backward) > _SURE
    linked = (either & (np.minimum(forward, backward) > _NOT_AGAINST)) | (agreed > _BOTH)
    links = np.stack([cells.sentence[linked], cells.row[linked], cells.column[linked]], axis=1)
    return Alignment(cells.english, cells.chinese, cells.pair_english, cells.pair_chinese, cells.count(agreed), links)


def _share(words: Ints, weights: Floats) -> Floats:
    counts = np.bincount(words, weights)
    share: Floats = counts / counts.sum()
    return share


def _normalised(scores: Floats, place: Ints, share: Floats, words: Ints) -> Floats:
    """Scores as shares of all explanations of the word at `place`, nothing among them."""
    totals = np.bincount(place, scores, len(words)) + _NOTHING * share[words]
    return scores / totals[place]
