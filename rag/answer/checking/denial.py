"""What the evidence denies must not be affirmed, and what it does not deny must not be denied; in both languages.

A negation reaches over the words after it within its clause ("not licensed for commercial use"); over those before it
where it denies that something is or may be ("commercial use is not allowed") and where nothing follows (a "no").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rag.answer.checking.answers import answer_of, asked_words
from rag.answer.checking.ground import Ground
from rag.answer.checking.subjects import Subjects
from rag.answer.checking.words import related, said_words
from rag.answer.wordings import wordings
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.types import Status

REACH = 6
"""Words after a negation that it turns around: "may not be used for commercial purposes" needs four."""
LEAST_AFFIRMED = 0.6
"""Share of the words under a negation of the evidence that a sentence must hold to affirm what is denied."""
LEAST_SHARED = 0.5
"""Share of the words under a negation that a denial in the evidence must hold to be the same denial."""

_CLAUSE = re.compile(r"[。！？；;，\n|]+|,(?!\d{3})|[.!?]\s+|\b(?:but|while|whereas|although)\b|但是?|而(?!且)|不过")
_WORD = re.compile(r"[a-z][a-z'-]*|[一-鿿]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: all of its words, those that it denies (none in an affirmation), and of whom it speaks."""

    words: frozenset[str]
    denied: frozenset[str]
    negated: bool
    subjects: frozenset[str]
    about: frozenset[str] = frozenset()
    """What the section is about in which it stands."""


def denial_wrong(said: str, cited: Sequence[Ground], subjects: Subjects) -> str:
    """A denial that the evidence does not make, or one that it makes and the sentence drops."""
    told = [clause for ground in cited for clause in _told(ground, subjects)]
    for own in clauses(said, subjects):
        if own.negated:
            if not any(_same_denial(own, other) for other in told if other.negated):
                return "it denies what the cited evidence does not deny"
            continue
        for other in told:
            if not other.denied or not _may_be_same(own, other) or not _affirms(own.words, other.denied):
                continue
            if not any(_affirms(c.words, other.denied) for c in told if not c.negated and _may_be_same(own, c)):
                return f"the cited evidence denies {sorted(other.denied)[0]!r}"
    return ""


def is_negated(text: str) -> bool:
    """Whether anything is denied in a text."""
    return _negation().search(_harmless().sub(" ", normalise(text))) is not None


def clauses(text: str, subjects: Subjects) -> list[Clause]:
    """The clauses of a text; one that names nobody speaks of whom the one before it spoke.

    A clause that is nothing but a "no" turns the one before it around.
    """
    made: list[Clause] = []
    last: frozenset[str] = frozenset()
    for raw in _CLAUSE.split(text):
        last = subjects.found(raw) or last
        clause = _harmless().sub(" ", normalise(subjects.masked(raw)))
        found = list(_negation().finditer(clause))
        words = said_words(_negation().sub(" ", clause))
        if found and not words and made:
            before = made.pop()
            denied = before.denied or before.words - _general() or before.words
            made.append(Clause(before.words, denied, True, before.subjects))
        elif found:
            made.append(Clause(words, _denied(clause, found[0]) or words - _general() or words, True, last))
        elif clause.strip():
            made.append(Clause(words, frozenset(), False, last))
    return made


def _denied(clause: str, negation: re.Match[str]) -> frozenset[str]:
    """The words that a negation turns around: those after it, or before a passive ("is not allowed in the hall")."""
    behind = _WORD.findall(clause[negation.end() :])
    after = said_words(" ".join(behind[:REACH]))
    ahead = said_words(clause[: negation.start()])
    passive = bool(behind) and stem(behind[0]) in {stem(word) for word in _general()}
    return (ahead if passive and ahead else after) - _general()


def _told(ground: Ground, subjects: Subjects) -> Iterator[Clause]:
    """The clauses of a piece: its cells that answer no or on conditions are denials of their header."""
    for fact in ground.cells:
        status = answer_of(fact)
        own = subjects.of_fact(fact)
        words = asked_words(fact.attribute)
        if status in (Status.NO, Status.CONDITIONAL):
            # Whether a yes or no is told as such is for the check of cells to say.
            yield Clause(words | said_words(fact.value), frozenset(), True, own)
        elif status is Status.YES:
            yield Clause(words, frozenset(), False, own)
        else:
            for clause in clauses(f"{fact.attribute} | {fact.value}", subjects):
                yield Clause(clause.words | words, clause.denied, clause.negated, clause.subjects or own)
    if not ground.only_cells:
        above = subjects.found(ground.piece.where)
        for clause in clauses(ground.piece.text, subjects):
            yield Clause(clause.words, clause.denied, clause.negated, clause.subjects or above, above)


def _may_be_same(one: Clause, other: Clause) -> bool:
    return not one.subjects or not other.subjects or bool(one.subjects & other.subjects)


def _affirms(words: frozenset[str], denied: frozenset[str]) -> bool:
    return sum(related(word, words, sure=True) for word in denied) >= LEAST_AFFIRMED * len(denied)


def _same_denial(own: Clause, other: Clause) -> bool:
    if not _may_be_same(own, other) and not own.subjects & other.about:
        return False
    shared = sum(related(word, other.words) for word in own.denied)
    if shared >= LEAST_SHARED * len(own.denied):
        return True
    # A cell's few words may stand anywhere in the sentence: "pregnant women must not take X" for a header "pregnant".
    return bool(other.words) and all(related(word, own.words, sure=True) for word in other.words)


@cache
def _general() -> frozenset[str]:
    """Words that say only that something is or may be."""
    return said_words(" ".join(wordings()["same"]["general"])) | frozenset(wordings()["same"]["general"])


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
