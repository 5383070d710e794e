"""Who has which value: a number or date that the evidence gives to one thing must not be told of another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.checking.digits import in_digits
from rag.answer.checking.ground import CLAUSE, Ground, Statement
from rag.answer.checking.subjects import Subjects, openers
from rag.answer.checking.words import related, said_words
from rag.text.dates import Date, dates
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.values import Quantity, quantities, same_quantity, units_agree
from rag.types import FactKind

Value = Quantity | Date
_NAME = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z0-9]+")
_PARTS = re.compile(r"[\s/()（）,，;；:：]+")


def value_of_another(said: str, cited: Sequence[Ground], subjects: Subjects) -> str:
    """A value that the evidence gives only to another thing, or under another attribute, than the sentence does."""
    statements = [statement for ground in cited for statement in ground.statements]
    known = frozenset(id for statement in statements for id in statement.subjects)
    named = [(span.start, span.id) for span in subjects.spans(said) if span.id in known]
    text = in_digits(subjects.masked(said))
    values = _values(text)
    if _pairs_up(named, values):
        wrong = next((_mispaired(id, value, named, statements) for (_, id), value in _pairs(named, values)
                      if _mispaired(id, value, named, statements)), "")  # fmt: skip
        return wrong or _attribute_wrong(text, values, {id for _, id in named}, statements)
    last: frozenset[str] = frozenset()
    for clause in CLAUSE.split(said):
        own = subjects.found(clause) & known
        held = _values(in_digits(subjects.masked(clause)))
        # "A, B and C weigh …" names its things over several clauses
        last = own | last if own and not held else own or last
        for value in held:
            wrong = _foreign(value, last, statements)
            if wrong:
                return wrong
    return _attribute_wrong(text, values, {id for _, id in named}, statements)


def name_of_another(said: str, cited: Sequence[Ground], subjects: Subjects) -> str:
    """A name told beside a value, where the sentence of the evidence that has the value names others instead."""
    if any(fact.kind is FactKind.CELL for ground in cited for fact in ground.cells):
        return ""
    above = "\n".join(ground.piece.where for ground in cited)
    statements = [statement for ground in cited for statement in ground.statements]
    for clause in CLAUSE.split(said):
        values = _values(in_digits(subjects.masked(clause)))
        holders = [holder for value in values for holder in _holders(value, statements)]
        for match in _NAME.finditer(clause if holders else ""):
            name = match.group()
            if name.lower() in openers():
                continue
            told = {s.sentence for s in statements if name in s.sentence}
            if not told or name in above or told & {holder.sentence for holder in holders}:
                continue
            if not any(subjects.found(name) & holder.subjects for holder in holders):
                return f"the cited evidence names {name!r} elsewhere"
    return ""


def _values(text: str) -> list[Value]:
    return sorted([*quantities(text), *dates(text)], key=lambda value: value.start)


def _pairs_up(named: Sequence[tuple[int, str]], values: Sequence[Value]) -> bool:
    """Whether as many things as values of one kind are told, which belong together in their order."""
    distinct = list(dict.fromkeys(id for _, id in named))
    return len(distinct) == len(named) == len(values) > 1 and all(_alike(values[0], other) for other in values)


def _pairs(named: Sequence[tuple[int, str]], values: Sequence[Value]) -> list[tuple[tuple[int, str], Value]]:
    return list(zip(named, values, strict=True))


def _alike(one: Value, other: Value) -> bool:
    if isinstance(one, Date) or isinstance(other, Date):
        return isinstance(one, Date) and isinstance(other, Date)
    return units_agree(one, other)


def _mispaired(id: str, value: Value, named: Sequence[tuple[int, str]], statements: Sequence[Statement]) -> str:
    holders = _holders(value, statements)
    if not holders or any(id in h.subjects or not h.subjects for h in holders):
        return ""
    others = {other for _, other in named} - {id}
    if any(others & h.subjects for h in holders):
        return f"the cited evidence gives {_shown(value)!r} to another thing"
    return ""


def _foreign(value: Value, own: frozenset[str], statements: Sequence[Statement]) -> str:
    holders = _holders(value, statements)
    if not own or not holders or any(not h.subjects or h.subjects & own for h in holders):
        return ""
    if any(s.subjects & own and _is_in_header(value, s.attribute) for s in statements):
        return ""
    return f"the cited evidence gives {_shown(value)!r} to another thing"


def _is_in_header(value: Value, attribute: str) -> bool:
    """Whether a header itself holds the value: "infants under 3 months"."""
    return any(
        _alike(value, held) and (not isinstance(value, Quantity) or same_quantity(value, held))
        for held in _values(in_digits(attribute))
        if isinstance(held, Quantity)
    )


def _holders(value: Value, statements: Sequence[Statement]) -> list[Statement]:
    if isinstance(value, Date):
        return [s for s in statements if any(date.iso.startswith(value.iso) for date in s.dates)]
    return [s for s in statements if any(same_quantity(value, other) for other in s.quantities)]


def _attribute_wrong(text: str, values: Sequence[Value], named: set[str], statements: Sequence[Statement]) -> str:
    """A value told under the header of another cell: its words are said, those of the value's own header are not."""
    normal = normalise(text)
    for value in values:
        holders = [h for h in _holders(value, statements) if not named or not h.subjects or h.subjects & named]
        if not holders or any(not h.attribute for h in holders):
            continue
        best = max(_share_told(h.attribute, normal) for h in holders)
        for other in statements:
            if not other.attribute or other in holders or not _rivals(value, other, named):
                continue
            if any(other in _holders(told, statements) for told in values if told is not value):
                continue  # that header is told for its own value
            if best < 1 and _share_told(other.attribute, normal, sure=True) == 1:
                return f"the cited evidence gives {_shown(value)!r} as {normalise(holders[0].attribute)!r}"
    return ""


def _share_told(attribute: str, normal: str, *, sure: bool = False) -> float:
    """Which share of the words of a header a text says."""
    words = said_words(normal)
    told = [
        (has_cjk(part) and part in normal) or all(related(word, words, sure=sure) for word in own)
        for part in _PARTS.split(normalise(attribute))
        if (own := said_words(part) or frozenset((part,) if has_cjk(part) else ()))
    ]  # fmt: skip
    return sum(told) / len(told) if told else 0.0


def _rivals(value: Value, other: Statement, named: set[str]) -> bool:
    if named and other.subjects and not (other.subjects & named):
        return False
    held: Sequence[Value] = other.dates if isinstance(value, Date) else other.quantities
    return any(_alike(value, own) for own in held)


def _shown(value: Value) -> str:
    return value.iso if isinstance(value, Date) else value.text
