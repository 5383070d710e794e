"""Which attribute a colloquial question means, by how people ask for it: "how long can it hang on to data".

A file holds what columns and keys are called, each with the words that questions for it use (built by
`scripts/build_askings.py`). A question's words vote for the attributes that are asked for in them, the more the fewer
attributes they are used for.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rag.text.tokenise import query_tokens

DATA = "askings.tsv"
MOST = 5
"""Attributes that one question may mean."""
LEAST = 0.15
"""Share of a question's words from which it may ask for an attribute."""
SHARE_OF_BEST = 0.5
"""Attributes with less than this share of the best one's score are not meant."""
KEPT = 256


@dataclass(frozen=True, slots=True)
class Attribute:
    """What an attribute is called: the tokens of each of its names."""

    names: tuple[frozenset[str], ...]
    words: frozenset[str]
    """Those of all names together."""

    def is_called(self, tokens: frozenset[str]) -> float:
        """How well a header's tokens are one of the names: 0 to 1, shared tokens over all of both."""
        if tokens.isdisjoint(self.words):
            return 0.0
        return max(len(tokens & name) / len(tokens | name) for name in self.names)

    def is_said(self, tokens: frozenset[str]) -> bool:
        """Whether a text by its tokens holds one of the names whole."""
        return not tokens.isdisjoint(self.words) and any(name <= tokens for name in self.names)


@dataclass(frozen=True, slots=True)
class Meant:
    """An attribute that a question may ask for, how surely (0 to 1), and the question's tokens that say so."""

    attribute: Attribute
    score: float
    tokens: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Askings:
    attributes: tuple[Attribute, ...]
    votes: dict[str, list[tuple[int, float]]]
    """By token: the attributes asked for with it, and how regularly, 0 to 1."""

    def weight(self, token: str) -> float:
        """How much a token tells: 1 for one that asks for a single attribute or none, less the more it is used for."""
        used = len(self.votes.get(token, ()))
        return 1.0 - math.log(max(used, 1)) / math.log(len(self.attributes) + 1)


def meant(text: str) -> tuple[Meant, ...]:
    """The attributes that a normalised question without names may ask for, best first."""
    return _meant(tuple(dict.fromkeys(query_tokens(text))))


@lru_cache(maxsize=KEPT)
def _meant(tokens: tuple[str, ...]) -> tuple[Meant, ...]:
    known = _load()
    total = sum(known.weight(token) for token in tokens)
    scores: dict[int, float] = defaultdict(float)
    for token in tokens:
        for at, share in known.votes.get(token, ()):
            scores[at] += known.weight(token) * share / total
    order = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST]
    least = max(LEAST, SHARE_OF_BEST * order[0][1]) if order else 0.0
    return tuple(
        Meant(
            known.attributes[at],
            score,
            frozenset(token for token in tokens if any(one == at for one, _ in known.votes.get(token, ()))),
        )
        for at, score in order
        if score >= least
    )


@cache
def _load() -> _Askings:
    attributes = []
    votes: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for at, line in enumerate(files(__package__).joinpath("data", DATA).read_text("utf-8").splitlines()):
        names, words = line.split("\t")
        called = tuple(frozenset(name.split(" ")) for name in names.split("|"))
        attributes.append(Attribute(called, frozenset().union(*called)))
        for word in words.split(","):
            token, _, count = word.rpartition(":")
            votes[token].append((at, int(count) / (int(count) + 1)))
    return _Askings(tuple(attributes), dict(votes))
