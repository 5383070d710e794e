"""Build rag/text/data/lexicon.bin from aligned text and CC-CEDICT; deterministic, some minutes on one core.

    PYTHONPATH=. python scripts/build_lexicon.py CEDICT.tsv.xz rag/text/data/lexicon.bin PARALLEL.tsv.xz...

Words are aligned, phrases extracted, and each term keeps the translations it most often has. A weight is the
fourth root of p(translation | term): scoring a term by its best weighted translation wants rarer synonyms
nearly as high as the usual word, since what the document says is one of them (see measure_lexicon.py).
"""

from __future__ import annotations

import struct
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from alignment import Alignment, align
from bitext import dictionary_pairs, parallel_pairs
from phrases import Phrase, PhraseCounts, count_phrases

from rag.text.lexicon import MAGIC

_POWER = 0.25
_MAX_TRANSLATIONS = 6
# A translation is dropped when rarer than this among a term's, or hardly likelier than by chance.
_MIN_PROBABILITY, _MIN_LIFT = 0.002, 8.0
# Expected count below which a word pair is noise, and count below which a phrase pair that no dictionary lists is.
_MIN_COUNT, _MIN_PHRASE_COUNT = 0.3, 3.0
# Phrase pairs are believed when each is at least this likely given the other.
_PHRASE_BACK = 0.1
# A phrase is a term of its own when a translation of it is this likely; listed ones compete with synonyms.
_PHRASE_PROBABILITY, _LISTED_PROBABILITY = 0.3, 0.1
# A translation of several words for one word is believed when this likely ...
_LONG_PROBABILITY = 0.15
# ... and replaces its own words unless they are more than twice as likely (集 by 数据 集 for dataset).
_MUCH_LIKELIER = 2.0

# p(translation) of each term
Candidates = dict[Phrase, dict[Phrase, float]]


def word_candidates(alignment: Alignment, phrases: PhraseCounts) -> tuple[Candidates, Candidates]:
    """p(translation | word) of single words, English to Chinese and the reverse."""
    forward: Candidates = defaultdict(dict)
    backward: Candidates = defaultdict(dict)
    kept = np.flatnonzero(alignment.counts > _MIN_COUNT)
    total = sum(count for phrase, count in phrases.english.items() if len(phrase) == 1)
    for number in kept.tolist():
        english = (alignment.english[alignment.pair_english[number]],)
        chinese = (alignment.chinese[alignment.pair_chinese[number]],)
        count = float(alignment.counts[number])
        occurrences, chinese_occurrences = phrases.english[english], phrases.chinese[chinese]
        if count * total < _MIN_LIFT * occurrences * chinese_occurrences:
            continue
        forward[english][chinese] = count / occurrences
        backward[chinese][english] = count / chinese_occurrences
    return forward, backward


def phrase_candidates(phrases: PhraseCounts) -> tuple[Candidates, Candidates]:
    """p(translation | phrase) where either side has several words, English to Chinese and the reverse."""
    forward: Candidates = defaultdict(dict)
    backward: Candidates = defaultdict(dict)
    for (english, chinese), count in phrases.both.items():
        listed = (english, chinese) in phrases.listed
        if len(english) == len(chinese) == 1 or (count < _MIN_PHRASE_COUNT and not listed):
            continue
        given_english, given_chinese = count / phrases.english[english], count / phrases.chinese[chinese]
        if min(given_english, given_chinese) < _MIN_PROBABILITY:
            continue
        for term, other, likely, back in (
            (english, chinese, given_english, given_chinese),
            (chinese, english, given_chinese, given_english),
        ):
            certain = _LISTED_PROBABILITY if listed else _PHRASE_PROBABILITY
            needed = certain if len(term) > 1 else _LONG_PROBABILITY
            if likely >= needed and back >= _PHRASE_BACK:
                (forward if term is english else backward)[term][other] = likely
    return forward, backward


def select(words: Candidates, phrases: Candidates) -> dict[str, list[tuple[str, float]]]:
    """The translations that each term keeps, with their weights, best first."""
    chosen: dict[str, list[tuple[str, float]]] = {}
    for term in sorted(words.keys() | phrases.keys()):
        found = _without_rivals({**words.get(term, {}), **phrases.get(term, {})})
        if len(term) > 1 and _compositional(term, found, words):
            continue
        ranked = sorted(((-likely, " ".join(other)) for other, likely in found.items() if likely >= _MIN_PROBABILITY))
        if ranked:
            chosen[" ".join(term)] = [(other, min(1.0, -p) ** _POWER) for p, other in ranked[:_MAX_TRANSLATIONS]]
    return chosen


def _without_rivals(found: dict[Phrase, float]) -> dict[Phrase, float]:
    """Of a translation and a longer one that holds it, the likelier: the longer one unless it is far rarer."""
    dropped = set()
    for longer in (other for other in found if len(other) > 1):
        for other in found:
            if other != longer and set(other) < set(longer):
                dropped.add(longer if found[other] > _MUCH_LIKELIER * found[longer] else other)
    return {other: likely for other, likely in found.items() if other not in dropped}


def _compositional(term: Phrase, found: dict[Phrase, float], words: Candidates) -> bool:
    """Whether the words of a phrase say as much one by one, so that it need not be a term."""
    if not found:
        return True
    best = max(found, key=lambda other: (found[other], other))
    known = {other[0] for word in term for other in words.get((word,), {})}
    return len(best) >= len(term) and known.issuperset(best)


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
    forward_words, backward_words = word_candidates(alignment, phrases)
    forward_phrases, backward_phrases = phrase_candidates(phrases)
    translations = select(forward_words, forward_phrases) | select(backward_words, backward_phrases)
    size = write(Path(output), translations)
    print(f"{len(translations)} terms, {size / 1e6:.1f} MB -> {output}")


if __name__ == "__main__":
    main(*sys.argv[1:])
