"""Facts of a table: one a filled cell, read by rows, by columns, or as properties of the section."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count

from ingest.headers import header_is
from ingest.places import narrowed
from ingest.plain import plain_text
from ingest.row_names import column_names, row_names
from ingest.sentences import sentences
from ingest.subjects import Subject
from ingest.tabular import Orientation, Reading, read_table
from rag.text.dates import dates
from rag.text.names import name_key, surface_forms
from rag.types import Block, Fact, FactKind, Location, Page, Row, Table

LONG_CELL = 80
"""Characters beyond which a cell is also split into sentences, so that one of them can be quoted."""
LONGEST_ROW_QUOTE = 240
"""Characters up to which the whole row is quoted, so that the quote holds the name as well as the value."""
LONGEST_DATED = 24
"""Characters up to which a cell that holds a date is that date."""

_BULLETS = re.compile(r"\s*(?:<br\s*/?>|[•·￮▪●])\s*")

Mentions = Callable[[str], tuple[str, ...]]
Meaning = tuple[str, str, tuple[tuple[str, str], ...]]
"""(entity, attribute, qualifiers) of a cell."""


def table_facts(
    source: str,
    lines: Sequence[str],
    block: Block,
    table: Table,
    owner: Subject | None,
    mentions: Mentions,
    first: int = 0,
) -> list[Fact]:
    """Facts of the `table` of `block`, row by row.

    `lines` are the source's lines, `owner` what the section is about, `mentions` finds name keys in a text, `first` is
    the ordinal of the first fact.
    """
    reader = _TableReader(source, lines, block, table, owner, mentions, first)
    return [fact for row in table.rows for fact in reader.row(row)]


class _TableReader:
    def __init__(
        self,
        source: str,
        lines: Sequence[str],
        block: Block,
        table: Table,
        owner: Subject | None,
        mentions: Mentions,
        first: int,
    ) -> None:
        self.source, self.lines, self.block, self.mentions = source, lines, block, mentions
        self.table = table
        self.ordinals = count(first)
        self.whole, self.others = "", tuple[str, ...]()
        """The lines of the row that is being read, and what else it is about."""
        self.location = block.location
        self.owner = owner.name if owner else ""
        self.owners = tuple(name_key(forms[0]) for forms in owner.things) if owner else ()
        self.reading: Reading = read_table(table, self.owner)
        self.by_rows = self.reading.orientation is Orientation.ROWS
        self.called = row_names(table, self.reading.name_column) if self.by_rows else column_names(table)
        self.name_header = self._header(self.reading.name_column)
        self.qualifying = self._qualifying_columns()
        widest = max((len(row.cells) for row in table.rows), default=0)
        self.labels = frozenset(at for at in range(widest) if self._is_label(at))

    def row(self, row: Row) -> list[Fact]:
        facts: list[Fact] = []
        self.whole = "\n".join(self.lines[row.lines.first - 1 : row.lines.last]).strip()
        self.location = self._location(row)
        self.others = self._row_names(row)
        for at, cell in enumerate(row.cells):
            if cell.strip() and at not in self.labels:
                facts += self._cell_facts(row, at)
        return facts + self._row_links(row)

    def _is_label(self, at: int) -> bool:
        """Whether the cells of a column say what the others are about rather than something of their own."""
        if self.by_rows:
            return at == self.reading.name_column or header_is("index", self._header(at))
        return at == 0 and self.reading.orientation is not Orientation.CARD

    def _header(self, at: int) -> str:
        return self.table.header[at] if at < len(self.table.header) else ""

    def _name(self, row: Row) -> str:
        at = self.reading.name_column
        return row.cells[at].strip() if at < len(row.cells) else ""

    def _row_name(self, row: Row) -> str:
        forms = self.called.get(self._name(row), ())
        return forms[0][0] if forms else self._name(row)

    def _meaning(self, row: Row, at: int) -> Meaning:
        header = self._header(at)
        if self.reading.orientation is Orientation.CARD:
            return self.owner, header, ()
        if self.by_rows:
            pairs = tuple((self._header(q), row.cells[q]) for q in self.qualifying if q < len(row.cells) and q != at)
            if self.owner and not self.reading.proper:
                return self.owner, header, ((self.name_header, self._name(row)), *pairs)
            if self.name_header and not header_is("name", self.name_header):
                pairs += ((self.name_header, ""),)
            return self._row_name(row), header, pairs
        if self.reading.orientation is Orientation.COLUMNS:
            remark = header_is("remark", header)
            forms = self.called.get(header, ())
            called = forms[0][0] if forms else header
            return ("", row.cells[0], ((header, ""),)) if remark else (called, row.cells[0], ())
        several = len(self.table.header) > 2 and header
        return self.owner, row.cells[0], ((self._header(0), header),) if several else ()

    def _qualifying_columns(self) -> tuple[int, ...]:
        """The columns after a repeated name that tell its rows apart; none when nothing does."""
        name_column = self.reading.name_column
        if not self.by_rows or len({self._name(row) for row in self.table.rows}) == len(self.table.rows):
            return ()
        chosen: list[int] = []
        for at in range(name_column + 1, len(self.table.header)):
            chosen.append(at)
            seen = Counter(tuple(row.cells[i] for i in (name_column, *chosen)) for row in self.table.rows)
            if max(seen.values()) == 1:
                return tuple(chosen)
        return ()

    def _location(self, row: Row) -> Location:
        if isinstance(self.block.location, Page):
            return narrowed(self.block, self.whole)
        return row.lines

    def _cell_facts(self, row: Row, at: int) -> list[Fact]:
        meaning = self._meaning(row, at)
        value = row.cells[at].strip()
        raw = row.raw[at].strip() if at < len(row.raw) else ""
        quote = self.whole if len(self.whole) <= LONGEST_ROW_QUOTE or not raw else raw
        facts = [self._fact(FactKind.CELL, meaning, value, quote)]
        for part in _parts(raw) if len(value) > LONG_CELL else ():
            plain = plain_text(part).strip()
            if plain:
                facts.append(self._fact(FactKind.STATEMENT, meaning, plain, part))
        return facts

    def _row_links(self, row: Row) -> list[Fact]:
        facts: list[Fact] = []
        for link in self.block.links:
            if not row.lines.first <= link.line <= row.lines.last:
                continue
            at = next((i for i, raw in enumerate(row.raw) if link.target in raw), None)
            entity, attribute, qualifiers = self._link_meaning(row, at)
            text = plain_text(link.text).strip()
            attribute = " ".join(dict.fromkeys(part for part in (attribute, text) if part and part != entity))
            raw = row.raw[at].strip() if at is not None else ""
            quote = raw if 0 < len(raw) <= LONGEST_ROW_QUOTE else link.target
            if quote not in self.whole:
                quote = self.whole
            facts.append(self._fact(FactKind.LINK, (entity, attribute, qualifiers), link.target, quote))
        return facts

    def _link_meaning(self, row: Row, at: int | None) -> Meaning:
        """What a link in column `at` is about; None when its target stands in no cell."""
        if at is not None and not self._is_label(at):
            return self._meaning(row, at)
        if at is not None and not self.by_rows:
            return self.owner, "", ()
        return self._row_name(row) or self.owner, "", ()

    def _fact(self, kind: FactKind, meaning: Meaning, value: str, quote: str) -> Fact:
        entity, attribute, qualifiers = meaning
        found = dates(value) if kind is FactKind.CELL and len(value) <= LONGEST_DATED else []
        others = dict.fromkeys((*self.owners, *self.mentions(f"{attribute} {value}"), *self.others))
        key = name_key(entity)
        return Fact(
            kind=kind,
            source=self.source,
            location=self.location,
            heading=self.block.heading,
            ordinal=next(self.ordinals),
            entity=entity,
            entity_key=key,
            attribute=attribute,
            value=value,
            quote=quote,
            qualifiers=qualifiers,
            mentions=tuple(other for other in others if other and other != key),
            date=found[0].iso if found else None,
        )

    def _row_names(self, row: Row) -> tuple[str, ...]:
        """What else a row is about: further names in its name cell ("A、B"), and the maker in a column before it."""
        if not self.by_rows:
            return ()
        before = [cell for at, cell in enumerate(row.cells[: self.reading.name_column]) if self._groups(at)]
        makers = [forms[0] for cell in before for forms in surface_forms(cell)]
        further = [forms[0] for forms in self.called.get(self._name(row), ())[1:]]
        return tuple(name_key(name) for name in (*further, *makers))

    def _groups(self, at: int) -> bool:
        """Whether a column says whose each row is."""
        return header_is("group", self._header(at))


def _parts(raw: str) -> list[str]:
    """The sentences and bullet points of a cell, as they stand in it."""
    found: list[str] = []
    at = 0
    for match in [*_BULLETS.finditer(raw), None]:
        end = match.start() if match else len(raw)
        piece = raw[at:end]
        found += [piece[start:stop] for start, stop in sentences(piece)]
        at = match.end() if match else end
    return found
