"""Everyday words of questions: which they are, and what misspelt ones were meant to be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache

from rag.question.asking import INTENTS
from rag.question.mentions import NameIndex, edit_distance
from rag.question.wording import asking_words, concepts, in_short, words
from rag.text.lexicon import Lexicon, Translation
from rag.text.names import name_key
from rag.text.stem import stem
from rag.text.tokenise import words as content_words

_LATIN_WORD = re.compile(r"(?<![a-z0-9\-_.])[a-z]{5,}(?![a-z0-9\-_])")
_DERIVED = re.compile(
    r"(?:re|un|pre|mis|over|under|out)(?P<base>[a-z]{3,}(?:ing|ed))|(?P<root>[a-z]{4,})(?:able|less|proof)"
)
"""English words made from others: "reworking", "steerable". They are no names, though no dictionary lists them."""
_DIRECTED = re.compile(r"(?:off|on|up|down|in|out|over|back|side)([a-z]{4,})")
_STEM_DERIVED = re.compile(r"(?:re|un|pre|mis|over|under|out)(?P<base>[a-z]{4,})|(?P<root>[a-z]{4,})(?:abl|less|proof)")
_UMLAUT_WORD = re.compile(r"(?<![a-z0-9\-_.])(?=[a-z]*[aou]e)[a-z]{4,}(?![a-z0-9\-_])")
_UMLAUT = re.compile("([aou])e")
_PLAIN_WORD = re.compile(r"(?<![\w\-.'])[a-z]{4,}(?![\w\-'])", re.ASCII)
SHORTEST_CAPITALS = 3
"""Letters below which an abbreviation in capitals is a name."""
SHORTEST_SLIP = 5
"""Letters below which a word is not taken for another one misspelt."""
LONG = 7
"""Letters from which a word may have two slips."""
Known = Callable[[str], bool]


def is_known(word: str, known: Known) -> bool:
    """Whether a word occurs in the corpus or is one that the lexicon knows."""
    tokens = content_words(word)
    if not tokens:
        return True
    token = tokens[0]
    if known(token) or known(word) or _is_word(word, token) or stem(word) in _ordinary():
        return True
    derived = _DERIVED.fullmatch(word)
    if derived and Lexicon.load().translate(stem(derived["base"] or derived["root"])):
        return True
    parts = word.split("-")
    return len(parts) > 1 and all(part and is_known(part, known) for part in parts)


def _is_directed(word: str) -> bool:
    """Whether a word says where or whither another one is: "offsite", "uplink"."""
    base = _DIRECTED.fullmatch(word)
    return base is not None and _is_word(base[1], stem(base[1]))


def _is_word(word: str, token: str) -> bool:
    """Whether the lexicon knows a word; of an inflected one, which is no name, any translation will do."""
    return Lexicon.load().holds(token) or (token != word and bool(Lexicon.load().translate(token)))


def made_from(stemmed: str) -> tuple[Translation, ...]:
    """Translations of the word that an English word, stemmed, is made from: "reweld" from "weld", "steerabl" from
    "steer"."""
    derived = _STEM_DERIVED.fullmatch(stemmed)
    return Lexicon.load().translate(derived["base"] or derived["root"]) if derived else ()


def capitalised(text: str) -> frozenset[str]:
    """Words that a question writes with capitals or digits, as names are written; folded."""
    return frozenset(word.casefold() for word in re.findall(r"[A-Za-z0-9][\w\-.]*", text) if not word.islower())


def spelt_right(word: str, known: Known) -> tuple[str, ...]:
    """Everyday words of the corpus, as tokens, that a word without capitals is one slip away from ("suport")."""
    if len(word) < SHORTEST_SLIP or not word.isascii() or not word.isalpha():
        return ()
    letters = "abcdefghijklmnopqrstuvwxyz"
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    slips = [left + right[1:] for left, right in cuts if right]
    slips += [left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1]
    slips += [left + letter + right[1:] for left, right in cuts if right for letter in letters]
    slips += [left + letter + right for left, right in cuts for letter in letters]
    tokens = dict.fromkeys(stem(slip) for slip in slips)
    return tuple(token for token in tokens if known(token) and Lexicon.load().translate(token))[:3]


def respelt(normal: str, index: NameIndex, known: Known, capitals: frozenset[str] = frozenset()) -> str:
    """`normal` with misspelt words of concepts and intents put right ("vocabluary").

    Among `capitals`, words written with a capital as names are, only one slip is put right.
    """
    table, short = in_short()
    normal = short.sub(lambda match: _in_full(match.group(), table, index, known, capitals), normal)
    normal = _PLAIN_WORD.sub(lambda match: _as_asked(match.group(), index, known, capitals), normal)
    normal = _UMLAUT_WORD.sub(lambda match: _without_umlauts(match.group(), index, known), normal)
    for match in reversed(list(_LATIN_WORD.finditer(normal))):
        word = match.group()
        if word in _spellings() or word in index.parts or is_known(word, known) or name_key(word) in index.names:
            continue
        if _is_directed(word):
            continue
        allowed = 1 if len(word) < LONG or word in capitals else 2
        close = sorted(
            (distance, right) for right in _spellings()
            if right[0] == word[0] and (distance := edit_distance(word, right, allowed)) <= allowed
        )  # fmt: skip
        if close:
            normal = normal[: match.start()] + close[0][1] + normal[match.end() :]
    return normal


def _in_full(word: str, table: Mapping[str, str], index: NameIndex, known: Known, capitals: frozenset[str]) -> str:
    """What an abbreviation stands for, where the notes do not use it themselves."""
    named = word in index.parts or name_key(word) in index.names or (len(word) < SHORTEST_CAPITALS and word in capitals)
    said = is_common(word) or known(word) or known(stem(word))
    return word if named or said else table[word]


def _as_asked(word: str, index: NameIndex, known: Known, capitals: frozenset[str]) -> str:
    """The word of questions that an unknown one is a slip away from: a letter left out, or two in the wrong order."""
    if word in asking_words() or word in capitals or is_known(word, known) or name_key(word) in index.names:
        return word
    close = (right for right in asking_words() if abs(len(right) - len(word)) <= 1 and right[0] == word[0])
    slips = [right for right in close if edit_distance(word, right, 1) == 1 and _holds_letters(right, word)]
    return slips[0] if slips and word not in index.parts else word


def _holds_letters(right: str, word: str) -> bool:
    """Whether a word has all letters of another one, at most one more."""
    return not Counter(word) - Counter(right)


def _without_umlauts(word: str, index: NameIndex, known: Known) -> str:
    """A word that nobody knows as the notes have it, where they write "ö" for its "oe"; folded, as names are."""
    plain = _UMLAUT.sub(r"\1", word)
    if is_known(word, known) or word in index.parts or name_key(word) in index.names:
        return word
    return plain if plain in index.parts or name_key(plain) in index.names or known(plain) else word


@cache
def _spellings() -> frozenset[str]:
    """English words of the wordings, long enough to be recognised misspelt."""
    phrases = [phrase for concept in concepts().values() for phrase in concept.phrases]
    phrases += [phrase for name in (*INTENTS, "kind") for phrase in words(name)]
    return frozenset(word for phrase in phrases for word in re.findall(r"[a-z]{5,}", phrase))


def is_common(word: str) -> bool:
    """Whether a word is one of the wordings themselves."""
    return stem(word) in _ordinary() or word in _ordinary()


def is_ordinary(word: str) -> bool:
    """Whether a word is an everyday one, which names nothing unless it is written as the whole name."""
    return stem(word) in _ordinary() or word in _ordinary() or _is_word(word, stem(word))


@cache
def _ordinary() -> frozenset[str]:
    """Stems of words that are never parts of names by themselves."""
    found: set[str] = set()
    for name in (*INTENTS, "kind", "filler", "pronoun", "ellipsis", "opening"):
        for phrase in words(name):
            found.update(phrase.split())
    for concept in concepts().values():
        for phrase in sorted(concept.phrases):
            found.update(re.split(r"[\s\-]+", phrase))
    return frozenset(stem(word) for word in found) | frozenset(found)
