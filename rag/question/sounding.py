"""The names of a corpus by how they sound, in pinyin and by their consonants; made when first asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from rag.text import sounds
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.types import Entity

SHORTEST_NAME = 2
"""Characters of a Chinese name whose reading is looked up."""
SHORTEST_SPELT = 4
"""Letters of a Latin word that Chinese characters may spell."""
FEWEST_CONSONANTS = 3
"""Consonants that two names must share to be one."""
_LATIN = re.compile("[a-z]+")
_HAN = re.compile("[一-鿿]+")


class Sounding:
    """Names by their sound. Safe to share between threads: made twice at worst, with the same outcome."""

    def __init__(self, names: Mapping[str, Entity]) -> None:
        self._names = names

    def read(self, pinyin: str) -> tuple[str, ...]:
        """Chinese names, or the Chinese part of mixed ones, that are read so (toneless, no spaces)."""
        return self._readings.get(pinyin, ())

    def heard(self, chinese: str) -> tuple[str, ...]:
        """Words of Latin names that the Chinese characters may spell: names of one word, others no everyday words."""
        found = {
            word
            for sound in sounds.heard(chinese)
            for word, spelt in self._spelt.get(sounds.consonants(sound), ())
            if sounds.alike(sound, spelt)
        }
        return tuple(sorted(found))

    @cached_property
    def _readings(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = defaultdict(set)
        for key in self._names:
            for run in _HAN.findall(key) if has_cjk(key) else ():
                for reading in sounds.readings(run) if len(run) >= SHORTEST_NAME else ():
                    found[reading].add(run)
        return {reading: tuple(sorted(runs)) for reading, runs in found.items()}

    @cached_property
    def _spelt(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """(word, sound) of Latin words by the consonants of the sound."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for alias in {alias for entity in self._names.values() for alias in entity.aliases}:
            words = _LATIN.findall(normalise(alias))
            for word in words:
                if len(word) >= SHORTEST_SPELT and (len(words) == 1 or not Lexicon.load().translate(stem(word))):
                    for spelt in sounds.spelt(word):
                        if len(key := sounds.consonants(spelt)) >= FEWEST_CONSONANTS:
                            found[key].add((word, spelt))
        return {key: tuple(sorted(spelt)) for key, spelt in found.items()}
