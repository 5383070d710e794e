"""The names of a corpus by how they sound, in pinyin and by their consonants; made when first asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Protocol

from rag.text import sounds
from rag.text.lexicon import Lexicon
from rag.text.name_words import FEWEST_CONSONANTS, SHORTEST_READ, SHORTEST_SPELT
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.types import Entity

_LATIN = re.compile("[a-z]+")
_HAN = re.compile("[一-鿿]+")


class Heard(Protocol):
    """Names by their sound."""

    def read(self, pinyin: str) -> tuple[str, ...]:
        """Chinese names, or the Chinese part of mixed ones, that are read so (toneless, no spaces)."""
        ...

    def heard(self, chinese: str) -> tuple[str, ...]:
        """Words of Latin names that the Chinese characters may spell: names of one word, others no everyday words."""
        ...


def heard_in(chinese: str, spelt: Callable[[str, str], Iterable[tuple[str, str]]]) -> tuple[str, ...]:
    """The words that Chinese characters may spell; `spelt` gives (word, sound) for a first letter and consonants."""
    found = {
        word
        for sound in sounds.heard(chinese)
        if len(key := sounds.consonants(sound)) >= FEWEST_CONSONANTS
        for letter in sounds.first_letters(sound)
        for word, latin in spelt(letter, key)
        if sounds.alike(sound, latin)
    }
    return tuple(sorted(found))


def may_be_spelt(word: str, *, alone: bool) -> bool:
    """Whether a word of a name may stand for it: a name of one word, or no everyday word."""
    return alone or not Lexicon.load().translate(stem(word))


class Sounding:
    """Names by their sound. Safe to share between threads: made twice at worst, with the same outcome."""

    def __init__(self, names: Mapping[str, Entity]) -> None:
        self._names = names
        self._spelt_by_letter: dict[str, dict[str, list[tuple[str, str]]]] = {}

    def read(self, pinyin: str) -> tuple[str, ...]:
        """Chinese names, or the Chinese part of mixed ones, that are read so (toneless, no spaces)."""
        return self._readings.get(pinyin, ())

    def heard(self, chinese: str) -> tuple[str, ...]:
        """Words of Latin names that the Chinese characters may spell: names of one word, others no everyday words."""
        return heard_in(chinese, lambda letter, key: self._spelt(letter).get(key, ()))

    @cached_property
    def _readings(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = defaultdict(set)
        for key in self._names:
            for run in _HAN.findall(key) if has_cjk(key) else ():
                for reading in sounds.readings(run) if len(run) >= SHORTEST_READ else ():
                    found[reading].add(run)
        return {reading: tuple(sorted(runs)) for reading, runs in found.items()}

    def _spelt(self, letter: str) -> dict[str, list[tuple[str, str]]]:
        """(word, sound) of the Latin words that begin with `letter`, by the consonants of the sound."""
        if letter not in self._spelt_by_letter:
            found: dict[str, list[tuple[str, str]]] = defaultdict(list)
            for word, alone in sorted(self._words.get(letter, {}).items()):
                for spelt in sounds.spelt(word) if may_be_spelt(word, alone=alone) else ():
                    found[sounds.consonants(spelt)].append((word, spelt))
            self._spelt_by_letter[letter] = dict(found)
        return self._spelt_by_letter[letter]

    @cached_property
    def _words(self) -> dict[str, dict[str, bool]]:
        """Latin words of names by their first letter, and whether one is a name by itself."""
        found: dict[str, dict[str, bool]] = defaultdict(dict)
        for entity in {entity.name: entity for entity in self._names.values()}.values():
            for alias in entity.aliases:
                words = _LATIN.findall(normalise(alias))
                for word in words:
                    if len(word) >= SHORTEST_SPELT:
                        kept = found[word[0]]
                        kept[word] = kept.get(word, False) or len(words) == 1
        return dict(found)
