"""Headers of the notes that a question says in its own language: "training device" over a column 训练设备."""

from __future__ import annotations

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
    """A header as written, and its words in order."""

    written: str
    normal: str
    words: tuple[str, ...]


class TranslatedHeaders:
    """The headers of several words of one language, to be found in questions of the other."""

    def __init__(self, headers: Mapping[str, frozenset[str]]) -> None:
        self._given = headers

    @cached_property
    def _headers(self) -> Sequence[_Header]:
        if len(self._given) > MOST_HEADERS:
            return ()
        found = []
        for said, every in sorted(self._given.items()):
            own = tuple(word for word in words(said) if word not in stop_words("en") and word not in stop_words("zh"))
            if own and (len(own) > 1 or len(said) > 1) and all(has_cjk(word) == has_cjk(said) for word in own):
                found += [_Header(written, said, own) for written in sorted(every)]
        return found

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
            said = [normal[start:end] for start, end in spans[:size]]
            if any(word in stop_words("en") or word in stop_words("zh") for word in said):
                continue
            forms = [_forms(word) for word in said]
            found = frozenset(header.written for header in self._headers if _says(forms, said, header))
            if found:
                return size, found
        return 0, frozenset()


def _forms(word: str) -> frozenset[str]:
    """What a word may be in the other language."""
    root = stem(word) if word.isascii() else word
    every = Lexicon.load().translate(root)
    return frozenset(translation.term for translation in every if translation.weight >= SURE)


def _says(forms: Sequence[frozenset[str]], said: Sequence[str], header: _Header) -> bool:
    """Whether every word says one of the header and every word of the header is said."""
    if has_cjk(said[0]) == has_cjk(header.normal):
        return False
    hit: set[str] = set()
    for every in forms:
        own = {word for word in header.words if any(_alike(form, word) for form in every)}
        if not own:
            return False
        hit |= own
    return hit == set(header.words)


def _alike(form: str, word: str) -> bool:
    """Whether a translation is a word of a header, in whatever inflection."""
    return form == word or (form.isascii() and form == stem(word))
