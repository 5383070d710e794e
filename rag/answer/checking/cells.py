"""What a cell says yes, no or "on conditions" to must not be told otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.answer.checking.answers import answer_of, asked_words
from rag.answer.checking.denial import is_negated
from rag.answer.checking.ground import CLAUSE, Ground
from rag.answer.checking.subjects import Subjects
from rag.answer.checking.words import related, said_words
from rag.answer.wordings import wordings
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.types import Fact, Status


def verdict_wrong(said: str, cited: Sequence[Ground], subjects: Subjects) -> str:
    """A yes told as a no, a no as a yes, or a yes on conditions as a plain one."""
    last: frozenset[str] = frozenset()
    cells = [fact for ground in cited for fact in ground.cells]
    for clause in CLAUSE.split(said):
        last = subjects.found(clause) or last
        words = said_words(subjects.masked(clause))
        told = [fact for fact in cells if _may_be_of(last, subjects.of_fact(fact)) and _speaks_of(fact, clause, words)]
        wrong = next((reason for fact in told if (reason := _contradicts(fact, clause, said))), "")
        if wrong:
            return wrong
    return ""


def _may_be_of(named: frozenset[str], own: frozenset[str]) -> bool:
    return not named or not own or bool(own & named)


def _speaks_of(fact: Fact, clause: str, words: frozenset[str]) -> bool:
    """Whether a clause is about the attribute of a cell that gives a verdict."""
    if answer_of(fact) is None:
        return False
    attribute = asked_words(fact.attribute)
    held = words | said_words(clause)
    return bool(attribute) and all(related(word, held, sure=True) or _is_apart(word, clause) for word in attribute)


def _is_apart(word: str, clause: str) -> bool:
    """Whether the characters of a short Chinese word stand in a clause, if apart: 换线 in "线不能换"."""
    return has_cjk(word) and len(word) == 2 and all(char in clause for char in word)


def _contradicts(fact: Fact, clause: str, said: str) -> str:
    status = answer_of(fact)
    denies = is_negated(clause)
    if status is Status.YES and denies:
        return f"the cited evidence affirms {fact.attribute!r}"
    if status is Status.NO and not denies:
        return f"the cited evidence denies {fact.attribute!r}"
    if status is Status.CONDITIONAL and not denies and not _limits(said, fact):
        return f"the cited evidence gives {fact.attribute!r} only on conditions"
    return ""


def _limits(said: str, fact: Fact) -> bool:
    """Whether the sentence says a condition: the cell's own words, or any word of condition."""
    if _conditions().search(normalise(said)):
        return True
    words = said_words(said)
    own = said_words(fact.value)
    return bool(own) and all(related(word, words) for word in own)


@cache
def _conditions() -> re.Pattern[str]:
    words = wordings()["conditions"]
    return re.compile("|".join([*map(re.escape, words["zh"]), *(rf"\b{re.escape(word)}\b" for word in words["en"])]))
