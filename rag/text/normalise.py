"""One form for text that means the same: for matching only, never for display."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

# Zero-width characters, directional marks, soft hyphen, variation selectors: invisible, yet they break words.
_INVISIBLE_CHARACTERS = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_INVISIBLE = re.compile(f"[{_INVISIBLE_CHARACTERS}]")
# What NFKC leaves alone although it has a half-width counterpart.
_PUNCTUATION = str.maketrans(
    {
        "。": ".", "、": ",", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'",
        "「": '"', "」": '"', "『": '"', "』": '"', "【": "[", "】": "]", "〔": "(", "〕": ")",
        "—": "-", "–": "-", "‐": "-", "‑": "-", "−": "-", "•": "·", "・": "·",
    }
)  # fmt: skip
_MARKS = re.compile(f"[{''.join(map(chr, _PUNCTUATION))}]")


_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f]")
_LETTERS = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
"""Latin letters that Unicode does not take apart, and how they are written without their strokes."""


@lru_cache(maxsize=1 << 15)
def normalise(text: str) -> str:
    """NFKC, casefold, simplified characters, half-width punctuation, single spaces, no accents, nothing invisible."""
    return without_accents(unify(text).casefold())


def without_accents(text: str) -> str:
    """`text` with plain Latin letters for accented ones: "ö" and "ø" are "o"; other scripts keep their marks."""
    if text.isascii() or _ACCENTED.search(text) is None:
        return text
    return _ACCENTED.sub(lambda match: _plain_letter(match.group()), text)


@cache
def _plain_letter(letter: str) -> str:
    if unicodedata.combining(letter):
        return ""
    plain = _LETTERS.get(letter.casefold()) or unicodedata.normalize("NFD", letter)[0]
    return (plain.capitalize() if letter.isupper() else plain) if plain.isascii() else letter


def unify(text: str) -> str:
    """`normalise` that keeps upper and lower case, which tell where the parts of a name begin."""
    if not text.isascii():
        composed = unicodedata.normalize("NFKC", text)
        # One search, which nearly always finds nothing, instead of four.
        text = without_accents(composed if _special().search(composed) is None else _mended(text))
    return " ".join(text.split())


def _mended(text: str) -> str:
    """`text` in NFKC without what is invisible, in simplified characters, with half-width punctuation."""
    text = simplify(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)))
    return text.translate(_PUNCTUATION) if _MARKS.search(text) else text


def simplify(text: str) -> str:
    """Traditional characters to simplified ones; as long as the input, so that offsets stay valid."""
    if text.isascii():
        return text
    characters, words, _ = _tables()
    unusual, changing = _patterns()
    # Searching takes a fifth of the time of a translation that changes nothing.
    if unusual.search(text):
        text = unusual.sub(lambda match: words[match.group()], text)
    return text.translate(characters) if changing.search(text) else text


@cache
def _special() -> re.Pattern[str]:
    """Finds what `unify` would change in a text that is in NFKC, but for space: it changes no text without any."""
    _, _, telling = _tables()
    return re.compile(f"[{_INVISIBLE_CHARACTERS}{re.escape(telling)}{''.join(map(chr, _PUNCTUATION))}]")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds words (longer ones win) and characters to change."""
    characters, words, _ = _tables()
    unusual = re.compile("|".join(sorted(words, key=lambda word: (-len(word), word))))
    return unusual, re.compile(f"[{re.escape(''.join(map(chr, characters)))}]")


@cache
def _tables() -> tuple[dict[int, str], dict[str, str], str]:
    """Character table, word table, and telling characters: every text that changes holds one of these.

    A word's characters are mapped to private-use stand-ins where the character table would change them again.
    """
    lines = files(__package__).joinpath("data/t2s.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    characters = {row[0]: row[1] for row in rows if len(row[0]) == 1}
    words = {row[0]: row[1] for row in rows if len(row[0]) > 1}
    protected = sorted({c for simplified in words.values() for c in simplified if c in characters})
    stand_ins = {c: chr(0xE000 + n) for n, c in enumerate(protected)}
    to_stand_ins = str.maketrans(stand_ins)
    table = str.maketrans(characters | {stand_in: c for c, stand_in in stand_ins.items()})
    changed = {c for word, simplified in words.items() for c, now in zip(word, simplified, strict=True) if c != now}
    telling = "".join(sorted({*map(chr, table), *changed}))
    return table, {t: s.translate(to_stand_ins) for t, s in words.items()}, telling
