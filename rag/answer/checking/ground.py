"""A piece of evidence taken apart once: its words, numbers and dates, and who is said to have which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.answer.checking.digits import in_digits
from rag.answer.checking.subjects import Subjects
from rag.answer.checking.types import Evidence
from rag.text.dates import Date, dates
from rag.text.normalise import normalise
from rag.text.values import Quantity, cell_quantities, quantities
from rag.types import Fact, FactKind

LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]*(?:[-_.+/][A-Za-z0-9]+)*[+#]*")
_SENTENCE = re.compile(r"[。！？!?\n|]+|\.(?=\s|$)")
LONGEST_VALUE = 60
"""Characters of a key's value from which several sentences are running text."""
OPENS = 24
"""Characters of a sentence within which it names the thing that it is about."""
CLAUSE = re.compile(
    r"[，；;]|,(?!\s?\d)|\b(?:while|whereas|but|although|though|against(?=[^.;]{0,12}\d))\b|而(?!且)|但是?|不过"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is said: of whom, under which attribute ("" in running text), with which values."""

    subjects: frozenset[str]
    attribute: str
    text: str
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]
    sentence: str
    """The whole sentence, of which a clause may leave out what another one says: "A lasts three years, B only two"."""
    about: frozenset[str] = frozenset()
    """What the section is about in which it stands, whomever it names."""


@dataclass(frozen=True)
class Ground:
    """What a piece of evidence holds. Texts are as written; `normal` is normalised."""

    piece: Evidence
    subjects: Subjects

    @cached_property
    def cells(self) -> tuple[Fact, ...]:
        """The facts of tables and key-value lines, which have an attribute and are no running text."""
        return tuple(f for f in self.piece.facts if _is_cell(f) and f.attribute and not _is_prose(f))

    @cached_property
    def whole(self) -> str:
        """Everything that stands in the piece, beside it and above it."""
        told = [f"{f.entity} {f.attribute} {f.value} {f.date or ''} " + _narrowed(f) for f in self.piece.facts]
        return "\n".join((self.piece.where, self.piece.text, *told))

    @cached_property
    def normal(self) -> str:
        """The same normalised, line by line."""
        return "\n".join(normalise(line) for line in self.whole.split("\n"))

    @cached_property
    def dense(self) -> str:
        """The same normalised and without white space."""
        return "".join(self.normal.split())

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The quantities of the piece; those of cells have the unit of their header, those of names none."""
        found = [*quantities(in_digits(self.piece.text)), *_in_names(self.piece.where)]
        for fact in self.piece.facts:
            found += _of_fact(fact)
            found += [*quantities(in_digits(_narrowed(fact))), *_in_names(fact.entity)]
        return tuple(found)

    @cached_property
    def dates(self) -> tuple[Date, ...]:
        """The dates of the piece and of its facts."""
        found = dates(self.piece.text)
        for fact in self.piece.facts:
            found += [*dates(fact.value), *dates(_narrowed(fact))]
            found += [Date(fact.date, 0, 0)] if fact.date else []
        return tuple(found)

    @property
    def only_cells(self) -> bool:
        """Whether the facts of tables and key-value lines say all of the piece."""
        return bool(self.cells) and all(_is_cell(fact) and not _is_prose(fact) for fact in self.piece.facts)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The piece as statements: one for each cell, one for each clause of running text."""
        found = [_of_cell(fact, self.subjects) for fact in self.cells]
        if not self.only_cells:
            found += _of_text(self.piece, self.subjects)
        return tuple(found)


def _is_cell(fact: Fact) -> bool:
    return fact.kind in (FactKind.CELL, FactKind.KEY)


def _is_prose(fact: Fact) -> bool:
    """Whether a line that begins as a key does is a paragraph: 家里备两种：一种给大人。另一种给孩子。"""
    parts = [part for part in _SENTENCE.split(fact.value) if part.strip()]
    return fact.kind is FactKind.KEY and len(fact.value) > LONGEST_VALUE and len(parts) > 1


def _narrowed(fact: Fact) -> str:
    return " ".join(part for pair in fact.qualifiers for part in pair)


def _of_fact(fact: Fact) -> list[Quantity]:
    if fact.kind in (FactKind.CELL, FactKind.KEY):
        return cell_quantities(fact.attribute, in_digits(fact.value))
    return quantities(in_digits(fact.value))


def _in_names(text: str) -> list[Quantity]:
    """Quantities that are parts of names: the 13B of "X-13B", not the 6 of the heading "6. X"."""
    return [q for token in LATIN.findall(text) for q in quantities(token)]


def _of_cell(fact: Fact, subjects: Subjects) -> Statement:
    narrowed = _narrowed(fact)
    text = f"{fact.attribute} {narrowed} {fact.value}"
    own = subjects.of_fact(fact)
    found = (*_of_fact(fact), *quantities(in_digits(narrowed)))
    when = [*dates(fact.value), *dates(narrowed)]
    return Statement(own | subjects.found(text), fact.attribute, text, tuple(found), tuple(when), text)


def _of_text(piece: Evidence, subjects: Subjects) -> list[Statement]:
    """Statements of running text; a clause that names nobody speaks of whom the one before it spoke.

    A sentence that names nobody speaks of the thing that its section is about, or of the thing with which an earlier
    one opens: a name in passing ("speaks the Foo protocol") is not spoken of in the next sentence.
    """
    above = subjects.within(piece.where.rpartition(" › ")[2])
    for fact in piece.facts:
        above |= subjects.of_fact(fact) if fact.kind not in (FactKind.CELL, FactKind.KEY) else frozenset()
    found: list[Statement] = []
    last = opened = frozenset[str]()
    for sentence in _SENTENCE.split(piece.text):
        last = above | opened if above else last
        opened = subjects.found(sentence.lstrip()[:OPENS]) or opened
        for clause in CLAUSE.split(sentence):
            if not clause.strip():
                continue
            named = subjects.found(clause)
            last = named or last
            plain = in_digits(clause)
            found.append(Statement(last, "", clause, tuple(quantities(plain)), tuple(dates(clause)), sentence, above))
    return found


def all_quantities(grounds: Sequence[Ground]) -> list[Quantity]:
    """The quantities of several pieces."""
    return [quantity for ground in grounds for quantity in ground.quantities]
