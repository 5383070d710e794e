"""Everyday synonyms in both languages: words that a question uses where a note uses others."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens

KEPT = 256
SYNONYMS = "synonyms.tsv"
PHRASE = "~"
"""Before each word of a phrase, in the built file."""
WORDS_OF_A_PHRASE = 2
"""English words of a wording that may stand for it one by one; of more, each says too little."""
LONGEST_CHINESE = 8
LONGEST_ENGLISH = 3
"""Characters of a Chinese wording, words of an English one."""
_WORD = re.compile(r"[a-z0-9]+(?:[-'./+][a-z0-9]+)*|[一-鿿]+")


class Alike(NamedTuple):
    """A wording of a text and what may stand for it: its tokens, those of other words, and other phrases' words."""

    own: frozenset[str]
    others: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of words of one meaning: by wording (or its stems) the numbers of its groups, and each group's tokens."""

    numbers: Mapping[str, str]
    tokens: Sequence[str]

    def alike(self, form: str) -> Alike:
        """What may stand for a wording."""
        own = frozenset((*query_tokens(form), *form.split(" "), form))
        told = dict.fromkeys(
            token for number in self.numbers[form].split(",") for token in self.tokens[int(number)].split(" ")
        )
        others = tuple(token for token in told if token not in own and not token.startswith(PHRASE))
        phrases = (tuple(token[1:].split(PHRASE)) for token in told if token.startswith(PHRASE))
        return Alike(own, others, tuple(phrase for phrase in phrases if not own.issuperset(phrase)))


@lru_cache(maxsize=KEPT)
def synonyms(normal: str, table: str = SYNONYMS) -> tuple[Alike, ...]:
    """For every wording of the groups that stands in a normalised text: what may stand for it.

    Of the others, single tokens only; a Chinese phrase of several stands as a whole, to be found as it is written, an
    English one of two by its words. `table` is the data file that holds the groups.
    """
    groups = _groups(table)
    return tuple(groups.alike(form) for form in _forms(normal, groups.numbers))


def _forms(normal: str, known: Mapping[str, str]) -> list[str]:
    """The wordings that stand in a text, the longest at each place."""
    found: dict[str, None] = {}
    words = list(_WORD.finditer(normal))
    for at, word in enumerate(words):
        if has_cjk(word.group()):
            found.update(dict.fromkeys(_chinese(word.group(), known)))
            continue
        for last in range(min(at + LONGEST_ENGLISH, len(words)), at, -1):
            phrase = normal[word.start() : words[last - 1].end()]
            form = phrase if phrase in known else " ".join(query_tokens(phrase))
            if form in known:
                found[form] = None
                break
    return list(found)


def _chinese(run: str, known: Container[str]) -> list[str]:
    """The wordings within a run of Chinese characters, from left to right."""
    found = []
    start = 0
    while start < len(run):
        lengths = range(min(LONGEST_CHINESE, len(run) - start), 1, -1)
        length = next((n for n in lengths if run[start : start + n] in known), 0)
        if length:
            found.append(run[start : start + length])
        start += length or 1
    return found


def arranged(groups: Iterable[Sequence[str]]) -> Groups:
    """Groups of normalised wordings as they are looked up; all forms of an English word have the groups of each."""
    numbers: dict[str, list[int]] = defaultdict(list)
    by_stems: dict[str, list[int]] = defaultdict(list)
    tokens: list[str] = []
    for number, words in enumerate(groups):
        for word in words:
            numbers[word].append(number)
        tokens.append(" ".join(_tokens(words)))
    for word, of in numbers.items():
        by_stems[_stems(word)] += of
    forms = by_stems | {word: by_stems[_stems(word)] for word in numbers}
    return Groups({form: ",".join(map(str, sorted(set(of)))) for form, of in forms.items()}, tokens)


def _stems(word: str) -> str:
    """What an English wording has in common with its other forms; a Chinese one has none."""
    return word if has_cjk(word) else " ".join(query_tokens(word))


def _tokens(words: Iterable[str]) -> dict[str, None]:
    """What stands for a group: single tokens, Chinese phrases as they are written, the words of brief English ones."""
    found: dict[str, None] = {}
    for word in words:
        tokens = query_tokens(word)
        if len(tokens) == 1:
            found.setdefault(tokens[0])
        elif has_cjk(word) and word.isalpha():
            found.setdefault(word)
        elif len(tokens) == WORDS_OF_A_PHRASE and not has_cjk(word):
            found.setdefault(PHRASE + PHRASE.join(tokens))
    return found


@cache
def _groups(table: str) -> Groups:
    text = files(__package__).joinpath("data", table).read_text("utf-8")
    return _few(text) if table.endswith(".toml") else _built(text)


def _built(text: str) -> Groups:
    """The groups of a file that `scripts/build_synonyms.py` made."""
    count, *lines = text.splitlines()
    forms = (line.partition("\t") for line in lines[int(count) :])
    return Groups({form: numbers for form, _, numbers in forms}, lines[: int(count)])


def _few(text: str) -> Groups:
    """The groups of a data file as it is written."""
    return arranged(tuple(dict.fromkeys(map(normalise, group))) for group in tomllib.loads(text)["groups"])
