"""Names that a question spells in the other script: pinyin for Chinese words, Chinese characters for Latin names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import product

from rag.question.name_index import NameIndex
from rag.question.spelling import Known, capitalised, is_common, is_known
from rag.text import sounds
from rag.text.lexicon import Lexicon
from rag.text.name_words import NAMED
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.tokenise import word_spans
from rag.text.tokenise import words as content_words

_LATIN = re.compile(r"(?<![\w\-.'])[a-z]+(?:'[a-z]+)?(?:'s\b)?(?![\w\-.])")
_HAN = re.compile("[一-鿿]{3,}")
_NUMBERED = re.compile(r"[一-鿿]{2,}?(?=\s?(?P<number>\d+(?:\.\d+)?)(?![\d年月日号点%个])|第?[二三四五2-5]代)")
SYLLABLES = 2
"""Of a Chinese word that is no name: longer ones have too many ways to be written, shorter ones too many meanings."""
MOST_WRITTEN = 40
"""Characters of one reading that are tried, common ones first."""
LONGEST_PIECE = 2
"""Characters of a dictionary word that may be a piece of a name by chance."""
LONGEST_READ, SHORTEST_LATIN = 4, 5
"""Characters of a Chinese name, and letters of the Latin one that is read so."""
LONGEST_BRANDED = 40
"""Characters of a name that begins with a brand."""
LONGEST_SPELT, SHORTEST_SPELT = 6, 3
"""Characters of a foreign name in Chinese."""


def transcribed(normal: str, text: str, index: NameIndex, known: Known) -> str:
    """The normalised question with names in the script that the corpus writes them in: "bafang" as "八方".

    Only words that the corpus does not hold are taken for such, and only where one thing alone sounds so.
    """
    written = capitalised(text)
    for match in reversed(list(_LATIN.finditer(normal))):
        word = match.group().removesuffix("'s")
        if is_common(word) or _is_held(word, index, known):
            continue
        if is_known(word, known) and word not in written and "'" not in word:
            continue
        chinese = _chinese(word, index, known)
        if chinese:
            normal = f"{normal[: match.start()]}{chinese}{normal[match.start() + len(word) :]}"
    normal = _branded(normal, index, known)
    normal = _NUMBERED.sub(lambda match: _numbered(match, index), normal)
    for match in reversed(list(_HAN.finditer(normal))):
        normal = normal[: match.start()] + _with_latin(match.group(), index, known) + normal[match.end() :]
    return normal


def _branded(normal: str, index: NameIndex, known: Known) -> str:
    """Brands in the script in which names of the corpus have them, where it lacks the one that the question has."""
    chinese, latin = _brands()
    if has_cjk(normal):
        return chinese[1].sub(lambda match: _brand(match.group(), chinese[0], index, known), normal)
    return latin[1].sub(lambda match: _brand(match.group(), latin[0], index, known), normal)


def _brand(said: str, table: Mapping[str, str], index: NameIndex, known: Known) -> str:
    other = table[said]
    if known(said) or _is_name(said, index) or not _is_name(other, index):
        return said
    return other if has_cjk(other) else f" {other} "


def _is_name(brand: str, index: NameIndex) -> bool:
    """Whether a brand is a name of the corpus or begins one."""
    return (
        name_key(brand) in index.names
        or brand in index.parts
        or index.worded.holds(brand)
        or any(index.names[key].strength >= NAMED for key in index.keys.beginning(name_key(brand), LONGEST_BRANDED))
    )


@cache
def _brands() -> tuple[tuple[dict[str, str], re.Pattern[str]], tuple[dict[str, str], re.Pattern[str]]]:
    """Latin brands by their Chinese names and Chinese ones by their Latin names, each with what finds them."""
    lines = files("rag.question").joinpath("data/brands.tsv").read_text("utf-8").splitlines()
    pairs = [(normalise(zh), normalise(en)) for zh, en in (line.split("\t") for line in lines)]
    chinese, latin = dict(pairs), {en: zh for zh, en in reversed(pairs)}
    longest = [sorted(table, key=lambda name: (-len(name), name)) for table in (chinese, latin)]
    whole = rf"(?<![\w\-.])(?:{'|'.join(map(re.escape, longest[1]))})(?![\w\-])"
    return (chinese, re.compile("|".join(map(re.escape, longest[0])))), (latin, re.compile(whole))


def _numbered(match: re.Match[str], index: NameIndex) -> str:
    """Chinese characters before the number of a version, with a Latin name for those at the end that are read so."""
    run = match.group()
    for length in range(min(LONGEST_READ, len(run)), 1, -1):
        piece = run[-length:]
        if any(index.names.get(piece + number) for number in ("", match["number"] or "")):
            return run
        latin = [read for read in sounds.readings(piece) if len(read) >= SHORTEST_LATIN and read in index.parts]
        if len(latin) == 1 and not is_common(latin[0]):
            return f"{run[:-length]} {latin[0]} "
    return run


def _is_held(word: str, index: NameIndex, known: Known) -> bool:
    tokens = content_words(word)
    return word in index.parts or name_key(word) in index.names or known(word) or any(map(known, tokens))


def _chinese(word: str, index: NameIndex, known: Known) -> str:
    """What the corpus calls a thing or, with two syllables, writes as a word that is read like `word`; "" if unsure."""
    ways = sounds.syllables(word)
    if not ways or len(ways[-1]) < SYLLABLES:
        return ""
    named = index.sounding.read("".join(ways[0]))
    if named:
        return named[0] if len(named) == 1 else ""
    pairs = (way for way in ways if len(way) == SYLLABLES)
    written = {"".join(pair) for way in pairs for pair in product(*(sounds.characters(s)[:MOST_WRITTEN] for s in way))}
    found = [chinese for chinese in sorted(written) if known(chinese) and not _is_everyday(chinese)]
    return found[0] if len(found) == 1 else ""


def _is_everyday(chinese: str) -> bool:
    """Whether a Chinese word has an English one, which a question would use; a place or a person has none."""
    lexicon = Lexicon.load()
    words = (english.term for english in lexicon.translate(chinese)[:2] if " " not in english.term)
    return is_common(chinese) or any(back.term == chinese for word in words for back in lexicon.translate(word))


def _with_latin(run: str, index: NameIndex, known: Known) -> str:
    """Chinese text with the Latin names in place of what spells them."""
    if sum(map(sounds.is_spelling, run)) < SHORTEST_SPELT:
        return run
    taken = [_is_taken(run[start:end], known) for start, end in word_spans(run) for _ in range(start, end)]
    at = 0
    while at + SHORTEST_SPELT <= len(run):
        for length in range(min(LONGEST_SPELT, len(run) - at), SHORTEST_SPELT - 1, -1):
            latin = "" if any(taken[at : at + length]) else _latin(run[at : at + length], index)
            if latin:
                return f"{run[:at]} {latin} {_with_latin(run[at + length :], index, known)}"
        at += 1
    return run


def _is_taken(word: str, known: Known) -> bool:
    """Whether a word of Chinese text means something by itself, as pieces of a foreign name do not."""
    if not all(map(sounds.is_spelling, word)):
        return True
    if len(word) > LONGEST_PIECE and Lexicon.load().translate(word):
        return True
    return len(word) > 1 and (known(word) or is_common(word))


def _latin(chinese: str, index: NameIndex) -> str:
    """The one Latin name that Chinese characters spell; "" if none or several sound so."""
    if chinese in index.names:
        return ""
    names = index.sounding.heard(chinese)
    return names[0] if len(names) == 1 else ""
