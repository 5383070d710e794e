"""Comparisons of a sentence must follow from the values of both things, or stand in the evidence as they are told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from rag.answer.checking.ground import Ground
from rag.answer.checking.subjects import Subjects
from rag.answer.checking.words import related, said_words
from rag.answer.wordings import wordings
from rag.text.dates import Date
from rag.text.normalise import normalise
from rag.text.values import Quantity, comparable, units_agree

Value = Quantity | Date
_DATE = "date"


@dataclass(frozen=True, slots=True)
class _Comparison:
    """That `left` is told before `right` with a comparing word between or behind them."""

    left: str
    right: str
    word: str


@dataclass(frozen=True, slots=True)
class _Sense:
    """What a comparing word means: more or less, in which units (any if empty), of which attributes."""

    more: bool
    units: frozenset[str]
    attributes: frozenset[str]


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
            before = [span.id for span in spans if span.start < match.start()]
            after = [span.id for span in spans if span.start >= match.end()]
            if before and after and before[-1] != after[0]:
                yield _Comparison(before[-1], after[0], match["word"])


def _says_same(own: _Comparison, other: _Comparison) -> bool:
    mine, theirs = ({sense.more for sense in _senses()[word]} for word in (own.word, other.word))
    alike, turned = mine & theirs, mine & {not more for more in theirs}
    if (own.left, own.right) == (other.left, other.right):
        return bool(alike)
    return (own.left, own.right) == (other.right, other.left) and bool(turned)


def _follows(own: _Comparison, said: str, cited: Sequence[Ground]) -> bool:
    """Whether the values of both things say so, in every attribute that the sentence may mean."""
    left, right = _values(own.left, own.right, cited), _values(own.right, own.left, cited)
    shared = left.keys() & right.keys()
    words = said_words(said)
    meant = {label for label in shared if any(related(word, words, sure=True) for word in said_words(label))}
    return any(_verdicts(left, right, sense, _labels(shared, meant, sense)) == {True} for sense in _senses()[own.word])


def _labels(shared: AbstractSet[str], meant: AbstractSet[str], sense: _Sense) -> AbstractSet[str]:
    """The attributes that a comparing word is about: those of its own kind, those that are said, or any."""
    own = {label for label in shared if any(related(word, sense.attributes, sure=True) for word in said_words(label))}
    return own or meant or shared


def _verdicts(
    left: Mapping[str, Sequence[Value]], right: Mapping[str, Sequence[Value]], sense: _Sense, labels: AbstractSet[str]
) -> set[bool]:
    return {
        verdict
        for label in labels
        for one in left[label]
        for other in right[label]
        if (verdict := _holds(one, other, sense)) is not None
    }


def _values(id: str, other: str, cited: Sequence[Ground]) -> dict[str, list[Value]]:
    """The values of a thing by attribute, where they are not the other one's too; those of running text under ""."""
    found: dict[str, list[Value]] = {}
    for ground in cited:
        for statement in ground.statements:
            if id in statement.subjects and other not in statement.subjects:
                held = found.setdefault(normalise(statement.attribute), [])
                held += [*statement.quantities, *statement.dates]
    return found


def _holds(one: Value, other: Value, sense: _Sense) -> bool | None:
    """Whether `one` is more (or less) than `other`; None where they are not compared by this word."""
    if isinstance(one, Date) or isinstance(other, Date):
        if not (isinstance(one, Date) and isinstance(other, Date) and _DATE in sense.units):
            return None
        return (one.iso > other.iso) is sense.more if one.iso != other.iso else False
    if not units_agree(one, other) or (sense.units and one.unit not in (*sense.units, "")):
        return None
    left, right = comparable(one, other)
    return (left > right) is sense.more if left != right else False


@cache
def _senses() -> dict[str, tuple[_Sense, ...]]:
    """Comparing words (normalised), each with its senses."""
    found: dict[str, tuple[_Sense, ...]] = {}
    for entry in wordings()["comparing"]["kinds"]:
        for name in ("more", "less"):
            for word in map(normalise, entry[name]):
                sense = _Sense(name == "more", frozenset(entry["units"]), frozenset(entry["attributes"]))
                found[word] = (*found.get(word, ()), sense)
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
