"""Reading aligned Chinese-English text as sequences of content words, as the lexicon's keys spell them."""

from __future__ import annotations

import hashlib
import lzma
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import rjieba

from rag.text.language import HAN, stop_words
from rag.text.normalise import unify
from rag.text.stem import stem

# Code, paths, addresses, formulas: the same in both languages, so there is nothing to learn from them.
_CODE = re.compile(r"`[^`]*`|\$[^$]*\$|https?://\S+|\S*[_/\\]\S*|[.:]\w+")
_WORD = re.compile(rf"([{HAN}]+)|(?<![\w.])([A-Za-z]+)(?![A-Za-z]*[\d_])")
_CHINESE_STOPS = stop_words("zh")
_ENGLISH_STOPS = stop_words("en") | {stem(word) for word in stop_words("en")}
# Pairs longer than this are sections, not sentences; their alignment is mostly noise.
_MAX_WORDS = 80
_BRACKETED = re.compile(r"\([^)]*\)|\[[^\]]*\]")
# Glosses that say what kind of word it is instead of translating it.
_NO_TRANSLATION = re.compile(r"variant of|surname|CL:|abbr\.|used in|classifier|see also")


@dataclass(frozen=True, slots=True)
class Pair:
    """Content words of a sentence in both languages, less the words that are the same in both (`kept`).

    `whole`: the two sides translate each other as wholes (a dictionary entry), with `weight` occurrences.
    """

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    kept: tuple[str, ...] = ()
    weight: float = 1.0
    whole: bool = False


def held_out(english: str) -> bool:
    """Whether a pair belongs to the development set: 1 of 64, chosen by hash, never trained on."""
    return hashlib.sha1(english.encode()).digest()[0] < 4


def read_rows(path: Path) -> Iterator[tuple[str, str]]:
    """(English, Chinese) of each row of an xz-compressed table with these as its first columns."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            english, chinese = line.rstrip("\n").split("\t")[:2]
            yield english, chinese


def chinese_words(text: str) -> tuple[list[str], set[str]]:
    """Chinese content words in order, and the stems of the Latin words among them."""
    words: list[str] = []
    latin: set[str] = set()
    for match in _WORD.finditer(_CODE.sub(" ", unify(text))):
        if match[1]:
            words += [word for word in rjieba.cut(match[1], False) if word not in _CHINESE_STOPS]
        else:
            latin.add(stem(match[2].lower()))
    return words, latin


def english_words(text: str) -> list[str]:
    """Stems of the English content words in order."""
    found = (match[2] for match in _WORD.finditer(_CODE.sub(" ", unify(text))) if match[2])
    stems = (stem(word.lower()) for word in found)
    return [word for word in stems if len(word) > 1 and word not in _ENGLISH_STOPS]


def parallel_pairs(paths: list[Path]) -> list[Pair]:
    """Training pairs of aligned texts, each text pair once."""
    pairs: list[Pair] = []
    seen: set[tuple[str, str]] = set()
    for path in paths:
        for english, chinese in read_rows(path):
            if (english, chinese) in seen or held_out(english):
                continue
            seen.add((english, chinese))
            theirs, latin = chinese_words(chinese)
            words = english_words(english)
            ours = tuple(word for word in words if word not in latin)
            if 0 < len(ours) <= _MAX_WORDS and 0 < len(theirs) <= _MAX_WORDS:
                pairs.append(Pair(ours, tuple(theirs), tuple(word for word in words if word in latin)))
    return pairs


def dictionary_pairs(path: Path) -> list[Pair]:
    """A pair for each gloss of CC-CEDICT (columns: glosses, simplified, ...).

    An entry counts as many times as the logarithm of its frequency in general Chinese (rjieba's), less for
    each gloss before it: 价格 is the usual word for price, 价目 is not.
    """
    pairs: list[Pair] = []
    for glosses, simplified in read_rows(path):
        words, latin = chinese_words(simplified)
        if latin or not 0 < len(words) <= 4:
            continue
        frequency = math.log(2 + rjieba.suggest_freq(simplified)) if rjieba.has_word(simplified) else 0.7
        for rank, gloss in enumerate(glosses.split(";"), start=1):
            if _NO_TRANSLATION.search(gloss):
                continue
            english = english_words(_BRACKETED.sub(" ", gloss).split(",")[0])
            if 0 < len(english) <= 3:
                pairs.append(Pair(tuple(english), tuple(words), (), frequency / (1.5 * rank), True))
    return pairs
