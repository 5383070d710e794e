"""Lists by what stands in columns that the question names by their own headers: "whose licence is MIT".

Elsewhere every word of a question is a condition that any fact may meet (`records.py`). Where the question says a
header as it is written and then what stands below it, only the cells of that column are held against what is said:
a number against a limit or a range, a mark against a mark, a value against the value or a part of it.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from weakref import WeakKeyDictionary

from rag.answer.blanks import blanks
from rag.answer.conditions import conditions
from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.meant_regions import named as named_regions
from rag.answer.meant_regions import reached
from rag.answer.measures import side_wordings
from rag.answer.polarity import verdict
from rag.answer.records import Record, Selection, told
from rag.answer.regions import regions
from rag.index import Snapshot
from rag.question.mentions import Mention
from rag.question.scope import kinds
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import attribute_concepts, intent, words
from rag.retrieve.view import view
from rag.text.names import has_cjk, name_key, strip_numbering
from rag.text.normalise import normalise
from rag.text.values import Quantity, comparable, quantities, same_quantity, units_agree
from rag.types import Fact, FactKind, Status

LONGEST_HEADER = 40
"""Characters of a header that a question may say."""
LONGEST_VALUE = 60
"""Characters of a cell that is a value and no text."""
MOST_FACTS = 4000
"""Cells looked at under the named headers."""
MOSTLY, FEWEST = 0.7, 1
"""Share, and number, of a column's cells that are marks for it to be one of marks."""
_BRACKETED = re.compile(r"\s*[(（\[【][^)）\]】]*[)）\]】]\s*")
_PARTS = re.compile(r"[、,，;；/|+]+")
_QUOTED = re.compile(r"[“\"「『'‘]\s*(?P<said>[^”\"」』'’]{1,40}?)\s*[”\"」』'’]")
_BREAK = re.compile(r"[,，;；、:：。.!！?？()（）](?!\d)|$")
_RANGE = re.compile(r"\s*(?:-|–|—|~|～|到|至|and|to|和)\s*")
_HAD_AS = re.compile(r"\b(?:have|has|with|had)\s+(?P<said>[^;?]{1,40}?)\s+(?:as|for)\s+(?:the\s+|their\s+|its\s+)?$")
_BARE = re.compile(r"[\d.,]+")
_GLUE = re.compile(r"[\s:：=\"“”「」『』'‘’]+")


@dataclass(slots=True)
class Column:
    """A column that the question names: its header as written (several where tables differ), and where it is said.

    `said` are the stretches of the question that state what stands in it: a value, limits or a mark.
    """

    headers: frozenset[str]
    start: int
    end: int
    said: list[tuple[int, int]] = field(default_factory=list)
    needle: str = ""
    mark: Status | None = None
    """What the marks of a column must be of which nothing is said but that things have it, or have it not."""
    limits: list[tuple[Quantity, str]] = field(default_factory=list)


@cache
def _words(name: str) -> tuple[str, ...]:
    read = tomllib.loads((files("rag.answer") / "data" / "columns.toml").read_text(encoding="utf-8"))[name]
    said = (normalise(word) for language in ("zh", "en") for word in read[language])
    return tuple(sorted(said, key=lambda word: (-len(word), word)))


@dataclass(slots=True)
class _Kept:
    headers: Mapping[str, frozenset[str]]


_kept: WeakKeyDictionary[Snapshot, _Kept] = WeakKeyDictionary()


def columns(context: Context) -> Draft | None:
    """The things whose cells are what the question says of the columns that it names; None where it does not."""
    question = context.question
    found = _named(context.snapshot, question.normal)
    named = _stated(context, found)
    if found and (question.asks("unstated") or intent("filled").search(question.normal)):
        said = any(column.limits or (column.needle and any(_meeting(context, column))) for column in named)
        marked = any(column.mark is not None for column in named) and not intent("blank").search(question.normal)
        if not said and not marked:
            return _blank(context, found)
    if not named:
        return None
    places, told_by = named_regions(context.snapshot, question.normal, reached(context.snapshot, question))
    records: dict[str, Record] = {}
    for at, column in enumerate(named, _first_free(question)):
        for fact in _meeting(context, column):
            if places and not any(place.holds(fact) for place in places):
                continue
            entity = context.entity(fact.entity_key)
            key = entity.keys[0] if entity is not None else fact.entity_key
            records.setdefault(key, Record(key, fact.entity)).meet(at, 1.0, fact, picks=True, marked=False)
    wanted = range(_first_free(question), _first_free(question) + len(named))
    whole = [record for record in records.values() if all(at in record.met for at in wanted)]
    kept = _meeting_the_rest(context, whole, named, told_by)
    if not kept:
        return None
    kept.sort(key=lambda record: min((fact.source, fact.ordinal) for fact in record.facts.values()))
    return told(context, Selection(tuple(kept), 1.0, frozenset(wanted)))


def _blank(context: Context, found: Sequence[Column]) -> Draft | None:
    """The things with nothing in the one column that the question names, or with something; None where it asks more."""
    headers = found[0].headers
    text = " ".join(context.question.normal[column.start : column.end] for column in found)
    if len(found) > 1 or any(unit.weight > KIND_WEIGHT and not _is_told(unit, text) for unit in context.question.units):
        return None
    sources = sorted({fact.source for fact in _cells(context, found[0])})
    tables = [table for table in regions(context.snapshot, sources) if table.lines is not None]
    return blanks(context, [table for table in tables if headers & set(table.rows[0][1])], frozenset(), headers)


def _first_free(question: Question) -> int:
    """The number of the first condition that is no unit, name or date of the question (`conditions.py`)."""
    return len(question.units) + len(question.mentions) + 1


def _stated(context: Context, found: list[Column]) -> list[Column]:
    """Those of the columns of `found` of which the question says something, in the order of the question."""
    question = context.question
    found = [column for at, column in enumerate(found) if all(column.headers != c.headers for c in found[:at])]
    while found:
        for column in found:
            column.needle, column.mark, column.limits, column.said = "", None, [], []
        ends = [*(other.start for other in found[1:]), len(question.normal)]
        for column, behind in zip(found, ends, strict=True):
            ahead = max((other.end for other in found if other.end <= column.start), default=0)
            _with_numbers(question, column, ahead, behind)
            if not column.limits:
                _with_value(context, column, ahead, behind)
            if not column.limits and not column.needle and _holds_marks(_cells(context, column)):
                column.mark = Status.NO if question.asks("negated", "unstated") else Status.YES
        idle = next((c for c in found if not c.limits and not c.needle and c.mark is None), None)
        if idle is None:
            return found
        found.remove(idle)  # a word of the question that is a header as well
    return []


def _named(snapshot: Snapshot, normal: str) -> list[Column]:
    """The headers of the corpus that stand in a normalised question, the longest where several overlap."""
    headers = _headers(snapshot)
    found: list[Column] = []
    at = 0
    while at < len(normal):
        for end in range(min(len(normal), at + LONGEST_HEADER), at + 1, -1):
            said = normal[at:end]
            if said in headers and _stands_alone(normal, at, end):
                found.append(Column(headers[said], at, end))
                at = end - 1
                break
        at += 1
    return found


def _stands_alone(normal: str, start: int, end: int) -> bool:
    """Whether a stretch of text begins and ends no Latin word or number in its middle."""
    before, after = normal[start - 1 : start], normal[end : end + 1]
    inside = normal[start:end]
    cut_before = _is_latin(before) and _is_latin(inside[0])
    cut_after = _is_latin(after) and _is_latin(inside[-1])
    return not cut_before and not cut_after


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _headers(snapshot: Snapshot) -> Mapping[str, frozenset[str]]:
    """What a question may say for a header -> the headers as written, made once a generation."""
    kept = _kept.get(snapshot)
    if kept is None:
        exact: dict[str, set[str]] = defaultdict(set)
        short: dict[str, set[str]] = defaultdict(set)
        for attribute, _ in snapshot.attributes():
            said = normalise(attribute).strip(" ?？:：*")
            if 1 < len(said) <= LONGEST_HEADER:
                exact[said].add(attribute)
            bare = _BRACKETED.sub(" ", said).strip()
            if 1 < len(bare) <= LONGEST_HEADER and bare != said:
                short[bare].add(attribute)
        forms = {said: frozenset(written) for said, written in short.items()}
        forms |= {said: frozenset(written) for said, written in exact.items()}
        kept = _kept[snapshot] = _Kept(forms)
    return kept.headers


def _with_numbers(question: Question, column: Column, ahead: int, behind: int) -> None:
    """Note the limits that the question sets to a column: those behind its name, else those right before it."""
    numbers = [u for u in question.units if u.quantity is not None]
    after = [u for u in numbers if u.quantity is not None and column.end <= u.quantity.start < behind]
    before = [u for u in numbers if u.quantity is not None and ahead <= u.quantity.start < column.start]
    for near in (after, before):
        quantities = [u.quantity for u in near if u.quantity is not None]
        if len(near) == 2 and _RANGE.fullmatch(question.normal[quantities[0].end : quantities[1].start]):
            low, high = _alike(*quantities)
            column.limits = [(low, "from"), (high, "to")]
        elif len(near) == 1 and near[0].limit:
            column.limits = [(quantities[0], _limit(question, near[0].limit))]
        if column.limits:
            column.said = [(q.start, q.end) for q in quantities]
            return


def _limit(question: Question, limit: str) -> str:
    """ "from" and "to" for limits that themselves count: "at least", "至多"."""
    if intent("reaching").search(question.normal) is None:
        return limit
    return "to" if limit == "below" else "from"


def _alike(low: Quantity, high: Quantity) -> tuple[Quantity, Quantity]:
    """The ends of a range with the unit and multiplier that only the second states: "10 到 20 万"."""
    if low.unit or _BARE.fullmatch(low.text) is None:
        return low, high
    number = _BARE.match(high.text.lstrip("¥$€£ "))
    digits = float(number.group().replace(",", "").rstrip(".") or 0) if number else 0.0
    factor = high.value / digits if digits else 1.0
    return replace(low, value=low.value * factor, unit=high.unit), high


def _with_value(context: Context, column: Column, ahead: int, behind: int) -> None:
    """Note what the question says stands in a column: right behind its name, or before it ("have X as Y")."""
    normal = context.question.normal
    at = _behind_glue(normal, column.end, behind)
    quoted = _QUOTED.match(normal, at)
    if quoted is not None and quoted.end() <= behind:
        column.needle, column.said = quoted["said"], [quoted.span("said")]
    elif at < behind:
        end = min(m.start() for m in (_BREAK.search(normal, at, behind),) if m is not None)
        said = _until_end(normal[at:end]).strip()
        column.needle = max(said, _cell_at(context, column, at, behind), key=len)
        column.said = [(at, at + len(column.needle))]
    if not column.needle and (before := _HAD_AS.search(normal, ahead, column.start)) is not None:
        column.needle, column.said = before["said"], [before.span("said")]


def _cell_at(context: Context, column: Column, at: int, behind: int) -> str:
    """The longest whole value of a column that the question says at this place; "" where it says none."""
    normal = context.question.normal
    values = {view(fact).value for fact in _cells(context, column)}
    said = [v for v in values if v and normal.startswith(v, at, behind) and _stands_alone(normal, at, at + len(v))]
    return max(said, key=lambda value: (len(value), value), default="")


def _behind_glue(normal: str, at: int, behind: int) -> int:
    """Where what stands in a column begins, behind words for "is" and signs."""
    while at < behind:
        glue = _GLUE.match(normal, at)
        opened = glue is not None and any(char in "“\"「『'‘" for char in glue.group())
        if opened and glue is not None:
            return glue.end() - 1
        start = glue.end() if glue is not None else at
        word = next((w for w in _words("states") if normal.startswith(w, start) and _ends_word(normal, start, w)), "")
        if not word:
            return start
        at = start + len(word)
    return at


def _ends_word(normal: str, start: int, word: str) -> bool:
    return has_cjk(word) or _stands_alone(normal, start, start + len(word))


def _until_end(text: str) -> str:
    """`text` up to the first word that ends a value."""
    ends = [
        match.start()
        for word in _words("ends")
        for match in [re.search(re.escape(word) if has_cjk(word) else rf"\b{re.escape(word)}\b", text)]
        if match is not None
    ]
    return text[: min(ends)] if ends else text


def _meeting(context: Context, column: Column) -> Iterator[Fact]:
    """The cells of a column that are what the question says."""
    cells = _cells(context, column)
    if column.limits:
        return (fact for fact in cells if any(_within(column, quantity) for quantity in _numbers(column, fact)))
    if column.mark is not None:
        wanted = (column.mark,) if column.mark is Status.NO else (Status.YES, Status.CONDITIONAL)
        return (fact for fact in cells if verdict(fact.value) in wanted)
    return iter(_saying(cells, column.needle))


def _cells(context: Context, column: Column) -> tuple[Fact, ...]:
    found = context.snapshot.facts_under(column.headers, lambda _, value: len(value) <= LONGEST_VALUE, MOST_FACTS)
    return tuple(fact for fact in found if fact.entity_key and fact.kind in (FactKind.CELL, FactKind.KEY))


def _numbers(column: Column, fact: Fact) -> Sequence[Quantity]:
    """The numbers of a cell; as written where the limits are bare: in "Price (k)" a limit of 300 means 300 k."""
    bare = all(_BARE.fullmatch(limit.text) for limit, _ in column.limits)
    return quantities(view(fact).value) if bare else view(fact).own


def _holds_marks(cells: Sequence[Fact]) -> bool:
    """Whether most cells of a column say yes or no."""
    marks = [verdict(fact.value) for fact in cells]
    firm = sum(mark is not None and mark is not Status.UNKNOWN for mark in marks)
    return firm >= max(FEWEST, MOSTLY * len(cells))


def _within(column: Column, quantity: Quantity) -> bool:
    """Whether a number of a cell is within all limits."""
    for limit, side in column.limits:
        if not units_agree(quantity, limit):
            return False
        value, bound = comparable(quantity, limit)
        equal = same_quantity(quantity, limit)
        if side == "from" and not (value >= bound or equal):
            return False
        if side == "to" and not (value <= bound or equal):
            return False
        if side == "above" and (value <= bound or equal):
            return False
        if side == "below" and (value >= bound or equal):
            return False
    return True


def _saying(cells: Sequence[Fact], needle: str) -> list[Fact]:
    """The cells that are just what is said, or one part of which is; where none is, those that hold it."""
    mark = verdict(needle)
    whole = [fact for fact in cells if _is(fact, needle)]
    if not whole and mark is not None and mark is not Status.UNKNOWN:
        return [fact for fact in cells if verdict(fact.value) is mark]
    return whole or [fact for fact in cells if _holds(view(fact).value, needle)]


def _is(fact: Fact, needle: str) -> bool:
    value = view(fact).value
    parts = (value, *_PARTS.split(value), _BRACKETED.sub(" ", value))
    return any(_plain(part) == _plain(needle) for part in parts)


def _plain(text: str) -> str:
    return re.sub(r"[\s\-_*`\\]+", "", text)


def _holds(value: str, needle: str) -> bool:
    """Whether a text holds another as words of its own."""
    if len(needle) < 2:
        return False
    at = value.find(needle)
    return at >= 0 and _stands_alone(value, at, at + len(needle))


def _meeting_the_rest(
    context: Context, found: Sequence[Record], named: Sequence[Column], told_by: Sequence[str]
) -> list[Record]:
    """Those of the things that meet what else the question says; [] where it says something that none meets.

    `told_by`: its words that say where to look.
    """
    question = context.question
    stretches = [(column.start, column.end) for column in named] + [s for column in named for s in column.said]
    sorts = kinds(question.normal)
    either = [phrase.text for phrase in sorts] if len(sorts) > 1 else []
    text = " ".join((*(question.normal[start:end] for start, end in stretches), *told_by, *either))
    units = [at for at, unit in enumerate(question.units) if unit.weight > KIND_WEIGHT and not _is_told(unit, text)]
    names = [
        (at, mention) for at, mention in enumerate(question.mentions, len(question.units))
        if mention.surface not in text
    ]  # fmt: skip
    left = {*units, *(at for at, _ in names)}
    if question.dates:
        left.add(_first_free(question) - 1)
    return [record for record in found if left <= _met(context, record, names)] if left else list(found)


def _met(context: Context, record: Record, names: Sequence[tuple[int, Mention]]) -> set[int]:
    """The conditions of the question that anything said of a thing meets; a name may be that of the section."""
    entity = context.entity(record.key)
    met: set[int] = set()
    for fact in context.snapshot.facts_of(entity.keys if entity is not None else (record.key,)):
        met |= {condition.at for condition in conditions(context.question, fact) if condition.share > 0}
        above = {name_key(strip_numbering(heading)) for heading in fact.heading}
        met |= {at for at, mention in names if above & mention.keys}
    return met


def _is_told(unit: Unit, text: str) -> bool:
    """Whether a unit is a word of the named columns, of what is said of them, or one that only asks or limits."""
    if unit.quantity is not None:
        return unit.quantity.text in text
    said = unit.surface or unit.label
    if said in text or said in words("filler") or said in side_wordings()["whichever"]["words"]:
        return True
    if unit.concept is not None and not unit.surface:  # what a number's unit implies
        return True
    if any(intent(name).fullmatch(said) for name in ("above", "below", "reaching")):
        return True
    return unit.concept is not None and unit.concept.name in attribute_concepts(text)
