"""What a text affirms and what it denies, as far as negation words tell; in Chinese and English.

A negation reaches over the words after it within its clause ("not licensed for commercial use"); where
nothing follows, as in a table cell that says no, over what stands before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rag.answer.wordings import wordings
from rag.text.language import stop_words
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise

REACH = 4
"""Words after a negation that it turns around: "may not be used for commercial purposes" needs four."""

_CLAUSE = re.compile(r"[。！？；;，\n|]+|[.!?,]\s+")


@dataclass(frozen=True, slots=True)
class Stance:
    """Words (and groups of words that mean the same) under a negation, and those outside any."""

    affirmed: frozenset[str]
    denied: frozenset[str]
    negated: bool

    def __or__(self, other: Stance) -> Stance:
        return Stance(self.affirmed | other.affirmed, self.denied | other.denied, self.negated or other.negated)


NEUTRAL = Stance(frozenset(), frozenset(), negated=False)


def stance(text: str) -> Stance:
    """What a text of any number of clauses affirms and denies."""
    affirmed: set[str] = set()
    denied: set[str] = set()
    negated = False
    before = ""
    for raw in _CLAUSE.split(text):
        clause = _harmless().sub(" ", normalise(raw))
        found = list(_negation().finditer(clause))
        rest = _negation().sub(" ", clause)
        if not found:
            affirmed |= _concepts(rest)
        elif _concepts(rest):
            after = _concepts(" ".join(clause[match.end() :] for match in found), REACH)
            # "Commercial use is not allowed" denies what stands before; so does a clause that ends with its "no".
            denied |= after - _general() and after or _concepts(rest)
            affirmed |= _concepts(rest) - denied
        else:
            denied |= _concepts(before)
            affirmed -= denied
        negated = negated or bool(found)
        before = rest if rest.strip() else before
    return Stance(frozenset(affirmed), frozenset(denied), negated)


def contradiction(said: Stance, evidence: Stance, *, subject: str = "") -> str:
    """Why the two cannot both hold, in one line; "" when nothing tells against it.

    The words of `subject` name what both speak of and are neither affirmed nor denied.
    """
    if said.negated and not evidence.negated:
        return "it denies what the cited evidence does not deny"
    names = set(tokenise(subject))
    dropped = sorted((said.affirmed - said.denied) & (evidence.denied - evidence.affirmed) - names)
    if dropped:
        return f"the cited evidence denies {dropped[-1]!r}"
    added = sorted((said.denied - said.affirmed) & (evidence.affirmed - evidence.denied) - names)
    return f"the cited evidence affirms {added[-1]!r}" if added else ""


def content_words(text: str) -> set[str]:
    """The words of a text that say something, and the groups of same meaning that they belong to."""
    words = {word for word in tokenise(text) if len(word) > 1 and word not in _stop()}
    return words | _concepts(text)


def _concepts(text: str, most: int | None = None) -> set[str]:
    """Chinese words of a text, and groups of words that mean the same in both languages; the first or all.

    An English word outside the groups is left out: it is a name, or it says too little alone.
    """
    words = [word for word in tokenise(text) if len(word) > 1 and word not in _stop()][:most]
    lead = text if most is None else text[: max((text.find(w) + len(w) for w in words if w in text), default=0)]
    groups = wordings()["same"]["groups"]
    found = {members[0] for members in groups if any(member in lead for member in members)}
    return found | {word for word in words if not word.isascii()}


@cache
def _general() -> frozenset[str]:
    """Groups that say only that something is or may be."""
    return frozenset(wordings()["same"]["general"])


@cache
def _stop() -> frozenset[str]:
    return stop_words("zh") | stop_words("en")


@cache
def _negation() -> re.Pattern[str]:
    tables = wordings()["negation"]
    chinese = "|".join(map(re.escape, tables["zh"]))
    english = "|".join(map(re.escape, tables["en"]))
    signs = "|".join(map(re.escape, tables["signs"]))
    return re.compile(
        rf"{chinese}|(?<![a-z])(?:{english})(?![a-z])|(?:(?<=\s)|^)(?<!\d\s)(?:{signs})(?=\s|$)(?!\s\d)|n't\b"
    )


@cache
def _harmless() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, wordings()["negation"]["harmless"])))
