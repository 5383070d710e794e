"""How names sound across the two scripts: toneless pinyin, and consonants that a transliteration keeps.

`data/pinyin.tsv`, written by `scripts/build_pinyin.py`, has a row for each syllable with the characters read so, and
the row "*" with the characters that spell foreign names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product

MOST_READINGS = 32
"""Ways to read a word that are looked at; of more, the rarer ones are left out."""
_INITIALS = {
    "b": "P", "p": "P", "d": "T", "t": "T", "g": "K", "k": "K", "f": "F", "w": "F", "l": "L", "r": "L", "m": "M",
    "n": "N", "s": "S", "z": "S", "c": "S", "j": "S", "q": "S", "h": "H", "y": "",
}  # fmt: skip
_LETTERS = _INITIALS | {"v": "F", "c": "K", "q": "K"}
_VOWELS = dict(zip("aeiouyäöüáéíóúàèâêô", "aeiooieoiaeiooaeaeo", strict=True))
_BEGINNINGS = {
    "P": "bp", "T": "td", "K": "kgcqx", "F": "fvwp", "L": "lrwh", "M": "m", "N": "nk", "S": "szcjgxt", "H": "h",
}  # fmt: skip
MOST_CLUSTERED = 5
"""Letters for each vowel of a word that can be said."""
LONG_NAME = 5
"""Consonants of a name from which one vowel more or less does not matter."""
_GROUPS = (
    (re.compile("tsch|sch|tch|sh|ch|zh"), "s"), (re.compile("ph"), "f"), (re.compile("ck|qu"), "k"),
    (re.compile("x"), "ks"), (re.compile("c(?=[eiy])"), "s"), (re.compile("wr"), "r"), (re.compile("th"), "t"),
    (re.compile("ng(?![aeiouy])"), "n"),
)  # fmt: skip


def is_spelling(character: str) -> bool:
    """Whether a character is one of those that spell foreign names."""
    return character in _tables()[2]


def readings(chinese: str) -> tuple[str, ...]:
    """Toneless readings of a word written in Chinese characters only, without spaces; () for any other."""
    by_character = _tables()[1]
    said = [by_character.get(character, ()) for character in chinese]
    return tuple(dict.fromkeys("".join(way) for way in islice(product(*said), MOST_READINGS))) if all(said) else ()


@lru_cache(maxsize=1 << 12)
def syllables(latin: str) -> tuple[tuple[str, ...], ...]:
    """The ways to cut a lower-case Latin word into pinyin syllables, fewest first: "xian" gives xian and xi an.

    An apostrophe is a cut. At least two letters a syllable on average, or the word is none.
    """
    pieces = re.split("['’]", latin)
    cuts = [_cut(piece) for piece in pieces]
    if not all(cuts):
        return ()
    found = (tuple(part for cut in way for part in cut) for way in islice(product(*cuts), MOST_READINGS))
    length = sum(map(len, pieces))
    return tuple(sorted((way for way in found if len(way) * 2 <= length), key=len))


def characters(syllable: str) -> str:
    """The characters read as a syllable, most common readings first."""
    return _tables()[0].get(syllable, "")


def heard(chinese: str) -> frozenset[str]:
    """How a Chinese word sounds: classes of consonants in capitals, of vowels in small letters behind them.

    罗洛夫 (luo luo fu) gives LoLoFo. Where a sound may stand for two, there are two forms.
    """
    by_character = _tables()[1]
    return heard_of([by_character.get(character, ()) for character in chinese])


def heard_of(said: Sequence[Sequence[str]]) -> frozenset[str]:
    """`heard` of a word whose characters have the readings `said`."""
    if not all(said):
        return frozenset()
    ways = islice(product(*(tuple(dict.fromkeys(s for r in each for s in _syllable(r))) for each in said)), 1024)
    return frozenset("".join(way) for way in ways)


def consonants(sound: str) -> str:
    """The consonants of a sound as `heard` gives it: LLF for LoLoFo."""
    return "".join(filter(str.isupper, sound))


def first_letters(sound: str) -> str:
    """The letters that a Latin word may begin with which sounds so."""
    return _BEGINNINGS.get(sound[:1], "aeiouyhj")


def alike(chinese: str, latin: str) -> bool:
    """Whether two sounds with the same consonants may be one name: the Latin vowels are heard in the Chinese one.

    Chinese has vowels where the Latin name has none; of a long name one vowel may differ.
    """
    differing = sum(
        bool(spelt) and spelt[0] not in said for said, spelt in zip(_vowels_of(chinese), _vowels_of(latin), strict=True)
    )
    return differing <= (1 if len(consonants(latin)) >= LONG_NAME else 0)


def _vowels_of(sound: str) -> list[str]:
    return re.split("[A-Z]", sound)


@lru_cache(maxsize=1 << 12)
def _syllable(reading: str) -> tuple[str, ...]:
    """What a syllable may stand for: "xi" for Si and Hi, "te" for Te, "lun" for LoN, "er" for L."""
    if reading == "er":
        return ("L",)
    initial = re.match("zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?", reading)
    head = initial.group() if initial else ""
    final = reading[len(head) :].replace("v", "ü")
    heads = ["S"] if len(head) > 1 else ["S", "H"] if head == "x" else ["S", "K"] if head == "j" else []
    heads = heads or [_INITIALS.get(head, "")] + [""] * (head == "h")
    hissing = final == "i" and heads[0] == "S" and head not in ("x", "j", "q")
    vowels = "ei" if hissing else "".join(dict.fromkeys(_VOWELS[c] for c in final if c in _VOWELS))
    if head == "w":
        vowels += "o"
    return tuple(head + vowels + ("N" if "n" in final else "") for head in heads)


@lru_cache(maxsize=1 << 12)
def spelt(word: str) -> frozenset[str]:
    """How a lower-case Latin word may be `heard` in Chinese: Kohlrab as KoLoLaB and as KoHLoLaB.

    An r or h before another consonant, and a final r, t or d, may be left out; g may be soft.
    """
    if sum(letter in _VOWELS for letter in word) * MOST_CLUSTERED < len(word):
        return frozenset()  # an abbreviation, which is said letter by letter
    for pattern, plain in _GROUPS:
        word = pattern.sub(plain, word)
    word = re.sub(r"(.)\1", r"\1", word)
    ways: list[tuple[str, ...]] = []
    for at, letter in enumerate(word):
        vowel = _VOWELS.get(letter)
        if vowel is None and letter not in _LETTERS:
            return frozenset()
        after = word[at + 1 : at + 2]
        ways.append((vowel,) if vowel else _consonant(letter, after))
    return frozenset(re.sub("(?<=[aeio])[aeio]+", "", "".join(way)) for way in islice(product(*ways), 256))


def _consonant(letter: str, after: str) -> tuple[str, ...]:
    """The classes that a consonant before the letter `after` may be heard as; "" when it is silent."""
    closed = after not in _VOWELS
    sound = _LETTERS[letter]
    if letter == "m" and closed:
        return "N", "M"
    if (letter in "rh" and closed) or (letter in "td" and not after):
        return ("", sound)
    if letter == "g" and after in ("e", "i"):
        return ("K", "S")
    return ("S", "") if letter == "j" else (sound,)


def _cut(piece: str) -> list[tuple[str, ...]]:
    known = _tables()[0]
    ways: list[list[tuple[str, ...]]] = [[()], *([] for _ in piece)]
    for end in range(1, len(piece) + 1):
        for start in range(max(0, end - 6), end):
            if piece[start:end] in known:
                ways[end] += [(*way, piece[start:end]) for way in ways[start]]
    return ways[-1] if piece else []


@cache
def _tables() -> tuple[dict[str, str], dict[str, tuple[str, ...]], frozenset[str]]:
    """Characters by syllable, readings by character, and the characters that spell names."""
    path = files(__package__).joinpath("data/pinyin.tsv")
    rows = dict(line.split("\t") for line in path.read_text("utf-8").splitlines()) if path.is_file() else {}
    names = frozenset(rows.pop("*", ""))
    return rows, _by_character(rows.items()), names


def _by_character(rows: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for syllable, read in rows:
        for at, character in enumerate(read):
            found.setdefault(character, []).append((at, syllable))
    return {character: tuple(syllable for _, syllable in sorted(said)) for character, said in found.items()}
