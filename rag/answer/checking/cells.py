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
from rag.text.normalise import normalise
from rag.types import Fact, Status


def verdict_wrong(said: str, cited: Sequence[Ground], subjects: Subjects) -> str:
    """A yes told as a no, a no as a yes, or a yes on conditions as a plain one."""
    last: frozenset[str] = frozenset()
    for clause in CLAUSE.split(said):
        last = subjects.found(clause) or last
        words = said_words(subjects.masked(clause))
        for ground in cited:
            for fact in ground.cells:
                own = subjects.of_fact(fact)
                if (last and own and not own & last) or not _speaks_of(fact, clause, words):
                    continue
                wrong = _contradicts(fact, clause, said)
                if wrong:
                    return wrong
    return ""


def _speaks_of(fact: Fact, clause: str, words: frozenset[str]) -> bool:
    """Whether a clause is about the attribute of a cell that gives a verdict."""
    if answer_of(fact) is None:
        return False
    attribute = asked_words(fact.attribute)
    held = words | said_words(clause)
    return bool(attribute) and all(related(word, held, sure=True) for word in attribute)


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
