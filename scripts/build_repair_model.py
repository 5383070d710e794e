"""Learn ingest/data/repair_model.npz, the language model that mends text with lost bytes.

    python scripts/build_repair_model.py --parallel DOCS.tsv.xz TATOEBA.tsv.xz \
        --passages QA.jsonl.xz QA_XLING.jsonl.xz --words CEDICT.tsv.xz \
        --symbols ingest/data/repair_symbols.txt --out ingest/data/repair_model.npz

--parallel: columns en, zh, source (the zh column is used; a hash-selected 2% of its rows is held out, see
scripts/measure_repair.py, and no training sentence occurs in it). --passages: objects with q, p or qz, pz.
--words: columns glosses, simplified, traditional. Word frequencies come from the dictionary inside rjieba.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rjieba
from numpy.typing import NDArray

from ingest.repair_bytes import WINDOWS_1254
from ingest.repair_model import (
    BOUNDARY,
    ORDER,
    PROBABILITY_STEP,
    TOKEN_BITS,
    WEIGHT_STEP,
    WORD_LENGTH,
    classes,
    token,
)

Keys = NDArray[np.int64]
Floats = NDArray[np.float64]

HAN = re.compile("[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[^。！？；\n]+[。！？；\n]*")
HELD_OUT = 50  # one row in so many is held out
VOCABULARY = (1 << TOKEN_BITS) - 1
DICTIONARY_SHARE = 0.1  # weight of a dictionary occurrence of a word beside one in the training text
GLOSSARY_COUNT = 2  # occurrences granted to a headword that the dictionary inside rjieba lacks
SYMBOL_COUNT = 20  # occurrences granted to each line of the symbol list
COMMON_CHARACTERS = 3500  # characters tried as the last of a three-character word
# An n-gram stays when it changes the log-likelihood of the training text by at least so many nats.
THRESHOLDS = {2: 1.0, 3: 3.0, 4: 4.5}
ONE = np.int64(1)


def held_out(text: str) -> bool:
    """Whether a row of parallel text is kept for measuring, by its hash."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % HELD_OUT == 0


def parallel_rows(paths: Iterable[Path]) -> Iterator[str]:
    """The Chinese column, once per distinct text."""
    seen = set()
    for path in paths:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                text = line.rstrip("\n").split("\t")[1].strip()
                if text not in seen and HAN.search(text):
                    seen.add(text)
                    yield text


def passages(paths: Iterable[Path]) -> Iterator[str]:
    """Chinese questions and passages."""
    for path in paths:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                yield from (row[key] for key in ("p", "q", "pz", "qz") if HAN.search(row.get(key, "")))


def training_text(parallel: list[Path], others: list[Path]) -> list[str]:
    """Stretches of distinct sentences, none of which occurs in the held-out rows."""
    rows = list(parallel_rows(parallel))
    seen = {s.strip() for row in rows if held_out(row) for s in SENTENCE.findall(row)}
    stretches = []
    for row in itertools.chain((row for row in rows if not held_out(row)), passages(others)):
        stretch = ""
        for sentence in SENTENCE.findall(row):
            key = sentence.strip()
            if key in seen:
                stretches.append(stretch)
                stretch = ""
                continue
            if len(key) > 6:
                seen.add(key)
            stretch += sentence
        stretches.append(stretch)
    return [stretch for stretch in stretches if HAN.search(stretch)]


def headwords(path: Path) -> set[str]:
    """Simplified and traditional headwords of pure Chinese characters."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        fields = {word for line in lines for word in line.rstrip("\n").split("\t")[1:]}
    return {word for word in fields if re.fullmatch("[\u4e00-\u9fff]+", word)}


def dictionary(texts: list[str], glossary: set[str]) -> dict[str, int]:
    """Word -> occurrences, from the dictionary inside rjieba: it can be asked for words, not listed."""
    singles = {char: rjieba.suggest_freq(char) for char in map(chr, range(0x4E00, 0x9FA6)) if rjieba.has_word(char)}
    ranked = sorted(singles, key=lambda char: (-singles[char], char))
    # A frequency of one is what rjieba suggests for a character that never stands in its texts.
    usual = [char for char in ranked if singles[char] > 1][:7000]
    pairs = [a + b for a in usual for b in usual if rjieba.has_word(a + b)]
    triples = [pair + c for pair in pairs for c in usual[:COMMON_CHARACTERS] if rjieba.has_word(pair + c)]
    runs = {run for text in texts for run in re.findall("[\u4e00-\u9fff]{3,}", text)}
    windows = {run[i : i + n] for run in runs for n in (3, 4) for i in range(len(run) - n + 1)}
    words = {*ranked, *pairs, *triples, *(word for word in windows | glossary if rjieba.has_word(word))}
    found = {word: rjieba.suggest_freq(word) for word in words}
    return found | dict.fromkeys(glossary - words, GLOSSARY_COUNT)


def choose_vocabulary(texts: list[str], words: dict[str, int], symbols: list[str]) -> list[str]:
    """The class tokens, then the most frequent characters in code point order."""
    counts = Counter(char for text in texts for char in text)
    for word in words:
        counts.update(word)
    counts.update({char: SYMBOL_COUNT * 10**6 for line in symbols for char in line})
    usable = [c for c, n in counts.items() if n >= 2 and token(c) == c and not c.isascii() and ord(c) != 0xFFFD]
    usable.sort(key=lambda char: (-counts[char], char))
    return [*classes(), *sorted(usable[: VOCABULARY - len(classes())])]


def tokens_of(text: str, numbers: dict[str, int]) -> Keys:
    """Token numbers of a text; runs of one class (the tokens before '/') count once."""
    characters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    table = np.full(0x110000, numbers["S"], np.int64)
    for char in set(text):
        seen_as = token(char)
        table[ord(char)] = -1 if seen_as is None else numbers.get(seen_as, numbers["S"])
    found = table[characters]
    found = found[found >= 0]
    again = np.zeros(len(found), bool)
    again[1:] = (found[1:] == found[:-1]) & (found[1:] < len(classes()))
    return found[~again]


def grams(tokens: Keys, depth: int, *, across: bool) -> Keys:
    """Keys of the n-grams; a boundary stands at their ends only, or (across False) nowhere."""
    keys = np.zeros(len(tokens) - depth + 1, np.int64)
    keep = np.ones(len(keys), bool)
    for place in range(depth):
        column = tokens[place : len(tokens) - depth + 1 + place]
        keys = (keys << TOKEN_BITS) | column
        if not across or 0 < place < depth - 1:
            keep &= column != 0
    return keys[keep]


@dataclass(frozen=True, slots=True)
class Grams:
    """All n-grams of one depth, keys sorted."""

    keys: Keys
    counts: Floats
    chances: Floats  # interpolated Kneser-Ney probabilities
    backoffs: Floats  # as contexts of the next depth


def count(texts: list[str], words: Iterable[str], vocabulary: list[str]) -> list[tuple[Keys, Floats]]:
    """Counts per depth; each dictionary word adds one occurrence of the n-grams inside it."""
    numbers = {char: number for number, char in enumerate(vocabulary)}
    text = tokens_of("\n".join(texts), numbers)
    listed = tokens_of("\n".join(sorted(words)), numbers)
    counted = [(np.arange(len(vocabulary)), np.bincount(text, minlength=len(vocabulary)).astype(float))]
    for depth in range(2, ORDER + 1):
        keys, counts = np.unique(grams(text, depth, across=True), return_counts=True)
        extra = np.unique(grams(listed, depth, across=False))
        merged, place = np.unique(np.concatenate([keys, extra]), return_inverse=True)
        weights = np.concatenate([counts, np.ones(len(extra))])
        counted.append((merged, np.bincount(place, weights=weights)))
    return counted


def continuation_counts(counted: list[tuple[Keys, Floats]]) -> list[Floats]:
    """Below the highest depth: how many distinct tokens precede an n-gram (its count where none can)."""
    adjusted = []
    for depth in range(1, ORDER):
        keys, counts = counted[depth - 1]
        endings, left = np.unique(counted[depth][0] & ((ONE << TOKEN_BITS * depth) - 1), return_counts=True)
        distinct = np.zeros(len(keys))
        distinct[np.searchsorted(keys, endings)] = left
        opening = (keys >> TOKEN_BITS * (depth - 1)) == 0
        adjusted.append(distinct if depth == 1 else np.where(opening | (distinct == 0), counts, distinct))
    return [*adjusted, counted[-1][1]]


def kneser_ney(counted: list[tuple[Keys, Floats]]) -> list[Grams]:
    """Interpolated modified Kneser-Ney estimates of every depth."""
    adjusted = continuation_counts(counted)
    chances = [(adjusted[0] + 0.2) / (adjusted[0] + 0.2).sum()]
    backoffs = []
    for depth in range(2, ORDER + 1):
        keys, counts = counted[depth - 1][0], adjusted[depth - 1]
        n = [float((counts == k).sum()) for k in range(5)]
        scale = n[1] / (n[1] + 2 * n[2])
        steps = np.array([0.0, *(k - (k + 1) * scale * n[k + 1] / n[k] for k in (1, 2, 3))])
        discounts = steps[np.minimum(counts, 3).astype(int)]
        lower_keys = counted[depth - 2][0]
        context = np.searchsorted(lower_keys, keys >> TOKEN_BITS)
        total = np.bincount(context, counts, len(lower_keys))
        held = np.bincount(context, discounts, len(lower_keys))
        backoff = np.divide(held, total, out=np.ones_like(held), where=total > 0)
        ending = np.searchsorted(lower_keys, keys & ((ONE << TOKEN_BITS * (depth - 1)) - 1))
        chances.append((counts - discounts) / total[context] + backoff[context] * chances[-1][ending])
        backoffs.append(backoff)
    backoffs.append(np.ones(len(counted[-1][0])))
    return [Grams(k, c, p, b) for (k, c), p, b in zip(counted, chances, backoffs, strict=True)]


def losable(vocabulary: list[str]) -> NDArray[np.bool_]:
    """Which tokens can lose a byte; an n-gram of others never tells two readings apart."""
    return np.array([any(byte in WINDOWS_1254.dropped for byte in char.encode()) for char in vocabulary])


def prune(levels: list[Grams], vocabulary: list[str]) -> list[Grams]:
    """The n-grams worth storing, deepest first decided, with back-off weights that make up for the others."""
    damaged = losable(vocabulary)
    kept = [np.ones(len(level.keys), bool) for level in levels]
    backoffs = [level.backoffs.copy() for level in levels]
    for depth in range(ORDER, 1, -1):
        level, lower = levels[depth - 1], levels[depth - 2]
        places = [(level.keys >> TOKEN_BITS * place) & VOCABULARY for place in range(depth)]
        telling = np.logical_or.reduce([damaged[place] for place in places])
        context = np.searchsorted(lower.keys, level.keys >> TOKEN_BITS)
        ending = np.searchsorted(lower.keys, level.keys & ((ONE << TOKEN_BITS * (depth - 1)) - 1))
        backed = lower.backoffs[context] * lower.chances[ending]
        worth = level.counts * np.abs(np.log(level.chances / backed)) >= THRESHOLDS[depth]
        keep = telling & worth
        if depth < ORDER:  # a stored n-gram needs its context stored
            keep[np.searchsorted(level.keys, levels[depth].keys[kept[depth]] >> TOKEN_BITS)] = True
        kept[depth - 1] = keep
        present = keep | ~telling
        spent = np.bincount(context[present], level.chances[present], len(lower.keys))
        covered = np.bincount(context[present], lower.chances[ending[present]], len(lower.keys))
        rest = np.clip(1 - spent, 1e-6, 1) / np.clip(1 - covered, 1e-6, 1)
        backoffs[depth - 2] = np.where(np.bincount(context, minlength=len(lower.keys)) > 0, rest, 1.0)
    return [
        Grams(level.keys[k], level.counts[k], level.chances[k], b[k])
        for level, k, b in zip(levels, kept, backoffs, strict=True)
    ]


def trie_level(name: str, parents: Keys, keys: Keys) -> dict[str, NDArray[np.generic]]:
    """Stored form of one level: children per parent, and the last token of each node."""
    owner = np.searchsorted(parents, keys >> TOKEN_BITS)
    children = np.bincount(owner, minlength=len(parents))
    return {
        f"{name}_children": children.astype(np.uint16),
        f"{name}_token": (keys & VOCABULARY).astype(np.uint16),
    }


def stored_grams(levels: list[Grams]) -> dict[str, NDArray[np.generic]]:
    """The n-gram tries with scores in steps of PROBABILITY_STEP nats below zero."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for depth, level in enumerate(levels, start=1):
        if depth > 1:
            arrays |= trie_level(f"gram{depth}", levels[depth - 2].keys, level.keys)
        arrays[f"gram{depth}_score"] = _steps(level.chances)
        if depth < ORDER:
            arrays[f"gram{depth}_backoff"] = _steps(np.minimum(level.backoffs, 1.0))
    return arrays


def _steps(chances: Floats) -> NDArray[np.uint8]:
    return np.clip(np.rint(-np.log(chances) / PROBABILITY_STEP), 0, 255).astype(np.uint8)


def word_weights(texts: list[str], words: dict[str, int], vocabulary: list[str]) -> dict[str, float]:
    """Weights of words (up to WORD_LENGTH characters) and other tokens, in occurrences."""
    weights: dict[str, float] = defaultdict(float)
    for text in texts:
        for word in rjieba.cut(text, False):
            if HAN.match(word):
                weights[word] += 1
            else:
                for seen_as in filter(None, map(token, word)):
                    weights[seen_as] += 1
    for word, occurrences in words.items():
        weights[word] += DICTIONARY_SHARE * occurrences
    known = set(vocabulary)
    return {w: n for w, n in weights.items() if len(w) <= WORD_LENGTH and known.issuperset(w)}


def stored_words(weights: dict[str, float], vocabulary: list[str]) -> dict[str, NDArray[np.generic]]:
    """The word trie; a weight of 0 marks a node that is no word."""
    numbers = {char: number for number, char in enumerate(vocabulary)}
    by_key: list[dict[int, float]] = [
        dict.fromkeys(range(len(vocabulary)), 0.0),
        *({} for _ in range(WORD_LENGTH - 1)),
    ]
    for word, weight in sorted(weights.items()):
        key = 0
        for depth, char in enumerate(word):
            key = key << TOKEN_BITS | numbers[char]
            by_key[depth].setdefault(key, 0.0)
        by_key[len(word) - 1][key] = weight
    arrays: dict[str, NDArray[np.generic]] = {}
    levels = [np.array(sorted(nodes), np.int64) for nodes in by_key]
    for depth, (keys, nodes) in enumerate(zip(levels, by_key, strict=True), start=1):
        if depth > 1:
            arrays |= trie_level(f"word{depth}", levels[depth - 2], keys)
        values = np.array([nodes[int(key)] for key in keys])
        steps = np.rint(np.log(np.maximum(values, 1.0)) / WEIGHT_STEP).clip(1, 255)
        arrays[f"word{depth}_weight"] = np.where(values == 0, 0, steps).astype(np.uint8)
    return arrays


def main() -> None:
    """Read, count, prune, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--parallel", "--passages"):
        parser.add_argument(option, type=Path, nargs="+", required=True)
    for option in ("--words", "--symbols", "--out"):
        parser.add_argument(option, type=Path, required=True)
    options = parser.parse_args()
    texts = training_text(options.parallel, options.passages)
    symbols = options.symbols.read_text(encoding="utf-8").split("\n")
    symbols = [line for line in symbols if line and not line.startswith(BOUNDARY)]
    words = dictionary(texts, headwords(options.words))
    texts += symbols * SYMBOL_COUNT
    vocabulary = choose_vocabulary(texts, words, symbols)
    levels = prune(kneser_ney(count(texts, words, vocabulary)), vocabulary)
    weights = word_weights(texts, words, vocabulary)
    arrays = stored_grams(levels) | stored_words(weights, vocabulary)
    code_points = [ord(char) for char in vocabulary[len(classes()) :]]
    with options.out.open("wb") as file:
        np.savez_compressed(file, code_points=np.array(code_points, np.uint32), **arrays)  # type: ignore[arg-type]
    kept = " ".join(str(len(level.keys)) for level in levels)
    print(f"{len(vocabulary)} tokens; n-grams {kept}; {len(weights)} words; {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
