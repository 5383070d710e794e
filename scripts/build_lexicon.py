"""Build rag/text/data/lexicon.bin from aligned text and CC-CEDICT; deterministic, some minutes on one core.

    PYTHONPATH=. python scripts/build_lexicon.py CEDICT.tsv.xz rag/text/data/lexicon.bin PARALLEL.tsv.xz...

Words are aligned, phrases extracted, and each term keeps the translations it most often has. A weight is the
fourth root of p(translation | term): scoring a term by its best weighted translation wants rarer synonyms
nearly as high as the usual word, since what the document says is one of them. A translation of more words
than the term, which scores as their sum, is divided by the square root of the excess. measure_lexicon.py
decided both.
"""

from __future__ import annotations

import struct
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from alignment import Alignment, align
from bitext import dictionary_pairs, parallel_pairs
from phrases import Phrase, PhraseCounts, PhrasePair, count_phrases

from rag.text.lexicon import MAGIC
from rag.text.stem import roots

_POWER = 0.25
_MAX_TRANSLATIONS = 6
# A translation is dropped when rarer than this among a term's, or hardly likelier than by chance.
_MIN_PROBABILITY, _MIN_LIFT = 0.002, 8.0
# Counts below which a word pair and a phrase pair are noise, unless a dictionary lists them.
_MIN_COUNT, _MIN_PHRASE_COUNT = 0.3, 3.0
# A word pair is also noise when seen less than this and rarer than this share of the English word.
_RARE_COUNT, _RARE_SHARE = 1.5, 0.05
# A derived word (cheapest) seen less often is left to the lexicon's fallback on its root.
_DERIVED_COUNT = 5
# Share of the dictionary in p(translation), for what aligned texts about software do not mean by a word; its
# counts are squared, since a word's usual translation is worth more than a list of rare ones.
_DICTIONARY_SHARE, _SHARPNESS = 0.05, 2
# Phrase pairs are believed when each is at least this likely given the other.
_PHRASE_BACK = 0.2
# A phrase is a term of its own when a translation of it is this likely; listed ones compete with synonyms.
_PHRASE_PROBABILITY, _LISTED_PROBABILITY = 0.4, 0.3
# A translation of several words for one word is believed when this likely ...
_LONG_PROBABILITY = 0.3
# ... and when half as likely as one of its own words, it replaces the word, unless that word is as good as
# bound to the term (集 to dataset, whereas open is anything but bound to 开源).
_HALF, _BOUND = 0.5, 0.3


@dataclass(frozen=True, slots=True)
class Evidence:
    """p(translation | term) and p(term | translation)."""

    likely: float
    back: float


# The translations of each term.
Candidates = dict[Phrase, dict[Phrase, Evidence]]


def gather(alignment: Alignment, phrases: PhraseCounts) -> tuple[Candidates, Candidates]:
    """All believable translations, English to Chinese and Chinese to English."""
    counts = _word_counts(alignment, phrases)
    for pair, count in phrases.both.items():
        if max(map(len, pair)) > 1 and (count >= _MIN_PHRASE_COUNT or pair in phrases.listed):
            counts[pair] = count
    english_listed, chinese_listed = _listed_totals(phrases)
    forward: Candidates = defaultdict(dict)
    backward: Candidates = defaultdict(dict)
    for (english, chinese), count in counts.items():
        listed = phrases.listed.get((english, chinese), 0.0)
        given_english = _mixed(count, phrases.english[english], listed, english_listed.get(english, 0.0))
        given_chinese = _mixed(count, phrases.chinese[chinese], listed, chinese_listed.get(chinese, 0.0))
        if _believable(english, chinese, given_english, given_chinese, listed > 0):
            forward[english][chinese] = Evidence(given_english, given_chinese)
        if _believable(chinese, english, given_chinese, given_english, listed > 0):
            backward[chinese][english] = Evidence(given_chinese, given_english)
    _drop_derived(forward, phrases)
    return forward, backward


def _drop_derived(forward: Candidates, phrases: PhraseCounts) -> None:
    """Leave out words too rare to be aligned well if the lexicon falls back on their roots."""
    listed = {english for english, _ in phrases.listed}
    for term in [term for term in forward if len(term) == 1 and term not in listed]:
        if phrases.english[term] < _DERIVED_COUNT and any((root,) in forward for root in roots(term[0])):
            del forward[term]


def _word_counts(alignment: Alignment, phrases: PhraseCounts) -> dict[PhrasePair, float]:
    """Expected counts of pairs of single words, without noise."""
    total = sum(count for phrase, count in phrases.english.items() if len(phrase) == 1)
    counts: dict[PhrasePair, float] = {}
    for number in np.flatnonzero(alignment.counts > _MIN_COUNT / 2).tolist():
        english = (alignment.english[alignment.pair_english[number]],)
        chinese = (alignment.chinese[alignment.pair_chinese[number]],)
        count = float(alignment.counts[number])
        occurrences = phrases.english[english]
        least = max(_MIN_COUNT, min(_RARE_COUNT, _RARE_SHARE * occurrences))
        chance = occurrences * phrases.chinese[chinese] / total
        if (english, chinese) in phrases.listed or count >= max(least, _MIN_LIFT * chance):
            counts[english, chinese] = count
    return counts


def _listed_totals(phrases: PhraseCounts) -> tuple[dict[Phrase, float], dict[Phrase, float]]:
    english_totals: defaultdict[Phrase, float] = defaultdict(float)
    chinese_totals: defaultdict[Phrase, float] = defaultdict(float)
    for (english, chinese), count in phrases.listed.items():
        english_totals[english] += count**_SHARPNESS
        chinese_totals[chinese] += count**_SHARPNESS
    return english_totals, chinese_totals


def _mixed(count: float, occurrences: float, listed: float, listed_total: float) -> float:
    """The share of a translation among all, a dictionary's opinion mixed in where there is one."""
    observed = min(1.0, count / occurrences)
    if not listed_total:
        return observed
    return (1 - _DICTIONARY_SHARE) * observed + _DICTIONARY_SHARE * listed**_SHARPNESS / listed_total


def _believable(term: Phrase, other: Phrase, likely: float, back: float, listed: bool) -> bool:
    if len(term) == len(other) == 1:
        return likely >= _MIN_PROBABILITY
    if len(term) > 1:
        return likely >= (_LISTED_PROBABILITY if listed else _PHRASE_PROBABILITY) and back >= _PHRASE_BACK
    return likely >= _LONG_PROBABILITY and back >= _PHRASE_BACK


def select(candidates: Candidates) -> dict[str, list[tuple[str, float]]]:
    """The translations that each term keeps, with their weights, best first."""
    chosen: dict[str, list[tuple[str, float]]] = {}
    for term in sorted(candidates):
        found = _without_parts(candidates[term])
        if len(term) > 1 and _compositional(term, found, candidates):
            continue
        ranked = sorted((-_weight(term, other, found[other].likely), " ".join(other)) for other in found)
        chosen[" ".join(term)] = [(other, -weight) for weight, other in ranked[:_MAX_TRANSLATIONS]]
    return chosen


def _weight(term: Phrase, other: Phrase, likely: float) -> float:
    excess = max(1.0, len(other) / len(term))
    return float(likely**_POWER / excess**0.5)


def _without_parts(found: dict[Phrase, Evidence]) -> dict[Phrase, Evidence]:
    """Of a longer translation and its own parts, those that carry the meaning."""
    dropped = set()
    for longer in (other for other in found if len(other) > 1):
        for other in found:
            if set(other) < set(longer):
                if found[longer].likely < _HALF * found[other].likely:
                    dropped.add(longer)
                elif found[other].back < _BOUND:
                    dropped.add(other)
    return {other: evidence for other, evidence in found.items() if other not in dropped}


def _compositional(term: Phrase, found: dict[Phrase, Evidence], candidates: Candidates) -> bool:
    """Whether two parts of a phrase say as much one after the other, so that it need not be a term."""
    likeliest: Phrase = max(found, key=lambda other: (found[other].likely, other))
    best = set(likeliest)
    for middle in range(1, len(term)):
        left = {word for other in candidates.get(term[:middle], {}) for word in other}
        right = {word for other in candidates.get(term[middle:], {}) for word in other}
        if len(best) > 1 and best <= left | right and best & left and best & right:
            return True
    return False


def write(path: Path, translations: dict[str, list[tuple[str, float]]]) -> int:
    """Write the table that `rag.text.lexicon` describes; returns its size in bytes."""
    names = {*translations, *(other for row in translations.values() for other, _ in row)}
    terms = sorted(name.encode() for name in names)
    number = {term: position for position, term in enumerate(terms)}
    rows = [translations.get(term.decode(), []) for term in terms]
    entries = [(number[other.encode()], max(1, round(weight * 255))) for row in rows for other, weight in row]
    table = b"".join(
        [
            MAGIC,
            struct.pack("<2I", len(terms), len(entries)),
            np.cumsum([0, *map(len, terms)]).astype("<u4").tobytes(),
            np.cumsum([0, *map(len, rows)]).astype("<u4").tobytes(),
            np.array([entry for entry, _ in entries], "<u4").tobytes(),
            np.array([weight for _, weight in entries], "u1").tobytes(),
            *terms,
        ]
    )
    path.write_bytes(table)
    return len(table)


def main(cedict: str, output: str, *parallel: str) -> None:
    pairs = parallel_pairs([Path(path) for path in parallel])
    listed = dictionary_pairs(Path(cedict))
    # A gloss of several words for one Chinese word cannot be aligned word by word.
    alignable = pairs + [pair for pair in listed if len(pair.english) == 1 or len(pair.chinese) > 1]
    unalignable = [pair for pair in listed if not (len(pair.english) == 1 or len(pair.chinese) > 1)]
    print(f"{len(pairs)} aligned texts, {len(listed)} glosses", flush=True)
    alignment = align(alignable)
    phrases = count_phrases(alignable + unalignable, alignment.links)
    forward, backward = gather(alignment, phrases)
    translations = select(forward) | select(backward)
    size = write(Path(output), translations)
    print(f"{len(translations)} terms, {size / 1e6:.1f} MB -> {output}")


if __name__ == "__main__":
    main(*sys.argv[1:])
