"""The regions of the notes: tables and sections, by what words them, and which of them a phrase means.

A table is worded by the header of its first column, the line that leads in to it and the headings above; a section by
its headings; a note by its title and file name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

from rag.index import Snapshot
from rag.question.scope import Phrase, places
from rag.question.wording import attribute_concepts, find_concepts
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.text.tokenise import query_tokens, tokenise
from rag.types import Fact, Lines, SourceKind

MOST_SOURCES = 40
"""Notes that are all looked at; of more, only those that the words of a question reach."""
OWN, AROUND, OF_NOTE = 1.0, 0.9, 0.75
"""Trust in a word by where it stands: in the region's own heading or header; in one above; in the note's title."""
OF_PART = 0.5
"""Weight of a part of a Chinese word."""
SURE = 0.4
"""Least weight of a word's translation that words a region."""
ENOUGH = 0.4
"""Share of a phrase that a region must word."""
BY_CONCEPT = 0.7
ALIKE = 0.9
"""Share of the best region's wording that another must reach to be meant as well."""
LONGEST_NAME, LONGEST_MAKER = 60, 24
LONGEST_LEAD = 120
_TABLE_LINE = re.compile(r"^\s*\|.*\||\|.*\|")
_BORDER = re.compile(r"^[\s|:\-]+$")
_CELL = re.compile(r"(?<!\\)\|")
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
    """A table (`lines` are those of its rows) or a section with all below it, and what words it."""

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


def written(snapshot: Snapshot, fact: Fact, name: str) -> str:
    """How a table writes the name of the thing that a cell is about: its first cell, or the header above it.

    Where the first cell says something else, such as the maker, that stands before the name.
    """
    key = name_key(name)
    line = fact.location.first if isinstance(fact.location, Lines) else 0
    for region in regions(snapshot, (fact.source,)):
        if region.lines is None or not region.lines.first <= line <= region.lines.last:
            continue
        row = next((cells for at, cells in region.rows if at == line), ("",))
        cells = [row[0], *region.rows[0][1]]
        found = next((_bare(cell) for cell in cells if key and key in name_key(cell) and len(cell) <= LONGEST_NAME), "")
        first = _bare(row[0])
        beside = any(key and key in name_key(cell) for cell in row[1:])
        return found or (f"{first} {name}" if beside and 0 < len(first) <= LONGEST_MAKER else name)
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
    for first, last in _tables(lines):
        rows = tuple(
            (at + 1, tuple(_cells(lines[at]))) for at in range(first, last + 1) if not _BORDER.match(lines[at])
        )
        above = next((headings[at] for at in range(first + 1, last + 2) if at in headings), ())
        lead = _lead(lines, first)
        own = Wording.of(" ; ".join((rows[0][1][0] if rows and rows[0][1] else "", lead, *above[-1:])))
        yield Region(path, above, Lines(first + 1, last + 1), own, Wording.of(" ; ".join(above[:-1])), note, rows)


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


def _bare(cell: str) -> str:
    """A cell's text without markup."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", cell)
    return re.sub(r"[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}", "", text).strip()


def _lead(lines: Sequence[str], first: int) -> str:
    """The line of text right above a table; "" where a heading, another table or nothing stands there."""
    for at in range(first - 1, max(first - 4, -1), -1):
        text = lines[at].strip()
        if text:
            return "" if _HEADING.match(text) or "|" in text or len(text) > LONGEST_LEAD else text
    return ""


@dataclass(frozen=True, slots=True)
class _Word:
    forms: tuple[tuple[str, float], ...]
    concepts: frozenset[str]


def meant(snapshot: Snapshot, phrase: Phrase, reached: Sequence[str]) -> tuple[tuple[Region, ...], tuple[str, ...]]:
    """(the regions that a phrase words best, its words that do); ((), ()) where none words enough of it.

    Of the sort of thing asked for ("the public clouds") the last word must be worded.
    """
    paths = snapshot.source_paths()
    sources = paths if len(paths) <= MOST_SOURCES else sorted(reached)
    for said, head in _readings(phrase):
        wanted = [_word(word) for word in said]
        scored = [(region, _share(region, wanted, head)) for region in regions(snapshot, sources)]
        best = max((share for _, share in scored), default=0.0)
        if best >= ENOUGH:
            whole = {region.source: region for region, _ in scored if not region.heading and region.lines is None}
            best_ones = [region for region, share in scored if share >= ALIKE * best]
            found = _outermost([whole[r.source] if r.is_note else r for r in best_ones])
            if not phrase.kind or len(wanted) > 1 or not any(region.is_note for region in found):
                held = (word for word, form in zip(said, wanted, strict=True) if any(_worded(r, form) for r in found))
                return found, tuple(held)
    return (), ()


def named(snapshot: Snapshot, normal: str, reached: Sequence[str]) -> tuple[tuple[Region, ...], tuple[str, ...]]:
    """(the regions that a normalised question names as such, its words that do); ((), ()) where it names none.

    Of several names one narrows down the other: "the pumps section of the garden note".
    """
    found: tuple[Region, ...] = ()
    said: tuple[str, ...] = ()
    for phrase in places(normal):
        here, _ = meant(snapshot, phrase, reached)
        inner = tuple(region for region in here if not found or any(region.is_within(other) for other in found))
        outer = tuple(region for region in found if any(region.is_within(other) for other in here))
        if inner or outer:
            found = inner or outer
            said += (phrase.text, *phrase.words)
    return found, said


def _readings(phrase: Phrase) -> Iterator[tuple[tuple[str, ...], bool]]:
    """(words, whether the last one must be worded), the longest first."""
    if not phrase.leads:
        yield phrase.words, phrase.kind
        return
    for size in range(len(phrase.words), 0, -1):
        yield phrase.words[:size], True


def _word(word: str) -> _Word:
    root = stem(word) if word.isascii() else word
    parts = (token for token in query_tokens(word) if len(token) > 1)
    forms: dict[str, float] = {**dict.fromkeys(parts, OF_PART if has_cjk(word) else 1.0), root: 1.0}
    for translation in Lexicon.load().translate(root):
        if translation.weight >= SURE:
            for token in translation.term.split(" "):
                forms[token] = max(forms.get(token, 0.0), min(1.0, 0.5 + translation.weight / 2))
    return _Word(tuple(forms.items()), frozenset(span.name for span in find_concepts(word)))


def _share(region: Region, wanted: Sequence[_Word], head: bool) -> float:
    """Share of the words that word the region; 0 where the head does not."""
    found = [_worded(region, word) for word in wanted]
    if not found or (head and found[-1] == 0):
        return 0.0
    return sum(found) / len(found)


def _worded(region: Region, word: _Word) -> float:
    for wording, trust in ((region.own, OWN), (region.around, AROUND), (region.note, OF_NOTE)):
        best = max((weight * _held(wording, form) for form, weight in word.forms), default=0.0)
        if not best and wording is region.own and word.concepts & attribute_concepts(wording.normal).keys():
            best = BY_CONCEPT
        if best:
            return trust * best
    return 0.0


def _held(wording: Wording, form: str) -> float:
    """How surely a text holds a form of a word: a single character as the head of a word, the surer the shorter."""
    if form in wording.tokens or (has_cjk(form) and len(form) > 1 and form in wording.normal):
        return 1.0
    if len(form) > 1 or not has_cjk(form) or form not in wording.normal:
        return 0.0
    words = [t for t in wording.tokens if 1 < len(t) < 4 and (t[0] == form or t[-1] == form)]
    letters = sum(1 for char in wording.normal if has_cjk(char))
    return 0.5 + 0.5 / letters if words else 0.0


def _outermost(found: Sequence[Region]) -> tuple[Region, ...]:
    """Without regions that lie within another of them."""
    found = list(dict.fromkeys(found))
    sections = [region for region in found if region.lines is None]
    return tuple(
        region for region in found
        if not any(
            other is not region and other.source == region.source
            and region.heading[: len(other.heading)] == other.heading
            and (region.lines is not None or len(other.heading) < len(region.heading))
            for other in sections
        )
    )  # fmt: skip
