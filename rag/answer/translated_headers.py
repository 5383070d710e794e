"""Headers of the notes that a question says in its own language: "training device" over a column 训练设备."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rag.text.language import stop_words
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk
from rag.text.stem import stem
from rag.text.tokenise import word_spans, words

SURE = 0.15
"""Least weight of a translation that may word a header."""
MOST_WORDS = 4
"""Words of a question that say one header."""
MOST_HEADERS = 3000
"""Headers that are looked at: of a larger corpus none is."""


@dataclass(frozen=True, slots=True)
class _Header:
    """A header as written and as a question says it, and its words, English in their stems."""

    written: str
    normal: str
    words: frozenset[str]


class TranslatedHeaders:
    """The headers of one language, to be found in questions of the other."""

    def __init__(self, headers: Mapping[str, frozenset[str]]) -> None:
        self._given = headers

    @cached_property
    def _by_word(self) -> Mapping[str, frozenset[_Header]]:
        """A word, or its stem, -> the headers that have it."""
        found: dict[str, set[_Header]] = defaultdict(set)
        for said, every in self._given.items() if len(self._given) <= MOST_HEADERS else ():
            own = tuple(word for word in words(said) if word not in stop_words("en") and word not in stop_words("zh"))
            if all(has_cjk(word) == has_cjk(said) for word in own):
                for word in own:
                    found[_root(word)] |= {_Header(written, said, frozenset(map(_root, own))) for written in every}
        return {word: frozenset(headers) for word, headers in found.items()}

    def found(self, normal: str, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[frozenset[str], int, int]]:
        """(headers, start, end) of every run of words of a normalised question that says all of a header's words.

        Not within the stretches that are `taken`.
        """
        spans = [
            (start, end) for start, end in word_spans(normal)
            if normal[start:end].strip() and not any(start < last and first < end for first, last in taken)
        ]  # fmt: skip
        at = 0
        while at < len(spans):
            size, headers = self._best(normal, spans[at : at + MOST_WORDS])
            if headers:
                yield headers, spans[at][0], spans[at + size - 1][1]
            at += max(size, 1)

    def of(self, said: str) -> frozenset[str]:
        """The headers of the other language that a header as written says."""
        spans = [(start, end) for start, end in word_spans(said) if said[start:end].strip()]
        size, headers = self._best(said, spans) if 1 < len(spans) <= MOST_WORDS else (0, frozenset[str]())
        return headers if size == len(spans) else frozenset()

    def _best(self, normal: str, spans: Sequence[tuple[int, int]]) -> tuple[int, frozenset[str]]:
        """How many of the words say headers, the most of them first, and which headers; (0, none) where none does."""
        for size in range(len(spans), 0, -1):
            if any(one[1] + 1 < other[0] for one, other in pairwise(spans[:size])):
                continue
            found = self._said([normal[start:end] for start, end in spans[:size]])
            if found:
                return size, frozenset(header.written for header in found)
        return 0, frozenset()

    def _said(self, said: Sequence[str]) -> frozenset[_Header]:
        """The headers of the other language each word of which is said, and which all of what is said words."""
        found: frozenset[_Header] | None = None
        forms: set[str] = set()
        for word in said:
            if word in stop_words("en") or word in stop_words("zh"):
                return frozenset()
            every = _translated(word)
            held = frozenset[_Header]().union(*(self._by_word.get(form, frozenset()) for form in every))
            found = held if found is None else found & held
            forms |= every
            if not found:
                return frozenset()
        other = not has_cjk(said[0])
        return frozenset(h for h in found or () if has_cjk(h.normal) == other and h.words <= forms)


def _translated(word: str) -> frozenset[str]:
    """What a word may be in the other language, English in its stem."""
    every = Lexicon.load().translate(_root(word))
    return frozenset(_root(translation.term) for translation in every if translation.weight >= SURE)


def _root(word: str) -> str:
    return stem(word) if word.isascii() else word
