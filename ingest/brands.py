"""What is left of names without the first word that several of them share: people leave out the maker's name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk, is_variant, name_key
from rag.text.stem import stem
from rag.text.tokenise import word_spans

FEWEST_SHARING = 3
"""Names that begin with a word for it to be a maker's or a series'."""
LONGEST_REST = 24
SHORTEST_COINED = 4
"""Letters from which a word that no dictionary has says which thing is meant."""
_HAN = re.compile("[一-鿿]+")
_COUNTED = re.compile(r"v?\d+(?:\.\d+)*[a-z]{0,3}", re.IGNORECASE)
"""A version, or a number with its unit, which many names bear."""


def rests(names: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """By thing, its names without the first word: of words that begin the names of several things, where one alone
    has that rest and it says enough. `names` are the surfaces of each thing."""
    sharing: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, set[str]] = defaultdict(set)
    parted: list[tuple[str, str, str]] = []
    for thing, surfaces in names.items():
        for surface in surfaces:
            head, _, rest = surface.partition(" ")
            if len(head) > 1 and not head.isdigit() and rest.strip():
                parted.append((thing, name_key(head), rest.strip()))
    for thing, head, rest in parted:
        sharing[head].add(thing)
        owners[name_key(rest)].add(thing)
    found: dict[str, list[str]] = defaultdict(list)
    for thing, head, rest in parted:
        if len(sharing[head]) >= FEWEST_SHARING and len(owners[name_key(rest)]) == 1 and says_enough(rest):
            found[thing].append(rest)
    return dict(found)


def says_enough(rest: str) -> bool:
    """Whether a piece of a name may stand for it: it holds a word with a number, or one that no dictionary has."""
    if len(rest) > LONGEST_REST or is_variant(rest):
        return False
    if has_cjk(rest):
        chinese = "".join(_HAN.findall(rest))
        if len(chinese) < 2 or chinese.endswith("版"):
            return False
        return any(map(str.isdigit, rest)) or not _is_said(chinese)
    words = re.findall(r"[^\W_]+", rest)
    return bool(words) and not is_variant(words[0]) and any(map(_is_own, words))


def _is_own(word: str) -> bool:
    """Whether a Latin word is a model number, or in no dictionary."""
    if not word.isalpha():
        return not _COUNTED.fullmatch(word)
    return len(word) >= SHORTEST_COINED and not Lexicon.load().translate(stem(word.casefold()))


def _is_said(chinese: str) -> bool:
    """Whether Chinese text is made of words of the dictionary: it says what a thing is like and names none."""
    pieces = [chinese[start:end] for start, end in word_spans(chinese)]
    translate = Lexicon.load().translate
    return bool(translate(chinese)) or any(len(piece) > 1 and translate(piece) for piece in pieces)
