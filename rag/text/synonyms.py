"""Everyday synonyms in both languages: words that a question uses where a note uses others."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Container
from functools import cache, lru_cache
from importlib.resources import files

from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens

KEPT = 256
SYNONYMS = "synonyms.toml"
_WORD = re.compile(r"[a-z0-9]+(?:[-'./+][a-z0-9]+)*|[一-鿿]+")


@lru_cache(maxsize=KEPT)
def synonyms(normal: str, table: str = SYNONYMS) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    """For every wording of the groups that stands in a normalised text: its tokens, and those of the others.

    Of the others, single tokens only; a Chinese phrase of several stands as a whole, to be found as it is written.
    `table` is the data file that holds the groups.
    """
    found = []
    for wording in _wordings(normal, table):
        others = dict.fromkeys(token for group in _by_wording(table)[wording] for token in _tokens(group) if token)
        own = frozenset((*query_tokens(wording), wording))
        found.append((own, tuple(token for token in others if token not in own)))
    return tuple(found)


def _wordings(normal: str, table: str) -> list[str]:
    """The wordings that stand in a text, the longest at each place."""
    known = _by_wording(table)
    longest = _longest(table)
    found: dict[str, None] = {}
    words = list(_WORD.finditer(normal))
    for at, word in enumerate(words):
        if has_cjk(word.group()):
            found.update(dict.fromkeys(_chinese(word.group(), known)))
            continue
        for last in range(min(at + longest, len(words)), at, -1):
            phrase = normal[word.start() : words[last - 1].end()]
            if (form := _known_form(phrase, table)) in known:
                found[form] = None
                break
    return list(found)


def _chinese(run: str, known: Container[str]) -> list[str]:
    """The wordings within a run of Chinese characters, from left to right."""
    found = []
    start = 0
    while start < len(run):
        length = next((n for n in range(min(8, len(run) - start), 1, -1) if run[start : start + n] in known), 0)
        if length:
            found.append(run[start : start + length])
        start += length or 1
    return found


def _known_form(phrase: str, table: str) -> str:
    """The wording that a phrase is, in singular or plural, or the phrase."""
    if phrase in _by_wording(table):
        return phrase
    return _by_stems(table).get(" ".join(query_tokens(phrase)), phrase)


def _tokens(group: tuple[str, ...]) -> list[str]:
    found = []
    for word in group:
        tokens = query_tokens(word)
        if len(tokens) == 1:
            found += tokens
        elif has_cjk(word) and word.isalpha():
            found.append(word)
    return found


@cache
def _groups(table: str) -> tuple[tuple[str, ...], ...]:
    raw = tomllib.loads(files(__package__).joinpath("data", table).read_text("utf-8"))
    return tuple(tuple(dict.fromkeys(normalise(word) for word in group)) for group in raw["groups"])


@cache
def _by_wording(table: str) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for group in _groups(table):
        for word in group:
            found[word].append(group)
    return dict(found)


@cache
def _by_stems(table: str) -> dict[str, str]:
    return {" ".join(query_tokens(word)): word for word in _by_wording(table) if not has_cjk(word)}


@cache
def _longest(table: str) -> int:
    """Most words of an English wording."""
    return max((len(_WORD.findall(word)) for word in _by_wording(table) if not has_cjk(word)), default=1)
