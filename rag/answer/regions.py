"""The regions of the notes: tables, sections and whole notes, and what words them.

A table is worded by the header of its first column, the line that leads in to it and the headings above; a list of
things by its label; a section by its headings; a note by its title and file name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

from rag.index import Snapshot
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.types import Fact, Lines, SourceKind

LONGEST_NAME, LONGEST_MAKER = 60, 24
"""Characters of a cell that names a thing; of a first cell that says its maker."""
FEWEST_LISTED = 2
"""Things below a line that make it the label of a list of them."""
LONGEST_LEAD = 120
"""Characters of a line that leads in to a table."""
_BORDER = re.compile(r"^[\s|:\-]+$")
_CELL = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^)]*\)|\[[^\[\]]*\])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_HEADING = re.compile(r"^\s*#{1,6}\s")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as phrases are looked for in it."""

    normal: str
    tokens: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Wording:
        return cls(normalise(text), frozenset(tokenise(text)))


@dataclass(frozen=True, slots=True)
class Region:
    """A table (`lines` are those of its rows), a list below its label, or a section with all below it."""

    source: str
    heading: tuple[str, ...]
    lines: Lines | None
    own: Wording
    around: Wording
    note: Wording
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """Of a table: its header and rows as written, each with its line."""

    @property
    def is_note(self) -> bool:
        """Whether this is a whole note, or all below its title."""
        return self.own is self.note or (len(self.heading) == 1 and self.own.normal in self.note.normal)

    @property
    def is_list(self) -> bool:
        """Whether this is a list of things below a label."""
        return self.lines is not None and not self.rows

    def is_within(self, other: Region) -> bool:
        """Whether this is a part of another region, or the same."""
        if self.source != other.source or self.heading[: len(other.heading)] != other.heading:
            return False
        return other.lines is None or self.lines == other.lines

    def holds(self, fact: Fact) -> bool:
        if fact.source != self.source or not isinstance(fact.location, Lines):
            return False
        if self.lines is None:
            return fact.heading[: len(self.heading)] == self.heading
        return self.lines.first <= fact.location.first <= self.lines.last


@dataclass(slots=True)
class _Kept:
    by_source: dict[str, tuple[Region, ...]] = field(default_factory=dict)


_kept: WeakKeyDictionary[Snapshot, _Kept] = WeakKeyDictionary()


def regions(snapshot: Snapshot, sources: Sequence[str]) -> Iterator[Region]:
    """The regions of these notes, made once a snapshot."""
    kept = _kept.setdefault(snapshot, _Kept())
    for path in sources:
        if path not in kept.by_source:
            kept.by_source[path] = tuple(_read(snapshot, path))
        yield from kept.by_source[path]


def whole_note(snapshot: Snapshot, path: str) -> Region:
    """The region that is the whole note at `path`."""
    return next(iter(regions(snapshot, (path,))))


def written(snapshot: Snapshot, fact: Fact, name: str) -> str:
    """How a table writes the name of the thing that a cell is about: its first cell, or the header above it.

    Where the first cell says something else, such as the maker, that stands before the name.
    """
    key = name_key(name)
    line = fact.location.first if isinstance(fact.location, Lines) else 0
    for region in regions(snapshot, (fact.source,)):
        if region.lines is None or not region.rows or not region.lines.first <= line <= region.lines.last:
            continue
        row = next((cells for at, cells in region.rows if at == line), ("",))
        cells = [row[0], *region.rows[0][1]]
        found = next((bare(cell) for cell in cells if key and key in name_key(cell) and len(cell) <= LONGEST_NAME), "")
        first = bare(row[0])
        beside = any(key and key in name_key(cell) for cell in row[1:])
        maker = beside and len(first) <= LONGEST_MAKER and any(char.isalpha() for char in first)
        return found or (f"{first} {name}" if maker else name)
    return name


def _read(snapshot: Snapshot, path: str) -> Iterator[Region]:
    source = snapshot.source(path)
    if source.kind is not SourceKind.NOTE:
        return
    note = Wording.of(f"{source.title} {PurePosixPath(path).stem}")
    lines = source.text.splitlines()
    facts = snapshot.facts_at(path, 1, len(lines))
    headings: dict[int, tuple[str, ...]] = {}
    paths: dict[tuple[str, ...], None] = {}
    for fact in facts:
        if isinstance(fact.location, Lines):
            headings[fact.location.first] = fact.heading
        for depth in range(len(fact.heading)):
            paths[fact.heading[: depth + 1]] = None
    yield Region(path, (), None, note, note, note)
    for heading in paths:
        yield Region(path, heading, None, Wording.of(heading[-1]), Wording.of(" ; ".join(heading[:-1])), note)
    yield from _labelled(path, facts, note)
    for first, last in _tables(lines):
        rows = tuple(
            (at + 1, tuple(_cells(lines[at]))) for at in range(first, last + 1) if not _BORDER.match(lines[at])
        )
        above = next((headings[at] for at in range(first + 1, last + 2) if at in headings), ())
        lead = _lead(lines, first)
        own = Wording.of(" ; ".join((rows[0][1][0] if rows and rows[0][1] else "", lead, *above[-1:])))
        yield Region(path, above, Lines(first + 1, last + 1), own, Wording.of(" ; ".join(above[:-1])), note, rows)


def _labelled(path: str, facts: Sequence[Fact], note: Wording) -> Iterator[Region]:
    """The lists of things below a line that says what they are."""
    below: dict[tuple[tuple[str, ...], str], list[Fact]] = {}
    for fact in facts:
        label = fact.qualifiers[0] if fact.qualifiers else ("", "")
        if fact.entity_key and not label[0] and label[1] and isinstance(fact.location, Lines):
            below.setdefault((fact.heading, label[1]), []).append(fact)
    for (heading, said), found in below.items():
        things = {fact.entity_key for fact in found}
        if len(things) < FEWEST_LISTED or name_key(said) in things:
            continue
        lines = Lines(min(_first(fact) for fact in found), max(_first(fact) for fact in found))
        yield Region(path, heading, lines, Wording.of(said), Wording.of(" ; ".join(heading)), note)


def _first(fact: Fact) -> int:
    return fact.location.first if isinstance(fact.location, Lines) else 0


def _tables(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(first, last) of each run of table lines with a border below its first line."""
    at = 0
    while at < len(lines):
        last = at
        while last < len(lines) and "|" in lines[last]:
            last += 1
        if last - at > 2 and any(_BORDER.match(line) and "-" in line for line in lines[at + 1 : at + 3]):
            yield at, last - 1
        at = max(last, at + 1)


def _cells(line: str) -> list[str]:
    text = line.strip().removeprefix("|")
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(text.removesuffix("|"))]


def bare(cell: str) -> str:
    """A cell's or a line's text without markup."""
    text = _LINK.sub(r"\1", cell)
    text = re.sub(r"(?<!\\)[*_`~]{1,3}(?=\S)|(?<=[^\s\\])[*_`~]{1,3}", "", text).strip()
    return _ESCAPED.sub(r"\1", text)


def _lead(lines: Sequence[str], first: int) -> str:
    """The line of text right above a table; "" where a heading, another table or nothing stands there."""
    for at in range(first - 1, max(first - 4, -1), -1):
        text = lines[at].strip()
        if text:
            return "" if _HEADING.match(text) or "|" in text or len(text) > LONGEST_LEAD else text
    return ""
