"""The notes as sheets: things down, attributes across, for every table, section and note, and for all notes together.

A list question picks things out of one of them by what a column says (`picks.py`). The sheets of a note are made once
a generation; what all notes say under one header, or anywhere, is gathered from those of its notes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from weakref import WeakKeyDictionary

from rag.answer.contents import facts_in, is_listed
from rag.answer.context import Context, display
from rag.answer.polarity import is_unknown, verdict
from rag.answer.regions import Region, regions, written
from rag.index import Snapshot
from rag.retrieve.view import view
from rag.text.names import name_key, strip_numbering
from rag.types import Fact, FactKind, SourceKind, Status

MOST_SOURCES = 40
"""Notes whose sheets are looked at: of more, those that hold most of what the question's words find."""
LONG_CELL = 120
"""Characters beyond which a cell's sentences are facts of their own and stand for it."""
SHORT_VALUE = 30
"""Characters up to which a value can be meant by another word for it."""
MOSTLY_MARKS = 0.5
"""Share of a column's cells that are marks for it to be one of marks."""
FEWEST = 2
_MARKS = (Status.YES, Status.CONDITIONAL, Status.NO)

ThingKey = tuple[str, str]
"""The key of a thing's entity, and within a table how the table writes it, where that tells it from others."""


class Sort(StrEnum):
    """What the rows of a sheet have in common."""

    TABLE = "table"
    SECTION = "section"
    NOTE = "note"
    HEADINGS = "headings"
    HEADER = "header"
    """A header that several tables have."""
    ALL = "all"
    PARTS = "parts"
    """No sheet but the parts of one value or list: what a thing has several of."""


@dataclass(slots=True, eq=False)
class Column:
    """What stands under one header: facts by thing, in reading order. "" holds what stands under none."""

    attribute: str
    cells: list[tuple[ThingKey, Fact]] = field(default_factory=list)
    marks: dict[ThingKey, tuple[Status, Fact]] = field(default_factory=dict)
    """The marks of a column that mostly holds marks."""
    ticked: dict[ThingKey, Fact] = field(default_factory=dict)
    crossed: dict[ThingKey, Fact] = field(default_factory=dict)
    filled: dict[ThingKey, Fact] = field(default_factory=dict)
    blank: dict[ThingKey, Fact] = field(default_factory=dict)
    """Things whose cell is empty or says that nothing is known, each with a fact of its row."""
    values: dict[str, dict[ThingKey, Fact]] = field(default_factory=dict)
    """Of short values that are no marks, each with its things."""
    tokens: frozenset[str] = frozenset()
    """The words of the header."""

    def value_tokens(self) -> Iterator[frozenset[str]]:
        """The words of each short value."""
        for things in self.values.values():
            yield view(next(iter(things.values()))).value_tokens


@dataclass(slots=True, eq=False)
class Sheet:
    """Things with what is said of them; `region` is where they stand, if that is one place."""

    sort: Sort
    region: Region | None = None
    names: dict[ThingKey, str] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    rows: dict[ThingKey, Fact] = field(default_factory=dict)
    """Every thing with the fact that stands for it where all are meant."""

    def put(self, key: ThingKey, name: str, attribute: str, fact: Fact) -> None:
        """Note that `fact` is said of a thing under a header."""
        self.names.setdefault(key, name)
        column = self.columns.get(attribute)
        if column is None:
            tokens = view(fact).attribute_tokens if attribute else frozenset[str]()
            column = self.columns[attribute] = Column(attribute, tokens=tokens)
        column.cells.append((key, fact))


@dataclass(slots=True)
class _Kept:
    by_source: dict[str, tuple[Sheet, ...]] = field(default_factory=dict)
    gathered: dict[tuple[str, ...], Gathered] = field(default_factory=dict)


class Place(NamedTuple):
    """Where a fact stands: `column.cells[at]`."""

    sheet: Sheet
    column: Column
    at: int


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Gathered:
    """The sheets of some notes, and where each fact stands in them."""

    sheets: tuple[Sheet, ...]
    places: Mapping[Fact, tuple[Place, ...]]
    tables: Mapping[str, int]
    """The tables that have a row for a thing, by the thing's key: a bit for each table."""
    cells: tuple[Fact, ...]
    """What stands in cells and after keys, by source and reading order."""


_kept: WeakKeyDictionary[Snapshot, _Kept] = WeakKeyDictionary()


def gathered(context: Context, found: Iterable[Fact]) -> Gathered:
    """The sheets of the notes in which the facts `found` stand, those with most of them where there are many."""
    snapshot = context.snapshot
    kept = _kept.setdefault(snapshot, _Kept())
    paths = snapshot.source_paths()
    if len(paths) > MOST_SOURCES:
        counts = Counter(fact.source for fact in found)
        paths = tuple(sorted(path for path, _ in sorted(counts.items(), key=lambda e: (-e[1], e[0]))[:MOST_SOURCES]))
    if paths not in kept.gathered:
        sheets: list[Sheet] = []
        for path in paths:
            if path not in kept.by_source:
                kept.by_source[path] = tuple(_of_note(context, path))
            sheets += kept.by_source[path]
        sheets += _over_notes(sheets)
        if len(kept.gathered) > 4:
            kept.gathered.clear()
        places = _places(sheets)
        cells = (fact for fact in places if fact.kind in (FactKind.CELL, FactKind.KEY))
        in_order = sorted(cells, key=lambda fact: (fact.source, fact.ordinal))
        kept.gathered[paths] = Gathered(tuple(sheets), places, _tables(sheets), tuple(in_order))
    return kept.gathered[paths]


def _places(sheets: Sequence[Sheet]) -> dict[Fact, tuple[Place, ...]]:
    found: dict[Fact, list[Place]] = defaultdict(list)
    for sheet in sheets:
        for column in sheet.columns.values():
            for at, (_, fact) in enumerate(column.cells):
                found[fact].append(Place(sheet, column, at))
    return {fact: tuple(places) for fact, places in found.items()}


def _tables(sheets: Sequence[Sheet]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for number, sheet in enumerate(sheets):
        if sheet.sort is Sort.TABLE:
            for key, _ in sheet.names:
                found[key] |= 1 << number
    return dict(found)


def _of_note(context: Context, path: str) -> list[Sheet]:
    """The sheets of one note: its tables, its sections, the headings below a heading, and the note as a whole."""
    if context.snapshot.source(path).kind is not SourceKind.NOTE:
        return []
    found: list[Sheet] = []
    for region in regions(context.snapshot, [path]):
        if region.lines is None and region.is_note and region.heading:
            continue
        sort = Sort.TABLE if region.rows else Sort.SECTION if region.heading else Sort.NOTE
        sheet = Sheet(sort, region)
        below = Sheet(Sort.HEADINGS, region)
        for fact in facts_in(context, [region], linked=True):
            if sort is Sort.SECTION and len(fact.heading) > len(region.heading):
                _put_heading(context, below, fact, fact.heading[len(region.heading)])
            if fact.kind is not FactKind.LINK and not (fact.kind is FactKind.CELL and len(fact.value) > LONG_CELL):
                _put(context, sheet, fact)
        found += [_finished(each) for each in (below, sheet) if len(each.names) >= (FEWEST if each is below else 1)]
    return found


def _put(context: Context, sheet: Sheet, fact: Fact) -> None:
    name = subject_name(fact)
    if not name:
        return
    entity = context.entity(name_key(name))
    key = entity.keys[0] if entity is not None else name_key(name)
    shown = display(entity, name) if entity is not None else name
    if fact.kind not in (FactKind.CELL, FactKind.KEY):
        if sheet.sort is not Sort.TABLE:
            sheet.put((key, ""), shown, "", fact)
        return
    called = written(context.snapshot, fact, name) if fact.kind is FactKind.CELL else ""
    sheet.put((key, called if sheet.sort is Sort.TABLE else ""), called or shown, fact.attribute, fact)


def _put_heading(context: Context, below: Sheet, fact: Fact, heading: str) -> None:
    """The thing that a heading right below the region's own is about: what it names, else the heading itself."""
    entity = context.entity(fact.entity_key)
    own = entity is not None and name_key(entity.name) in name_key(heading)
    name = display(entity) if entity is not None and own else strip_numbering(heading)
    key = (entity.keys[0] if entity is not None and own else name_key(heading), "")
    if key not in below.names:
        below.put(key, name, "", fact)


def subject_name(fact: Fact) -> str:
    """What a fact is about by itself; an entry "name: what it is" of no subject but its heading is about the name."""
    if fact.kind is FactKind.KEY:
        headed = any(fact.entity_key == name_key(heading) for heading in fact.heading)
        if not fact.entity_key or (headed and is_listed(fact)):
            return fact.attribute
    return fact.entity if fact.entity_key else ""


def _over_notes(sheets: Sequence[Sheet]) -> list[Sheet]:
    """A sheet for every header that more than one table or section has, and one of everything."""
    everything = Sheet(Sort.ALL)
    headers: dict[str, list[tuple[Column, Sheet]]] = defaultdict(list)
    for sheet in sheets:
        if sheet.sort is not Sort.NOTE:
            continue
        for column in sheet.columns.values():
            headers[name_key(column.attribute)].append((column, sheet))
            for key, fact in column.cells:
                everything.put(key, sheet.names[key], column.attribute, fact)
    found: list[Sheet] = []
    for header, columns in headers.items():
        places = {(fact.source, fact.heading) for column, _ in columns for _, fact in column.cells}
        if not header or len(places) < FEWEST:
            continue
        sheet = Sheet(Sort.HEADER)
        widest = max(columns, key=lambda entry: len(entry[0].cells))[0].attribute
        for column, of in columns:
            for key, fact in column.cells:
                sheet.put(key, of.names[key], widest, fact)
        found.append(_finished(sheet))
    return [*found, everything] if everything.names else []


def _finished(sheet: Sheet) -> Sheet:
    """`sheet` with its rows, and with the marks, values and blanks of its columns told apart."""
    if sheet.sort is Sort.HEADINGS:
        sheet.rows = {key: fact for column in sheet.columns.values() for key, fact in column.cells}
    else:
        said = {key: fact for column in sheet.columns.values() for key, fact in reversed(column.cells)}
        sheet.rows = {key: said[key] for key in sheet.names}
    rows: dict[ThingKey, Fact] = {}
    for column in sheet.columns.values():
        for key, fact in column.cells:
            rows.setdefault(key, fact)
    for attribute, column in sheet.columns.items():
        if attribute:
            _tell_apart(column)
            if sheet.sort is Sort.TABLE and len(column.cells) >= FEWEST:
                told = {key for key, _ in column.cells}
                column.blank.update({key: fact for key, fact in rows.items() if key not in told})
    return sheet


def _tell_apart(column: Column) -> None:
    marks: dict[ThingKey, tuple[Status, Fact]] = {}
    for key, fact in column.cells:
        said = verdict(fact.value)
        if said in _MARKS:
            marks[key] = (said, fact)
        elif fact.value.strip() and len(fact.value) <= SHORT_VALUE and not is_unknown(fact.value):
            column.values.setdefault(name_key(fact.value), {})[key] = fact
        (column.blank if is_unknown(fact.value) or not fact.value.strip() else column.filled)[key] = fact
    if marks and len(marks) >= MOSTLY_MARKS * len(column.cells):
        column.marks = marks
        column.ticked = {key: fact for key, (said, fact) in marks.items() if said is not Status.NO}
        column.crossed = {key: fact for key, (said, fact) in marks.items() if said is Status.NO}
