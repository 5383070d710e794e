"""The bilingual lexicon: what a Chinese or English term is called in the other language.

`data/lexicon.bin`, written by `scripts/build_lexicon.py`, is one sorted table of terms, read in place:

    8 bytes    magic
    2 x u32    number of terms T, number of translations N       (little-endian throughout)
    T+1 x u32  where each term's UTF-8 bytes begin in the text    (terms sorted by their bytes)
    T+1 x u32  where each term's translations begin
    N x u32    translation: number of its term
    N x u8     weight * 255
    text
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files

from rag.text.language import is_cjk
from rag.text.stem import roots

MAGIC = b"LEXICON1"
SURE_TRANSLATION = 0.45
"""Weight from which a translated word counts as the word itself, for what sort of thing is meant."""
MAX_PHRASE = 4
# How far before a long word the search cut puts its parts.
_PARTS_BEFORE = 3
# A derived word's translation usually holds its root's: 最便宜 for cheapest, 便宜 for cheap.
_DERIVED_WEIGHT = 0.8
_U32 = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Translation:
    """A term in `tokenise` form; one of several tokens joins them with spaces. `weight` is in (0, 1]."""

    term: str
    weight: float


class Lexicon:
    """Translations of tokens and phrases, both ways. Safe to share between threads."""

    def __init__(self, table: bytes | mmap.mmap) -> None:
        if table[: len(MAGIC)] != MAGIC:
            raise ValueError(f"not a lexicon: begins with {table[: len(MAGIC)]!r}; build it with build_lexicon.py")
        terms: int
        entries: int
        terms, entries = struct.unpack_from("<2I", table, len(MAGIC))
        self._table = table
        self._terms = terms
        self._offsets = len(MAGIC) + 8
        self._firsts = self._offsets + 4 * (terms + 1)
        self._entries = self._firsts + 4 * (terms + 1)
        self._weights = self._entries + 4 * entries
        self._text = self._weights + entries
        self._lookup = lru_cache(maxsize=4096)(self._find)
        self._held = lru_cache(maxsize=4096)(self._is_held)

    @classmethod
    def load(cls) -> Lexicon:
        """The lexicon in use: that of the package, mapped into memory once a process, unless `using` says another."""
        chosen = _in_use.get()
        return chosen if chosen is not None else _load()

    @classmethod
    def empty(cls) -> Lexicon:
        """A lexicon without a term."""
        return _empty()

    def __len__(self) -> int:
        """Number of terms, translations among them."""
        return self._terms

    def translate(self, term: str) -> tuple[Translation, ...]:
        """At most six translations of a token, or of a phrase of tokens joined by spaces, best first.

        An unknown English word has those of the word it derives from (cheapest: cheap), at a lower weight.
        """
        return self._lookup(term)

    def expand(self, tokens: Sequence[str]) -> list[tuple[str, tuple[Translation, ...]]]:
        """Query units with their translations: the longest known phrase at each place, else the token alone.

        A document's score for a unit is meant to be the best of the unit itself and its weighted
        translations; a unit or translation of several tokens is scored as the sum of its tokens.
        Words inside a longer known word come without translations; they would mislead (下文 of 上下文).
        """
        units: list[tuple[str, tuple[Translation, ...]]] = []
        start = 0
        while start < len(tokens):
            for length in range(min(MAX_PHRASE, len(tokens) - start), 0, -1):
                term = " ".join(tokens[start : start + length])
                found = self._lookup(term)
                if found or length == 1:
                    break
            start += length
            if found and any(term in later and self._lookup(later) for later in _longer(term, tokens, start)):
                found = ()
            units.append((term, found))
        return units

    def holds(self, term: str) -> bool:
        """Whether a token is a word of its language: one of its translations is translated by it.

        A name that was aligned with some word by chance is not.
        """
        return self._held(term)

    def _is_held(self, term: str) -> bool:
        own = {term, *(roots(term) if term.isascii() and term.isalpha() else ())}
        return any(
            not own.isdisjoint(back.term.split(" "))
            for translation in self._lookup(term)
            for back in self._lookup(translation.term)
        )

    def _find(self, term: str) -> tuple[Translation, ...]:
        found = self._read(term)
        if found or not term.isascii() or not term.isalpha():
            return found
        derived = next(filter(None, map(self._read, roots(term))), ())
        return tuple(Translation(root.term, root.weight * _DERIVED_WEIGHT) for root in derived)

    def _read(self, term: str) -> tuple[Translation, ...]:
        key = term.encode()
        low, high = 0, self._terms
        while low < high:
            middle = (low + high) // 2
            if self._term(middle) < key:
                low = middle + 1
            else:
                high = middle
        if low == self._terms or self._term(low) != key:
            return ()
        first, last = struct.unpack_from("<2I", self._table, self._firsts + 4 * low)
        return tuple(
            Translation(
                self._term(_U32.unpack_from(self._table, self._entries + 4 * entry)[0]).decode(),
                self._table[self._weights + entry] / 255,
            )
            for entry in range(first, last)
        )

    def _term(self, number: int) -> bytes:
        start, end = struct.unpack_from("<2I", self._table, self._offsets + 4 * number)
        return self._table[self._text + start : self._text + end]


@contextmanager
def using(lexicon: Lexicon) -> Iterator[None]:
    """Let `Lexicon.load` give `lexicon` to whatever runs within, in this thread."""
    token = _in_use.set(lexicon)
    try:
        yield
    finally:
        _in_use.reset(token)


def _longer(term: str, tokens: Sequence[str], start: int) -> Iterator[str]:
    """The Chinese tokens right behind `term` that may hold it: the search cut gives a word's parts first."""
    if is_cjk(term[0]):
        yield from (token for token in tokens[start : start + _PARTS_BEFORE] if len(token) > len(term))


@cache
def _empty() -> Lexicon:
    return Lexicon(MAGIC + bytes(4 * 4))  # no terms, no translations, and both tables of beginnings end at 0


@cache
def _load() -> Lexicon:
    with as_file(files(__package__).joinpath("data/lexicon.bin")) as path, path.open("rb") as file:
        return Lexicon(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


_in_use: ContextVar[Lexicon | None] = ContextVar("lexicon", default=None)
