"""Phrase pairs of an aligned bitext (Och and Ney 2004): spans linked to each other and to nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from alignment import Ints
from bitext import Pair

Phrase = tuple[str, ...]
PhrasePair = tuple[Phrase, Phrase]
MAX_ENGLISH, MAX_CHINESE = 3, 4


@dataclass(frozen=True, slots=True)
class PhraseCounts:
    """How often phrases occur, how often they translate each other, and how often in a dictionary."""

    english: defaultdict[Phrase, float] = field(default_factory=lambda: defaultdict(float))
    chinese: defaultdict[Phrase, float] = field(default_factory=lambda: defaultdict(float))
    both: defaultdict[PhrasePair, float] = field(default_factory=lambda: defaultdict(float))
    listed: defaultdict[PhrasePair, float] = field(default_factory=lambda: defaultdict(float))


def count_phrases(pairs: list[Pair], links: Ints) -> PhraseCounts:
    """Phrase pairs of all pairs; `links` as in `Alignment`, sorted by sentence."""
    counts = PhraseCounts()
    starts = np.searchsorted(links[:, 0], np.arange(len(pairs) + 1)).tolist()
    places = links[:, 1:].tolist()
    for number, pair in enumerate(pairs):
        _count_spans(counts.english, pair.english, MAX_ENGLISH, pair.weight)
        _count_spans(counts.chinese, pair.chinese, MAX_CHINESE, pair.weight)
        for word in pair.kept:
            counts.english[(word,)] += pair.weight
        if pair.whole:
            counts.both[pair.english, pair.chinese] += pair.weight
            counts.listed[pair.english, pair.chinese] += pair.weight
        else:
            _count_linked(counts.both, pair, places[starts[number] : starts[number + 1]])
    return counts


def _count_spans(counts: defaultdict[Phrase, float], words: Phrase, longest: int, weight: float) -> None:
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            counts[words[start:end]] += weight


def _count_linked(counts: defaultdict[PhrasePair, float], pair: Pair, links: list[list[int]]) -> None:
    english, chinese = pair.english, pair.chinese
    to_chinese: list[list[int]] = [[] for _ in english]
    to_english: list[list[int]] = [[] for _ in chinese]
    for row, column in links:
        to_chinese[row].append(column)
        to_english[column].append(row)
    for start in range(len(english)):
        if not to_chinese[start]:
            continue
        low, high = len(chinese), -1
        for end in range(start, min(len(english), start + MAX_ENGLISH)):
            low, high = min([low, *to_chinese[end]]), max([high, *to_chinese[end]])
            if high - low >= MAX_CHINESE:
                break
            if not to_chinese[end]:
                continue
            if any(row < start or row > end for column in range(low, high + 1) for row in to_english[column]):
                continue
            ours = english[start : end + 1]
            counts[ours, chinese[low : high + 1]] += pair.weight
            # A neighbour without a link may belong to the phrase: 数据 of 数据 集, when "dataset" took 集.
            if high - low + 1 < MAX_CHINESE:
                if low > 0 and not to_english[low - 1]:
                    counts[ours, chinese[low - 1 : high + 1]] += pair.weight
                if high + 1 < len(chinese) and not to_english[high + 1]:
                    counts[ours, chinese[low : high + 2]] += pair.weight
            if start == end:
                if start > 0 and not to_chinese[start - 1]:
                    counts[english[start - 1 : end + 1], chinese[low : high + 1]] += pair.weight
                if end + 1 < len(english) and not to_chinese[end + 1]:
                    counts[english[start : end + 2], chinese[low : high + 1]] += pair.weight
