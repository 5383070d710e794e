"""A light English stemmer: plurals, -ed, -ing and the silent e; nothing that changes what a word means."""

from __future__ import annotations

import re
from functools import lru_cache

_VOWEL = re.compile(r"[aeiouy]")
# Consonant, vowel, consonant at the end of a one-syllable stem: a silent e was dropped (hop-ing, siz-ed).
_SHORT = re.compile(r"[^aeiou]*[aeiouy][^aeiouwxy]")
# No plurals: class, status, analysis (but GPUs, APIs are); lens, whose kind (pens, tens) is rarer than it.
_NOT_PLURAL = re.compile(r"(?!apis|[cdgnt]pus).*(?:ss|us|is)|.ens")
# British spelling; the letter before it spares most words that are no verbs of this kind.
_BRITISH = re.compile(r"(?<=[a-z]{2}[dlmnrt])is(?=(?:e[drs]?|ers|ing|able|ations?)$)")
_DERIVATIONS = ("est", "ness", "ly", "er")
_SIBILANT = ("ses", "xes", "zes", "ches", "shes")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a lower-case ASCII word: license, licenses, licensed and licensing are one."""
    if len(word) < 4:
        return word
    word = _without_tense(_without_plural(_BRITISH.sub("iz", word)))
    if len(word) > 4 and word.endswith("e") and not word.endswith("ee") and not _SHORT.fullmatch(word[:-1]):
        return word[:-1]
    return word


def roots(word: str) -> tuple[str, ...]:
    """Stems of the words that a stem may derive from: cheapest -> cheap, easily -> easy, darkness -> dark."""
    for ending in _DERIVATIONS:
        base = word.removesuffix(ending)
        if base != word and len(base) > 2:
            undoubled = (base[:-1],) if base[-1] == base[-2] else ()
            with_y = (base[:-1] + "y",) if base[-1] == "i" else ()
            return (*with_y, stem(base), stem(base + "e"), *undoubled)
    return ()


def _without_plural(word: str) -> str:
    if word.endswith(("ies", "ied")):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(_SIBILANT) and not word.endswith(("ses", "zes")):
        return word[:-2]
    if word.endswith("s") and not _NOT_PLURAL.fullmatch(word):
        return word[:-1]
    return word


def _without_tense(word: str) -> str:
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base == word or len(base) < 2 or word.endswith("eed") or not _VOWEL.search(base):
            continue
        if len(base) == 2:
            return base + "e"
        if base.endswith(("at", "bl", "iz")) or _SHORT.fullmatch(base):
            return base + "e"
        if base[-1] == base[-2] and base[-1] not in "aeioulsz":
            return base[:-1]
        return base
    return word
