"""Comparisons of a sentence must follow from the values of both things, or stand in the evidence as they are told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rag.answer.checking.ground import Ground
from rag.answer.checking.subjects import Subjects
from rag.answer.checking.words import related, said_words
from rag.answer.wordings import wordings
from rag.text.normalise import normalise
from rag.text.values import Date, Quantity, comparable, units_agree

Value = Quantity | Date
_DATE = "date"


@dataclass(frozen=True, slots=True)
class _Comparison:
    """That `left` is told before `right` with a comparing word between or behind them."""

    left: str
    right: str
    word: str


def comparison_wrong(said: str, cited: Sequence[Ground], subjects: Subjects) -> str:
    """A comparison that neither the values in the evidence nor its words bear out."""
    told = [c for ground in cited for c in _comparisons(ground.piece.text, subjects)]
    for own in _comparisons(said, subjects):
        if any(_says_same(own, other) for other in told):
            continue
        if not _follows(own, said, cited):
            return "the cited evidence does not compare them so"
    return ""


def _comparisons(text: str, subjects: Subjects) -> Iterator[_Comparison]:
    """Comparisons of two named things: "A is heavier than B", "A 比 B 重", "A 早于 B", "A came before B"."""
    normal = normalise(text)
    spans = subjects.spans(normal)
    for pattern in _patterns():
        for match in pattern.finditer(normal):
            before = [id for at, id in spans if at < match.start()]
            after = [id for at, id in spans if at >= match.end()]
            if before and after and before[-1] != after[0]:
                yield _Comparison(before[-1], after[0], match["word"])


def _says_same(own: _Comparison, other: _Comparison) -> bool:
    alike = {more for more, _ in _senses()[own.word]} & {more for more, _ in _senses()[other.word]}
    turned = {more for more, _ in _senses()[own.word]} & {not more for more, _ in _senses()[other.word]}
    if (own.left, own.right) == (other.left, other.right):
        return bool(alike)
    return (own.left, own.right) == (other.right, other.left) and bool(turned)


def _follows(own: _Comparison, said: str, cited: Sequence[Ground]) -> bool:
    """Whether the values of both things say so, in every attribute that the sentence may mean."""
    left, right = (_values(id, cited) for id in (own.left, own.right))
    shared = left.keys() & right.keys()
    words = said_words(said)
    meant = {label for label in shared if any(related(word, words) for word in said_words(label))}
    verdicts = {
        verdict
        for more, units in _senses()[own.word]
        for label in (meant or shared)
        for one in left[label]
        for other in right[label]
        if (verdict := _holds(one, other, more=more, units=units)) is not None
    }
    return verdicts == {True}


def _values(id: str, cited: Sequence[Ground]) -> dict[str, list[Value]]:
    """The values of a thing by attribute; those of running text under ""."""
    found: dict[str, list[Value]] = {}
    for ground in cited:
        for statement in ground.statements:
            if statement.subjects == {id}:
                held = found.setdefault(normalise(statement.attribute), [])
                held += [*statement.quantities, *statement.dates]
    return found


def _holds(one: Value, other: Value, *, more: bool, units: frozenset[str]) -> bool | None:
    """Whether `one` is more (or less) than `other`; None where they are not compared by this word."""
    if isinstance(one, Date) or isinstance(other, Date):
        if not (isinstance(one, Date) and isinstance(other, Date) and _DATE in units):
            return None
        return (one.iso > other.iso) is more if one.iso != other.iso else False
    if not units_agree(one, other) or (units and one.unit not in units and one.unit != ""):
        return None
    left, right = comparable(one, other)
    return (left > right) is more if left != right else False


@cache
def _senses() -> dict[str, tuple[tuple[bool, frozenset[str]], ...]]:
    """Comparing words (normalised), each with its senses: whether it means more, and of what units (any if empty)."""
    found: dict[str, tuple[tuple[bool, frozenset[str]], ...]] = {}
    for entry in wordings()["comparing"]["kinds"]:
        for name in ("more", "less"):
            for word in map(normalise, entry[name]):
                found[word] = (*found.get(word, ()), (name == "more", frozenset(entry["units"])))
    return found


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    longest_first = sorted(_senses(), key=lambda word: (-len(word), word))
    english = "|".join(re.escape(word) for word in longest_first if word.isascii())
    chinese = "|".join(re.escape(word) for word in longest_first if not word.isascii())
    direct = "|".join(re.escape(normalise(word)) for word in wordings()["comparing"]["direct"])
    return (
        re.compile(rf"\b(?P<word>{english})\b[^.;]{{0,30}}?\bthan\b"),
        re.compile(rf"(?P<word>{chinese})于"),
        re.compile(rf"(?:比|相比|较之)(?=[^,;.]{{0,40}}?(?P<word>{chinese}))"),
        re.compile(rf"(?<![a-z])(?P<word>{direct})(?![a-z])"),
    )
